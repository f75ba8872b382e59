#include "server/app/program.hpp"

#include "server/app/backup_commands.hpp"
#include "server/app/cli.hpp"
#include "server/app/department_command.hpp"
#include "server/app/doctor.hpp"
#include "server/app/help_in_chinese.hpp"
#include "server/app/init_command.hpp"
#include "server/app/key_commands.hpp"
#include "server/app/knowledge_commands.hpp"
#include "server/app/log_commands.hpp"
#include "server/app/place.hpp"
#include "server/app/platform_command.hpp"
#include "server/app/witness_command.hpp"
#include "text/locale.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace sponsio::app {
namespace {

constexpr char const* installed_config = "/etc/sponsio/sponsio.conf";

/// The command that the first arguments name, and how many of them do.
struct Chosen {
    CLI::App* command;
    std::size_t words;
};

CLI::App* subcommand(CLI::App& command, std::string const& name) {
    auto const all = command.get_subcommands({});
    auto const at = std::ranges::find_if(all, [&](CLI::App const* one) { return one->get_name() == name; });
    return at == all.end() ? nullptr : *at;
}

Chosen command_of(CLI::App& app, std::vector<std::string> const& arguments) {
    Chosen chosen{&app, 0};
    while (chosen.words != arguments.size()) {
        CLI::App* const next = subcommand(*chosen.command, arguments[chosen.words]);
        if (!next) break;
        chosen = {next, chosen.words + 1};
    }
    return chosen;
}

/// What one types to get there: "sponsio account token".
std::string spelled(CLI::App const* command) {
    std::string const name = command->get_name();
    return command->get_parent() ? spelled(command->get_parent()) + " " + name : name;
}

[[noreturn]] void refuse_usage(Chosen const& chosen, Bilingual why, std::string const& meant) {
    if (!meant.empty()) {
        why.en += "; did you mean " + meant + "?";
        why.zh += "；是否为 " + meant + "？";
    }
    std::string const help = spelled(chosen.command) + " --help";
    throw CommandFailed{in_own_language({why.en + (meant.empty() ? ". " : " ") + "See: " + help,
                                         why.zh + (meant.empty() ? "。" : "") + "用法见：" + help}),
                        ExitCode::usage};
}

/// A refusal of CLI11 in Chinese, by its kind; what it says itself names option and value.
Bilingual refusal_of(CLI::ParseError const& error) {
    std::string const said = error.what();
    auto const kind = dynamic_cast<CLI::RequiredError const*>(&error) ? "缺少必填的选项、参数或者命令"
                      : dynamic_cast<CLI::ValidationError const*>(&error)  ? "选项的值不符合要求"
                      : dynamic_cast<CLI::ConversionError const*>(&error)  ? "选项的值无法识别"
                      : dynamic_cast<CLI::ArgumentMismatch const*>(&error) ? "选项的值个数不符"
                      : dynamic_cast<CLI::RequiresError const*>(&error)    ? "须同时给出另一选项"
                      : dynamic_cast<CLI::ExcludesError const*>(&error)    ? "两个选项不得同时给出"
                                                                           : "命令行有误";
    return {.en = said, .zh = std::string(kind) + "（" + said + "）"};
}

/// A word where only the name of a command can stand.
void refuse_unknown_command(Chosen const& chosen, std::vector<std::string> const& arguments) {
    bool const more = chosen.words != arguments.size() && !arguments[chosen.words].starts_with('-');
    if (!more || chosen.command->get_require_subcommand_min() == 0) return;
    std::vector<std::string> names;
    for (CLI::App const* command : chosen.command->get_subcommands({})) names.push_back(command->get_name());
    refuse_usage(chosen,
                 {"There is no command '" + arguments[chosen.words] + "'",
                  "没有命令“" + arguments[chosen.words] + "”"},
                 nearest(arguments[chosen.words], names));
}

/// An option that the command does not have: the one that was probably meant.
std::string option_meant(CLI::App const& command, std::string const& typed) {
    std::vector<std::string> names;
    for (CLI::Option const* option : command.get_options())
        for (std::string const& name : option->get_lnames()) names.push_back("--" + name);
    return nearest(typed.substr(0, typed.find('=')), names);
}

/// Whether the arguments say themselves which store is meant.
bool names_a_store(std::vector<std::string> const& arguments) {
    constexpr std::array<std::string_view, 5> options{"--config", "--data", "--database", "--database-file",
                                                      "--state"};
    return std::ranges::any_of(arguments, [&](std::string const& argument) {
        std::string_view const name = std::string_view(argument).substr(0, argument.find('='));
        return std::ranges::find(options, name) != options.end();
    });
}

/// On a machine with an installed server, commands are about that one unless they say otherwise.
void add_default_config(Chosen const& chosen, std::vector<std::string>& arguments) {
    if (!chosen.command->get_option_no_throw("--config") || names_a_store(arguments)) return;
    char const* const named = std::getenv("SPONSIO_CONFIG");
    std::error_code unreadable;
    if (!named && !std::filesystem::exists(installed_config, unreadable)) return;
    arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(chosen.words),
                     "--config=" + std::string(named ? named : installed_config));
}

void parse(CLI::App& app, std::vector<std::string> arguments) {
    Chosen const chosen = command_of(app, arguments);
    refuse_unknown_command(chosen, arguments);
    // CLI11 would take the next argument for the value, whatever it is.
    for (std::string const& argument : arguments)
        if (argument.starts_with("--") && argument.find('=') == argument.size() - 1)
            refuse_usage(chosen, {argument + " has no value", argument + " 没有值"}, "");
    add_default_config(chosen, arguments);
    std::ranges::reverse(arguments);  // as CLI11 takes them
    try {
        app.parse(arguments);
    } catch (CLI::ExtrasError const&) {
        // What CLI11 took out of the arguments is what it did not expect.
        std::vector<std::string> const extra = chosen.command->remaining();
        std::string const first = extra.empty() ? "" : extra.front();
        refuse_usage(chosen,
                     {(extra.empty() ? "an argument" : "'" + first + "'") + " is not expected here",
                      "此处不应有" + (extra.empty() ? "该参数" : "“" + first + "”")},
                     extra.empty() ? "" : option_meant(*chosen.command, extra.front()));
    } catch (CLI::ParseError const& error) {
        if (error.get_exit_code() == 0) throw;  // help and version
        refuse_usage(chosen, refusal_of(error), "");
    }
}

}  // namespace

std::unique_ptr<CLI::App> command_line() {
    auto app = std::make_unique<CLI::App>(
        "Sponsio: notice, commitment, verification, credit record (证明事项告知承诺制)\n"
        "Exit codes: sponsio exit-codes");
    app->name("sponsio");
    app->require_subcommand(1);
    app->set_version_flag("--version", SPONSIO_VERSION);
    add_serve_command(*app);
    add_init_command(*app);
    add_doctor_command(*app);
    add_backup_commands(*app);
    add_schema_commands(*app);
    add_rule_commands(*app);
    add_registry_commands(*app);
    add_key_commands(*app);
    add_log_commands(*app);
    add_knowledge_commands(*app);
    add_record_commands(*app);
    add_erase_commands(*app);
    add_audit_commands(*app);
    add_department_command(*app);
    add_platform_command(*app);
    add_witness_command(*app);
    return app;
}

int run_program(std::vector<std::string> arguments) {
    auto const app = command_line();
    if (asks_for_chinese()) help_in_chinese(*app);
    try {
        parse(*app, std::move(arguments));
        return static_cast<int>(ExitCode::done);
    } catch (CLI::ParseError const& help) {
        return app->exit(help);
    } catch (CommandFailed const& failed) {
        std::cerr << "sponsio: " << failed.sentence << "\n";
        return static_cast<int>(failed.code);
    } catch (std::exception const& error) {
        // A library that cannot compute shows first wherever it is used first: its own sentence says more.
        if (auto const unsound = unsound_cryptography()) {
            std::cerr << "sponsio: " << *unsound << "\n";
            return static_cast<int>(ExitCode::unavailable);
        }
        std::cerr << "sponsio: " << in_own_language({"unexpected: ", "意外错误："}) << error.what() << "\n";
        return static_cast<int>(ExitCode::internal);
    }
}

}  // namespace sponsio::app

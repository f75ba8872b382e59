#include "server/app/config_file.hpp"

#include "server/app/place.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <vector>

namespace sponsio::app {
namespace {

struct Setting {
    std::string name;
    std::string value;
    std::size_t line;
};

/// What says where the store is: a command line that names one of these leaves the file no say in it.
constexpr std::array<std::string_view, 3> which_store{"data", "database", "database-file"};
/// What other commands than `serve` take from the file.
constexpr std::array<std::string_view, 7> place{"data",  "database",        "database-file", "state",
                                                "heads", "passphrase-file", "training-clock"};

template <std::size_t N>
bool is_among(std::array<std::string_view, N> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// A file and where in it one is.
class Place {
  public:
    explicit Place(std::string file) : file_(std::move(file)) {}

    [[noreturn]] void refuse(std::size_t line, Bilingual const& why) const {
        throw CommandFailed{file_ + ":" + std::to_string(line) + ": " + in_own_language(why),
                            ExitCode::configuration};
    }

  private:
    std::string file_;
};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    std::size_t const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<Setting> read_settings(std::string const& file, Place const& at) {
    std::ifstream in(file);
    if (!in)
        throw CommandFailed{in_own_language({"There is no readable configuration file " + file + ".",
                                             "没有可读取的配置文件 " + file + "。"}),
                            ExitCode::nothing_there};
    std::vector<Setting> settings;
    std::string text;
    for (std::size_t line = 1; std::getline(in, text); ++line) {
        std::string_view const words = trimmed(text);
        if (words.empty() || words.front() == '#') continue;
        std::size_t const sign = words.find('=');
        if (sign == std::string_view::npos)
            at.refuse(line, {"Write it as: option = value", "应写作：选项 = 值"});
        Setting setting{std::string(trimmed(words.substr(0, sign))),
                        std::string(trimmed(words.substr(sign + 1))), line};
        if (setting.value.empty())
            at.refuse(line, {"'" + setting.name + "' has no value; put # before a line that is not meant.",
                             "“" + setting.name + "”没有值；不使用的行请以 # 开头。"});
        settings.push_back(std::move(setting));
    }
    if (in.bad())
        throw CommandFailed{in_own_language({"The configuration file " + file + " cannot be read.",
                                             "无法读取配置文件 " + file + "。"}),
                            ExitCode::nothing_there};
    return settings;
}

bool is_flag(CLI::Option const& option) {
    return option.get_expected_min() == 0;
}

bool may_be_repeated(CLI::Option const& option) {
    return option.get_items_expected_max() > 1;
}

CLI::Option* option_named(CLI::App& command, std::string const& name) {
    CLI::Option* const option = command.get_option_no_throw("--" + name);
    return option && option->get_configurable() ? option : nullptr;
}

std::vector<std::string> names_of(CLI::App const& command) {
    std::vector<std::string> names;
    for (CLI::Option const* option : command.get_options())
        if (option->get_configurable())
            for (std::string const& name : option->get_lnames()) names.push_back(name);
    return names;
}

CLI::App& serve_of(CLI::App& command) {
    CLI::App* root = &command;
    while (root->get_parent()) root = root->get_parent();
    return *root->get_subcommand("serve");
}

/// Every line is an option that `serve` has, and given no more often than it takes.
void check_settings(std::vector<Setting> const& settings, CLI::App& serve, Place const& at) {
    for (auto const& setting : settings) {
        CLI::Option const* const option = option_named(serve, setting.name);
        if (!option) {
            std::string const meant = nearest(setting.name, names_of(serve));
            at.refuse(setting.line, {"There is no option '" + setting.name + "'" +
                                         (meant.empty() ? "; sponsio serve --help lists them."
                                                        : "; did you mean '" + meant + "'?"),
                                     "没有选项“" + setting.name + "”" +
                                         (meant.empty() ? "；可用选项见 sponsio serve --help。"
                                                        : "；是否为“" + meant + "”？")});
        }
        if (is_flag(*option) && setting.value != "true" && setting.value != "false")
            at.refuse(setting.line, {"'" + setting.name + "' is true or false.",
                                     "“" + setting.name + "”只能为 true 或者 false。"});
        auto const first = std::ranges::find(settings, setting.name, &Setting::name);
        if (first->line != setting.line && !may_be_repeated(*option))
            at.refuse(setting.line, {"'" + setting.name + "' stands already in line " +
                                         std::to_string(first->line) + " and can be given only once.",
                                     "“" + setting.name + "”已在第 " + std::to_string(first->line) +
                                         " 行给出，只能给出一次。"});
    }
}

bool names_a_store(CLI::App const& command) {
    return std::ranges::any_of(which_store, [&](std::string_view name) {
        CLI::Option const* const option = command.get_option_no_throw("--" + std::string(name));
        return option && option->count() > 0;
    });
}

}  // namespace

void fill_from_config(CLI::App& command, std::string const& file, ConfigUse use) {
    Place const at(file);
    auto const settings = read_settings(file, at);
    check_settings(settings, serve_of(command), at);
    bool const store_is_named = names_a_store(command);
    std::vector<CLI::Option*> filled;
    for (auto const& setting : settings) {
        if (use == ConfigUse::place && !is_among(place, setting.name)) continue;
        if (store_is_named && is_among(which_store, setting.name)) continue;
        CLI::Option* const option = option_named(command, setting.name);
        bool const ours = std::ranges::find(filled, option) != filled.end();
        if (!option || (option->count() > 0 && !ours)) continue;
        try {
            option->add_result(setting.value);
            option->run_callback();
        } catch (CLI::ParseError const& refused) {
            at.refuse(setting.line, {refused.what(), refused.what()});
        }
        filled.push_back(option);
    }
}

std::string sample_config(CLI::App const& serve) {
    std::string text =
        "# Configuration of sponsio serve (printed by: sponsio config sample).\n"
        "# One `option = value` a line; an option that may be repeated stands on several lines. The command "
        "line wins.\n"
        "# Look it over with: sponsio serve --config FILE --check\n";
    for (CLI::Option const* option : serve.get_options()) {
        if (!option->get_configurable() || option->get_lnames().empty()) continue;
        std::string const preset = option->get_default_str();
        std::string const value = !preset.empty()    ? preset
                                  : is_flag(*option) ? "true"
                                                     : option->get_type_name();
        text +=
            "\n# " + option->get_description() + "\n#" + option->get_lnames().front() + " = " + value + "\n";
    }
    return text;
}

}  // namespace sponsio::app

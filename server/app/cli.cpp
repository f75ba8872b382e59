#include "server/app/cli.hpp"

#include "crypto/keys/self_test.hpp"
#include "server/app/config_file.hpp"
#include "server/app/identity.hpp"
#include "server/app/place.hpp"
#include "server/db/tx.hpp"
#include "text/decimal.hpp"
#include "text/locale.hpp"

#include <algorithm>
#include <fstream>

namespace sponsio::app {
namespace {

std::string first_line_of(std::string const& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line))
        throw CommandFailed{
            in_own_language(
                {"The file " + file + " cannot be read; its first line is the URI of the database.",
                 "无法读取文件 " + file + "，其首行应为数据库 URI。"}),
            ExitCode::nothing_there};
    return line;
}

}  // namespace

std::string in_own_language(Bilingual const& text) {
    return asks_for_chinese() && !text.zh.empty() ? text.zh : text.en;
}

std::string sentence_of(Fault const& why) {
    bool const chinese = asks_for_chinese();
    std::string sentence = in_own_language(why.detail);
    if (sentence.empty())
        sentence = chinese ? std::string(why.problem->zh) + "。" : std::string(why.problem->en) + ".";
    for (FieldError const& field : why.fields)
        sentence += chinese ? (field.pointer.empty() ? "文档" : field.pointer + " ") + told(field).zh + "。"
                            : " " + (field.pointer.empty() ? "The document" : field.pointer) + " " +
                                  told(field).en + ".";
    bool const said = why.cause == no_store || why.cause == no_place || why.cause == other_names ||
                      sentence.find(why.cause) != std::string::npos;
    if (!why.cause.empty() && !said) sentence += " (" + why.cause + ")";
    return sentence;
}

std::optional<std::string> unsound_cryptography() {
    for (crypto::SelfTested const& line : crypto::self_test())
        if (!line.ok) return line.en;
    return std::nullopt;
}

ExitCode exit_code_of(Fault const& why) {
    if (why.cause == no_store) return ExitCode::nothing_there;
    if (why.cause == no_place) return ExitCode::usage;
    if (why.cause == other_names) return ExitCode::configuration;
    bool const later = why.problem == &problem::unavailable || why.problem == &problem::overloaded ||
                       why.problem == &problem::outcome_unknown;
    return later ? ExitCode::unavailable : ExitCode::no;
}

void fail(Fault const& why) {
    throw CommandFailed{sentence_of(why), exit_code_of(why)};
}

void add_config_option(CLI::App& command, ConfigUse use) {
    command
        .add_option_function<std::string>(
            "--config", [&command, use](std::string const& file) { fill_from_config(command, file, use); },
            "Configuration file; what the command line gives wins. By default what $SPONSIO_CONFIG names, "
            "else "
            "/etc/sponsio/sponsio.conf if it is there and no store is named")
        ->type_name("FILE")
        ->configurable(false);
}

void add_database_options(CLI::App& command, DatabaseOptions& options, ConfigUse use) {
    add_config_option(command, use);
    auto* data = command.add_option("--data", options.data, "Data directory with its own PostgreSQL")
                     ->type_name("DIR");
    auto* uri =
        command.add_option("--database", options.uri, "URI of a PostgreSQL 15 server")->type_name("URI");
    auto* file =
        command
            .add_option_function<std::string>(
                "--database-file",
                [&options](std::string const& name) {
                    options.uri_file = name;
                    options.uri = first_line_of(name);
                },
                "File with that URI in its first line, so that no password shows in the list of processes")
            ->type_name("FILE");
    data->excludes(uri)->excludes(file);
    uri->excludes(file);
}

void add_state_options(CLI::App& command, std::filesystem::path& state,
                       std::filesystem::path& passphrase_file) {
    command.add_option("--state", state, "Directory with keys and heads; by default the data directory")
        ->type_name("DIR");
    command
        .add_option("--passphrase-file", passphrase_file,
                    "Opens the key directory; by default $SPONSIO_PASSPHRASE_FILE, else the one made there")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
}

std::filesystem::path state_of(DatabaseOptions const& options, std::filesystem::path const& state) {
    if (!state.empty()) return state;
    if (!options.data.empty()) return options.data;
    bool const own_database = !options.uri.empty() || !options.uri_file.empty();
    throw CommandFailed{
        in_own_language(
            own_database
                ? Bilingual{"With a database of yours, name the directory that has the server's keys: "
                            "--state "
                            "DIR",
                            "使用自有数据库时，请以 --state DIR 指定存放服务器密钥的目录。"}
                : Bilingual{"Say where the store is: --data DIR, or --database-file FILE and --state DIR.",
                            "请指定存储位置：--data DIR，或者 --database-file FILE 和 --state DIR。"}),
        ExitCode::usage};
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    std::string const range = "from " + std::to_string(least) + " to " + std::to_string(most);
    CLI::Validator number(
        [least, most, range](std::string& text) -> std::string {
            auto const value = parse_typed_number(text);
            if (!value || *value < least || *value > most)
                return in_own_language(
                    {"'" + text + "' is not a whole number " + range + ", in decimal digits",
                     "“" + text + "”不是 " + std::to_string(least) + " 至 " + std::to_string(most) +
                         " 之间的十进制整数"});
            text = std::to_string(*value);  // CLI11 would read 010 as eight
            return {};
        },
        "", "whole_number");
    return number.description(range);
}

CLI::Validator one_of(std::vector<std::string> words) {
    return {[words = std::move(words)](std::string& text) -> std::string {
                if (std::ranges::find(words, text) != words.end()) return {};
                return in_own_language({"'" + text + "' is none of " + CLI::detail::join(words, ", "),
                                        "“" + text + "”不在可用值之中：" + CLI::detail::join(words, "、")});
            },
            "", "one_of"};
}

CLI::Option* several(CLI::Option* option) {
    return option->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Database open_database(DatabaseOptions const& options) {
    return must(Database::open(options, Database::Use::administer));
}

void with_session(DatabaseOptions const& options, std::function<Outcome<void>(db::PgSession&)> const& body,
                  std::function<void(db::PgSession&)> before_commit) {
    Database const database = open_database(options);
    try {
        db::PgSession session(db::with_before_commit(database.connection(), std::move(before_commit)));
        db::Tx tx(session);
        must(body(session));
        tx.commit();
    } catch (db::DbError const& error) {
        fail(db::fault_of(error));
    }
}

}  // namespace sponsio::app

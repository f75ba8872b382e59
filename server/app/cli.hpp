#pragma once

#include "server/app/database.hpp"
#include "server/app/exit_code.hpp"
#include "server/base/fault.hpp"
#include "server/db/session.hpp"
#include "server/domain/words.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::app {

/// What a subcommand ends with when something is wrong: printed as one sentence to standard error.
struct CommandFailed {
    std::string sentence;
    ExitCode code = ExitCode::no;
};

/// In the language of the caller's locale: Chinese, or else English.
std::string in_own_language(Bilingual const& text);

/// The sentence of a fault in that language, with its fields and, for the log's reader, its cause.
std::string sentence_of(Fault const& why);
ExitCode exit_code_of(Fault const& why);
[[noreturn]] void fail(Fault const& why);

/// The value, or the end of the command.
template <class T>
T must(Outcome<T> outcome) {
    if (!outcome) fail(outcome.error());
    return std::move(*outcome);
}

inline void must(Outcome<void> const& outcome) {
    if (!outcome) fail(outcome.error());
}

/// The sentence of the first algorithm that does not give its published answer here
/// (crypto/keys/self_test.hpp); nothing when all do.
std::optional<std::string> unsound_cryptography();

// ------------------------------------------------------------------------------------------------- options
/// Takes `--config FILE` in: options that the command line does not give are taken from there.
enum class ConfigUse {
    everything,  ///< all options of this command; those of `serve` that it does not have are passed over
    place,       ///< only where the store is and what opens it: other names may mean other things here
};
void add_config_option(CLI::App& command, ConfigUse use);

/// `--config FILE`, and `--data DIR`, `--database URI` or `--database-file FILE`, one of them.
void add_database_options(CLI::App& command, DatabaseOptions& options, ConfigUse use = ConfigUse::place);
/// `--state DIR` and `--passphrase-file FILE`, as given to serve.
void add_state_options(CLI::App& command, std::filesystem::path& state,
                       std::filesystem::path& passphrase_file);
/// The directory with keys and heads: `state`, else the data directory, else the end of the command.
std::filesystem::path state_of(DatabaseOptions const& options, std::filesystem::path const& state);

/// For an option with a whole number: decimal digits only, for which CLI11 would also take octal and
/// hexadecimal ones.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
/// For an option with one of some words; the refusal lists them.
CLI::Validator one_of(std::vector<std::string> words);

/// The words of a closed list, for one_of().
template <class Enum>
std::vector<std::string> list_of() {
    std::vector<std::string> list;
    for (auto const& row : domain::words<Enum>) list.emplace_back(row.text);
    return list;
}

/// An option that may be given several times, once for each value, which is taken as it is. (CLI11 would
/// take brackets off: `[::1]`.)
CLI::Option* several(CLI::Option* option);

// ------------------------------------------------------------------------------------------------- sessions
/// The database of a store that is there; nothing is made.
Database open_database(DatabaseOptions const& options);

/// Runs `body(PgSession&)` with the server's rights in one transaction; a fault
/// rolls back and ends the command. What writes rows that are proven gives service::row_prover too.
void with_session(DatabaseOptions const& options, std::function<Outcome<void>(db::PgSession&)> const& body,
                  std::function<void(db::PgSession&)> before_commit = {});

// ------------------------------------------------------------------------------------------------- commands
/// organisation, account: the first of each come from here, before there is anybody with a token.
void add_registry_commands(CLI::App& app);
/// migrate, catalogue, rules, lifecycles, problems, exit-codes.
void add_schema_commands(CLI::App& app);
void add_rule_commands(CLI::App& app);
/// audit: the two trails, exported.
void add_audit_commands(CLI::App& app);
/// record: an issued record's status.
void add_record_commands(CLI::App& app);
/// erase: what is to be erased, for a second person to confirm.
void add_erase_commands(CLI::App& app);
/// serve, init, config.
void add_serve_command(CLI::App& app);

}  // namespace sponsio::app

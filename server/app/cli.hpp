#pragma once

#include "server/app/database.hpp"
#include "server/base/fault.hpp"
#include "server/db/session.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>

namespace sponsio::app {

/// The exit codes of `sponsio` besides 0; docs/operations.md tells them. Those above 100 are CLI11's: an
/// option that is missing or that nobody knows.
enum class Exit : int {
    refused = 1,           ///< the sentence says what is wrong and what to do
    no_cryptography = 69,  ///< an algorithm fails its self-test with the library of this machine
    unexpected = 70,       ///< a fault of the program
};

/// What a subcommand ends with when something is wrong: printed as one sentence to standard error.
struct CommandFailed {
    std::string sentence;
    Exit code = Exit::refused;
};

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

/// The sentence of the first algorithm that does not give its published answer here (crypto/self_test.hpp);
/// nothing when all do.
std::optional<std::string> unsound_cryptography();

/// `--data DIR` or `--database URI`, one of them.
void add_database_options(CLI::App& command, DatabaseOptions& options);

/// Runs `body(PgSession&)` with the server's rights in one transaction; a fault rolls back and ends the
/// command.
void with_session(DatabaseOptions const& options, std::function<Outcome<void>(db::PgSession&)> const& body);

/// organisation, account: the first of each come from here, before there is anybody with a token.
void add_registry_commands(CLI::App& app);
/// migrate, catalogue, rules, lifecycles, problems.
void add_schema_commands(CLI::App& app);
/// record: an issued record's status.
void add_record_commands(CLI::App& app);
/// serve.
void add_serve_command(CLI::App& app);

}  // namespace sponsio::app

#include "server/app/cli.hpp"

#include "crypto/self_test.hpp"
#include "server/db/tx.hpp"

namespace sponsio::app {

void fail(Fault const& why) {
    std::string sentence = why.detail.en.empty() ? std::string(why.problem->en) + "." : why.detail.en;
    for (FieldError const& field : why.fields)
        sentence += " " + field.pointer + " " + std::string(field.reason->en) + ".";
    if (!why.cause.empty()) sentence += " (" + why.cause + ")";
    throw CommandFailed{sentence};
}

std::optional<std::string> unsound_cryptography() {
    for (crypto::SelfTested const& line : crypto::self_test())
        if (!line.ok) return line.en;
    return std::nullopt;
}

void add_database_options(CLI::App& command, DatabaseOptions& options) {
    auto* group = command.add_option_group("database", "Where the database is");
    group->add_option("--data", options.data, "Data directory with its own PostgreSQL")->type_name("DIR");
    group->add_option("--database", options.uri, "URI of a PostgreSQL 15 server")->type_name("URI");
    group->require_option(1);
}

void with_session(DatabaseOptions const& options, std::function<Outcome<void>(db::PgSession&)> const& body) {
    Database const database = must(Database::open(options, Database::Use::administer));
    try {
        db::PgSession session(database.connection());
        db::Tx tx(session);
        must(body(session));
        tx.commit();
    } catch (db::DbError const& error) {
        fail(db::fault_of(error));
    }
}

}  // namespace sponsio::app

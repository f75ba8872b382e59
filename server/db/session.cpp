#include "server/db/session.hpp"

#include "server/db/pipeline.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <poll.h>
#include <stdexcept>

namespace sponsio::db {
namespace {

std::string field(pg_result const* result, int code) {
    char const* const text = result == nullptr ? nullptr : PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

/// The constraint, or else the column or table that the server named.
std::string named_thing(pg_result const* result) {
    if (auto constraint = field(result, PG_DIAG_CONSTRAINT_NAME); !constraint.empty()) return constraint;
    std::string table = field(result, PG_DIAG_TABLE_NAME);
    if (auto const column = field(result, PG_DIAG_COLUMN_NAME); !column.empty()) table += "." + column;
    return table;
}

bool succeeded(ExecStatusType status) {
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

/// libpq's reason for each host, without the line that SOCI puts in front.
DbError cannot_connect(ConnectionString const& where, std::string message) {
    if (auto const line = message.find('\n'); line != std::string::npos) message.erase(0, line + 1);
    std::replace(message.begin(), message.end(), '\n', ' ');
    return DbError(ErrorKind::connection, "08001", "", where.described() + ": " + message);
}

}  // namespace

PgSession::PgSession(ConnectionOptions options) : options_(std::move(options)) {
    auto const where = connection_string(options_);
    if (!where) throw FaultError(where.error());
    try {
        sql_ = std::make_unique<soci::session>(soci::postgresql, where->uri());
    } catch (soci::soci_error const& error) {
        throw cannot_connect(*where, error.get_error_message());
    }
    // Server messages quote values; nobody here reads them.
    PQsetErrorVerbosity(native(), PQERRORS_SQLSTATE);
    PQsetNoticeReceiver(
        native(), [](void*, pg_result const*) {}, nullptr);
    take_role();
}

PgSession::~PgSession() = default;

void PgSession::take_role() {
    if (options_.role.empty() || options_.role == PQuser(native())) return;
    std::unique_ptr<char, void (*)(void*)> const quoted(
        PQescapeIdentifier(native(), options_.role.data(), options_.role.size()), PQfreemem);
    if (!quoted) throw DbError(ErrorKind::other, "", "", "the name of a role");
    command(std::string("SET ROLE ").append(quoted.get()));
    // Settings of a role take effect when it logs in, so bring them over by hand.
    static constexpr BinaryQuery settings{
        "role_settings",
        "SELECT set_config(split_part(c, '=', 1), substr(c, strpos(c, '=') + 1), false) "
        "FROM pg_roles, unnest(rolconfig) c WHERE rolname = $1::name"};
    exec(settings, Params(options_.role));
}

pg_conn* PgSession::native() const noexcept {
    return static_cast<soci::postgresql_session_backend*>(sql_->get_backend())->conn_;
}

bool PgSession::usable() {
    if (broken_ || PQstatus(native()) != CONNECTION_OK) return false;
    pollfd news{PQsocket(native()), POLLIN, 0};
    if (poll(&news, 1, 0) == 0) return true;
    // An idle server has nothing to say but that it ends, or a notice: ask it.
    Rows const answer(PQexec(native(), ""));
    broken_ = PQstatus(native()) != CONNECTION_OK;
    return !broken_;
}

bool PgSession::tidy() noexcept {
    broken_ = !roll_back();
    return !broken_;
}

/// Reads what the statements sent ahead were answered; throws the failure of the first that failed.
void PgSession::settle() {
    if (!under_way_.empty()) Pipeline::finish(*this);
}

bool PgSession::roll_back() noexcept {
    try {
        settle();
    } catch (DbError const&) {
        // Whatever it was: it is rolled back, or the connection is over.
    }
    if (broken_ || PQpipelineStatus(native()) != PQ_PIPELINE_OFF) return false;
    switch (PQtransactionStatus(native())) {
        case PQTRANS_IDLE: return true;
        case PQTRANS_INTRANS:
        case PQTRANS_INERROR: PQclear(PQexec(native(), "ROLLBACK")); break;
        default: return false;
    }
    return PQtransactionStatus(native()) == PQTRANS_IDLE;
}

void PgSession::raise(pg_result const* result, std::string_view query) {
    std::string state = field(result, PG_DIAG_SQLSTATE);
    bool const lost = PQstatus(native()) != CONNECTION_OK;
    ErrorKind const kind = lost ? ErrorKind::connection : kind_of(state);
    broken_ = broken_ || kind == ErrorKind::connection;
    throw DbError(kind, std::move(state), named_thing(result), query);
}

Rows PgSession::checked(pg_result* result, std::string_view query) {
    Rows rows(result);
    if (result == nullptr || !succeeded(PQresultStatus(result))) raise(result, query);
    return rows;
}

Rows PgSession::command(std::string_view sql) {
    settle();
    return checked(PQexec(native(), std::string(sql).c_str()), sql.substr(0, sql.find(' ')));
}

std::string const& PgSession::prepared(BinaryQuery const& query, Params::Arguments const& arguments) {
    auto const found = prepared_.find(&query);
    if (found != prepared_.end()) {
        if (found->second.types != arguments.types)
            throw std::logic_error("a query was given values of other types than before");
        return found->second.name;
    }
    settle();  // in pipeline mode nothing can be prepared
    Prepared entry{"b" + std::to_string(prepared_.size()), arguments.types};
    checked(PQprepare(native(), entry.name.c_str(), std::string(query.text).c_str(),
                      static_cast<int>(entry.types.size()), entry.types.data()),
            query.name);
    return prepared_.emplace(&query, std::move(entry)).first->second.name;
}

Rows PgSession::exec(BinaryQuery const& query, Params const& params) {
    auto const arguments = params.arguments();
    std::string const& name = prepared(query, arguments);
    settle();
    return checked(
        PQexecPrepared(native(), name.c_str(), static_cast<int>(params.size()), arguments.values.data(),
                       arguments.lengths.data(), arguments.formats.data(), 1),
        query.name);
}

}  // namespace sponsio::db

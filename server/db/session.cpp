#include "server/db/session.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

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

pg_result const* result_of(soci::statement& st) {
    // Debian's SOCI hides the type information a dynamic_cast would need; there is only this backend here.
    return static_cast<soci::postgresql_statement_backend*>(st.get_backend())->result_.get_result();
}

bool succeeded(ExecStatusType status) {
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
           status == PGRES_EMPTY_QUERY;
}

/// libpq's reason for each host, without the line that SOCI puts in front.
DbError cannot_connect(ConnectionString const& where, std::string message) {
    if (auto const line = message.find('\n'); line != std::string::npos) message.erase(0, line + 1);
    std::replace(message.begin(), message.end(), '\n', ' ');
    return DbError(ErrorKind::connection, "08001", "", where.described() + ": " + message);
}

}  // namespace

namespace detail {

void refuse_nul(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        throw DbError(ErrorKind::bad_data, "22021", "", "a text with a NUL");
}

}  // namespace detail

struct PgSession::Cached {
    explicit Cached(soci::session& sql) : statement(sql) {}

    soci::statement statement;
    bool in_use = false;
};

PgSession::Entry::Entry(PgSession& db, Query const& query)
    : cached([&]() -> Cached& {
          auto const found = db.cache_.find(&query);
          if (found != db.cache_.end()) return *found->second;
          if (!db.sql_) throw DbError(ErrorKind::connection, "08003", "", query.name);
          auto made = std::make_unique<Cached>(*db.sql_);
          try {
              made->statement.alloc();
              made->statement.prepare(std::string(query.text));
          } catch (soci::soci_error const& error) {
              db.raise(error, made->statement, query);
          }
          return *db.cache_.emplace(&query, std::move(made)).first->second;
      }()) {
    if (cached.in_use) throw std::logic_error("a query used again inside its own each()");
    cached.in_use = true;
}

PgSession::Entry::~Entry() {
    cached.statement.bind_clean_up();
    // SOCI would keep the rows until the statement's next use.
    static_cast<soci::postgresql_statement_backend*>(cached.statement.get_backend())->result_.reset();
    cached.in_use = false;
}

soci::statement& PgSession::Entry::statement() const {
    return cached.statement;
}

PgSession::PgSession(ConnectionOptions options) : options_(std::move(options)) {
    connect();
}

PgSession::~PgSession() = default;

void PgSession::connect() {
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
    broken_ = false;
    take_role();
}

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

void PgSession::reconnect() {
    cache_.clear();
    binary_.clear();
    sql_.reset();
    connect();
}

pg_conn* PgSession::native() const noexcept {
    return sql_ ? static_cast<soci::postgresql_session_backend*>(sql_->get_backend())->conn_ : nullptr;
}

bool PgSession::usable() {
    if (broken_ || !sql_ || PQstatus(native()) != CONNECTION_OK) return false;
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

bool PgSession::roll_back() noexcept {
    if (broken_ || !sql_ || PQpipelineStatus(native()) != PQ_PIPELINE_OFF) return false;
    switch (PQtransactionStatus(native())) {
        case PQTRANS_IDLE: return true;
        case PQTRANS_INTRANS:
        case PQTRANS_INERROR: PQclear(PQexec(native(), "ROLLBACK")); break;
        default: return false;
    }
    return PQtransactionStatus(native()) == PQTRANS_IDLE;
}

void PgSession::raise(soci::soci_error const& error, soci::statement& st, Query const& query) {
    pg_result const* const result = result_of(st);
    if (result != nullptr && !field(result, PG_DIAG_SQLSTATE).empty()) raise(result, query.name);
    if (auto const* pg = dynamic_cast<soci::postgresql_soci_error const*>(&error);
        pg != nullptr && pg->sqlstate().find(' ') == std::string::npos && PQstatus(native()) == CONNECTION_OK)
        throw DbError(kind_of(pg->sqlstate()), pg->sqlstate(), "", query.name);
    raise(nullptr, query.name);
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
    return checked(PQexec(native(), std::string(sql).c_str()), sql.substr(0, sql.find(' ')));
}

std::string const& PgSession::prepared(BinaryQuery const& query, Params::Arguments const& arguments) {
    auto const found = binary_.find(&query);
    if (found != binary_.end()) {
        if (found->second.types != arguments.types)
            throw std::logic_error("a query was given values of other types than before");
        return found->second.name;
    }
    Prepared entry{"b" + std::to_string(binary_.size()), arguments.types};
    checked(PQprepare(native(), entry.name.c_str(), std::string(query.text).c_str(),
                      static_cast<int>(entry.types.size()), entry.types.data()),
            query.name);
    return binary_.emplace(&query, std::move(entry)).first->second.name;
}

Rows PgSession::exec(BinaryQuery const& query, Params const& params) {
    auto const arguments = params.arguments();
    std::string const& name = prepared(query, arguments);
    return checked(
        PQexecPrepared(native(), name.c_str(), static_cast<int>(params.size()), arguments.values.data(),
                       arguments.lengths.data(), arguments.formats.data(), 1),
        query.name);
}

void PgSession::prepare(Query const& query) {
    Entry const entry(*this, query);
}

void PgSession::prepare(BinaryQuery const& query) {
    checked(PQprepare(native(), "", std::string(query.text).c_str(), 0, nullptr), query.name);
}

}  // namespace sponsio::db

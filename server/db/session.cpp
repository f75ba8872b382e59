#include "server/db/session.hpp"

#include "server/db/pipeline.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>

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

/// libpq's reason for each host, without the line that SOCI adds in front.
DbError cannot_connect(ConnectionString const& where, std::string message) {
    if (auto const line = message.find('\n'); line != std::string::npos) message.erase(0, line + 1);
    std::replace(message.begin(), message.end(), '\n', ' ');
    return DbError(ErrorKind::connection, "08001", "", where.described() + ": " + message);
}

/// The longest wait for an idle session's answer to a ping.
constexpr std::chrono::seconds longest_ping{2};

bool writes(std::string_view statement) {
    for (std::string_view verb : {"insert", "update", "delete", "with"}) {
        bool const begins = std::ranges::equal(statement.substr(0, verb.size()), verb, {}, [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (begins) return true;
    }
    return false;
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
    // Every wait is our own, with a limit. In a pipeline a blocking send would also deadlock with a server
    // that waits until its output is read (PostgreSQL 15 §34.5.1).
    PQsetnonblocking(native(), 1);
    // Server messages quote values; none of them is used.
    PQsetErrorVerbosity(native(), PQERRORS_SQLSTATE);
    PQsetNoticeReceiver(
        native(), [](void*, pg_result const*) {}, nullptr);
    take_role();
    apply_settings();
}

PgSession::~PgSession() = default;

void PgSession::take_role() {
    if (options_.role.empty() || options_.role == PQuser(native())) return;
    std::unique_ptr<char, void (*)(void*)> const quoted(
        PQescapeIdentifier(native(), options_.role.data(), options_.role.size()), PQfreemem);
    if (!quoted) throw DbError(ErrorKind::other, "", "", "the name of a role");
    command(std::string("SET ROLE ").append(quoted.get()));
    // Settings of a role take effect at login only, so copy them.
    static constexpr BinaryQuery settings{
        "role_settings",
        "SELECT set_config(split_part(c, '=', 1), substr(c, strpos(c, '=') + 1), false) "
        "FROM pg_roles, unnest(rolconfig) c WHERE rolname = $1::name"};
    exec(settings, Params(options_.role));
}

/// The server must also notice within seconds when this machine vanishes: until then it keeps the session
/// with all its locks.
void PgSession::apply_settings() {
    std::string all =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
        "SET tcp_user_timeout = 10000";
    for (auto const& [name, value] : options_.settings)
        all.append("; SET ").append(name).append(" = '").append(value).append("'");
    command(all);
}

pg_conn* PgSession::native() const noexcept {
    return static_cast<soci::postgresql_session_backend*>(sql_->get_backend())->conn_;
}

bool PgSession::usable() {
    if (broken_ || PQstatus(native()) != CONNECTION_OK) return false;
    pollfd news{PQsocket(native()), POLLIN, 0};
    if (poll(&news, 1, 0) == 0) return true;
    // An idle server sends nothing but a notice or its end: ping it.
    try {
        answer_by(std::chrono::steady_clock::now() + longest_ping);
        command("");
    } catch (DbError const&) {
        broken_ = true;
    }
    answer_by(Deadline::max());
    return !broken_;
}

bool PgSession::tidy() noexcept {
    answer_by(std::chrono::steady_clock::now() + longest_ping);
    broken_ = !roll_back();
    answer_by(Deadline::max());
    return !broken_;
}

/// Reads the answers to statements sent ahead; throws the first failure.
void PgSession::settle() {
    if (!under_way_.empty()) Pipeline::finish(*this);
}

bool PgSession::roll_back() noexcept {
    try {
        settle();
    } catch (DbError const&) {
        // Ignored: either the transaction is rolled back, or the connection is over.
    }
    if (broken_ || PQpipelineStatus(native()) != PQ_PIPELINE_OFF) return false;
    switch (PQtransactionStatus(native())) {
        case PQTRANS_IDLE: return true;
        case PQTRANS_INTRANS:
        case PQTRANS_INERROR: break;
        default: return false;
    }
    try {
        command("ROLLBACK");
    } catch (DbError const&) {
        return false;
    }
    return PQtransactionStatus(native()) == PQTRANS_IDLE;
}

// ---- waiting
Deadline PgSession::limit() const {
    if (options_.patience.count() == 0) return answer_by_;
    return std::min(answer_by_, std::chrono::steady_clock::now() + options_.patience);
}

/// Returns false at `until`; the connection is given up then.
bool PgSession::wait(short events, Deadline until) {
    using namespace std::chrono;
    pollfd socket{PQsocket(native()), events, 0};
    if (socket.fd < 0) return true;  // libpq has closed it, and says so; poll() would wait in vain
    for (;;) {
        auto const left = until == Deadline::max()
                              ? milliseconds{-1}
                              : std::max(milliseconds{0}, ceil<milliseconds>(until - steady_clock::now()));
        int const ready = poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1 << 30)));
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // what is wrong, libpq will say
        if (ready == 0) break;
    }
    give_up();
    return false;
}

/// Gives up the connection: a late answer must not be taken for that of another statement. The server notices
/// as soon as it reads or writes.
void PgSession::give_up() noexcept {
    broken_ = true;
    shutdown(PQsocket(native()), SHUT_RDWR);
}

/// Sends everything, reading incoming data meanwhile.
bool PgSession::flush() {
    Deadline const until = limit();
    for (;;) {
        int const left = PQflush(native());
        if (left <= 0) return left == 0;
        if (!wait(POLLIN | POLLOUT, until)) return false;
        if (PQconsumeInput(native()) != 1) return false;
    }
}

/// PQgetResult with a limit: null at the end of a statement's results, and after give_up().
pg_result* PgSession::next_result() {
    Deadline const until = limit();
    while (PQisBusy(native()) == 1) {
        if (!wait(POLLIN, until)) return nullptr;
        if (PQconsumeInput(native()) != 1) break;  // the result says so
    }
    return PQgetResult(native());
}

/// Returns the last result, or the first that failed, as PQexec does.
Rows PgSession::finish(bool sent, std::string_view query) {
    if (!sent || !flush()) raise(nullptr, query);
    pg_result* answer = nullptr;
    while (pg_result* const next = next_result()) {
        bool const keep = answer != nullptr && !succeeded(PQresultStatus(answer));
        PQclear(keep ? next : answer);
        if (!keep) answer = next;
    }
    return checked(answer, query);
}

void PgSession::raise(pg_result const* result, std::string_view query) {
    std::string state = field(result, PG_DIAG_SQLSTATE);
    bool const lost = broken_ || PQstatus(native()) != CONNECTION_OK;
    ErrorKind const kind = lost ? ErrorKind::connection : kind_of(state);
    broken_ = broken_ || kind == ErrorKind::connection || kind == ErrorKind::pooler;
    throw DbError(kind, std::move(state), named_thing(result), query);
}

Rows PgSession::checked(pg_result* result, std::string_view query) {
    Rows rows(result);
    if (broken_ || result == nullptr || !succeeded(PQresultStatus(result))) raise(result, query);
    return rows;
}

Rows PgSession::command(std::string_view sql) {
    settle();
    return finish(PQsendQuery(native(), std::string(sql).c_str()) == 1, sql.substr(0, sql.find(' ')));
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
    finish(PQsendPrepare(native(), entry.name.c_str(), std::string(query.text).c_str(),
                         static_cast<int>(entry.types.size()), entry.types.data()) == 1,
           query.name);
    return prepared_.emplace(&query, std::move(entry)).first->second.name;
}

Rows PgSession::exec(BinaryQuery const& query, Params const& params) {
    auto const arguments = params.arguments();
    std::string const& name = prepared(query, arguments);
    settle();
    // A single statement outside a transaction: after a broken connection its outcome is unknown.
    bool const alone = PQtransactionStatus(native()) == PQTRANS_IDLE && writes(query.text);
    try {
        return finish(PQsendQueryPrepared(native(), name.c_str(), static_cast<int>(params.size()),
                                          arguments.values.data(), arguments.lengths.data(),
                                          arguments.formats.data(), 1) == 1,
                      query.name);
    } catch (DbError const& error) {
        if (!alone || error.kind() != ErrorKind::connection) throw;
        throw DbError(ErrorKind::unknown_outcome, error.sqlstate(), error.constraint(), query.name);
    }
}

}  // namespace sponsio::db

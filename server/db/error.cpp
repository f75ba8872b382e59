#include "server/db/error.hpp"

#include <boost/core/demangle.hpp>

#include <new>
#include <typeinfo>

namespace sponsio::db {
namespace {

using namespace std::chrono_literals;

std::string cause_of(DbError const& error) {
    return error.what();
}

Fault later(Problem const& kind, std::chrono::seconds pause, DbError const& error) {
    Fault f = fault(kind);
    f.retry_after = pause;
    f.cause = cause_of(error);
    return f;
}

std::string label(std::string_view sqlstate, std::string_view constraint, std::string_view query) {
    std::string text(sqlstate.empty() ? "no sqlstate" : sqlstate);
    if (!constraint.empty()) text.append(" ").append(constraint);
    if (!query.empty()) text.append(" in ").append(query);
    return text;
}

}  // namespace

ErrorKind kind_of(std::string_view state) {
    if (state == "23505" || state == "23P01") return ErrorKind::unique;
    if (state == "23503") return ErrorKind::foreign_key;
    if (state.starts_with("23")) return ErrorKind::check;
    if (state == "40001" || state == "40P01") return ErrorKind::serialization;
    if (state == "57014" || state == "55P03") return ErrorKind::timeout;
    if (state == "53100" || state.starts_with("58")) return ErrorKind::disk_full;
    if (state.starts_with("53") || state == "55000") return ErrorKind::busy;
    if (state.starts_with("08") || state.starts_with("57P") || state == "25006") return ErrorKind::connection;
    if (state == "42P05" || state == "26000") return ErrorKind::pooler;
    for (std::string_view data : {"22", "44", "54", "P0"})
        if (state.starts_with(data)) return ErrorKind::bad_data;
    return ErrorKind::other;
}

DbError::DbError(ErrorKind kind, std::string sqlstate, std::string constraint, std::string_view query)
    : std::runtime_error(label(sqlstate, constraint, query)),
      kind_(kind),
      sqlstate_(std::move(sqlstate)),
      constraint_(std::move(constraint)) {}

bool DbError::is_about_data() const noexcept {
    switch (kind_) {
        case ErrorKind::unique:
        case ErrorKind::foreign_key:
        case ErrorKind::check:
        case ErrorKind::bad_data: return true;
        default: return false;
    }
}

Fault behind_a_pooler() {
    Fault f = fault(problem::unavailable,
                    "The database is reached through a pooler that gives each transaction another session. "
                    "Sponsio keeps prepared statements, locks and settings in its sessions: connect to "
                    "PostgreSQL directly, or let the pooler keep sessions (pgbouncer: pool_mode = session).",
                    "到数据库的连接经过了按事务分配会话的连接池。本系统在会话中保存预处理语句、锁和设置："
                    "请直接连接 PostgreSQL，或让连接池按会话分配（pgbouncer：pool_mode = session）。");
    f.retry_after = 60s;
    f.cause = "a pooler in transaction mode";
    return f;
}

Fault fault_of(DbError const& error) {
    switch (error.kind()) {
        case ErrorKind::unique:
        case ErrorKind::foreign_key:
        case ErrorKind::check: {
            Fault f = fault(problem::conflict);
            f.cause = cause_of(error);
            return f;
        }
        case ErrorKind::serialization:
        case ErrorKind::timeout:
        case ErrorKind::busy: return later(problem::overloaded, 1s, error);
        case ErrorKind::disk_full: return later(problem::unavailable, 60s, error);
        case ErrorKind::connection: return later(problem::unavailable, 2s, error);
        case ErrorKind::unknown_outcome: return later(problem::outcome_unknown, 2s, error);
        case ErrorKind::pooler: {
            Fault f = behind_a_pooler();
            f.cause = cause_of(error);
            return f;
        }
        case ErrorKind::bad_data:
        case ErrorKind::aborted:
        case ErrorKind::other: break;
    }
    Fault f = fault(problem::internal);
    f.cause = cause_of(error);
    return f;
}

Fault fault_from_current_exception() noexcept {
    try {
        throw;
    } catch (FaultError const& error) {
        return error.fault;
    } catch (DbError const& error) {
        return fault_of(error);
    } catch (std::bad_alloc const&) {
        Fault f;
        f.problem = &problem::overloaded;
        f.retry_after = 1s;
        return f;
    } catch (std::exception const& error) {
        // Only the type is reported; the text could hold a value of the request.
        Fault f;
        f.cause = boost::core::demangle(typeid(error).name());
        return f;
    } catch (...) {
        return Fault{};
    }
}

}  // namespace sponsio::db

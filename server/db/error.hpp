#pragma once

#include "server/base/fault.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sponsio::db {

/// The meaning of a SQLSTATE for a caller (PostgreSQL 15, Appendix A).
enum class ErrorKind : std::uint8_t {
    unique,           ///< 23505, 23P01
    foreign_key,      ///< 23503
    check,            ///< 23514 and the other integrity constraints
    bad_data,         ///< 22xxx, 44000, 54xxx, P0xxx: a value of this row, not the server, is the reason
    serialization,    ///< 40001, 40P01: the same transaction may succeed when run again
    timeout,          ///< 57014, 55P03
    busy,             ///< 53xxx without disk_full; 55000: another writer moved the head of a log
    disk_full,        ///< 53100, 58xxx: the server's disk does not take or give what is asked of it
    connection,       ///< 08xxx, 57P0x, 25006 (no longer the primary), or no answer at all
    unknown_outcome,  ///< the connection broke during COMMIT, or during a write that is a transaction itself
    pooler,           ///< 42P05, 26000: our prepared statements are not where we left them
    aborted,          ///< COMMIT was asked of a transaction in which a statement had failed
    other
};

ErrorKind kind_of(std::string_view sqlstate);

/// A refusal by PostgreSQL or on the way to it. Holds names of things and never a value of a request: server
/// messages and SOCI's what() quote values, so neither is kept.
class DbError : public std::runtime_error {
  public:
    DbError(ErrorKind kind, std::string sqlstate, std::string constraint, std::string_view query);

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

    /// Five characters; empty when the server sent none.
    [[nodiscard]] std::string const& sqlstate() const noexcept { return sqlstate_; }

    /// The constraint, or else the table, that the server named; often empty.
    [[nodiscard]] std::string const& constraint() const noexcept { return constraint_; }

    /// Whether the content of one row caused this, so that the other rows of a batch may still be stored.
    [[nodiscard]] bool is_about_data() const noexcept;

  private:
    ErrorKind kind_;
    std::string sqlstate_;
    std::string constraint_;
};

Fault fault_of(DbError const& error);

/// A sentence for the operator that names the kind of pooler and the mode needed instead.
Fault behind_a_pooler();

/// To be called in a catch block: the Fault for the current exception. FaultError yields its own fault.
Fault fault_from_current_exception() noexcept;

}  // namespace sponsio::db

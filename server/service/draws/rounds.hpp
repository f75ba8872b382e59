#pragma once

#include "server/db/tx.hpp"
#include "server/service/draws/pool_builder.hpp"
#include "server/service/draws/revealer.hpp"

#include <functional>

namespace sponsio::service {

/// The background work on draws: fixing the pool, later revealing. Each stage is one transaction on stored
/// state, so a process that is killed in one has done nothing, and any number of processes may share the
/// work. A draw that cannot go on waits, with the reason in its row, and delays no other.
class DrawRounds {
  public:
    explicit DrawRounds(DrawParts parts) : parts_(std::move(parts)) {}

    DrawRounds(DrawRounds const&) = delete;
    DrawRounds& operator=(DrawRounds const&) = delete;

    /// Returns the number of draws that moved or were put off. For a thread that may block for minutes.
    Outcome<std::size_t> round(Deadline deadline);

  private:
    struct Stage;

    Outcome<std::size_t> next(db::PgSession& db, Stage const& stage);
    Outcome<bool> attempt(db::PgSession& db, Stage const& stage, std::optional<DrawId>& at_work);
    void put_off(db::PgSession& db, DrawId id, Fault const& why);

    DrawParts parts_;
    PoolBuilder builder_{parts_};
    DrawRevealer revealer_{parts_};
};

}  // namespace sponsio::service

#pragma once

#include "crypto/random.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/peer_hold.hpp"
#include "server/service/unit/reached.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/peer_holds.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sponsio::service {

/// Claiming and settling lie in a transaction, just before its commit; the others between two steps.
enum class ErrandPoint : std::uint8_t { claiming, claimed, exchanged, settling, finished };

struct ErrandOptions {
    std::string peer;  ///< URL of who is asked: under it is kept when it wants to be asked again
    std::chrono::seconds database_limit{30};
    Reached<ErrandPoint> reached{};
};

/// Errands to somebody outside, one at a time, with the effect of exactly once:
///
/// 1. claim: one transaction locks the row that is due, counts an attempt, and leases the row, so that nobody
///    else takes it before the lease is over. Whatever will be sent is stored by its commit.
/// 2. exchange: the call, outside of any transaction.
/// 3. settle: one transaction locks the row again and stores what came of it, but only if that attempt is
///    still the last one.
///
/// A crash before the first commit: nothing happened. Between the two commits: the row stands as under way,
/// whether or not a byte left and whether or not the peer has answered; when the lease is over it is claimed
/// again, and the exchange goes by the same name, under which the peer does a thing once and says of it what
/// it said before. After the second commit: it is done. Whoever is slower than the lease finds that its
/// attempt is not the last one any more, and stores nothing. So the peer may hear of an errand often, and
/// nothing comes of it twice.
///
/// Any number of threads and processes may run one errand. `Claim` is what the exchange needs to know of the
/// row, `Reply` has a member `retry_after`.
template <class Claim, class Row, class Reply>
class Errand {
  protected:
    Errand(db::DbExecutor& db, Clock const& clock, ErrandOptions options)
        : errand_db_(db), errand_clock_(clock), errand_(std::move(options)) {}

    Errand(Errand const&) = delete;
    Errand& operator=(Errand const&) = delete;
    ~Errand() = default;

    /// Runs one that is due. False: none is, or the peer must not be asked just now.
    Outcome<bool> run_errand() {
        auto claimed = in_database([this](db::PgSession& session) {
            return in_transaction(session, [this](db::PgSession& db) { return claim_in(db); });
        });
        if (!claimed) return claimed.error();
        if (!*claimed) return false;
        Claim& claim = **claimed;
        errand_.reached(ErrandPoint::claimed);
        auto reply = exchange(claim);
        if (!reply) return reply.error();
        errand_.reached(ErrandPoint::exchanged);
        Instant const now = errand_clock_.now();
        auto const settled = in_database([&](db::PgSession& session) {
            return in_transaction(session,
                                  [&](db::PgSession& db) { return settle_in(db, claim, *reply, now); });
        });
        if (auto told = heard(claim, *reply, settled, now); !told) return told.error();
        errand_.reached(ErrandPoint::finished);
        return true;
    }

    template <class Job>
    auto in_database(Job job) {
        return errand_db_.run_blocking(std::chrono::steady_clock::now() + errand_.database_limit,
                                       std::move(job));
    }

  private:
    /// Locks, counts and leases what is due.
    virtual Outcome<std::optional<Claim>> claim(db::PgSession& db, Instant now) = 0;
    virtual Outcome<Reply> exchange(Claim const& claim) = 0;
    /// The row, locked, if the attempt of this claim is its last one.
    virtual std::optional<Row> lock_again(db::PgSession& db, Claim const& claim) = 0;
    /// Keeps the answer, or puts the row back for a later attempt.
    virtual Outcome<void> settle(db::PgSession& db, Row& row, Claim& claim, Reply const& reply,
                                 Instant now) = 0;

    /// Told last, whether or not what came of it could be stored. Its fault is that of the errand.
    virtual Outcome<void> heard(Claim const&, Reply const&, Outcome<void> const& settled, Instant) {
        return settled;
    }

    Outcome<std::optional<Claim>> claim_in(db::PgSession& db) {
        Instant const now = errand_clock_.now();
        if (store::peer_held(db, errand_.peer, now)) return std::optional<Claim>{};
        auto claimed = claim(db, now);
        if (claimed && *claimed) errand_.reached(ErrandPoint::claiming);
        return claimed;
    }

    Outcome<void> settle_in(db::PgSession& db, Claim& claim, Reply const& reply, Instant now) {
        keep_away(db, errand_.peer, reply.retry_after, now);
        auto row = lock_again(db, claim);
        if (!row) return {};
        if (auto done = settle(db, *row, claim, reply, now); !done) return done;
        errand_.reached(ErrandPoint::settling);
        return {};
    }

    db::DbExecutor& errand_db_;
    Clock const& errand_clock_;
    ErrandOptions errand_;
};

/// A pause of that length, or of `longest` if it is longer, give or take so many thousandths of it, so that
/// those who failed together do not come back together.
std::chrono::milliseconds spread_pause(std::chrono::milliseconds pause, std::chrono::milliseconds longest,
                                       int thousandths, crypto::Entropy& entropy);

}  // namespace sponsio::service

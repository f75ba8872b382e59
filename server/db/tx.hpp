#pragma once

#include "server/db/pipeline.hpp"
#include "server/db/session.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace sponsio::db {

enum class Isolation : std::uint8_t { read_committed, repeatable_read, serializable };

struct TxOptions {
    Isolation isolation = Isolation::read_committed;
    bool read_only = false;
    /// Send BEGIN together with the first run(Pipeline) instead of at once: one round trip less.
    bool begin_with_first_pipeline = false;
};

/// A transaction; the destructor rolls back unless commit() succeeded.
class Tx {
  public:
    explicit Tx(PgSession& db, TxOptions options = {});
    ~Tx();
    Tx(Tx const&) = delete;
    Tx& operator=(Tx const&) = delete;

    /// Calls ConnectionOptions::before_commit first, unless the transaction only reads.
    /// Throws DbError: `aborted` if a statement had failed (PostgreSQL answers such a COMMIT with success and
    /// the tag ROLLBACK), `unknown_outcome` if the connection broke before the answer came.
    void commit();

    /// Runs statements inside this transaction in one round trip. `meanwhile` is called while the server
    /// works on them, and must not use the session.
    std::vector<Rows> run(Pipeline const& statements, std::function<void()> const& meanwhile = {});
    /// Runs the last statements and COMMIT in one round trip, without before_commit. Throws like commit().
    std::vector<Rows> commit_with(Pipeline const& statements);

  private:
    void begin();

    PgSession& db_;
    BinaryQuery const* begin_;
    bool read_only_;
    bool open_ = false;
};

struct RetryOptions {
    int attempts = 5;
    std::chrono::milliseconds first_pause{2};  ///< doubles each time, with jitter
};

namespace detail {
/// Sleeps and returns if another attempt may help, else rethrows the current exception.
void pause_before_retry(int attempt, RetryOptions const& options);
}  // namespace detail

/// Runs `attempt()`, which makes its own Tx, and repeats it after a serialization failure or a deadlock
/// (40001, 40P01).
template <class Attempt>
auto retry(Attempt attempt, RetryOptions options = {}) {
    for (int n = 1;; ++n) {
        try {
            return attempt();
        } catch (DbError const&) {
            detail::pause_before_retry(n, options);
        }
    }
}

}  // namespace sponsio::db

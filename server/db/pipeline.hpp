#pragma once

#include "server/db/session.hpp"

#include <functional>
#include <vector>

namespace sponsio::db {

/// Several statements that travel in one round trip (libpq's pipeline mode). The server runs them in order
/// and skips the rest after the first that fails.
class Pipeline {
  public:
    /// The query is a constant that outlives the pipeline.
    Pipeline& add(BinaryQuery const& query, Params params = {});
    Pipeline& add(BinaryQuery const&&, Params = {}) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }

    void clear() noexcept { steps_.clear(); }

    /// Returns one Rows per statement. Throws the DbError of the first statement that failed.
    std::vector<Rows> run(PgSession& db) const;

    /// Sends the statements (at least one) without waiting. The next use of the session reads their answers
    /// and throws their failure.
    void send_ahead(PgSession& db) const;

  private:
    friend class PgSession;
    friend class Tx;

    struct Step {
        BinaryQuery const* query;
        Params params;
    };

    using Steps = std::vector<Step const*>;

    [[nodiscard]] Steps steps() const;
    static void put(PgSession& db, Steps const& steps);
    static void sync_ahead(PgSession& db);
    static std::vector<Rows> finish(PgSession& db);
    static std::vector<Rows> send(PgSession& db, Steps const& steps,
                                  std::function<void()> const& meanwhile = {});

    std::vector<Step> steps_;
};

}  // namespace sponsio::db

#pragma once

#include "server/db/session.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>

namespace sponsio::db {

/// A session that connects when it is needed, and again when it broke. After a failed attempt it refuses for
/// a moment without trying, so that queued callers do not each wait for a connect timeout.
class LazySession {
  public:
    explicit LazySession(ConnectionOptions options, std::function<void(PgSession&)> on_connect = {});

    /// Throws DbError of kind connection, or the exception of on_connect.
    PgSession& get();
    /// To be called after a job: rolls back an open transaction, or drops the connection.
    void tidy() noexcept;

    [[nodiscard]] bool connected() const noexcept { return session_.has_value(); }

    [[nodiscard]] std::uint64_t connects() const noexcept { return connects_; }

  private:
    void connect();

    ConnectionOptions options_;
    std::function<void(PgSession&)> on_connect_;
    std::optional<PgSession> session_;
    std::chrono::steady_clock::time_point not_before_{};
    std::exception_ptr why_not_{};  ///< until then
    std::uint64_t connects_ = 0;
};

}  // namespace sponsio::db

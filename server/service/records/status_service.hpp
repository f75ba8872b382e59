#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/status.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sponsio::crypto {
class Signer;
}

namespace sponsio::service {

struct StatusOptions {
    std::string issuer;                                       ///< as in the records
    std::chrono::seconds valid_for = std::chrono::hours{24};  ///< from `iat` to `exp`
    std::chrono::seconds ttl{300};                            ///< how old a reader's copy may become
    /// The time for which the list is assumed unchanged after a look into the database.
    std::chrono::milliseconds between_looks{1000};
};

/// The public status lists: Token Status List tokens, signed with the key of the records.
class StatusService {
  public:
    using Token = std::shared_ptr<std::string const>;

    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        Clock const& clock;
        Metrics& metrics;
        std::function<Outcome<std::shared_ptr<crypto::Signer const>>(Instant)> signer;
    };

    StatusService(Parts parts, StatusOptions options)
        : parts_(std::move(parts)), options_(std::move(options)) {}

    /// The signed list: the same bytes until a status in it changes or half of its validity has passed. May
    /// be called from any thread. Fault: not_found for an unknown list.
    Async<Token> list(std::int32_t list_no, Deadline deadline);
    /// For RowMemory.
    void forget();

  private:
    struct Signed {
        Token token;
        std::int64_t version;
        Instant issued_at;
        std::chrono::steady_clock::time_point looked_at;
    };

    [[nodiscard]] bool still_good(Signed const& kept) const;
    Outcome<Token> look(db::PgSession& db, std::int32_t list_no);
    Outcome<Token> sign(db::PgSession& db, store::StatusList const& list);

    Parts parts_;
    StatusOptions options_;
    std::mutex mutex_;
    std::map<std::int32_t, Signed> signed_;
};

}  // namespace sponsio::service

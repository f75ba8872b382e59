#pragma once

#include "server/base/metrics.hpp"
#include "server/client/platform_client.hpp"
#include "server/domain/batch.hpp"
#include "server/service/unit/errand.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/submissions.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::crypto {
class Signer;
}

namespace sponsio::service {

/// The key that signs manifests now; throws FaultError if there is none.
using CurrentSigner = std::function<std::shared_ptr<crypto::Signer const>()>;

/// The points of what is done before a batch is due: just before and just after each commit.
enum class BatchPoint : std::uint8_t { in_gathering, after_gathering, in_signing, after_signing };

struct DeliveryOptions {
    domain::BatchParty receiver;    ///< the platform; its code may be empty
    std::string peer = "platform";  ///< its URL: under it is kept when it wants to be asked again
    std::string resource_code = "credit.commitment.performance";
    std::size_t max_records = domain::batch_max_records;  ///< of a batch
    std::size_t max_bytes = std::size_t{8} << 20;         ///< of its lines
    std::chrono::seconds call_limit{30};                  ///< for one exchange with the platform
    std::chrono::seconds lease{45};            ///< longer than call_limit: nobody else tries meanwhile
    std::chrono::seconds longest_pause{3600};  ///< between two tries
    std::chrono::seconds database_limit{30};
    Reached<BatchPoint> reached{};
    Reached<ErrandPoint> errand_reached{};
};

/// What a call to the platform needs to know of the batch it is about.
struct BatchClaim {
    std::string batch_no;
    int attempt;
    bool ask_first;    ///< an earlier sending may have arrived: ask, do not send
    std::string body;  ///< of the sending; empty for a question
};

/// Brings queued reports to the platform. Each call does one thing and may be made from several threads and
/// processes at once; each begins from what the database says, so a crash anywhere costs time and nothing
/// else. A batch whose sending may have arrived is asked after, and sent again only if the platform says that
/// it never came.
class SubmissionDelivery final : Errand<BatchClaim, store::BatchRow, client::PlatformReply> {
  public:
    /// `metrics` may be null. The referenced objects outlive this.
    SubmissionDelivery(db::DbExecutor& db, Vault const& vault, client::PlatformClient& platform,
                       CurrentSigner signer, Clock const& clock, crypto::Entropy& entropy, Metrics* metrics,
                       DeliveryOptions options);

    /// Puts waiting reports of one organisation into a batch and stores its exact bytes. False: none wait.
    Outcome<bool> gather();
    /// Signs a stored batch without a signature. False: there is none.
    Outcome<bool> sign();

    /// Sends a batch that is due, or asks the platform what became of it. False: none is due.
    Outcome<bool> deliver() { return run_errand(); }

    /// Repeats all three until nothing is to do now or `stop` returns true.
    /// Returns whether anything was done.
    Outcome<bool> round(std::function<bool()> const& stop = [] { return false; });

  private:
    Outcome<bool> gather_in(db::PgSession& db, Instant now);
    Outcome<bool> sign_in(db::PgSession& db);
    Outcome<std::optional<BatchClaim>> claim(db::PgSession& db, Instant now) override;
    Outcome<client::PlatformReply> exchange(BatchClaim const& claim) override;
    std::optional<store::BatchRow> lock_again(db::PgSession& db, BatchClaim const& claim) override;
    Outcome<void> settle(db::PgSession& db, store::BatchRow& row, BatchClaim& claim,
                         client::PlatformReply const& reply, Instant now) override;
    Outcome<void> take_answer(db::PgSession& db, store::BatchRow const& row, BatchClaim const& claim,
                              client::PlatformReply const& reply, Instant now);
    Outcome<void> set_aside(db::PgSession& db, store::BatchRow const& row, BatchClaim const& claim,
                            domain::BatchEvent event, client::PlatformReply const& reply, Instant now);
    /// Puts down what came back, for people to read; the body of an answer is the batch's own already.
    void keep_exchange(db::PgSession& db, store::BatchRow const& row, BatchClaim const& claim,
                       client::PlatformReply const& reply, Instant now);
    [[nodiscard]] std::chrono::milliseconds pause_after(int attempts);
    void publish();

    Vault const& vault_;
    client::PlatformClient& platform_;
    CurrentSigner signer_;
    Clock const& clock_;
    crypto::Entropy& entropy_;
    Metrics* metrics_;
    DeliveryOptions options_;
};

}  // namespace sponsio::service

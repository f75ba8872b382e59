#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/records/issue_draft.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/unit/reached.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// An issued record, as passed on inside the transaction that stores it.
struct IssuedRecord {
    RecordId id;
    std::int64_t position;  ///< in the feed
    FindingId finding;
    OrganisationId organisation;  ///< the identifying unit
    OpenedFinding opened;
    domain::RecordFacts facts;
    std::string sd_jwt;  ///< with all disclosures
};

/// The points at which tests simulate a crash, each just before or after a commit or the use of a key.
enum class IssuePoint {
    before_draft_commit,
    after_draft_commit,
    before_signing_commit,
    after_signing_commit,
    before_signature,
    after_signature,
    before_record_commit,
    after_record_commit
};

struct IssueOptions {
    std::string issuer;                       ///< `iss`: the URL under which this server is known
    store::DraftShare share{};                ///< of the drafts: others issue the rest at the same time
    int batch = 256;                          ///< records in one transaction
    std::int32_t status_list_size = 1 << 17;  ///< of a new status list; half of its entries are used
    /// A finding whose facts change under every draft is given up after this many.
    std::int64_t most_drafts = 5;
    Reached<IssuePoint> reached{};
};

struct IssueCount {
    std::size_t drafted = 0;  ///< findings looked at
    std::size_t issued = 0;
    std::size_t set_aside = 0;  ///< drafts that will not be signed
    /// The reason why some items still wait.
    std::optional<Fault> failed{};
};

/// Turns effective findings into signed records, in an order that never changes: draft stored, linted,
/// announced, signed, verified, parsed back, compared, stored. Each step takes a whole batch.
class IssueService {
  public:
    /// The key that signs records at that time.
    using SignerAt = std::function<Outcome<std::shared_ptr<crypto::Signer const>>(Instant)>;
    /// The published keys.
    using Published = std::function<crypto::KeyResolver()>;
    /// Called in the transaction that stores the records; its fault undoes that.
    using OnIssued = std::function<Outcome<void>(db::PgSession&, std::span<IssuedRecord const>)>;

    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        MatterCache& matters;
        domain::Rules const& rules;
        domain::WorkingCalendar const& calendar;
        Clock const& clock;
        Metrics& metrics;
        SignerAt signer;
        Published published;
        OnIssued on_issued;
        std::function<void()> leaves_waiting;  ///< called when there are new leaves for the log
    };

    IssueService(Parts parts, IssueOptions options);

    /// Drafts and issues up to a batch of each. It goes on from stored state, whatever happened in its last
    /// run. For threads that may block; one round at a time.
    Outcome<IssueCount> round(Deadline deadline);
    /// Queues refused findings again; called at the start of a server.
    Outcome<std::int64_t> reconsider_refused(Deadline deadline);

  private:
    struct Ready;
    struct Drafting;

    Outcome<IssueCount> round(db::PgSession& db);
    Outcome<std::size_t> draft_some(db::PgSession& db);
    void draft_one(store::FindingForRecord row, std::span<store::FindingOnRecord const> on_record,
                   store::StatusPlace place, Drafting& drafting) const;
    void refuse(db::PgSession& db, FindingId finding, std::string const& rule, Instant now) const;

    void issue_some(db::PgSession& db, IssueCount& count);
    std::vector<Ready> check(db::PgSession& db, crypto::Signer const& signer, IssueCount& count);
    /// `finding` is nothing if it no longer exists or cannot be decrypted.
    std::variant<LintedDraft, DraftDoubt> inspect(store::RecordDraft const& row,
                                                  std::optional<OpenedFinding> const& finding,
                                                  crypto::Signer const& signer) const;
    void set_aside(db::PgSession& db, store::RecordDraft const& row, DraftDoubt doubt);
    std::vector<Ready> announce(db::PgSession& db, std::vector<Ready> ready);
    std::vector<IssuedRecord> sign(std::vector<Ready> ready, crypto::Signer const& signer, IssueCount& count);
    void store_all(db::PgSession& db, std::vector<IssuedRecord>& records, IssueCount& count);
    Outcome<std::size_t> store(db::PgSession& db, std::vector<IssuedRecord>& records);
    Outcome<void> store_rows(db::PgSession& db, std::span<IssuedRecord> records, Instant now) const;

    Parts parts_;
    IssueOptions options_;
    FactReader facts_;
    std::optional<RecordId> looked_at_;  ///< the last draft of the round before, if there may be more
};

}  // namespace sponsio::service

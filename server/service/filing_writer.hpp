#pragma once

#include "server/base/metrics.hpp"
#include "server/db/group_commit.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/matter.hpp"
#include "server/service/filing_alarms.hpp"
#include "server/service/log_writer.hpp"
#include "server/service/unit.hpp"
#include "server/store/commitments.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// A matter version with what filing needs of it. Versions never change, so it is read once.
struct KnownMatter {
    std::string code;
    int version;
    crypto::Digest digest;
    domain::MatterVersion content;
    OrganisationId verifying_unit;
    std::string verifying_region;       ///< whose rules say what happens around its deadlines
    std::string content_json;           ///< what is promised, as every answer about a commitment repeats it
    std::string breach_liability_json;  ///< and what a breach brings
};

class MatterBook {
  public:
    /// From memory, or from the database on first sight.
    std::shared_ptr<KnownMatter const> find(db::PgSession& db, MatterId matter, int version);

  private:
    std::mutex mutex_;
    std::map<std::pair<Uuid, int>, std::shared_ptr<KnownMatter const>> known_;
};

/// Until when a promise must have been verified that is to be checked from `from` on, by the plan of its own
/// matter.
Outcome<domain::DueDate> verification_due(KnownMatter const& matter, Instant from,
                                          domain::WorkingCalendar const& calendar);

/// One commitment on its way in: decoded and indexed, waiting for the next batch.
struct Filing {
    std::shared_ptr<domain::Principal const> who;
    RequestOnce once;
    domain::CommitmentDraft draft;
    crypto::Bytes committer_index;
};

/// One commitment that is durably stored.
struct Filed {
    std::string code;
    std::string content;      ///< canonical JSON of domain::CommitmentContent, as sealed
    domain::Json document{};  ///< the same as a value
    crypto::Digest digest{};
    domain::CommitmentState state{};  ///< as it was when it was filed
    Instant accepted_at{};
    std::shared_ptr<KnownMatter const> matter;
    std::optional<store::WatchingTask> task;
    LogReceipt logged;
    bool replayed = false;
};

struct FilingParts {
    Vault const& vault;
    domain::WorkingCalendar const& calendar;
    domain::Rules const& rules;
    MatterBook& matters;
    Clock const& clock;
    Metrics* metrics = nullptr;
};

/// Stores batches of commitments in one shard and logs them: one look at the database, one transaction, one
/// answer each. Takes up what other transactions left for the log as it goes. Used by one database thread.
class FilingWriter {
  public:
    FilingWriter(FilingParts const& parts, LogWriterParts log, std::int16_t shard)
        : parts_(parts), log_(std::move(log), shard), alarms_({parts.rules, parts.calendar}) {}

    /// For db::GroupWriter.
    void connected(db::PgSession& db);

    bool ready(db::PgSession& db) { return log_.ready(db); }

    /// For db::GroupWriter. Refusals are outcomes; what is thrown concerns the whole batch.
    std::vector<Outcome<Filed>> attempt(db::PgSession& db, std::span<Filing const> batch);

  private:
    struct Round;

    std::optional<std::vector<Outcome<Filed>>> round(db::PgSession& db, std::span<Filing const> batch,
                                                     bool look_for_keys);
    Outcome<Filed> take(Round& round, Filing const& filing);
    std::optional<Outcome<Filed>> repetition(Round& round, Filing const& filing);
    Outcome<store::FilingNotice> admit(Round const& round, Filing const& filing) const;
    void look_for_first_times(Round& round, std::span<Filing const> batch);
    Outcome<std::optional<store::NewTask>> task_for(Round const& round, KnownMatter const& matter,
                                                    store::CommitterOfMatter const& who) const;
    Outcome<std::string> next_code(Round& round, std::string const& region, Date made_on);

    FilingParts parts_;
    LogWriter log_;
    FilingAlarms alarms_;
    /// Serials taken and not yet used, by region and day. Filled only after the taking was committed.
    std::map<std::pair<std::string, Date>, store::SerialBlock> serials_;
};

/// Rebuilt from its rows: for GET, and for the repetition of a filing. The proof is the one first given;
/// empty while the leaf of a commitment that is older than the log still waits.
Outcome<Filed> filed_from_rows(db::PgSession& db, Vault const& vault, MatterBook& matters,
                               store::CommitmentRow const& row);

}  // namespace sponsio::service

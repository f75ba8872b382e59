#pragma once

#include "server/db/group_commit.hpp"
#include "server/db/tx.hpp"
#include "server/service/filing/admission.hpp"
#include "server/service/filing/alarms.hpp"
#include "server/service/filing/filed.hpp"
#include "server/service/log/writer.hpp"
#include "server/service/unit/transaction.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// Stores batches of commitments in one shard and logs them: one lookup, one transaction, one answer each.
/// Adds the pending leaves of other transactions to the log as well. Used by one database thread.
class FilingWriter {
  public:
    FilingWriter(FilingParts const& parts, LogWriterParts log, std::int16_t shard)
        : parts_(parts), log_(std::move(log), shard), memory_(fresh_memory()) {}

    /// To be called by db::GroupWriter.
    void connected(db::PgSession& db);

    bool ready(db::PgSession& db) { return log_.ready(db); }

    /// To be called by db::GroupWriter. Refusals are outcomes; an exception concerns the whole batch.
    std::vector<Outcome<Filed>> attempt(db::PgSession& db, std::span<Filing const> batch);

  private:
    using Serials = std::map<std::pair<std::string, Date>, store::SerialBlock>;

    /// Rows remembered from one batch to the next. They are valid while the outcome of every transaction is
    /// known: after an unknown outcome, and with every new session, all are dropped.
    struct Memory {
        Memory(FilingAlarms none, Admission nothing_yet) : alarms(none), admission(std::move(nothing_yet)) {}

        /// Serials allocated and not yet used, by region and day.
        Serials serials;
        /// The notices of earlier batches. Filings under them are prepared before the database confirms that
        /// the notices are still valid.
        std::map<NoticeId, store::FilingNotice> notices;
        FilingAlarms alarms;
        Admission admission;
    };

    struct Round;
    struct Written;
    struct Ahead;

    std::optional<std::vector<Outcome<Filed>>> round(db::PgSession& db, std::span<Filing const> batch,
                                                     bool look_for_keys);
    [[nodiscard]] std::unique_ptr<Memory> fresh_memory() const;
    std::vector<db::Rows> commit(db::Tx& tx, db::Pipeline const& last);
    Ahead write_ahead(std::span<Filing const> batch) const;
    void remember(std::span<store::FilingNotice const> notices);
    Written write(Filing const& filing, store::FilingNotice const& notice,
                  std::shared_ptr<KnownMatter const> matter, std::string code, Instant now) const;
    Outcome<Filed> take(Round& round, Filing const& filing, std::optional<Written> ahead);
    std::optional<Outcome<Filed>> referenced(Round& round, Filing const& filing);
    std::optional<Outcome<Filed>> repetition(Round& round, Filing const& filing);
    Outcome<Filed> first_answer(Round& round, OrganisationId organisation, std::string const& code) const;
    Outcome<store::FilingNotice> admit(Round const& round, Filing const& filing) const;
    void look_for_first_times(Round& round, std::span<Filing const> batch);
    Outcome<store::TaskEnd> const& deadline_of(Round& round,
                                               std::shared_ptr<KnownMatter const> const& matter) const;
    Outcome<std::optional<store::NewTask>> task_for(Round& round,
                                                    std::shared_ptr<KnownMatter const> const& matter,
                                                    store::CommitterOfMatter const& who) const;
    static std::optional<std::string> code_at_hand(Serials& serials, Filing const& filing);
    static Outcome<std::string> next_code(Round& round, Filing const& filing);

    FilingParts parts_;
    LogWriter log_;
    std::unique_ptr<Memory> memory_;
};

}  // namespace sponsio::service

#pragma once

#include "server/domain/answer_papers.hpp"
#include "server/domain/objection.hpp"
#include "server/domain/repair.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/repairs/conditions.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/opened.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/documents.hpp"
#include "server/store/repairs.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace sponsio::service {

struct RepairParts : Ground {
    ReportQueue const& reports;              ///< what a decision tells the platform goes there
    std::string issuer;                      ///< as in the records
    std::function<void()> leaves_waiting{};  ///< called when there are new leaves for the log; may be empty
};

struct RepairFilter {
    std::optional<domain::RepairState> state;  ///< nothing: all
    std::optional<RecordId> record;
    std::string after;  ///< repair_id of the last one seen; empty: from the start
    int limit = 50;
};

/// Credit repair of records (docs/law.md I): free, applied for at the identifying unit's counter, taken in
/// once all conditions hold, decided by another person. Granted, the record's status says so, who was barred
/// by it may promise again, and the platform is told, all in one transaction. Only the own unit's are there.
class RepairService {
  public:
    explicit RepairService(RepairParts parts);

    Async<Created> apply(Caller<Official> const& caller, RequestOnce once, domain::RepairDraft draft);
    Async<domain::Json> repair(Caller<Official> const& caller, RepairId id);
    Async<Page> list(Caller<Official> const& caller, RepairFilter filter);
    /// Takes it in, which is refused with all conditions that do not hold, or refuses it and tells them.
    Async<domain::Json> accept(Caller<Official> const& caller, RepairId id,
                               domain::RepairAcceptance acceptance);
    Async<domain::Json> decide(Caller<Official> const& caller, RepairId id, domain::RepairDecision decision);
    /// By the head, where the place has it.
    Async<domain::Json> extend(Caller<Official> const& caller, RepairId id, domain::StepReason reason);
    Async<domain::Json> withdraw(Caller<Official> const& caller, RepairId id, domain::PartyStep step);
    /// Because its papers were false: the record stands as before, and the subject is barred for a time.
    Async<domain::Json> revoke(Caller<Official> const& caller, RepairId id, domain::RepairRevocation why);

    /// By the subject itself, in the caller's transaction. problem::conflict while another is open.
    Outcome<RepairId> apply_own(db::PgSession& db, RecordId record, domain::OwnRepair const& application,
                                domain::SubjectId subject);
    /// As its subject sees it: with the receipt, and without who handles it.
    static Outcome<domain::Json> own_view(db::PgSession& db, Vault const& vault, store::RepairRow const& row,
                                          Instant now);

    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    using Open = Opened<store::RepairRow>;

    template <class Act>
    Async<domain::Json> on_repair(Caller<Official> const& caller, RepairId id, Act act);
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, domain::RepairDraft const& draft);
    Outcome<store::RepairRow> take_in(db::PgSession& db, store::RepairRow row, domain::Actor const& actor,
                                      std::string const& statement) const;
    [[nodiscard]] Outcome<domain::RepairFacts> facts(Open const& open) const;
    Outcome<void> advance(Open& open, domain::RepairEvent event, domain::Json const& said,
                          std::optional<std::string> why = {}, std::optional<std::string> rule = {});
    [[nodiscard]] Outcome<void> answer(
        Open& open, store::DocumentKind kind, std::string const& number,
        std::function<Bilingual(domain::AnswerText const&)> const& compose) const;
    Outcome<void> change_record(Open& open, bool repaired, std::string const& number) const;
    [[nodiscard]] Outcome<domain::Json> view(db::PgSession& db, store::RepairRow const& row) const;

    RepairParts parts_;
    FactReader facts_;
    CaseFileService files_;
};

}  // namespace sponsio::service

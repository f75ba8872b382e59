#pragma once

#include "server/service/evidence/case_files.hpp"
#include "server/service/exposures/daily_limit.hpp"
#include "server/service/exposures/parts.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/exposures.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sponsio::service {

/// What is reported of units that demand proofs (docs/exposure.md). Whoever reports
/// without an account is known by nothing but the code that they are given.
class ExposureIntake {
  public:
    explicit ExposureIntake(ExposureParts parts);

    /// From the public. `network` is whom the sender counts as today, and is kept nowhere. A repetition with
    /// the same key gets the same code.
    Async<Created> report(RequestOnce once, domain::ExposureReportDraft draft, std::uint64_t network,
                          Deadline deadline);
    /// By an official: of a committee, an inspector, or who evaluates data.
    Async<Created> report(Caller<Official> const& caller, RequestOnce once,
                          domain::ExposureReportDraft draft);
    /// How far what was reported has come, for who has the code. problem::not_found for any other.
    Async<domain::Json> progress(domain::CaseCodeQuestion question, Deadline deadline);

    /// By a committee: a slip that refuses a proof; with the kind of the unit also a report about it.
    Async<Created> refuse(Caller<Official> const& caller, RequestOnce once, domain::RefusalSlipDraft draft);
    Async<domain::Json> slip(Caller<Official> const& caller, RefusalSlipId id);

    /// The files of reports, which only the authority reads.
    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    /// Who reports: nobody with an account where there is no official.
    struct Reporter {
        domain::Official const* official;
        domain::Actor actor;
    };

    struct Taken {
        ExposureReportId report;
        domain::Json answer;
    };

    Outcome<Taken> take_in(db::PgSession& db, Reporter const& who,
                           domain::ExposureReportDraft const& draft) const;
    Outcome<store::ExposureRow> case_for(db::PgSession& db, Reporter const& who,
                                         domain::ExposureReportDraft const& draft, Instant now) const;
    Outcome<OrganisationId> owner_of(db::PgSession& db, domain::ExposureReportDraft const& draft,
                                     std::optional<OrganisationId> const& unit) const;
    Outcome<void> keep_files(db::PgSession& db, ExposureReportId of, Reporter const& who,
                             std::vector<domain::ReportFile> const& files, Instant now) const;
    Outcome<domain::Json> slip_view(db::PgSession& db, store::RefusalSlipRow const& row) const;

    ExposureParts parts_;
    std::shared_ptr<DailyLimit> limit_ = std::make_shared<DailyLimit>();
    CaseFileService files_;
};

}  // namespace sponsio::service

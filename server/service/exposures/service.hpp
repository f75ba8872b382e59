#pragma once

#include "server/service/evidence/case_files.hpp"
#include "server/service/exposures/view.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

struct ExposureFilter {
    std::optional<domain::ExposureState> state;  ///< nothing: all
    std::string after;                           ///< exposure_id of the last one seen; empty: from the start
    int limit = 50;
};

/// The cases of units that demand proofs which may not be demanded (docs/exposure.md): looked into, the unit
/// heard, its correction ordered and confirmed, and where it does not correct, named. Who owns a case is its
/// authority; the unit and what is above it see their part once it concerns them, and never who reported it.
class ExposureService {
  public:
    explicit ExposureService(ExposureParts parts);

    Async<domain::Json> exposure(Caller<Official> const& caller, ExposureId id);
    Async<Page> list(Caller<Official> const& caller, ExposureFilter filter);
    /// What everybody may read; `after` as in Page.
    Async<Page> entries(std::string after, int limit, Deadline deadline);

    // The authority looks into it.
    Async<domain::Json> match(Caller<Official> const& caller, ExposureId id, domain::MatchCorrection match);
    Async<domain::Json> screen(Caller<Official> const& caller, ExposureId id, domain::Screening screening);
    Async<domain::Json> decide(Caller<Official> const& caller, ExposureId id,
                               domain::ScreeningDecision decision);
    Async<domain::Json> settle(Caller<Official> const& caller, ExposureId id, domain::MeetingOutcome outcome);
    Async<domain::Json> help(Caller<Official> const& caller, ExposureId id, domain::HelpGiven help);

    // The unit, by itself or on paper that the authority records.
    Async<domain::Json> answer(Caller<Official> const& caller, ExposureId id, domain::UnitAnswer answer);
    Async<domain::Json> correct(Caller<Official> const& caller, ExposureId id,
                                domain::CorrectionReport report);
    Async<domain::Json> appeal(Caller<Official> const& caller, ExposureId id, domain::UnitAppeal appeal);

    // The authority decides, by persons who differ.
    Async<domain::Json> decide_answer(Caller<Official> const& caller, ExposureId id,
                                      domain::AnswerDecision decision);
    Async<domain::Json> decide_correction(Caller<Official> const& caller, ExposureId id,
                                          domain::CorrectionDecision decision);
    Async<domain::Json> propose(Caller<Official> const& caller, ExposureId id,
                                domain::ExposureProposal proposal);
    Async<domain::Json> check(Caller<Official> const& caller, ExposureId id, domain::LegalCheck check);
    Async<domain::Json> decide_exposure(Caller<Official> const& caller, ExposureId id,
                                        domain::ExposureDecision decision);
    Async<domain::Json> decide_appeal(Caller<Official> const& caller, ExposureId id,
                                      domain::AppealDecision decision);

    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    struct Open;

    template <class Act>
    Async<domain::Json> on_exposure(Caller<Official> const& caller, ExposureId id, bool of_the_unit, Act act);
    Outcome<domain::ExposureFacts> facts(Open const& open) const;
    Outcome<void> advance(Open& open, domain::ExposureEvent event, domain::JsonObject said,
                          std::optional<std::string> number = {}) const;
    Outcome<void> begin_clock(Open& open, domain::ClockId id) const;
    Outcome<void> hand_over(Open& open, std::string const& uscc) const;

    ExposureParts parts_;
    CaseFileService files_;
};

}  // namespace sponsio::service

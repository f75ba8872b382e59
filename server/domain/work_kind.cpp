#include "server/domain/work_kind.hpp"

#include <cstddef>
#include <iterator>

namespace sponsio::domain {
namespace {

using K = WorkKind;
using R = Role;

constexpr WorkRule rules[] = {
    {K::check_to_do, {R::verifier}, "/v1/verifications/", ""},
    {K::check_to_claim, {R::verifier}, "/v1/verifications/", "claimVerification"},
    {K::check_overdue, {R::supervisor}, "/v1/verifications/", "reassignVerification"},
    {K::recusal_to_decide, {R::supervisor, R::decider}, "/v1/verifications/", "decideRecusal"},
    {K::reopening_to_decide, {R::reviewer, R::supervisor}, "/v1/verifications/", "decideReopening"},
    {K::retraction_to_decide,
     {R::verifier, R::reviewer, R::supervisor},
     "/v1/verifications/",
     "decideRetraction"},
    {K::inspection_to_decide, {R::reviewer, R::supervisor}, "/v1/verifications/", "decideInspection"},
    {K::rectification_to_decide, {R::reviewer}, "/v1/commitments/", "decideRectification"},
    {K::withdrawal_to_decide, {R::reviewer, R::supervisor}, "/v1/commitments/", "decideWithdrawal"},
    {K::finding_to_draft, {R::verifier}, "/v1/verifications/", "draftFinding recordRectification"},
    {K::draft_to_amend, {R::verifier}, "/v1/findings/", "amendFinding"},
    {K::draft_to_review, {R::reviewer}, "/v1/findings/", "reviewFinding"},
    {K::order_to_settle, {R::reviewer}, "/v1/findings/", "settleRectifyOrder"},
    {K::prior_notice_to_serve,
     {R::verifier, R::clerk},
     "/v1/findings/",
     "composeRectifyOrder serveRectifyOrder composePriorNotice servePriorNotice"},
    {K::hearing_to_call, {R::verifier, R::clerk}, "/v1/findings/", "composeHearingNotice serveHearingNotice"},
    {K::hearing_to_hold, {R::reviewer, R::decider, R::supervisor}, "/v1/findings/", "recordHearing"},
    {K::facts_to_recheck, {R::verifier, R::reviewer}, "/v1/findings/", "recheckFacts"},
    {K::decision_to_take, {R::decider}, "/v1/findings/", "decideFinding"},
    {K::decision_to_serve, {R::verifier, R::clerk}, "/v1/findings/", "serveDecision"},
    {K::late_service_to_confirm, {R::reviewer, R::supervisor}, "/v1/findings/", "decideLateService"},
    {K::remedy_to_settle, {R::reviewer, R::decider}, "/v1/findings/", "recordRemedyOutcome"},
    {K::revocation_to_decide, {R::decider, R::supervisor}, "/v1/findings/", "decideRevocation"},
    {K::ticket_to_answer, {R::verifier}, "/v1/assist-tickets/", "answerAssistTicket"},
    {K::credit_code_to_confirm,
     {R::reviewer, R::supervisor, R::administrator},
     "/v1/credit-codes/",
     "confirmCreditCode"},
    {K::matter_proposal_to_decide,
     {R::supervisor, R::administrator},
     "/v1/matter-proposals/",
     "decideMatterProposal"},
    {K::objection_to_examine, {R::verifier, R::reviewer}, "/v1/objections/", "proposeObjectionAnswer"},
    {K::objection_to_decide, {R::decider, R::supervisor}, "/v1/objections/", "decideObjection"},
    {K::repair_to_accept, {R::verifier, R::reviewer}, "/v1/repairs/", "acceptRepair"},
    {K::repair_to_decide, {R::decider, R::supervisor}, "/v1/repairs/", "decideRepair"},
    {K::publicity_to_approve, {R::decider, R::supervisor}, "/v1/publicity/", "approvePublicity"},
    {K::publicity_to_tell, {R::verifier, R::clerk}, "/v1/publicity/", "publishRecord"},
    {K::listing_to_check, {R::reviewer}, "/v1/serious-listings/", "checkListing"},
    {K::listing_to_serve,
     {R::verifier, R::clerk},
     "/v1/serious-listings/",
     "composeListingNotice callListingHearing serveListingPaper"},
    {K::listing_to_hear,
     {R::reviewer, R::decider, R::supervisor},
     "/v1/serious-listings/",
     "recordListingHearing"},
    {K::listing_to_decide, {R::decider}, "/v1/serious-listings/", "decideListing"},
    {K::removal_overdue, {R::supervisor}, "/v1/removals/", ""},
    {K::removal_to_confirm, {R::integrator}, "/v1/removals/", "confirmRemoval"},
    {K::report_to_correct, {R::supervisor}, "/v1/submissions/", "correctSubmissionRecord"},
    {K::submission_standing, {R::supervisor, R::integrator}, "/v1/submissions/", ""},
    {K::draw_to_explain, {R::supervisor}, "/v1/draws/", "explainDraw"},
    {K::explanation_to_decide, {R::supervisor}, "/v1/draws/", "decideDrawExplanation"},
    {K::exposure_to_screen, {R::verifier}, "/v1/exposures/", "screenExposure"},
    {K::exposure_to_decide,
     {R::decider, R::supervisor},
     "/v1/exposures/",
     "decideExposureScreening decideExposureAnswer decideExposureCorrection decideExposureAppeal"},
    {K::exposure_to_answer,
     {R::clerk, R::verifier},
     "/v1/exposures/",
     "answerExposure correctExposure appealExposure"},
    {K::campaign_to_open, {R::decider, R::supervisor}, "/v1/campaigns/", "openCampaign withdrawCampaign"},
    {K::campaign_to_conclude, {R::verifier, R::supervisor}, "/v1/campaigns/", "proposeCampaignResult"},
    {K::campaign_to_decide, {R::decider, R::supervisor}, "/v1/campaigns/", "decideCampaignResult"},
    {K::campaign_task_to_report, {R::clerk, R::verifier}, "/v1/campaign-tasks/", "reportCampaignTask"},
    {K::campaign_task_to_accept,
     {R::verifier, R::decider, R::supervisor},
     "/v1/campaign-tasks/",
     "decideCampaignTask"},
};

constexpr bool one_a_kind() {
    auto const all = words<WorkKind>;
    if (std::size(rules) != all.size()) return false;
    for (std::size_t i = 0; i != std::size(rules); ++i)
        if (rules[i].kind != all[i].value) return false;
    return true;
}

static_assert(one_a_kind());

}  // namespace

std::span<WorkRule const> work_rules() {
    return rules;
}

}  // namespace sponsio::domain

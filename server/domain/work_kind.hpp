#pragma once

#include "server/domain/access.hpp"
#include "server/domain/lifecycle.hpp"

#include <span>
#include <string_view>

/// What may wait for an official.
namespace sponsio::domain {

enum class WorkKind {
    check_to_do,
    check_to_claim,
    check_overdue,
    recusal_to_decide,
    reopening_to_decide,
    retraction_to_decide,
    inspection_to_decide,
    rectification_to_decide,
    withdrawal_to_decide,
    finding_to_draft,
    draft_to_amend,
    draft_to_review,
    order_to_settle,
    prior_notice_to_serve,
    hearing_to_call,
    hearing_to_hold,
    facts_to_recheck,
    decision_to_take,
    decision_to_serve,
    late_service_to_confirm,
    remedy_to_settle,
    revocation_to_decide,
    ticket_to_answer,
    credit_code_to_confirm,
    matter_proposal_to_decide,
    objection_to_examine,
    objection_to_decide,
    repair_to_accept,
    repair_to_decide,
    publicity_to_approve,
    publicity_to_tell,
    listing_to_check,
    listing_to_serve,
    listing_to_hear,
    listing_to_decide,
    removal_overdue,
    removal_to_confirm,
    report_to_correct,
    submission_standing,
    draw_to_explain,
    explanation_to_decide,
    exposure_to_screen,
    exposure_to_decide,
    exposure_to_answer,
    campaign_to_open,
    campaign_to_conclude,
    campaign_to_decide,
    campaign_task_to_report,
    campaign_task_to_accept
};

constexpr auto words_of(WorkKind) {
    using enum WorkKind;
    return std::to_array<Word<WorkKind>>({{check_to_do, "check_to_do"},
                                          {check_to_claim, "check_to_claim"},
                                          {check_overdue, "check_overdue"},
                                          {recusal_to_decide, "recusal_to_decide"},
                                          {reopening_to_decide, "reopening_to_decide"},
                                          {retraction_to_decide, "retraction_to_decide"},
                                          {inspection_to_decide, "inspection_to_decide"},
                                          {rectification_to_decide, "rectification_to_decide"},
                                          {withdrawal_to_decide, "withdrawal_to_decide"},
                                          {finding_to_draft, "finding_to_draft"},
                                          {draft_to_amend, "draft_to_amend"},
                                          {draft_to_review, "draft_to_review"},
                                          {order_to_settle, "order_to_settle"},
                                          {prior_notice_to_serve, "prior_notice_to_serve"},
                                          {hearing_to_call, "hearing_to_call"},
                                          {hearing_to_hold, "hearing_to_hold"},
                                          {facts_to_recheck, "facts_to_recheck"},
                                          {decision_to_take, "decision_to_take"},
                                          {decision_to_serve, "decision_to_serve"},
                                          {late_service_to_confirm, "late_service_to_confirm"},
                                          {remedy_to_settle, "remedy_to_settle"},
                                          {revocation_to_decide, "revocation_to_decide"},
                                          {ticket_to_answer, "ticket_to_answer"},
                                          {credit_code_to_confirm, "credit_code_to_confirm"},
                                          {matter_proposal_to_decide, "matter_proposal_to_decide"},
                                          {objection_to_examine, "objection_to_examine"},
                                          {objection_to_decide, "objection_to_decide"},
                                          {repair_to_accept, "repair_to_accept"},
                                          {repair_to_decide, "repair_to_decide"},
                                          {publicity_to_approve, "publicity_to_approve"},
                                          {publicity_to_tell, "publicity_to_tell"},
                                          {listing_to_check, "listing_to_check"},
                                          {listing_to_serve, "listing_to_serve"},
                                          {listing_to_hear, "listing_to_hear"},
                                          {listing_to_decide, "listing_to_decide"},
                                          {removal_overdue, "removal_overdue"},
                                          {removal_to_confirm, "removal_to_confirm"},
                                          {report_to_correct, "report_to_correct"},
                                          {submission_standing, "submission_standing"},
                                          {draw_to_explain, "draw_to_explain"},
                                          {explanation_to_decide, "explanation_to_decide"},
                                          {exposure_to_screen, "exposure_to_screen"},
                                          {exposure_to_decide, "exposure_to_decide"},
                                          {exposure_to_answer, "exposure_to_answer"},
                                          {campaign_to_open, "campaign_to_open"},
                                          {campaign_to_conclude, "campaign_to_conclude"},
                                          {campaign_to_decide, "campaign_to_decide"},
                                          {campaign_task_to_report, "campaign_task_to_report"},
                                          {campaign_task_to_accept, "campaign_task_to_accept"}});
}

/// For whom it waits, where it is found and what may be done with it.
struct WorkRule {
    WorkKind kind;
    Roles roles;                  ///< any of them
    std::string_view under;       ///< the path that the thing's own id ends
    std::string_view operations;  ///< of the contract, one blank between two
};

/// One for each kind, in their order. `roles` are those of the operations.
std::span<WorkRule const> work_rules();

}  // namespace sponsio::domain

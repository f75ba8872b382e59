#pragma once

#include "server/domain/campaign.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/exposure_lifecycle.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/listing_lifecycle.hpp"
#include "server/domain/organisation.hpp"
#include "server/domain/publicity.hpp"
#include "server/store/columns.hpp"
#include "server/store/documents.hpp"
#include "server/store/sql.hpp"

/// What waits for an official: the rows of each kind of domain::WorkKind, as work_list.cpp asks for them.
namespace sponsio::store::work {

using domain::BatchState;
using domain::CampaignState;
using domain::CampaignTaskKind;
using domain::CampaignTaskState;
using domain::CheckResult;
using domain::CommitmentState;
using domain::CreditCodeState;
using domain::DrawState;
using domain::ExposureState;
using domain::FindingEvent;
using domain::FindingState;
using domain::InspectionState;
using domain::LateServiceState;
using domain::ListingState;
using domain::MatterProposalState;
using domain::ObjectionState;
using domain::PublicityState;
using domain::RecusalState;
using domain::RemovalState;
using domain::ReopeningState;
using domain::RepairState;
using domain::RetractionState;
using domain::RevocationState;
using domain::SubmissionState;
using domain::TaskState;
using domain::TicketState;
using domain::WithdrawalState;

// Every source has the columns due, id, since, code, state, seat, asked_by, place, from the parameters $1
// organisation, $2 account, $3 now. What no rule gives a last day is due at the end of all days.
constexpr SqlPiece never{"timestamptz '9999-01-01 00:00:00+00'"};
constexpr SqlPiece of_task{
    "select t.due_at as due, t.task_id as id, t.created_at as since, t.commitment_code as code, t.state, "
    "null::int2 as seat, null::uuid as asked_by, t.task_id::text as place from verification_task t "};
constexpr auto of_finding = piece<
    "select ", never,
    " as due, f.finding_id as id, coalesce((select max(e.at) from event e where e.subject = "
    "f.finding_id::text), f.drafted_at) as since, f.commitment_code as code, f.state, null::int2 as seat, "
    "f.drafted_by as asked_by, f.finding_id::text as place from finding f where f.organisation_id = $1 "
    "and ">;

constexpr auto check_to_do = piece<
    "select i.due_at as due, i.task_id as id, i.assigned_at as since, t.commitment_code as code, "
    "t.state, i.seat, null::uuid as asked_by, i.task_id::text as place from task_inspector i join "
    "verification_task t on t.task_id = i.task_id where i.account_id = $2 and i.left_at is null and "
    "i.closed_at is null and (i.seat = 1 or i.signed_off_at is null)">;
// As the guards of a claim have it: not drawn, not filed by oneself, not recused, no conflict declared. The
// counts keep the planner from joining what has to be looked at one by one, in the order of the queue.
constexpr auto check_to_claim = piece<
    of_task,
    "where t.organisation_id = $1 and t.closed_at is null and t.draw_id is null and (select count(*) from "
    "task_inspector i where i.task_id = t.task_id and i.left_at is null) < t.inspectors_needed and (select "
    "count(*) from task_inspector i where i.task_id = t.task_id and i.left_at is null and i.account_id = "
    "$2) = 0 and (select count(*) from task_recusal r where r.task_id = t.task_id and r.inspector = $2 and "
    "r.state = ",
    quoted<RecusalState::granted>,
    ") = 0 and (select count(*) from commitment c where c.code = t.commitment_code and (c.filed_by = $2 or "
    "exists (select 1 from inspector_conflict n where n.account_id = $2 and n.subject_index = "
    "c.committer_index and n.ended_at is null))) = 0 order by t.due_at, t.task_id">;
constexpr auto check_overdue =
    piece<of_task,
          "where t.organisation_id = $1 and t.closed_at is null and t.due_at <= $3 "
          "order by t.due_at, t.task_id">;
constexpr auto recusal_to_decide = piece<
    "select t.due_at as due, r.recusal_id as id, r.requested_at as since, t.commitment_code as code, "
    "r.state, null::int2 as seat, r.requested_by as asked_by, t.task_id::text as place from task_recusal "
    "r join verification_task t on t.task_id = r.task_id where r.state = ",
    quoted<RecusalState::requested>,
    " and t.organisation_id = $1 and r.inspector <> $2 and r.requested_by <> $2">;
constexpr auto reopening_to_decide = piece<
    "select t.due_at as due, r.reopening_id as id, r.requested_at as since, t.commitment_code as code, "
    "r.state, null::int2 as seat, r.requested_by as asked_by, t.task_id::text as place from "
    "task_reopening r join verification_task t on t.task_id = r.task_id where r.state = ",
    quoted<ReopeningState::requested>, " and t.organisation_id = $1 and r.requested_by <> $2">;
constexpr auto retraction_to_decide = piece<
    "select t.due_at as due, r.retraction_id as id, r.requested_at as since, t.commitment_code as code, "
    "r.state, null::int2 as seat, r.requested_by as asked_by, t.task_id::text as place from "
    "task_retraction r join verification_task t on t.task_id = r.task_id where r.state = ",
    quoted<RetractionState::requested>,
    " and t.organisation_id = $1 and t.closed_at is null and r.requested_by <> $2 and t.concluded_by is "
    "distinct from $2">;
constexpr auto inspection_to_decide = piece<
    "select t.due_at as due, r.inspection_id as id, r.requested_at as since, t.commitment_code as code, "
    "r.state, null::int2 as seat, r.requested_by as asked_by, t.task_id::text as place from inspection r "
    "join verification_task t on t.task_id = r.task_id where r.state = ",
    quoted<InspectionState::requested>,
    " and t.organisation_id = $1 and t.closed_at is null and r.requested_by <> $2">;
constexpr auto rectification_to_decide = piece<
    "select ", never,
    " as due, r.commitment_code as id, r.recorded_at as since, r.commitment_code as code, 'recorded' as "
    "state, null::int2 as seat, r.recorded_by as asked_by, r.commitment_code || '/rectification' as "
    "place from rectification r where r.confirmed is null and r.recorded_by <> $2 and exists (select 1 "
    "from verification_task t where t.commitment_code = r.commitment_code and t.organisation_id = $1)">;
constexpr auto withdrawal_to_decide = piece<
    "select ", never,
    " as due, r.withdrawal_id as id, r.requested_at as since, r.commitment_code as code, r.state, null::int2 "
    "as seat, r.requested_by as asked_by, r.commitment_code || '/withdrawal' as place from "
    "withdrawal_request r where r.state = ",
    quoted<WithdrawalState::requested>, " and r.organisation_id = $1 and r.requested_by <> $2">;
constexpr auto finding_to_draft = piece<
    "select ", never,
    " as due, t.task_id as id, t.closed_at as since, t.commitment_code as code, t.state, null::int2 as "
    "seat, t.concluded_by as asked_by, t.task_id::text as place from verification_task t join commitment "
    "c on c.code = t.commitment_code where t.organisation_id = $1 and t.state = ",
    quoted<TaskState::closed>, " and t.result in (",
    quoted<CheckResult::inconsistent, CheckResult::non_cooperation>,
    ") and c.state = ", quoted<CommitmentState::in_question>,
    " and not exists (select 1 from finding f where f.task_id = t.task_id and f.state not in (",
    quoted<FindingState::dismissed, FindingState::cancelled, FindingState::rectified>,
    ")) and not exists (select 1 from rectification r where r.commitment_code = t.commitment_code and "
    "r.confirmed is null)">;
constexpr auto draft_to_amend = piece<of_finding, "f.state = ", quoted<FindingState::returned>>;
// Who drafted any version of it reviews none.
constexpr SqlPiece of_another{
    " and f.drafted_by <> $2 and not exists (select 1 from finding_earlier_draft e where e.finding_id = "
    "f.finding_id and e.drafted_by = $2)"};
constexpr auto draft_to_review = piece<of_finding, "f.state = ", quoted<FindingState::drafted>, of_another>;
// While a late entry waits for its second person, nothing else is recorded of a service.
constexpr auto no_late_entry = piece<
    " and not exists (select 1 from late_service l join document d using (document_id) where d.finding_id = "
    "f.finding_id and l.state = ",
    quoted<LateServiceState::entered>, ")">;
constexpr auto order_to_settle =
    piece<of_finding, "f.state = ", quoted<FindingState::rectifying>, of_another,
          " and exists (select 1 from finding_clock k where k.finding_id = f.finding_id and k.clock = "
          "'rectify.period' and k.ends <= $3)">;
constexpr auto prior_notice_to_serve =
    piece<of_finding, "f.state in (", quoted<FindingState::reviewed, FindingState::uncorrected>, ")",
          no_late_entry>;
constexpr auto hearing_to_call =
    piece<of_finding, "f.state = ", quoted<FindingState::hearing_requested>, no_late_entry>;
constexpr auto hearing_to_hold = piece<of_finding, "f.state = ", quoted<FindingState::hearing_called>,
                                       " and f.hearing_chair = $2 and f.hearing_at <= $3">;
// The party named facts, and nobody recorded since that they were looked at.
constexpr auto facts_to_recheck =
    piece<of_finding, "f.state in (",
          quoted<FindingState::defended, FindingState::hearing_requested, FindingState::hearing_called,
                 FindingState::heard>,
          ") and f.drafted_by <> $2 and exists (select 1 from finding_statement s where s.finding_id = "
          "f.finding_id and s.step = 'new_facts' and not exists (select 1 from finding_statement r where "
          "r.finding_id = f.finding_id and r.step = ",
          quoted<FindingEvent::recheck>, " and r.statement_id > s.statement_id))">;
constexpr auto late_service_to_confirm = piece<
    "select ", never,
    " as due, l.late_service_id as id, l.requested_at as since, f.commitment_code as code, l.state, "
    "null::int2 as seat, l.requested_by as asked_by, f.finding_id::text as place from late_service l join "
    "document d using (document_id) join finding f using (finding_id) where l.state = ",
    quoted<LateServiceState::entered>, " and f.organisation_id = $1 and l.requested_by <> $2">;
constexpr auto decision_to_take =
    piece<of_finding, "(f.state = ", quoted<FindingState::waived>, " or f.state in (",
          quoted<FindingState::prior_notice_served, FindingState::defended, FindingState::heard>,
          ") and f.defence_until <= $3)", of_another,
          " and f.reviewed_by is distinct from $2 and not exists (select 1 from finding_statement s where "
          "s.finding_id = f.finding_id and s.step = 'return' and s.actor = $2)">;
// A decision against a breach has a paper too, if the party was told of anything before.
constexpr auto decision_to_serve =
    piece<of_finding, "(f.state = ", quoted<FindingState::decided>, no_late_entry,
          " or f.state = ", quoted<FindingState::dismissed>,
          " and exists (select 1 from document d where d.finding_id = f.finding_id and d.kind = ",
          quoted<DocumentKind::dismissal>,
          " and not exists (select 1 from service_of_document s where s.document_id = d.document_id)))">;
constexpr auto remedy_to_settle = piece<of_finding, "f.state = ", quoted<FindingState::under_remedy>>;
constexpr auto revocation_to_decide = piece<
    "select coalesce(r.due_at, ", never,
    ") as due, r.finding_id as id, r.requested_at as since, f.commitment_code as code, r.state, null::int2 "
    "as "
    "seat, r.requested_by as asked_by, r.finding_id::text as place from revocation r join finding f using "
    "(finding_id) where r.state = ",
    quoted<RevocationState::requested>, " and r.organisation_id = $1 and r.requested_by <> $2">;
// Who is asked by another unit reads the question, not the promise.
constexpr auto ticket_to_answer = piece<
    "select coalesce(k.due_at, ", never,
    ") as due, k.ticket_id as id, k.asked_at as since, null::text as code, k.state, null::int2 as seat, "
    "k.asked_by, k.ticket_id::text as place from assist_ticket k where k.unit_id = $1 and k.state in (",
    quoted<TicketState::open, TicketState::overdue>, ")">;
constexpr auto credit_code_to_confirm = piece<
    "select ", never, " as due, v.uscc as id, v.entered_at as since, null::text as code, ",
    quoted<CreditCodeState::entered>,
    " as state, null::int2 as "
    "seat, v.entered_by as asked_by, v.uscc as place from credit_code v where v.organisation_id = $1 and "
    "v.confirmed_by is null and v.entered_by <> $2">;
constexpr auto matter_proposal_to_decide =
    piece<"select ", never,
          " as due, v.proposal_id as id, v.proposed_at as since, null::text as code, v.state, "
          "null::int2 as seat, v.proposed_by as asked_by, v.proposal_id::text as place from matter_proposal "
          "v where "
          "v.organisation_id = $1 and v.state = ",
          quoted<MatterProposalState::proposed>, " and v.proposed_by <> $2">;
constexpr auto of_objection = piece<
    "select coalesce(b.due_at, ", never,
    ") as due, b.objection_id as id, b.filed_at as since, d.commitment_code as code, b.state, null::int2 as "
    "seat, coalesce(b.proposed_by, b.filed_by) as asked_by, b.objection_id::text as place from objection b "
    "join record_draft d on d.record_id = b.record_id where b.organisation_id = $1 and b.state = ">;
constexpr auto objection_to_examine = piece<of_objection, quoted<ObjectionState::filed>>;
// Who made the finding decides about no objection to it.
constexpr auto objection_to_decide =
    piece<of_objection, quoted<ObjectionState::proposed>,
          " and b.proposed_by <> $2 and b.filed_by is distinct from $2 and not exists (select 1 from finding "
          "f where "
          "f.finding_id = d.finding_id and $2 in (f.drafted_by, f.reviewed_by, f.decided_by))">;
constexpr auto of_repair = piece<
    "select coalesce(p.due_at, ", never,
    ") as due, p.repair_id as id, p.filed_at as since, d.commitment_code as code, p.state, null::int2 as "
    "seat, coalesce(p.accepted_by, p.filed_by) as asked_by, p.repair_id::text as place from repair p "
    "join record_draft d on d.record_id = p.record_id where p.organisation_id = $1 and p.state = ">;
constexpr auto repair_to_accept = piece<of_repair, quoted<RepairState::applied>>;
constexpr auto repair_to_decide = piece<of_repair, quoted<RepairState::accepted>,
                                        " and p.accepted_by <> $2 and p.filed_by is distinct from $2">;
constexpr auto of_publicity =
    piece<"select ", never,
          " as due, u.publicity_id as id, u.proposed_at as since, d.commitment_code as code, u.state, "
          "null::int2 as "
          "seat, coalesce(u.approved_by, u.proposed_by) as asked_by, u.publicity_id::text as place from "
          "publicity u "
          "join record_draft d on d.record_id = u.record_id where u.organisation_id = $1 and u.state = ">;
constexpr auto publicity_to_approve =
    piece<of_publicity, quoted<PublicityState::proposed>, " and u.proposed_by <> $2">;
constexpr auto publicity_to_tell = piece<of_publicity, quoted<PublicityState::approved>>;
constexpr auto of_listing = piece<
    "select ", never,
    " as due, q.listing_id as id, q.proposed_at as since, d.commitment_code as code, q.state, null::int2 "
    "as seat, coalesce(q.decided_by, q.checked_by, q.proposed_by) as asked_by, q.listing_id::text as "
    "place from serious_listing q join record_draft d on d.record_id = q.record_id where "
    "q.organisation_id = $1 and ">;
constexpr auto listing_to_check =
    piece<of_listing, "q.state = ", quoted<ListingState::proposed>, " and q.proposed_by <> $2">;
constexpr auto listing_to_serve =
    piece<of_listing, "q.decided_by is distinct from $2 and q.state in (",
          quoted<ListingState::checked, ListingState::hearing_requested, ListingState::decided>, ")">;
constexpr auto listing_to_hear =
    piece<of_listing,
          "q.hearing_chair = $2 and q.hearing_at <= $3 and q.state = ", quoted<ListingState::hearing_called>>;
constexpr auto listing_to_decide =
    piece<of_listing, "q.proposed_by <> $2 and q.checked_by <> $2 and (q.state = ",
          quoted<ListingState::waived>, " or (q.defence_until <= $3 and q.state in (",
          quoted<ListingState::noticed, ListingState::defended, ListingState::heard>, ")))">;
constexpr auto of_removal = piece<"select coalesce(m.due_at, ", never,
                                  ") as due, m.removal_id as id, m.ordered_at as since, d.commitment_code as "
                                  "code, m.state, null::int2 as seat, "
                                  "null::uuid as asked_by, m.removal_id::text as place from removal m ">;
constexpr auto removal_overdue =
    piece<of_removal,
          "join record_draft d on d.record_id = m.record_id where m.organisation_id = $1 and m.state = ",
          quoted<RemovalState::overdue>>;
// Who collected a record reads no promise for it.
constexpr auto removal_to_confirm =
    piece<of_removal,
          "join removal_receiver c on c.removal_id = m.removal_id cross join (select null::text as "
          "commitment_code) d where c.organisation_id = $1 and c.confirmed_at is null and m.state in (",
          quoted<RemovalState::ordered, RemovalState::overdue>, ")">;
constexpr auto report_to_correct = piece<
    "select coalesce(s.due_at, ", never,
    ") as due, s.record_no as id, s.created_at as since, d.commitment_code as code, s.state, null::int2 "
    "as seat, null::uuid as asked_by, coalesce(s.batch_no, 'held') as place from submission_record s join "
    "record_draft d on d.record_id = s.record_id where s.organisation_id = $1 and s.state = ",
    quoted<SubmissionState::rejected>,
    " and not exists (select 1 from submission_record n where n.record_id = s.record_id and n.attempt > "
    "s.attempt)">;
// Those that a grant reaches too: $3 is the present time.
constexpr auto submission_standing = piece<
    "select ", never,
    " as due, b.batch_no as id, b.created_at as since, null::text as code, b.state, null::int2 as seat, "
    "null::uuid as asked_by, b.batch_no as place from submission_batch b where b.state <> ",
    quoted<BatchState::answered>,
    " and b.last_error is not null and (b.organisation_id = $1 or exists (select 1 from role_grant g join "
    "organisation o on o.organisation_id = b.organisation_id where g.account_id = $2 and g.role = ",
    quoted<domain::Role::integrator>,
    " and g.confirmed_at is not null and g.ended_at is null and g.from_at <= $3 and g.until_at > $3 and "
    "starts_with(o.region_code, g.region) and (g.scope_id is null or b.organisation_id in (with recursive "
    "tree as (select g.scope_id as id union select c.organisation_id from organisation c join tree t on "
    "c.superior_id = t.id) select id from tree))))">;

// A draw of which nobody has said yet why it was not revealed in time.
constexpr auto draw_to_explain = piece<
    "select d.reveal_by as due, d.draw_id as id, d.reveal_by as since, null::text as code, d.state, "
    "null::int2 "
    "as seat, d.created_by as asked_by, d.draw_id::text as place from draw d where d.organisation_id = $1 "
    "and "
    "d.state in (",
    quoted<DrawState::committed, DrawState::input_given>,
    ") and d.reveal_by <= $3 and not exists (select 1 from draw_explanation e where e.draw_id = d.draw_id "
    "and "
    "e.accepted is null)">;
constexpr auto explanation_to_decide = piece<
    "select d.reveal_by as due, d.draw_id as id, e.asked_at as since, null::text as code, d.state, "
    "null::int2 "
    "as seat, e.asked_by, d.draw_id::text as place from draw_explanation e join draw d using (draw_id) where "
    "e.accepted is null and d.organisation_id = $1 and e.asked_by <> $2 and d.created_by <> $2">;

constexpr auto of_exposure = piece<
    "select coalesce(x.due_at, ", never,
    ") as due, x.exposure_id as id, x.opened_at as since, null::text as code, x.state, null::int2 as seat, "
    "null::uuid as asked_by, x.exposure_id::text as place from exposure x where ">;
constexpr auto exposure_to_screen =
    piece<of_exposure, "x.organisation_id = $1 and x.state = ", quoted<ExposureState::reported>>;
// Of what waits for a decision, an appeal among it, nobody is shown what they looked into themselves.
constexpr auto exposure_to_decide =
    piece<of_exposure, "x.organisation_id = $1 and x.screened_by <> $2 and (x.appeal_open or x.state in (",
          quoted<ExposureState::screened, ExposureState::answered, ExposureState::corrected,
                 ExposureState::exposure_checked>,
          ") or x.state = ", quoted<ExposureState::unit_asked>, " and x.due_at <= $3)">;
constexpr auto exposure_to_answer =
    piece<of_exposure, "x.unit_id = $1 and x.asked_by is not null and x.state in (",
          quoted<ExposureState::unit_asked, ExposureState::correction_ordered, ExposureState::warned_yellow,
                 ExposureState::warned_red>,
          ")">;

// The first instant after a day in China.
template <SqlPiece Day>
constexpr auto end_of = piece<"((", Day, " + 1)::timestamp at time zone interval '8 hours')">;
template <SqlPiece Due, SqlPiece Since, SqlPiece AskedBy>
constexpr auto of_campaign =
    piece<"select ", Due, " as due, c.campaign_id as id, ", Since,
          " as since, null::text as code, c.state, null::int2 as seat, ", AskedBy,
          " as asked_by, c.campaign_id::text as place from campaign c where c.organisation_id = $1 and ">;
constexpr auto campaign_to_open = piece<of_campaign<end_of<"c.starts_on">, "c.drafted_at", "c.drafted_by">,
                                        "c.drafted_by <> $2 and c.state = ", quoted<CampaignState::drafted>>;
constexpr auto campaign_to_conclude =
    piece<of_campaign<end_of<"c.ends_on">, "c.opened_at", "c.opened_by">,
          "c.state = ", quoted<CampaignState::opened>, " and (", end_of<"c.ends_on">,
          " <= $3 or not exists (select 1 from campaign_task t where t.campaign_id = c.campaign_id and "
          "t.state <> ",
          quoted<CampaignTaskState::accepted>, "))">;
constexpr auto campaign_to_decide =
    piece<of_campaign<end_of<"c.ends_on">, "c.proposed_at", "c.proposed_by">,
          "c.proposed_by <> $2 and c.state = ", quoted<CampaignState::result_proposed>>;
template <SqlPiece Since, SqlPiece AskedBy>
constexpr auto of_campaign_task =
    piece<"select t.due_at as due, t.task_id as id, ", Since,
          " as since, null::text as code, t.state, null::int2 as seat, ", AskedBy,
          " as asked_by, t.task_id::text as place from campaign_task t join campaign c on c.campaign_id = "
          "t.campaign_id where c.state = ",
          quoted<CampaignState::opened>, " and t.state = ">;
// A count waits once its period is over, the second one once the first is accepted.
constexpr auto campaign_task_to_report = piece<
    of_campaign_task<"c.opened_at", "c.opened_by">, quoted<CampaignTaskState::assigned>,
    " and t.unit_id = $1 and (t.kind = ", quoted<CampaignTaskKind::clean_up>,
    " or t.kind = ", quoted<CampaignTaskKind::count_before>, " and ", end_of<"c.before_to">,
    " <= $3 or t.kind = ", quoted<CampaignTaskKind::count_after>, " and ", end_of<"c.after_to">,
    " <= $3 and exists (select 1 from campaign_task b where b.campaign_id = t.campaign_id and b.region_code "
    "= t.region_code and b.kind = ",
    quoted<CampaignTaskKind::count_before>, " and b.state = ", quoted<CampaignTaskState::accepted>, "))">;
constexpr auto campaign_task_to_accept =
    piece<of_campaign_task<"t.reported_at", "t.reported_by">, quoted<CampaignTaskState::reported>,
          " and t.organisation_id = $1 and t.reported_by <> $2">;

}  // namespace sponsio::store::work

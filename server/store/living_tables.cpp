#include "server/store/living_tables.hpp"

#include "server/store/sql.hpp"

#include <utility>

namespace sponsio::store {
namespace {

using db::BinaryQuery;

/// Names beside a row's own columns cannot be mistaken for one of them.
constexpr SqlPiece told_later{
    "exists (select from event later where later.subject = told_subject::text and later.lifecycle = $1 and "
    "later.event_id > told_number and "};
/// Refusals, and what only reminds of a thing, change nothing.
constexpr SqlPiece that_moved_it{"later.from_state is distinct from later.to_state)"};

/// In place of a column that a table does not have.
constexpr SqlPiece nobody{"who"};
constexpr SqlPiece no_time{"at_told"};

/// The statements about one table. A row that is gone has another state than any event led to.
template <SqlPiece Name, SqlPiece Key, SqlPiece Type>
struct Of {
    static constexpr auto states_name = SqlPiece("history.states.") + Name;
    static constexpr BinaryQuery states{
        states_name.view(),
        sql<"select told_subject::text from unnest($2::", Type, "[], $3::text[], $4::int8[]) as ",
            "told(told_subject, told_state, told_number) left join ", Name, " on ", Key,
            " = told_subject where state is distinct from told_state and not ", told_later, that_moved_it>};

    /// `By` and `At` are the columns of who took the step and when.
    template <SqlPiece By, SqlPiece At>
    static MarkedStep step(EventNames set_by, EventNames unset_by = {}) {
        static constexpr auto name =
            SqlPiece("history.step.") + Name + SqlPiece(".") + By + SqlPiece(".") + At;
        static constexpr BinaryQuery query{
            name.view(),
            sql<"select told_subject::text from unnest($2::", Type,
                "[], $3::uuid[], $4::timestamptz[], $5::int8[]) as told(told_subject, who, at_told, "
                "told_number) join ",
                Name, " on ", Key, " = told_subject where (", By, " is distinct from who or ", At,
                " is distinct from at_told) and not ", told_later, "later.event = any($6))">};
        static constexpr auto both = By + SqlPiece(", ") + At;
        std::string_view const columns = By.view() == nobody.view()    ? At.view()
                                         : At.view() == no_time.view() ? By.view()
                                                                       : both.view();
        return {columns, std::move(set_by), std::move(unset_by), query};
    }

    static LivingTable table(std::string_view lifecycle, std::vector<MarkedStep> steps) {
        return {lifecycle, Name.view(), Type.view() == "uuid", states, std::move(steps), false};
    }
};

template <SqlPiece Name, SqlPiece Key>
using OfUuid = Of<Name, Key, "uuid">;
template <SqlPiece Name, SqlPiece Key>
using OfText = Of<Name, Key, "text">;

/// One person asks, another decides (store::Request): each event has its row. `Of` is what it was about.
template <SqlPiece Name, SqlPiece Of, SqlPiece Type>
LivingTable requests(std::string_view lifecycle) {
    static constexpr auto name = SqlPiece("history.requests.") + Name;
    static constexpr BinaryQuery query{
        name.view(),
        sql<"select told_subject::text from unnest($2::", Type,
            "[], $3::text[], $4::uuid[], $5::timestamptz[], $6::int8[], $7::bool[]) as told(told_subject, "
            "told_state, who, at_told, told_number, asks) where not exists (select from ",
            Name, " where ", Of,
            " = told_subject and case when asks then requested_by is not distinct from who and "
            "requested_at = at_told and (state = told_state or ",
            told_later, that_moved_it,
            ") else state = told_state and decided_by is not distinct from who and "
            "decided_at = at_told end)">};
    return {lifecycle, Name.view(), Type.view() == "uuid", query, {}, true};
}

LivingTable exposures() {
    using T = OfUuid<"exposure", "exposure_id">;
    return T::table(
        "exposure",
        {T::step<nobody, "opened_at">({"created"}), T::step<"screened_by", no_time>({"screen"}),
         T::step<"asked_by", no_time>({"ask_unit"}),
         T::step<"ordered_by", "ordered_at">({"order_correction", "order_again"}),
         T::step<"shown_by", no_time>({"show_correction"}, {"reject_correction"}),
         T::step<nobody, "corrected_at">({"confirm_correction"}),
         T::step<"proposed_by", no_time>({"propose_exposure"}, {"refuse_exposure", "show_correction"}),
         T::step<"checked_by", no_time>({"check_exposure"}, {"refuse_exposure", "show_correction"}),
         T::step<"exposed_by", "exposed_at">({"notify_unit", "expose"}),
         T::step<"appealed_by", no_time>({"appeal"}),
         T::step<"appeal_decided_by", no_time>({"uphold_appeal", "reject_appeal"}),
         T::step<nobody, "withdrawn_at">({"uphold_appeal"})});
}

LivingTable objections() {
    using T = OfUuid<"objection", "objection_id">;
    return T::table("objection",
                    {T::step<"filed_by", "filed_at">({"created"}),
                     T::step<"proposed_by", no_time>({"propose"}, {"return_proposal", "overturn_review"}),
                     T::step<"decided_by", "decided_at">({"decide"}, {"overturn_review"}),
                     T::step<"extended_by", no_time>({"extend"}, {"overturn_review"})});
}

LivingTable repairs() {
    using T = OfUuid<"repair", "repair_id">;
    return T::table(
        "repair", {T::step<"filed_by", "filed_at">({"created"}), T::step<"accepted_by", no_time>({"accept"}),
                   T::step<"decided_by", "decided_at">({"grant", "reject"}),
                   T::step<"extended_by", no_time>({"extend"}), T::step<"revoked_by", no_time>({"revoke"})});
}

LivingTable campaigns() {
    using T = OfUuid<"campaign", "campaign_id">;
    return T::table("campaign", {T::step<"drafted_by", "drafted_at">({"created"}),
                                 T::step<"opened_by", "opened_at">({"open"}),
                                 T::step<"proposed_by", "proposed_at">({"propose_result"}, {"return_result"}),
                                 T::step<"closed_by", "closed_at">({"close"}),
                                 T::step<"withdrawn_by", "withdrawn_at">({"withdraw"})});
}

LivingTable draws() {
    using T = OfUuid<"draw", "draw_id">;
    return T::table(
        "draw",
        {T::step<"created_by", "created_at">({"created"}), T::step<nobody, "committed_at">({"commit"}),
         T::step<"input_by", "input_at">({"give_input"}), T::step<nobody, "revealed_at">({"reveal"}),
         T::step<nobody, "voided_at">({"give_up", "lapse"})});
}

template <SqlPiece Name, SqlPiece Key, SqlPiece By, SqlPiece At>
LivingTable only_made(std::string_view lifecycle) {
    using T = OfUuid<Name, Key>;
    return T::table(lifecycle, {T::template step<By, At>({"created"})});
}

}  // namespace

std::vector<LivingTable> const& living_tables() {
    using Commitments = OfText<"commitment", "code">;
    using Inspections = OfUuid<"inspection", "inspection_id">;
    using Inquiries = OfUuid<"department_check", "check_id">;
    using Tickets = OfUuid<"assist_ticket", "ticket_id">;
    using Findings = OfUuid<"finding", "finding_id">;
    using Publicities = OfUuid<"publicity", "publicity_id">;
    using Listings = OfUuid<"serious_listing", "listing_id">;
    using Removals = OfUuid<"removal", "removal_id">;
    using Batches = OfText<"submission_batch", "batch_no">;
    using Reports = OfText<"submission_record", "record_no">;
    using Proposals = OfUuid<"matter_proposal", "proposal_id">;
    using Erasures = OfUuid<"erasure", "erasure_id">;
    using CampaignTasks = OfUuid<"campaign_task", "task_id">;
    static std::vector<LivingTable> const tables{
        Commitments::table("commitment",
                           {Commitments::step<"filed_by", "accepted_at">({"accept", "exempt"})}),
        requests<"withdrawal_request", "commitment_code", "text">("withdrawal"),
        only_made<"verification_task", "task_id", nobody, "created_at">("verification task"),
        requests<"task_recusal", "task_id", "uuid">("recusal"),
        requests<"task_reopening", "task_id", "uuid">("reopening"),
        requests<"task_retraction", "task_id", "uuid">("retraction"),
        Inspections::table("inspection",
                           {Inspections::step<"requested_by", "requested_at">({"created"}),
                            Inspections::step<"decided_by", "decided_at">({"approve", "refuse"}),
                            Inspections::step<nobody, "carried_out_at">({"carry_out"})}),
        draws(),
        Inquiries::table("department check", {Inquiries::step<nobody, "answered_at">({"answer"})}),
        Tickets::table("assistance ticket", {Tickets::step<"asked_by", "asked_at">({"created"}),
                                             Tickets::step<"answered_by", "answered_at">({"answer"})}),
        Findings::table("finding", {Findings::step<"drafted_by", "drafted_at">({"created", "amend"})}),
        requests<"late_service",
                 "(select paper.finding_id from document paper where paper.document_id = "
                 "late_service.document_id)",
                 "uuid">("late entry of a service"),
        requests<"revocation", "finding_id", "uuid">("revocation of a finding"),
        only_made<"record_draft", "record_id", nobody, "drafted_at">("record draft"),
        objections(),
        repairs(),
        Publicities::table("publicity", {Publicities::step<"proposed_by", "proposed_at">({"created"}),
                                         Publicities::step<"approved_by", "approved_at">({"approve"}),
                                         Publicities::step<"published_by", "published_at">({"publish"})}),
        Listings::table("serious listing",
                        {Listings::step<"proposed_by", "proposed_at">({"created"}),
                         Listings::step<"checked_by", no_time>({"confirm_basis", "refuse_basis"}),
                         Listings::step<"decided_by", "decided_at">({"decide", "dismiss"})}),
        Removals::table("removal", {Removals::step<nobody, "ordered_at">({"created"}),
                                    Removals::step<nobody, "ended_at">({"finish", "call_off"})}),
        Batches::table("submission batch", {Batches::step<nobody, "created_at">({"created"}),
                                            Batches::step<nobody, "answered_at">({"answer"})}),
        Reports::table("reported record", {Reports::step<nobody, "created_at">({"created"})}),
        Proposals::table("matter proposal",
                         {Proposals::step<"proposed_by", "proposed_at">({"created"}),
                          Proposals::step<"decided_by", "decided_at">({"accept", "refuse"})}),
        only_made<"subscription", "subscription_id", nobody, "made_at">("subscription"),
        Erasures::table("erasure", {Erasures::step<nobody, "requested_at">({"created"}),
                                    Erasures::step<"decided_by", "decided_at">({"confirm", "refuse"})}),
        exposures(),
        campaigns(),
        CampaignTasks::table(
            "campaign task",
            {CampaignTasks::step<"reported_by", "reported_at">({"report"}, {"return_report"}),
             CampaignTasks::step<"decided_by", "decided_at">({"accept", "return_report"}, {"report"})}),
    };
    return tables;
}

}  // namespace sponsio::store

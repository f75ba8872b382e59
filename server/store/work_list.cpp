#include "server/store/work_list.hpp"

#include "server/store/columns.hpp"
#include "server/store/work_sources.hpp"

#include <algorithm>
#include <iterator>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::WorkKind;
using namespace work;

/// The queries of a kind. `$4` and `$6` are the last item's due time and id; its kind came before this one
/// (`$5` 1), after it (-1), or was the same.
struct Queries {
    WorkKind kind;
    BinaryQuery page, count;
};

constexpr SqlPiece uuid{"uuid"}, text{"text"};

template <WorkKind Kind, SqlPiece Source, SqlPiece Id>
consteval Queries queries(std::string_view page, std::string_view count) {
    return {
        Kind,
        {page, sql<"select w.due, w.id::text, w.since, w.code, w.state, w.seat, w.asked_by, w.place from (",
                   Source, ") w where w.due >= $4 and (w.due > $4 or $5::int2 = 1 or ($5 = 0 and w.id > $6::",
                   Id, ")) order by w.due, w.id limit $7">},
        {count, sql<"select count(*) from (select 1 from (", Source, ") w limit $4) n">}};
}

constexpr Queries all_queries[] = {
    queries<WorkKind::check_to_do, check_to_do, uuid>("work.do", "work.count_do"),
    queries<WorkKind::check_to_claim, check_to_claim, uuid>("work.claim", "work.count_claim"),
    queries<WorkKind::check_overdue, check_overdue, uuid>("work.overdue", "work.count_overdue"),
    queries<WorkKind::recusal_to_decide, recusal_to_decide, uuid>("work.recusal", "work.count_recusal"),
    queries<WorkKind::reopening_to_decide, reopening_to_decide, uuid>("work.reopening",
                                                                      "work.count_reopening"),
    queries<WorkKind::retraction_to_decide, retraction_to_decide, uuid>("work.retraction",
                                                                        "work.count_retraction"),
    queries<WorkKind::inspection_to_decide, inspection_to_decide, uuid>("work.inspection",
                                                                        "work.count_inspection"),
    queries<WorkKind::rectification_to_decide, rectification_to_decide, text>("work.rectification",
                                                                              "work.count_rectification"),
    queries<WorkKind::withdrawal_to_decide, withdrawal_to_decide, uuid>("work.withdrawal",
                                                                        "work.count_withdrawal"),
    queries<WorkKind::finding_to_draft, finding_to_draft, uuid>("work.draft", "work.count_draft"),
    queries<WorkKind::draft_to_amend, draft_to_amend, uuid>("work.amend", "work.count_amend"),
    queries<WorkKind::draft_to_review, draft_to_review, uuid>("work.review", "work.count_review"),
    queries<WorkKind::order_to_settle, order_to_settle, uuid>("work.order", "work.count_order"),
    queries<WorkKind::prior_notice_to_serve, prior_notice_to_serve, uuid>("work.prior_notice",
                                                                          "work.count_prior_notice"),
    queries<WorkKind::hearing_to_call, hearing_to_call, uuid>("work.hearing", "work.count_hearing"),
    queries<WorkKind::hearing_to_hold, hearing_to_hold, uuid>("work.hold", "work.count_hold"),
    queries<WorkKind::facts_to_recheck, facts_to_recheck, uuid>("work.recheck", "work.count_recheck"),
    queries<WorkKind::decision_to_take, decision_to_take, uuid>("work.decide", "work.count_decide"),
    queries<WorkKind::decision_to_serve, decision_to_serve, uuid>("work.serve", "work.count_serve"),
    queries<WorkKind::late_service_to_confirm, late_service_to_confirm, uuid>("work.late_service",
                                                                              "work.count_late_service"),
    queries<WorkKind::remedy_to_settle, remedy_to_settle, uuid>("work.remedy", "work.count_remedy"),
    queries<WorkKind::revocation_to_decide, revocation_to_decide, uuid>("work.revocation",
                                                                        "work.count_revocation"),
    queries<WorkKind::ticket_to_answer, ticket_to_answer, uuid>("work.ticket", "work.count_ticket"),
    queries<WorkKind::credit_code_to_confirm, credit_code_to_confirm, text>("work.credit_code",
                                                                            "work.count_credit_code"),
    queries<WorkKind::matter_proposal_to_decide, matter_proposal_to_decide, uuid>(
        "work.matter_proposal", "work.count_matter_proposal"),
    queries<WorkKind::objection_to_examine, objection_to_examine, uuid>("work.objection",
                                                                        "work.count_objection"),
    queries<WorkKind::objection_to_decide, objection_to_decide, uuid>("work.objection_decide",
                                                                      "work.count_objection_decide"),
    queries<WorkKind::repair_to_accept, repair_to_accept, uuid>("work.repair", "work.count_repair"),
    queries<WorkKind::repair_to_decide, repair_to_decide, uuid>("work.repair_decide",
                                                                "work.count_repair_decide"),
    queries<WorkKind::publicity_to_approve, publicity_to_approve, uuid>("work.publicity",
                                                                        "work.count_publicity"),
    queries<WorkKind::publicity_to_tell, publicity_to_tell, uuid>("work.publicity_tell",
                                                                  "work.count_publicity_tell"),
    queries<WorkKind::listing_to_check, listing_to_check, uuid>("work.listing_check",
                                                                "work.count_listing_check"),
    queries<WorkKind::listing_to_serve, listing_to_serve, uuid>("work.listing_serve",
                                                                "work.count_listing_serve"),
    queries<WorkKind::listing_to_hear, listing_to_hear, uuid>("work.listing_hear", "work.count_listing_hear"),
    queries<WorkKind::listing_to_decide, listing_to_decide, uuid>("work.listing_decide",
                                                                  "work.count_listing_decide"),
    queries<WorkKind::removal_overdue, removal_overdue, uuid>("work.removal", "work.count_removal"),
    queries<WorkKind::removal_to_confirm, removal_to_confirm, uuid>("work.removal_confirm",
                                                                    "work.count_removal_confirm"),
    queries<WorkKind::report_to_correct, report_to_correct, text>("work.report", "work.count_report"),
    queries<WorkKind::submission_standing, submission_standing, text>("work.submission",
                                                                      "work.count_submission"),
    queries<WorkKind::draw_to_explain, draw_to_explain, uuid>("work.draw", "work.count_draw"),
    queries<WorkKind::explanation_to_decide, explanation_to_decide, uuid>("work.explanation",
                                                                          "work.count_explanation"),
    queries<WorkKind::exposure_to_screen, exposure_to_screen, uuid>("work.exposure", "work.count_exposure"),
    queries<WorkKind::exposure_to_decide, exposure_to_decide, uuid>("work.exposure_decide",
                                                                    "work.count_exposure_decide"),
    queries<WorkKind::exposure_to_answer, exposure_to_answer, uuid>("work.exposure_answer",
                                                                    "work.count_exposure_answer"),
    queries<WorkKind::campaign_to_open, campaign_to_open, uuid>("work.campaign_open",
                                                                "work.count_campaign_open"),
    queries<WorkKind::campaign_to_conclude, campaign_to_conclude, uuid>("work.campaign_conclude",
                                                                        "work.count_campaign_conclude"),
    queries<WorkKind::campaign_to_decide, campaign_to_decide, uuid>("work.campaign_decide",
                                                                    "work.count_campaign_decide"),
    queries<WorkKind::campaign_task_to_report, campaign_task_to_report, uuid>("work.campaign_report",
                                                                              "work.count_campaign_report"),
    queries<WorkKind::campaign_task_to_accept, campaign_task_to_accept, uuid>("work.campaign_accept",
                                                                              "work.count_campaign_accept"),
};

constexpr bool one_a_kind() {
    auto const kinds = domain::words<WorkKind>;
    if (std::size(all_queries) != kinds.size()) return false;
    for (std::size_t i = 0; i != std::size(all_queries); ++i)
        if (all_queries[i].kind != kinds[i].value) return false;
    return true;
}

static_assert(one_a_kind());

Queries const& queries_of(WorkKind kind) {
    return all_queries[static_cast<std::size_t>(kind)];
}

}  // namespace

WorkPlace WorkPlace::of(WorkItem const& item) {
    return {item.due.value_or(far_off), item.kind, item.id};
}

std::vector<WorkItem> work_of(db::PgSession& db, WorkKind kind, WorkOf const& who,
                              std::optional<WorkPlace> const& after, int limit) {
    Instant const due = after ? after->due : long_ago;
    bool const same = after && after->kind == kind;
    std::int16_t const later = same ? 0 : !after || after->kind < kind ? 1 : -1;
    std::string const id = same ? after->id : Uuid{}.text();
    Params const params(who.organisation, who.account, who.now, due, later, id, std::int32_t{limit});
    return all_of(db.exec(queries_of(kind).page, params), [kind](db::Rows::Row const& row) {
        Instant const ends = row.get<Instant>(0);
        auto const seat = row.get<std::optional<std::int16_t>>(5);
        return WorkItem{.kind = kind,
                        .due = ends == far_off ? std::nullopt : std::optional(ends),
                        .id = row.get<std::string>(1),
                        .since = row.get<Instant>(2),
                        .commitment_code = row.get<std::optional<std::string>>(3),
                        .state = row.get<std::string>(4),
                        .seat = seat ? std::optional<int>(*seat) : std::nullopt,
                        .asked_by = row.get<std::optional<AccountId>>(6),
                        .place = row.get<std::string>(7)};
    });
}

std::int64_t count_work(db::PgSession& db, WorkKind kind, WorkOf const& who, int most) {
    Params const params(who.organisation, who.account, who.now, std::int32_t{most + 1});
    return db.exec(queries_of(kind).count, params)[0].get<std::int64_t>(0);
}

}  // namespace sponsio::store

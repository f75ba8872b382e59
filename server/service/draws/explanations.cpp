#include "server/service/draws/explanations.hpp"

#include "server/domain/second_person.hpp"
#include "server/service/draws/parts.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/request.hpp"
#include "server/service/unit/separation.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

Outcome<Json> named_view(db::PgSession& db, Vault const& vault, DrawId id) {
    auto view = explanation_view(db, vault, id);
    if (view) name_people(db, *view);
    return view;
}

RequestLabels labels_of(DrawId id) {
    return {"draw.explanation:" + id.text(), "draw.explanation.decision:" + id.text()};
}

}  // namespace

Outcome<Json> explanation_view(db::PgSession& db, Vault const& vault, DrawId id) {
    auto const row = store::newest_explanation(db, id);
    if (!row) return Json();
    RequestLabels const labels = labels_of(id);
    auto why = vault.open(row->why, labels.why);
    if (!why) return why.error();
    Json decision;
    if (row->decision) {
        auto opinion = vault.open(row->decision->why, labels.decision);
        if (!opinion) return opinion.error();
        decision = JsonObject{{"accepted", row->accepted},
                              {"opinion", std::move(*opinion)},
                              {"decided_by", row->decision->by.text()},
                              {"decided_at", to_rfc3339(row->decision->at)}};
    }
    return Json(JsonObject{{"why", std::move(*why)},
                           {"asked_by", row->asked_by.text()},
                           {"asked_at", to_rfc3339(row->asked_at)},
                           {"decision", std::move(decision)}});
}

Async<Created> DrawExplanations::explain(Caller<Official> const& caller, RequestOnce once, DrawId id,
                                         std::string why) {
    return ground_.db.run(caller.deadline, [this, caller, once = std::move(once), id,
                                            why = std::move(why)](db::PgSession& session) {
        return create_once(session, ground_.vault, *caller.who, once, ground_.clock.now(),
                           [&](db::PgSession& db) { return make(db, *caller.who, id, why); });
    });
}

Outcome<Made> DrawExplanations::make(db::PgSession& db, domain::Official const& who, DrawId id,
                                     std::string const& why) const {
    Instant const now = ground_.clock.now();
    auto const row = own_draw(db, ground_.vault, store::lock_draw(db, id), who);
    if (!row) return row.error();
    if (row->state == domain::DrawState::revealed || row->state == domain::DrawState::voided)
        return fault(problem::wrong_step, "The draw has ended.", "该次抽查已结束。");
    if (!overdue(*row, DrawLeaves(db, id), now))
        return fault(problem::too_early, "The draw may still be revealed in time.",
                     "该次抽查尚未超过揭示期限。");
    auto const before = store::newest_explanation(db, id);
    if (before && !before->decision)
        return fault(problem::conflict, "An explanation waits for its decision already.",
                     "已有情况说明待决定。");
    store::insert(db,
                  store::DrawExplanation{
                      request_of(std::int64_t{}, {ground_.vault, why, labels_of(id)}, who.account, now), id});
    note_on(db, *row, "explained", who.account, now);
    auto view = named_view(db, ground_.vault, id);
    if (!view) return view.error();
    return Made{"/v1/draws/" + id.text(), std::move(*view)};
}

Async<Json> DrawExplanations::decide(Caller<Official> const& caller, DrawId id,
                                     domain::DrawDecision decision) {
    return ground_.db.run(
        caller.deadline, [this, caller, id, decision = std::move(decision)](db::PgSession& session) {
            return in_transaction(session, caller,
                                  [&](db::PgSession& db) { return settle(db, *caller.who, id, decision); });
        });
}

Outcome<Json> DrawExplanations::settle(db::PgSession& db, domain::Official const& who, DrawId id,
                                       domain::DrawDecision const& decision) const {
    Instant const now = ground_.clock.now();
    auto const row = own_draw(db, ground_.vault, store::lock_draw(db, id), who);
    if (!row) return row.error();
    auto explanation = store::newest_explanation(db, id);
    if (!explanation || explanation->decision)
        return fault(problem::wrong_step, "No explanation of this draw waits for a decision.",
                     "该次抽查没有待决定的情况说明。");
    Persons const persons(db, {who.account, explanation->asked_by, row->created_by});
    for (AccountId const other : {explanation->asked_by, row->created_by})
        if (auto two = domain::second_person(
                persons.of(who.account), persons.of(other),
                "Who explained a draw, or held it, does not decide about the explanation.",
                "作出情况说明或者组织抽查的人员不得决定是否接受该说明。");
            !two)
            return two.error();
    if (decision.accepted) {
        bool const late = overdue(*row, DrawLeaves(db, id), now);
        auto ended = end_draw(db, *row, domain::DrawEvent::lapse, domain::VoidReason::lapsed,
                              {.lapsed = late}, who.account, now);
        if (!ended) return ended.error();
    } else {
        note_on(db, *row, "explanation_rejected", who.account, now);
    }
    explanation->accepted = decision.accepted;
    explanation->decision = decision_of({ground_.vault, decision.opinion, labels_of(id)}, who.account, now);
    store::decide(db, *explanation);
    return named_view(db, ground_.vault, id);
}

}  // namespace sponsio::service

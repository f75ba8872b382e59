#include "server/service/draws/service.hpp"

#include "crypto/draw/draw.hpp"
#include "server/base/form.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::DrawEvent;
using domain::DrawPlan;
using domain::Json;
using domain::JsonObject;

bool worth_recording(Fault const& fault) {
    constexpr Problem const* recorded[] = {&problem::ratio_out_of_bounds, &problem::empty_pool,
                                           &problem::too_few_inspectors, &problem::wrong_step};
    return std::ranges::find(recorded, fault.problem) != std::end(recorded);
}

/// The draw if it is of the caller's own tree; others do not exist for the caller.
Outcome<store::DrawRow> own(db::PgSession& db, std::optional<store::DrawRow> row,
                            domain::Official const& who) {
    if (!row || !reaches(db, who, domain::Holding::draws, row->organisation))
        return fault(problem::not_found);
    return std::move(*row);
}

/// The public input in the draw's one spelling; refused with a pointer if it is not as promised.
Outcome<std::string> input_text(domain::PublicInputPlan const& promised, domain::PublicInput const& input) {
    namespace draw = crypto::draw;
    Fault refused{.problem = &problem::invalid};
    auto const dice = static_cast<std::size_t>(promised.dice.value_or(0));
    if (input.dice.size() != dice) {
        bool const missing = input.dice.empty();
        refused.fields.push_back(
            {"/dice",
             missing     ? &reason::required
             : dice == 0 ? &reason::not_allowed_here
                         : &reason::out_of_range,
             {.min = promised.dice.value_or(0), .max = promised.dice.value_or(0), .unit = &unit::entries}});
    }
    if (input.beacon.has_value() != promised.beacon.has_value())
        refused.fields.push_back({"/beacon", input.beacon ? &reason::not_allowed_here : &reason::required});
    if (!refused.fields.empty()) return refused;

    draw::Plan plan{.draw_id = {}, .dice = static_cast<unsigned>(dice)};
    if (promised.beacon)
        plan.beacon =
            draw::Beacon{promised.beacon->source, static_cast<std::uint64_t>(promised.beacon->round)};
    std::vector<unsigned> const eyes(input.dice.begin(), input.dice.end());
    auto text = draw::public_input(plan, eyes, input.beacon.value_or(""));
    if (!text) return Fault{.problem = &problem::invalid, .detail = {text.error().message, ""}};
    return std::move(*text);
}

Json supervisors_view(db::PgSession& db, store::DrawRow const& row, Instant now) {
    JsonObject view = draw_view(row, DrawLeaves(db, row.id), now);
    view.add("created_by", row.created_by.text())
        .add("waits_why", or_null(row.waits_why))
        .add("outcomes", outcomes_view(store::outcomes_of(db, row.id)))
        .add("history", history_view(store::history(db, row.id.text())));
    Json named = std::move(view);
    name_people(db, named);
    return named;
}

}  // namespace

Async<Created> DrawService::create(Caller<Official> const& caller, RequestOnce once,
                                   domain::DrawRequest request) {
    return db_.run(
        caller.deadline,
        [this, caller, once = std::move(once),
         request = std::move(request)](db::PgSession& session) -> Outcome<Created> {
            auto made = create_once(session, vault_, *caller.who, once, clock_.now(),
                                    [&](db::PgSession& db) { return make(db, *caller.who, request); });
            // There is no draw to record it for, so the refusal is recorded for the organisation.
            if (!made && worth_recording(made.error()))
                record_refusal(session, domain::draw_lifecycle.name, caller.who->organisation.text(),
                               domain::word(domain::draw_lifecycle.initial), caller.who->account,
                               refusal_text(made.error()), clock_.now());
            return made;
        });
}

Outcome<Made> DrawService::make(db::PgSession& db, domain::Official const& who,
                                domain::DrawRequest const& request) const {
    Instant const now = clock_.now();
    auto const plan = planner_.plan(db, who, request, now);
    if (!plan) return plan.error();
    store::DrawRow const row{.id = new_id<DrawId>(now),
                             .organisation = who.organisation,
                             .created_by = who.account,
                             .created_at = now,
                             .title = json::canonical(domain::to_json(request.title)),
                             .plan = json::canonical(plan->to_json())};
    store::insert(db, row);
    born(db, domain::draw_lifecycle, {.subject = row.id.text(), .actor = who.account, .now = now});
    return Made{"/v1/draws/" + row.id.text(), supervisors_view(db, row, now)};
}

Async<Json> DrawService::give_public_input(Caller<Official> const& caller, DrawId id,
                                           domain::PublicInput input) {
    return db_.run(caller.deadline,
                   [this, caller, id, input = std::move(input)](db::PgSession& session) -> Outcome<Json> {
                       domain::DrawState state{};
                       auto taken = in_transaction(session, caller, [&](db::PgSession& db) {
                           return take_input(db, *caller.who, id, input, state);
                       });
                       if (!taken && worth_recording(taken.error()))
                           record_refusal(session, domain::draw_lifecycle.name, id.text(),
                                          domain::word(state), caller.who->account,
                                          refusal_text(taken.error()), clock_.now());
                       return taken;
                   });
}

Outcome<Json> DrawService::take_input(db::PgSession& db, domain::Official const& who, DrawId id,
                                      domain::PublicInput const& input, domain::DrawState& state) const {
    Instant const now = clock_.now();
    auto row = own(db, store::lock_draw(db, id), who);
    if (!row) return row.error();
    state = row->state;
    domain::DrawFacts const facts{.commitment_logged = DrawLeaves(db, id).committed().has_value()};
    auto const to = step(db, domain::draw_lifecycle, row->state, DrawEvent::give_input, facts,
                         {.subject = id.text(), .actor = who.account, .now = now});
    if (!to) return to.error();
    auto text = input_text(DrawPlan::from_json(domain::parse_json(row->plan).value()).public_input, input);
    if (!text) return text.error();
    row->state = *to;
    row->input = {std::move(*text), who.account, now};
    store::set_input(db, id, *row->input);
    return supervisors_view(db, *row, now);
}

Async<Json> DrawService::draw(Caller<Official> const& caller, DrawId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = own(db, store::draw_by_id(db, id), *caller.who);
            if (!row) return row.error();
            return supervisors_view(db, *row, clock_.now());
        });
    });
}

Async<Page> DrawService::list(Caller<Official> const& caller, std::optional<DrawId> after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Page> {
            auto const reach = Reach::of(db, *caller.who, domain::Holding::draws);
            Page page;
            for (store::DrawRow const& row :
                 store::draws_after(db, reach.organisations().value(), after, limit))
                page.add(draw_line(row, DrawLeaves(db, row.id), clock_.now()), row.id.text());
            return page;
        });
    });
}

}  // namespace sponsio::service

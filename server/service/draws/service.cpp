#include "server/service/draws/service.hpp"

#include "crypto/draw/beacon.hpp"
#include "server/base/form.hpp"
#include "server/domain/second_person.hpp"
#include "server/service/draws/explanations.hpp"
#include "server/service/draws/parts.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/draw_pool.hpp"
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
                                           &problem::too_few_inspectors,  &problem::wrong_step,
                                           &problem::same_person,         &problem::conflict};
    return std::ranges::find(recorded, fault.problem) != std::end(recorded);
}

/// The value of the beacon's note, as the round's key signed it after the draw was committed to.
Outcome<std::string> beacon_value(domain::PublicInputPlan const& promised, domain::PublicInput const& input,
                                  Instant committed_at) {
    namespace draw = crypto::draw;
    if (!input.beacon) return std::string();
    auto const key = crypto::NoteVerifier::from_vkey(promised.beacon->key);
    auto const value = key ? draw::read_beacon(*input.beacon, *key) : Result<draw::BeaconValue>(key.error());
    bool const holds = value && value->beacon.source == promised.beacon->source &&
                       value->beacon.round == static_cast<std::uint64_t>(promised.beacon->round) &&
                       !draw::later(to_rfc3339(committed_at), value->time);
    if (holds) return value->value;
    Fault refused =
        fault(problem::invalid,
              "The note is not the value of the promised round, signed by the beacon's key after the draw "
              "was committed to.",
              "该文本不是所约定信标公钥在承诺之后签署的该轮数值。");
    refused.fields.push_back({"/beacon/note", &reason::bad_format, {.form = &form::beacon_note}});
    return refused;
}

/// Who saw the dice fall: an official of whatever organisation who neither held the draw nor enters the dice.
Outcome<void> check_witness(db::PgSession& db, store::DrawRow const& row, domain::Official const& giver,
                            domain::PublicInput const& input) {
    if (!input.thrown) return {};
    AccountId const witness = input.thrown->witness;
    auto const account = store::account_by_id(db, witness);
    if (!account || account->closed_at) {
        Fault refused{.problem = &problem::invalid};
        refused.fields.push_back({"/witness", &reason::no_such_thing, {.form = &form::known_thing}});
        return refused;
    }
    Persons const persons(db, {witness, giver.account, row.created_by});
    for (AccountId const other : {giver.account, row.created_by})
        if (auto two = domain::second_person(
                persons.of(witness), persons.of(other),
                "Neither who held the draw nor who enters the dice is the witness of the throw.",
                "掷骰见证人不得是组织抽查的人员或者录入人员。");
            !two) {
            Fault refused = two.error();
            refused.fields.push_back({"/witness", &reason::not_allowed_here});
            return refused;
        }
    return {};
}

/// The public input in the draw's one spelling; refused with a pointer if it is not as promised.
Outcome<std::string> input_text(domain::PublicInputPlan const& promised, domain::PublicInput const& input,
                                Instant committed_at) {
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
    auto const value = beacon_value(promised, input, committed_at);
    if (!value) return value.error();
    std::vector<unsigned> const eyes(input.dice.begin(), input.dice.end());
    auto text = draw::public_input(plan, eyes, *value);
    if (!text) return Fault{.problem = &problem::invalid, .detail = {text.error().message, ""}};
    return std::move(*text);
}

/// One draw is open at a time for each matter and the days of acceptance; who tries again until a result
/// suits would need more.
Outcome<void> keep_matters(db::PgSession& db, DrawId id, DrawPlan const& plan) {
    std::vector<MatterId> all;
    for (DrawPlan::Stratum const& stratum : plan.strata)
        all.insert(all.end(), stratum.matters.begin(), stratum.matters.end());
    auto const taken = store::keep_matters(db, id, all, plan.from, plan.until);
    if (taken.empty()) return {};
    Fault refused =
        fault(problem::conflict,
              "A draw over the same matter and days of acceptance has not ended. One that was not "
              "revealed in time ends once it is explained and a second person has accepted that.",
              "同一事项、同一受理期间的抽查尚未结束；逾期未揭示的，须说明情况并经另一人接受后方可结束。");
    for (std::size_t i = 0; i != plan.strata.size(); ++i)
        for (std::size_t j = 0; j != plan.strata[i].matters.size(); ++j)
            if (std::ranges::find(taken, plan.strata[i].matters[j]) != taken.end())
                refused.fields.push_back({"/strata/" + std::to_string(i) + "/matters/" + std::to_string(j),
                                          &reason::not_allowed_here});
    return refused;
}

Outcome<Json> supervisors_view(db::PgSession& db, Vault const& vault, store::DrawRow const& row,
                               Instant now) {
    auto explanation = explanation_view(db, vault, row.id);
    if (!explanation) return explanation;
    JsonObject view = draw_view(row, DrawLeaves(db, row.id), now);
    view.add("created_by", row.created_by.text())
        .add("given_by", row.input ? Json(row.input->by.text()) : Json())
        .add("witness", row.input && row.input->witness ? Json(row.input->witness->text()) : Json())
        .add("waits_why", or_null(row.waits_why))
        .add("explanation", std::move(*explanation))
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
    if (auto kept = keep_matters(db, row.id, *plan); !kept) return kept.error();
    born(db, domain::draw_lifecycle, {.subject = row.id.text(), .actor = who.account, .now = now});
    auto view = supervisors_view(db, vault_, row, now);
    if (!view) return view.error();
    return Made{"/v1/draws/" + row.id.text(), std::move(*view)};
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
    auto row = own_draw(db, vault_, store::lock_draw(db, id), who);
    if (!row) return row.error();
    state = row->state;
    domain::DrawFacts const facts{.commitment_logged = DrawLeaves(db, id).committed().has_value()};
    Persons const persons(db, {who.account, row->created_by});
    auto const two =
        domain::second_person(persons.of(who.account), persons.of(row->created_by),
                              "Who held a draw does not give its public input: a second person does.",
                              "组织抽查的人员不得录入公开随机数，须由另一人录入。");
    if (!two) return two.error();
    auto const to = step(db, domain::draw_lifecycle, row->state, DrawEvent::give_input, facts,
                         {.subject = id.text(), .actor = who.account, .now = now});
    if (!to) return to.error();
    auto text = input_text(plan_of(*row).public_input, input, row->committed.value().at);
    if (!text) return text.error();
    if (auto seen = check_witness(db, *row, who, input); !seen) return seen.error();
    row->state = *to;
    row->input = {std::move(*text), who.account, now, input.beacon.value_or("")};
    if (input.thrown) {
        row->input->protocol = input.thrown->protocol;
        row->input->witness = input.thrown->witness;
    }
    store::set_input(db, id, *row->input);
    return supervisors_view(db, vault_, *row, now);
}

Async<Json> DrawService::draw(Caller<Official> const& caller, DrawId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = own_draw(db, vault_, store::draw_by_id(db, id), *caller.who);
            if (!row) return row.error();
            return supervisors_view(db, vault_, *row, clock_.now());
        });
    });
}

Async<crypto::Digest> DrawService::full_pool(Caller<Official> const& caller, DrawId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<crypto::Digest> {
        auto const row = own_draw(db, vault_, store::draw_by_id(db, id), *caller.who);
        if (!row) return row.error();
        bool const shown = shown_state(*row, DrawLeaves(db, id)) == domain::DrawState::revealed;
        if (!shown || !row->committed->full_digest)
            return fault(problem::not_found,
                         "There is no result yet, or its whole pool is public (version 1).",
                         "尚无抽取结果，或其全部名单已公开（第 1 版）。");
        return *row->committed->full_digest;
    });
}

Async<std::optional<std::string>> DrawService::full_pool_piece(DrawId id, int number, Deadline deadline) {
    return db_.run(deadline, [id, number](db::PgSession& db) -> Outcome<std::optional<std::string>> {
        return store::pool_chunk(db, id, number);
    });
}

Async<Page> DrawService::list(Caller<Official> const& caller, std::optional<DrawId> after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Page> {
            auto const reach = Reach::of(db, vault_, *caller.who, domain::Holding::draws);
            Page page;
            for (store::DrawRow const& row :
                 store::draws_after(db, reach.organisations().value(), after, limit))
                page.add(draw_line(row, DrawLeaves(db, row.id), clock_.now()), row.id.text());
            return page;
        });
    });
}

}  // namespace sponsio::service

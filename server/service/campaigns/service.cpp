#include "server/service/campaigns/service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/domain/region.hpp"
#include "server/service/campaigns/view.hpp"
#include "server/service/exposures/appointments.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace sponsio::service {
namespace {

using domain::CampaignEvent;
using domain::CampaignState;
using domain::CampaignTaskEvent;
using domain::CampaignTaskKind;
using domain::CampaignTaskState;
using domain::Json;
using domain::JsonObject;
using store::CampaignCountRow;
using store::CampaignRow;
using store::CampaignTaskRow;

/// The first instant after that day.
Instant end_of(Date day) {
    return china_midnight(Date{std::chrono::sys_days{day} + std::chrono::days{1}});
}

/// A line of a count, whichever way its unit is spelled.
using CountKey = std::tuple<std::string, std::string, domain::CountedAs>;

CountKey key_of(CampaignCountRow const& row) {
    return {row.unit_key, row.item, row.as};
}

/// Each unit and proof of the count before has its line in the count after: what is left out would look as
/// if it had ended.
Outcome<void> check_complete(std::vector<domain::AcceptedCount> const& accepted, CampaignTaskRow const& task,
                             std::vector<CampaignCountRow> const& lines) {
    std::set<CountKey> there;
    for (CampaignCountRow const& line : lines) there.insert(key_of(line));
    std::vector<std::string> missing;  // the units
    for (domain::AcceptedCount const& one : accepted)
        if (one.region == task.region && one.kind == CampaignTaskKind::count_before &&
            !there.contains({one.unit_key, one.count.item, one.count.as}))
            missing.push_back(one.count.unit_name);
    if (missing.empty()) return {};
    return bad_field("/counts", reason::required, {.words = std::move(missing)});
}

}  // namespace

/// A task and its campaign, locked in one transaction.
struct CampaignService::OpenTask {
    db::PgSession& db;
    CampaignRow campaign;
    CampaignTaskRow row;
    domain::Official const& who;
    Instant now;
};

// ---------------------------------------------------------------------------------------- it is planned
Async<Created> CampaignService::draft(Caller<Official> const& caller, RequestOnce once,
                                      domain::CampaignDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                           [&](db::PgSession& db) { return make(db, *caller.who, draft); });
    });
}

/// Regions, items and units are there, and the authority's.
Outcome<void> CampaignService::check_places(db::PgSession& db, domain::Official const& who,
                                            domain::CampaignDraft const& draft) const {
    Fault refused{.problem = &problem::invalid};
    auto const refuse = [&](std::string const& pointer) {
        refused.fields.push_back({pointer, &reason::no_such_thing, {.form = &form::known_thing}});
    };
    for (std::size_t i = 0; i != draft.regions.size(); ++i) {
        std::string const pointer = "/region_codes/" + std::to_string(i);
        std::string const& region = draft.regions[i];
        if (auto known = parts_.regions.check(region, draft.starts_on, pointer); !known) {
            auto const& fields = known.error().fields;
            refused.fields.insert(refused.fields.end(), fields.begin(), fields.end());
        } else if (!is_authority_over(db, parts_.vault, who.organisation, draft.authority, region)) {
            refuse(pointer);
        }
    }
    for (std::size_t i = 0; i != draft.items.size(); ++i) {
        domain::ProofItem const* item = parts_.catalogue.find(draft.items[i]);
        bool const counts = item && item->valid_on(draft.starts_on) &&
                            std::ranges::all_of(draft.regions, [&](std::string const& region) {
                                return domain::lies_within(region, item->list->jurisdiction);
                            });
        if (!counts) refuse("/item_ids/" + std::to_string(i));
    }
    for (std::size_t i = 0; i != draft.tasks.size(); ++i) {
        auto const unit = store::organisation_by_uscc(db, draft.tasks[i].unit_uscc);
        if (!unit || !domain::lies_within(unit->region_code, draft.tasks[i].region))
            refuse("/tasks/" + std::to_string(i) + "/unit_uscc");
    }
    if (refused.fields.empty()) return {};
    return refused;
}

Outcome<Made> CampaignService::make(db::PgSession& db, domain::Official const& who,
                                    domain::CampaignDraft const& draft) const {
    if (auto plan = domain::check_plan(draft); !plan) return plan.error();
    if (auto places = check_places(db, who, draft); !places) return places.error();
    Instant const now = parts_.clock.now();
    CampaignRow const row{new_id<CampaignId>(now),
                          who.organisation,
                          draft.authority,
                          draft.name,
                          draft.number,
                          draft.items,
                          draft.regions,
                          draft.starts_on,
                          draft.ends_on,
                          draft.before.from,
                          draft.before.to,
                          draft.after.from,
                          draft.after.to,
                          who.account,
                          now};
    store::insert(db, row);
    born(db, domain::campaign_lifecycle,
         {.subject = row.id.text(), .actor = who.account, .now = now, .why = draft.number});
    say(db, parts_.vault, {row.id.raw(), who.account, now}, "created",
        JsonObject{{"purpose", draft.purpose}});
    for (domain::CampaignTaskDraft const& one : draft.tasks) {
        auto const unit = store::organisation_by_uscc(db, one.unit_uscc).value().id;
        CampaignTaskRow const task{
            new_id<CampaignTaskId>(now), row.id, who.organisation, one.kind, one.region, unit, one.title,
            end_of(one.due_on)};
        store::insert(db, task);
        born(db, domain::campaign_task_lifecycle,
             {.subject = task.id.text(), .actor = who.account, .now = now});
    }
    auto view = campaign_view(db, parts_, row, {who.organisation}, now);
    if (!view) return view.error();
    return Made{"/v1/campaigns/" + row.id.text(), std::move(*view)};
}

// ------------------------------------------------------------------------------------------- it is read
Async<Json> CampaignService::campaign(Caller<Official> const& caller, CampaignId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            CampaignReader const reader{caller.who->organisation};
            auto const row = store::campaign_by_id(db, id);
            if (!row || !is_seen(db, *row, reader)) return fault(problem::not_found);
            return campaign_view(db, parts_, *row, reader, parts_.clock.now());
        });
    });
}

Async<Page> CampaignService::list(Caller<Official> const& caller, CampaignFilter filter) {
    return parts_.db.run(
        caller.deadline, [this, caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = CampaignId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (CampaignRow const& row :
                 store::campaigns_after(db, {caller.who->organisation, q.state, after, q.limit})) {
                auto one = campaign_summary(db, parts_, row);
                if (!one) return one.error();
                page.add(std::move(*one), row.id.text());
            }
            return page;
        });
}

Async<Page> CampaignService::entries(std::string after, int limit, Deadline deadline) {
    return parts_.db.run(deadline,
                         [this, after = std::move(after), limit](db::PgSession& db) -> Outcome<Page> {
                             auto const place = place_of<CampaignId>(after);
                             if (!place) return place.error();
                             Page page;
                             for (CampaignRow const& row : store::public_campaigns(db, *place, limit)) {
                                 auto one = campaign_summary(db, parts_, row);
                                 if (!one) return one.error();
                                 page.add(std::move(*one), list_key(row.opened_at.value(), row.id.text()));
                             }
                             return page;
                         });
}

Async<Json> CampaignService::entry(CampaignId id, Deadline deadline) {
    return parts_.db.run(deadline, [this, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            CampaignReader const everybody{};
            auto const row = store::campaign_by_id(db, id);
            if (!row || !is_seen(db, *row, everybody)) return fault(problem::not_found);
            return campaign_view(db, parts_, *row, everybody, parts_.clock.now());
        });
    });
}

// ------------------------------------------------------------------------------------------ it is moved
template <class Act>
Async<Json> CampaignService::on_campaign(Caller<Official> const& caller, CampaignId id, Act act) {
    return parts_.db.run(caller.deadline, [this, caller, id, act = std::move(act)](db::PgSession& session) {
        return act_on_own(
            session, caller, parts_.clock.now(),
            [&](db::PgSession& db) { return store::lock_campaign(db, id); }, act,
            [&](Open const& open) {
                return campaign_view(open.db, parts_, open.row, {open.who.organisation}, open.now);
            });
    });
}

Outcome<void> CampaignService::advance(Open& open, CampaignEvent event, Json const& said) const {
    CampaignRow const& row = open.row;
    std::vector<AccountId> accounts{open.who.account, row.drafted_by};
    for (auto const& one : {row.opened_by, row.proposed_by})
        if (one) accounts.push_back(*one);
    Persons const persons(open.db, accounts);
    auto const tasks = store::tasks_of(open.db, row.id);
    domain::CampaignFacts const facts{
        .actor = persons.of(open.who.account),
        .known = persons.known(open.who.account),
        .over = open.now >= end_of(row.ends_on),
        .all_done = std::ranges::all_of(
            tasks, [](auto const& task) { return task.state == CampaignTaskState::accepted; }),
        .drafted_by = persons.of(row.drafted_by),
        .opened_by = persons.of(row.opened_by),
        .proposed_by = persons.of(row.proposed_by)};
    return service::advance(open, parts_.vault, domain::campaign_lifecycle, facts,
                            {.event = event, .said = said, .why = row.number});
}

Async<Json> CampaignService::open(Caller<Official> const& caller, CampaignId id,
                                  domain::CampaignOpening opening) {
    return on_campaign(caller, id, [this, o = std::move(opening)](Open& open) -> Outcome<void> {
        for (std::string const& region : open.row.regions)
            if (!is_authority_over(open.db, parts_.vault, open.row.organisation, open.row.authority, region))
                return fault(problem::conflict,
                             "Your organisation is not the authority of " + region + " any more.",
                             "本单位已不是 " + region + " 的主管单位。");
        auto moved = advance(open, CampaignEvent::open, JsonObject{{"reasons", o.reasons}});
        if (!moved) return moved;
        open.row.opened_by = open.who.account;
        open.row.opened_at = open.now;
        return {};
    });
}

Async<Json> CampaignService::withdraw(Caller<Official> const& caller, CampaignId id,
                                      domain::StepReason reason) {
    return on_campaign(caller, id, [this, r = std::move(reason)](Open& open) -> Outcome<void> {
        auto moved = advance(open, CampaignEvent::withdraw, JsonObject{{"why", r.why}});
        if (!moved) return moved;
        open.row.withdrawn_by = open.who.account;
        open.row.withdrawn_at = open.now;
        return {};
    });
}

Async<Json> CampaignService::propose(Caller<Official> const& caller, CampaignId id,
                                     domain::CampaignResult result) {
    return on_campaign(caller, id, [this, r = std::move(result)](Open& open) -> Outcome<void> {
        auto moved = advance(open, CampaignEvent::propose_result, JsonObject{{"result", r.result}});
        if (!moved) return moved;
        open.row.proposed_by = open.who.account;
        open.row.proposed_at = open.now;
        return {};
    });
}

Async<Json> CampaignService::decide(Caller<Official> const& caller, CampaignId id,
                                    domain::CampaignDecision decision) {
    return on_campaign(caller, id, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        auto moved = advance(open, d.agreed ? CampaignEvent::close : CampaignEvent::return_result,
                             JsonObject{{"reasons", d.reasons}});
        if (!moved) return moved;
        if (d.agreed) {
            open.row.closed_by = open.who.account;
            open.row.closed_at = open.now;
        } else {
            open.row.proposed_by = std::nullopt;
            open.row.proposed_at = std::nullopt;
        }
        return {};
    });
}

// ----------------------------------------------------------------------------------------------- tasks
Async<Json> CampaignService::task(Caller<Official> const& caller, CampaignTaskId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::campaign_task_by_id(db, id);
            auto const campaign = row ? store::campaign_by_id(db, row->campaign) : std::nullopt;
            OrganisationId const own = caller.who->organisation;
            bool const there =
                campaign && (campaign->organisation == own || (row->unit == own && campaign->opened_at));
            if (!there) return fault(problem::not_found);
            return campaign_task_view(db, parts_, *campaign, *row, parts_.clock.now());
        });
    });
}

/// Runs `act(OpenTask&)`. The campaign is locked first: while its result is proposed, no task moves.
template <class Act>
Async<Json> CampaignService::on_task(Caller<Official> const& caller, CampaignTaskId id, Act act) {
    return parts_.db.run(caller.deadline, [this, caller, id, act = std::move(act)](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const asked = store::campaign_task_by_id(db, id);
            if (!asked) return fault(problem::not_found);
            auto campaign = store::lock_campaign(db, asked->campaign);
            auto row = store::campaign_task_by_id(db, id);
            if (!campaign || !row) return internal("campaign of a task");
            OpenTask open{db, std::move(*campaign), std::move(*row), *caller.who, parts_.clock.now()};
            if (Outcome<void> done = act(open); !done) return done.error();
            store::update(db, open.row);
            return campaign_task_view(db, parts_, open.campaign, open.row, open.now);
        });
    });
}

Outcome<void> CampaignService::advance(OpenTask& open, CampaignTaskEvent event, Json const& said) const {
    CampaignRow const& campaign = open.campaign;
    CampaignTaskRow& row = open.row;
    std::vector<AccountId> accounts{open.who.account};
    if (row.reported_by) accounts.push_back(*row.reported_by);
    Persons const persons(open.db, accounts);
    auto const tasks = store::tasks_of(open.db, campaign.id);
    bool const after = row.kind == CampaignTaskKind::count_after;
    Date const last = after ? campaign.after_to : campaign.before_to;
    domain::CampaignTaskFacts const facts{
        .actor = persons.of(open.who.account),
        .known = persons.known(open.who.account),
        .running = campaign.state == CampaignState::opened,
        .countable = !domain::counts_proofs(row.kind) || open.now >= end_of(last),
        .has_before = !after || std::ranges::any_of(tasks,
                                                    [&](CampaignTaskRow const& other) {
                                                        return other.kind == CampaignTaskKind::count_before &&
                                                               other.region == row.region &&
                                                               other.state == CampaignTaskState::accepted;
                                                    }),
        .reported_by = persons.of(row.reported_by)};
    auto const to = step(open.db, domain::campaign_task_lifecycle, row.state, event, facts,
                         {.subject = row.id.text(), .actor = open.who.account, .now = open.now});
    if (!to) return to.error();
    row.state = *to;
    say(open.db, parts_.vault, {row.id.raw(), open.who.account, open.now}, domain::word(event), said);
    return {};
}

/// The lines of a report, each of an item of the campaign and each once.
Outcome<std::vector<CampaignCountRow>> CampaignService::lines_of(
    OpenTask const& open, std::vector<domain::ProofCount> const& counts) const {
    if (domain::counts_proofs(open.row.kind) == counts.empty())
        return counts.empty() ? bad_field("/counts", reason::required, form::list)
                              : bad_field("/counts", reason::not_allowed_here);
    Fault refused{.problem = &problem::invalid};
    std::vector<CampaignCountRow> lines;
    std::set<CountKey> there;
    for (domain::ProofCount const& count : counts) {
        std::string const pointer = "/counts/" + std::to_string(lines.size());
        CampaignCountRow line{static_cast<std::int32_t>(lines.size()) + 1,
                              domain::unit_key(count.unit_uscc, count.unit_name, open.row.region),
                              count.unit_name,
                              count.unit_uscc,
                              count.item,
                              count.as,
                              count.number};
        if (std::ranges::find(open.campaign.items, count.item) == open.campaign.items.end())
            refused.fields.push_back(
                {pointer + "/item_id", &reason::unknown_value, {.words = open.campaign.items}});
        if (!there.insert(key_of(line)).second) refused.fields.push_back({pointer, &reason::listed_twice});
        lines.push_back(std::move(line));
    }
    if (!refused.fields.empty()) return refused;
    if (open.row.kind == CampaignTaskKind::count_after)
        if (auto complete =
                check_complete(store::accepted_counts(open.db, open.campaign.id), open.row, lines);
            !complete)
            return complete.error();
    return lines;
}

Async<Json> CampaignService::report(Caller<Official> const& caller, CampaignTaskId id,
                                    domain::CampaignTaskReport report) {
    return on_task(caller, id, [this, r = std::move(report)](OpenTask& open) -> Outcome<void> {
        if (open.row.unit != open.who.organisation || !open.campaign.opened_at)
            return fault(problem::not_found);
        auto moved = advance(open, CampaignTaskEvent::report, JsonObject{{"statement", r.statement}});
        if (!moved) return moved;
        auto const lines = lines_of(open, r.counts);
        if (!lines) return lines.error();
        ++open.row.reports;
        open.row.reported_by = open.who.account;
        open.row.reported_at = open.now;
        open.row.decided_by = std::nullopt;
        open.row.decided_at = std::nullopt;
        store::insert_report(open.db, open.row, *lines);
        return {};
    });
}

Async<Json> CampaignService::accept(Caller<Official> const& caller, CampaignTaskId id,
                                    domain::CampaignDecision decision) {
    return on_task(caller, id, [this, d = std::move(decision)](OpenTask& open) -> Outcome<void> {
        if (open.row.organisation != open.who.organisation) return fault(problem::not_found);
        auto moved = advance(open, d.agreed ? CampaignTaskEvent::accept : CampaignTaskEvent::return_report,
                             JsonObject{{"reasons", d.reasons}});
        if (!moved) return moved;
        open.row.decided_by = open.who.account;
        open.row.decided_at = open.now;
        return {};
    });
}

}  // namespace sponsio::service

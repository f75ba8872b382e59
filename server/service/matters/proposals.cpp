#include "server/service/matters/service.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/service/unit/separation.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::MatterProposalEvent;
using domain::MatterProposalId;
using domain::MatterProposalState;

Json view(db::PgSession& db, store::MatterProposal const& p) {
    bool const decided = p.decided_by.has_value();
    Json json = JsonObject{{"proposal_id", p.id.text()},
                           {"matter_code", p.matter_code},
                           {"after_version", p.after_version},
                           {"content", json::parse(p.content).value()},
                           {"state", std::string(domain::word(p.state))},
                           {"proposed_by", p.proposed_by.text()},
                           {"proposed_at", to_rfc3339(p.proposed_at)},
                           {"decided_by", decided ? Json(p.decided_by->text()) : Json()},
                           {"decided_at", decided ? Json(to_rfc3339(*p.decided_at)) : Json()},
                           {"why", p.why ? Json(*p.why) : Json()},
                           {"version", p.version ? Json(*p.version) : Json()}};
    name_people(db, json);
    return json;
}

Move move_of(MatterProposalId id, AccountId actor, Instant now, std::optional<std::string> why = {}) {
    return {.subject = id.text(), .actor = actor, .now = now, .why = std::move(why)};
}

Fault another_version_since(store::MatterProposal const& p, int newest) {
    std::string const now_there = std::to_string(newest);
    std::string const seen = std::to_string(p.after_version);
    return fault(problem::conflict,
                 "The matter has version " + now_there + " by now; this was proposed after version " + seen +
                     ". Refuse it, and have it proposed again if it is still wanted.",
                 "该事项现已有第 " + now_there + " 版，本提议是在第 " + seen +
                     " 版之后提出的。请不予同意；如仍需要，请重新提出。");
}

}  // namespace

ProposalDecision ProposalDecision::read(domain::Fields& fields) {
    return {fields.boolean("accepted"), fields.text("why", {.max = 2000})};
}

Outcome<Made> MatterService::propose(db::PgSession& db, domain::Official const& who, Newest const& newest,
                                     std::string const& code, domain::MatterVersion const& version) const {
    if (auto good = may_follow(db, who, newest, version); !good) return good.error();
    if (!newest && store::newest_version(db, who.organisation, code))
        return bad_field("/matter_code", reason::not_unique);
    Instant const at = now();
    store::MatterProposal const proposal{.id = new_id<MatterProposalId>(at),
                                         .organisation = who.organisation,
                                         .matter_code = code,
                                         .after_version = newest ? newest->version : 0,
                                         .content = json::canonical(version.to_json()),
                                         .proposed_by = who.account,
                                         .proposed_at = at};
    store::insert(db, proposal);
    born(db, domain::matter_proposal_lifecycle, move_of(proposal.id, who.account, at));
    return Made{"/v1/matter-proposals/" + proposal.id.text(), view(db, proposal)};
}

Async<Page> MatterService::proposals(Caller<Official> const& caller, std::optional<MatterProposalState> state,
                                     std::optional<MatterProposalId> after, int limit) {
    return ground_.db.run(caller.deadline, [caller, state, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& p : store::matter_proposals_after(db, caller.who->organisation, state, after, limit))
            page.add(view(db, p), p.id.text());
        return page;
    });
}

Async<Json> MatterService::proposal(Caller<Official> const& caller, MatterProposalId id) {
    return ground_.db.run(caller.deadline, [caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::matter_proposal(db, caller.who->organisation, id);
        if (!row) return fault(problem::not_found);
        return view(db, *row);
    });
}

Async<Json> MatterService::decide(Caller<Official> const& caller, MatterProposalId id,
                                  ProposalDecision decision) {
    return ground_.db.run(
        caller.deadline, [this, caller, id, decision](db::PgSession& session) -> Outcome<Json> {
            return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                domain::Official const& who = *caller.who;
                auto row = store::lock_matter_proposal(db, who.organisation, id);
                if (!row) return fault(problem::not_found);
                Instant const at = std::max(now(), row->proposed_at);
                Persons const persons(db, {who.account, row->proposed_by});
                auto const event =
                    decision.accepted ? MatterProposalEvent::accept : MatterProposalEvent::refuse;
                auto const after = step(db, domain::matter_proposal_lifecycle, row->state, event,
                                        {persons.of(who.account), persons.of(row->proposed_by)},
                                        move_of(id, who.account, at, decision.why));
                if (!after) return after.error();
                row->state = *after;
                row->decided_by = who.account;
                row->decided_at = at;
                row->why = decision.why;
                if (decision.accepted) {
                    auto const version = accept(db, who, *row);
                    if (!version) return version.error();
                    row->version = *version;
                }
                store::decide(db, *row);
                return view(db, *row);
            });
        });
}

/// Makes a version of it. Returns its number.
Outcome<int> MatterService::accept(db::PgSession& db, domain::Official const& who,
                                   store::MatterProposal const& proposal) const {
    auto const newest = store::newest_version(db, proposal.organisation, proposal.matter_code);
    int const number = newest ? newest->version : 0;
    if (number != proposal.after_version) return another_version_since(proposal, number);
    auto json = domain::parse_json(proposal.content);
    if (!json) return json.error();
    auto const content = domain::decode(*json, domain::MatterVersion::read);
    if (!content) return content.error();
    auto const row = enter(db, who, proposal.proposed_by, newest, proposal.matter_code, *content);
    if (!row) return row.error();
    return row->version;
}

}  // namespace sponsio::service

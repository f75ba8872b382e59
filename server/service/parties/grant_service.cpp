#include "server/service/parties/grant_service.hpp"

#include "server/base/form.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/organisations.hpp"
#include "server/store/persons.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr Reason ends_before{"before_start", "does not lie after the start", "未晚于起始时间"};

bool is_region_part(std::string_view text) {
    bool const whole_levels = text.empty() || text.size() == 2 || text.size() == 4 || text.size() == 6;
    return whole_levels && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

domain::GrantFacts facts_of(db::PgSession& db, store::GrantRow const& grant, std::optional<AccountId> actor) {
    std::vector<AccountId> accounts{grant.account};
    for (auto const& one : {actor, grant.given_by})
        if (one) accounts.push_back(*one);
    auto const persons = store::persons_of(db, accounts);
    auto const person = [&](std::optional<AccountId> const& account) {
        return account ? std::optional(persons.at(*account)) : std::nullopt;
    };
    return {.actor = person(actor), .holder = persons.at(grant.account), .given_by = person(grant.given_by)};
}

Outcome<void> step_of(db::PgSession& db, store::GrantRow const& grant, domain::GrantEvent event,
                      std::optional<AccountId> actor, Instant now) {
    auto const to = step(db, domain::grant_lifecycle, grant.state(), event, facts_of(db, grant, actor),
                         {.subject = grant.id.text(),
                          .actor = actor,
                          .now = now,
                          .why = grant.account.text(),
                          .organisation = store::account_by_id(db, grant.account)->organisation});
    if (!to) return to.error();
    return {};
}

/// Nobody confirms what reaches farther than they do.
Outcome<void> reaches_as_far(db::PgSession& db, Vault const& vault, Official const& who,
                             store::GrantRow const& grant) {
    bool const top = !store::organisation_by_id(db, who.organisation)->superior;
    if (grant.scope ? reaches(db, vault, who, domain::Holding::registry, *grant.scope) : top) return {};
    return fault(
        problem::forbidden,
        "This grant reaches farther than you do; an administrator above all that it reaches confirms "
        "it.",
        "该授权范围超出您的管理范围，应当由能够覆盖该范围的上级管理员确认。");
}

}  // namespace

std::vector<std::string> grantable_words() {
    std::vector<std::string> list;
    for (auto const& role : domain::words<domain::Role>)
        if (domain::grantable.has(role.value)) list.emplace_back(role.text);
    return list;
}

GrantDraft GrantDraft::read(domain::Fields& fields) {
    GrantDraft draft{.account = fields.id<AccountId>("account_id"),
                     .role = fields.choice<domain::Role>("role"),
                     .purpose = fields.choice<domain::Purpose>("purpose"),
                     .scope_uscc = fields.optional_text("scope_uscc", {.max = 64}),
                     .region = fields.optional_text("region", {.max = 6}).value_or(""),
                     .legal_basis = fields.text("legal_basis", {.max = 500}),
                     .from = fields.optional_instant("from"),
                     .until = fields.instant("until")};
    if (!is_region_part(draft.region)) fields.refuse("region", reason::bad_format, form::region_code);
    if (!domain::grantable.has(draft.role)) {
        fields.refuse("role", reason::unknown_value, {.words = grantable_words()});
    } else {
        bool const shares = draft.role == domain::Role::integrator;
        auto const wanted = shares ? domain::Purpose::sharing : domain::Purpose::audit;
        if (draft.purpose != wanted)
            fields.refuse("purpose", reason::unknown_value, {.words = {std::string(domain::word(wanted))}});
    }
    if (draft.from && *draft.from >= draft.until) fields.refuse("until", ends_before);
    return draft;
}

Outcome<store::GrantRow> give_grant(db::PgSession& db, Vault const& vault, GrantDraft const& draft,
                                    Instant now) {
    auto const holder = store::account_by_id(db, draft.account);
    if (!holder || holder->closed_at)
        return bad_field("/account_id", reason::no_such_thing, form::known_thing);
    Instant const from = draft.from.value_or(now);
    if (draft.until <= from) return bad_field("/until", ends_before);
    store::GrantRow grant{.id = new_id<GrantId>(now),
                          .account = draft.account,
                          .role = draft.role,
                          .purpose = draft.purpose,
                          .scope = {},
                          .region = draft.region,
                          .legal_basis = draft.legal_basis,
                          .from = from,
                          .until = draft.until,
                          .given_by = {},
                          .given_at = now};
    if (draft.scope_uscc) {
        auto const scope = store::organisation_by_uscc(db, *draft.scope_uscc);
        if (!scope) return bad_field("/scope_uscc", reason::no_such_thing, form::known_thing);
        grant.scope = scope->id;
    }
    insert_proven(db, vault, grant);
    born(db, domain::grant_lifecycle,
         {.subject = grant.id.text(),
          .actor = domain::System{},
          .now = now,
          .why = grant.account.text(),
          .organisation = holder->organisation});
    return grant;
}

Outcome<store::GrantRow> end_grant(db::PgSession& db, Vault const& vault, GrantId id,
                                   std::optional<AccountId> by, Instant now) {
    auto grant = store::lock_grant(db, id);
    if (!grant) return fault(problem::not_found);
    if (auto moved = step_of(db, *grant, domain::GrantEvent::end, by, now); !moved) return moved.error();
    change_proven(db, vault, *grant, [&](auto& row) {
        row.ended_by = by;
        row.ended_at = now;
    });
    return std::move(*grant);
}

Json grant_view(db::PgSession& db, store::GrantRow const& g) {
    auto const scope = g.scope ? store::organisation_by_id(db, *g.scope) : std::nullopt;
    Json view = JsonObject{{"grant_id", g.id.text()},
                           {"account_id", g.account.text()},
                           {"role", domain::word(g.role)},
                           {"purpose", domain::word(g.purpose)},
                           {"scope_uscc", scope ? Json(scope->uscc) : Json()},
                           {"region", g.region.empty() ? Json() : Json(g.region)},
                           {"legal_basis", g.legal_basis},
                           {"from", to_rfc3339(g.from)},
                           {"until", to_rfc3339(g.until)},
                           {"state", domain::word(g.state())},
                           {"given_by", or_null(g.given_by)},
                           {"given_at", to_rfc3339(g.given_at)},
                           {"confirmed_by", or_null(g.confirmed_by)},
                           {"confirmed_at", or_null(g.confirmed_at)},
                           {"ended_by", or_null(g.ended_by)},
                           {"ended_at", or_null(g.ended_at)}};
    name_people(db, view);
    return view;
}

Async<Page> GrantService::list(Caller<Official> caller, std::optional<GrantId> after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const reach = Reach::of(db, vault_, *caller.who, domain::Holding::registry_seen);
        Page page;
        for (auto const& grant : store::grants_after(db, reach.organisations(), after, limit))
            page.add(grant_view(db, grant), grant.id.text());
        return page;
    });
}

/// Runs `act(db, grant)` on the locked grant of an account in reach, and returns the grant as it is then.
template <class Act>
Async<Json> GrantService::on_grant(Caller<Official> const& caller, GrantId id, Act act) {
    return db_.run(caller.deadline, [this, caller, id, act](db::PgSession& session) -> Outcome<Json> {
        std::optional<AccountId> holder;
        auto done = in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const grant = store::lock_grant(db, id);
            if (!grant || !reaches(db, vault_, *caller.who, domain::Holding::registry,
                                   store::account_by_id(db, grant->account)->organisation))
                return fault(problem::not_found);
            holder = grant->account;
            auto const after = act(db, *grant);
            if (!after) return after.error();
            return grant_view(db, *after);
        });
        if (done && holder) access_.forget(*holder);
        return done;
    });
}

Async<Json> GrantService::confirm(Caller<Official> const& caller, GrantId id) {
    return on_grant(caller, id,
                    [this, caller](db::PgSession& db, store::GrantRow grant) -> Outcome<store::GrantRow> {
                        Instant const now = clock_.now();
                        if (auto far = reaches_as_far(db, vault_, *caller.who, grant); !far)
                            return far.error();
                        AccountId const who = caller.who->account;
                        auto const moved = step_of(db, grant, domain::GrantEvent::confirm, who, now);
                        if (!moved) return moved.error();
                        change_proven(db, vault_, grant, [&](auto& row) {
                            row.confirmed_by = who;
                            row.confirmed_at = now;
                        });
                        return grant;
                    });
}

Async<Json> GrantService::end(Caller<Official> const& caller, GrantId id) {
    return on_grant(caller, id, [this, caller](db::PgSession& db, store::GrantRow const& grant) {
        return end_grant(db, vault_, grant.id, caller.who->account, clock_.now());
    });
}

}  // namespace sponsio::service

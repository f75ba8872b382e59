#include "server/service/parties/organisation_service.hpp"

#include "server/base/form.hpp"
#include "server/service/unit/reach.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;

constexpr Reason only_operator{"only_operator", "is given by the operator only, on the command line",
                               "只能由运维人员在命令行设定"};

/// Below what the administrator answers for, and of a kind that reaches no farther.
Outcome<void> may_add(db::PgSession& db, Vault const& vault, Official const& who,
                      OrganisationDraft const& draft) {
    Fault refused{.problem = &problem::invalid};
    if (draft.kind == domain::OrganisationKind::platform) refused.fields.push_back({"/kind", &only_operator});
    auto const superior =
        draft.superior_uscc ? store::organisation_by_uscc(db, *draft.superior_uscc) : std::nullopt;
    if (!draft.superior_uscc)
        refused.fields.push_back({"/parent_uscc", &reason::required, {.form = &form::uscc}});
    else if (!superior || !reaches(db, vault, who, Holding::registry, superior->id))
        refused.fields.push_back({"/parent_uscc", &reason::no_such_thing, {.form = &form::known_thing}});
    if (refused.fields.empty()) return {};
    return refused;
}

}  // namespace

Outcome<void> may_give(std::vector<std::string> const& roles, std::vector<std::string> const& had) {
    Fault refused{.problem = &problem::invalid};
    for (std::size_t i = 0; i != roles.size(); ++i)
        if (domain::only_granted.has(*domain::from_word<domain::Role>(roles[i])) &&
            std::ranges::find(had, roles[i]) == had.end())
            refused.fields.push_back({"/roles/" + std::to_string(i), &only_operator});
    if (refused.fields.empty()) return {};
    return refused;
}

Async<Created> OrganisationService::add_organisation(Caller<Official> caller, RequestOnce once,
                                                     OrganisationDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                if (auto may = may_add(db, vault_, *caller.who, draft); !may) return may.error();
                auto row = registry_.add(db, draft, caller.who->organisation, caller.who->account);
                if (!row) return row.error();
                return Made{"/v1/organisations/" + row->uscc, Registry::view(db, *row)};
            });
    });
}

Async<Json> OrganisationService::move_organisation(Caller<Official> caller, std::string uscc,
                                                   RegionDraft draft) {
    return db_.run(caller.deadline, [this, caller, uscc, draft](db::PgSession& session) -> Outcome<Json> {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const organisation = store::organisation_by_uscc(db, uscc);
            if (!organisation) return fault(problem::not_found);
            if (auto reach = within_reach(db, vault_, *caller.who, Holding::registry, organisation->id);
                !reach)
                return reach.error();
            auto const moved = registry_.move(db, organisation->id, draft, caller.who->account);
            if (!moved) return moved.error();
            return Registry::view(db, *moved);
        });
    });
}

Async<Created> OrganisationService::add_account(Caller<Official> caller, RequestOnce once,
                                                AccountDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const unit = store::organisation_by_uscc(db, draft.organisation_uscc);
                if (!unit || !reaches(db, vault_, *caller.who, Holding::registry, unit->id))
                    return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
                if (auto may = may_give(draft.roles, {}); !may) return may.error();
                if (!draft.document) return bad_field("/document", reason::required, form::object);
                auto const person = persons_.person_of(db, *draft.document, clock_.now());
                auto row = registry_.add(db, draft, person, caller.who->account);
                if (!row) return row.error();
                return Made{"/v1/accounts/" + row->id.text(), Registry::view(*row, draft.organisation_uscc)};
            });
    });
}

Async<Json> OrganisationService::close_account(Caller<Official> caller, AccountId account) {
    return db_.run(caller.deadline, [this, caller, account](db::PgSession& session) -> Outcome<Json> {
        auto done = in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const holder = store::account_by_id(db, account);
            if (!holder) return fault(problem::not_found);
            if (auto reach = within_reach(db, vault_, *caller.who, Holding::registry, holder->organisation);
                !reach)
                return reach.error();
            auto const closed = registry_.close(db, account, caller.who->account);
            if (!closed) return closed.error();
            return Registry::view(*closed, store::organisation_by_id(db, closed->organisation)->uscc);
        });
        if (done) access_.forget(account);
        return done;
    });
}

Async<Json> OrganisationService::me(Caller<Official> caller) {
    return db_.run(caller.deadline, [caller](db::PgSession& db) -> Outcome<Json> {
        auto const account = store::account_by_id(db, caller.who->account);
        if (!account) return fault(problem::not_found);
        json::Array roles;
        for (auto const& role : domain::words<domain::Role>)
            if (caller.who->roles.has(role.value)) roles.push_back(std::string(role.text));
        return Json(JsonObject{{"account", JsonObject{{"account_id", account->id.text()},
                                                      {"login", account->login},
                                                      {"name", account->name}}},
                               {"organisation", JsonObject{{"uscc", caller.who->organisation_uscc},
                                                           {"name", caller.who->organisation_name},
                                                           {"region_code", caller.who->region_code}}},
                               {"roles", std::move(roles)},
                               {"token", JsonObject{{"token_id", caller.who->token.text()},
                                                    {"expires_at", to_rfc3339(caller.who->expires_at)}}}});
    });
}

Async<Json> OrganisationService::organisation(Caller<Official> caller, std::string uscc) {
    return db_.run(caller.deadline, [uscc](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::organisation_by_uscc(db, uscc);
        if (!row) return fault(problem::not_found);
        return Registry::view(db, *row);
    });
}

Async<Page> OrganisationService::organisations(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::organisations_after(db, after, limit))
            page.add(Registry::view(db, row), row.uscc);
        return page;
    });
}

Async<Json> OrganisationService::account(Caller<Official> caller, AccountId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::account_by_id(db, id);
        if (!row) return fault(problem::not_found);
        if (auto reach = within_reach(db, vault_, *caller.who, Holding::registry_seen, row->organisation);
            !reach)
            return reach.error();
        return Registry::view(*row, store::organisation_by_id(db, row->organisation)->uscc);
    });
}

Async<Page> OrganisationService::accounts(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        store::AccountList list{
            .of = Reach::of(db, vault_, *caller.who, Holding::registry_seen).organisations(), .limit = limit};
        if (!after.empty()) {
            auto const halves = split_list_key(after);
            list.after = halves ? AccountId::parse(halves->second) : std::nullopt;
            if (!list.after) return bad_field("query:cursor", reason::bad_format, form::cursor);
            list.after_login = halves->first;
        }
        Page page;
        for (auto const& row : store::accounts_after(db, list))
            page.add(Registry::view(row, store::organisation_by_id(db, row.organisation)->uscc),
                     row.login + " " + row.id.text());
        return page;
    });
}

}  // namespace sponsio::service

#include "server/service/parties/organisation_service.hpp"

#include "server/base/form.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/parties/reach.hpp"
#include "server/service/parties/token_service.hpp"
#include "server/service/tasks/replacement.hpp"
#include "server/service/unit/vouched_code.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr std::chrono::days default_token_life{90};

std::string read_uscc(domain::Fields& fields, std::string_view name, std::string const& text) {
    if (text.empty()) return {};
    auto uscc = domain::Uscc::as_printed(text);
    if (uscc) return uscc->text();
    fields.refuse(name, *uscc.error(), form::uscc);
    return {};
}

bool is_login(std::string_view text) {
    auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && plain(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

std::string read_region(domain::Fields& fields) {
    std::string code = fields.text("region_code", {.max = 64});
    if (!code.empty() && !domain::region_level(code))
        fields.refuse("region_code", reason::bad_format, form::region_code);
    return code;
}

/// Runs `insert`; a violated unique constraint becomes the field's fault.
template <class Insert>
Outcome<void> unless_taken(Insert insert, std::string_view constraint, std::string pointer) {
    try {
        insert();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != constraint) throw;
        return bad_field(std::move(pointer), reason::not_unique);
    }
    return {};
}

}  // namespace

OrganisationDraft OrganisationDraft::read(domain::Fields& fields) {
    OrganisationDraft draft;
    draft.uscc = read_uscc(fields, "uscc", fields.text("uscc", {.max = 64}));
    draft.name = fields.text("name", {.max = 200});
    if (!draft.name.empty()) {
        auto name = domain::parse_organisation_name(draft.name);
        if (name)
            draft.name = *name;
        else
            fields.refuse("name", *name.error(), form::person_name);
    }
    draft.kind = fields.choice<domain::OrganisationKind>("kind");
    draft.region_code = read_region(fields);
    if (auto superior = fields.optional_text("parent_uscc", {.max = 64}))
        draft.superior_uscc = read_uscc(fields, "parent_uscc", *superior);
    return draft;
}

RegionDraft RegionDraft::read(domain::Fields& fields) {
    return {read_region(fields)};
}

AccountDraft AccountDraft::read(domain::Fields& fields) {
    AccountDraft draft;
    draft.organisation_uscc =
        read_uscc(fields, "organisation_uscc", fields.text("organisation_uscc", {.max = 64}));
    draft.login = fields.text("login", {.max = 64});
    if (!draft.login.empty() && !is_login(draft.login))
        fields.refuse("login", reason::bad_format, form::login);
    draft.name = fields.text("name", {.max = 200});
    draft.roles = read_roles(fields);
    return draft;
}

TokenDraft TokenDraft::read(domain::Fields& fields) {
    return {fields.optional_instant("expires_at")};
}

Outcome<store::Organisation> Registry::add(db::PgSession& db, OrganisationDraft const& draft,
                                           std::optional<OrganisationId> vouching) const {
    if (auto good = check_credit_code(db, vouching, draft.uscc, "/uscc"); !good) return good.error();
    Instant const now = clock_.now();
    if (auto valid = regions_.check(draft.region_code, china_date(now), "/region_code"); !valid)
        return valid.error();
    std::optional<OrganisationId> superior;
    if (draft.superior_uscc) {
        auto const found = store::organisation_by_uscc(db, *draft.superior_uscc);
        if (!found) return bad_field("/parent_uscc", reason::no_such_thing, form::known_thing);
        superior = found->id;
    }
    store::Organisation const row{new_id<OrganisationId>(now), draft.uscc, draft.name, draft.kind,
                                  draft.region_code,           superior,   now};
    if (auto stored = unless_taken([&] { store::insert(db, row); }, "organisation_uscc_key", "/uscc");
        !stored)
        return stored.error();
    return row;
}

Outcome<store::Organisation> Registry::move(db::PgSession& db, store::Organisation organisation,
                                            RegionDraft const& draft, std::optional<AccountId> by) const {
    Instant const now = clock_.now();
    if (auto valid = regions_.check(draft.region_code, china_date(now), "/region_code"); !valid)
        return valid.error();
    std::string const before = std::exchange(organisation.region_code, draft.region_code);
    if (before == organisation.region_code) return organisation;
    store::set_region(db, organisation.id, organisation.region_code);
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "organisation",
                                   .subject = organisation.id.text(),
                                   .from = before,
                                   .event = "move",
                                   .to = organisation.region_code,
                                   .actor = by});
    return organisation;
}

Outcome<store::Account> Registry::add(db::PgSession& db, AccountDraft const& draft) const {
    auto const organisation = store::organisation_by_uscc(db, draft.organisation_uscc);
    if (!organisation) return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
    Instant const now = clock_.now();
    store::Account const row{
        new_id<AccountId>(now), organisation->id, draft.login, draft.name, draft.roles, now, std::nullopt};
    if (auto stored = unless_taken([&] { store::insert(db, row); }, "account_login_key", "/login"); !stored)
        return stored.error();
    return row;
}

Outcome<Registry::IssuedToken> Registry::issue_token(db::PgSession& db, AccountId account,
                                                     TokenDraft const& draft) const {
    Instant const now = clock_.now();
    Instant const end = draft.expires_at.value_or(now + default_token_life);
    if (end <= now || end > now + longest_token_life)
        return bad_field("/expires_at", reason::out_of_range,
                         {.min = 0, .max = longest_token_life.count(), .unit = &unit::days});
    NewToken token = make_token();
    IssuedToken issued{{new_id<TokenId>(now), account, token.digest, now, end}, std::move(token.text)};
    store::insert(db, issued.row);
    return issued;
}

Outcome<store::Account> Registry::close(db::PgSession& db, AccountId account,
                                        std::optional<AccountId> by) const {
    Instant const now = clock_.now();
    // The account is closed first, so that it gets no task meanwhile and no seat is missed below.
    if (!store::close_account(db, account, now))
        return fault(problem::conflict, "This account is closed already.", "该账号已经停用。");
    if (auto vacated = vacate_seats(db, account, store::LeftBecause::account_closed, by, now); !vacated)
        return vacated.error();
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "account",
                                   .subject = account.text(),
                                   .from = "open",
                                   .event = "close",
                                   .to = "closed",
                                   .actor = by});
    return store::account_by_id(db, account).value();
}

Json Registry::view(db::PgSession& db, store::Organisation const& o) {
    auto const superior = o.superior ? store::organisation_by_id(db, *o.superior) : std::nullopt;
    return JsonObject{{"uscc", o.uscc},
                      {"name", o.name},
                      {"kind", domain::word(o.kind)},
                      {"region_code", o.region_code},
                      {"parent_uscc", superior ? Json(superior->uscc) : Json()},
                      {"created_at", to_rfc3339(o.created_at)}};
}

Json Registry::view(store::Account const& a, std::string const& uscc) {
    json::Array roles;
    for (std::string const& role : a.roles) roles.push_back(role);
    return JsonObject{{"account_id", a.id.text()},
                      {"organisation_uscc", uscc},
                      {"login", a.login},
                      {"name", a.name},
                      {"roles", std::move(roles)},
                      {"created_at", to_rfc3339(a.created_at)},
                      {"closed_at", a.closed_at ? Json(to_rfc3339(*a.closed_at)) : Json()}};
}

Json Registry::view(IssuedToken const& t) {
    return JsonObject{{"token_id", t.row.id.text()},
                      {"account_id", t.row.account.text()},
                      {"token", t.text},
                      {"expires_at", to_rfc3339(t.row.expires_at)}};
}

Async<Created> OrganisationService::add_organisation(Caller<Official> caller, RequestOnce once,
                                                     OrganisationDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        return create_once(session, vault_, *caller.who, once, clock_.now(),
                           [&](db::PgSession& db) -> Outcome<Made> {
                               auto row = registry_.add(db, draft, caller.who->organisation);
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
            if (auto reach = within_reach(db, *caller.who, organisation->id); !reach) return reach.error();
            auto const moved = registry_.move(db, *organisation, draft, caller.who->account);
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
                auto row = registry_.add(db, draft);
                if (!row) return row.error();
                if (!within_reach(db, *caller.who, row->organisation))
                    return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
                return Made{"/v1/accounts/" + row->id.text(), Registry::view(*row, draft.organisation_uscc)};
            });
    });
}

Async<Created> OrganisationService::issue_token(Caller<Official> caller, RequestOnce once, AccountId account,
                                                TokenDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, account, draft](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const holder = store::account_by_id(db, account);
                if (!holder) return fault(problem::not_found);
                if (auto reach = within_reach(db, *caller.who, holder->organisation); !reach)
                    return reach.error();
                auto token = registry_.issue_token(db, account, draft);
                if (!token) return token.error();
                tell_of_token(db, {account, "token_made", caller.who->account}, token->row.id, clock_.now());
                return Made{"/v1/tokens/" + token->row.id.text(), Registry::view(*token)};
            });
    });
}

Async<Json> OrganisationService::close_account(Caller<Official> caller, AccountId account) {
    return db_.run(caller.deadline, [this, caller, account](db::PgSession& session) -> Outcome<Json> {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const holder = store::account_by_id(db, account);
            if (!holder) return fault(problem::not_found);
            if (auto reach = within_reach(db, *caller.who, holder->organisation); !reach)
                return reach.error();
            auto const closed = registry_.close(db, account, caller.who->account);
            if (!closed) return closed.error();
            return Registry::view(*closed, store::organisation_by_id(db, closed->organisation)->uscc);
        });
    });
}

Async<Json> OrganisationService::me(Caller<Official> caller) {
    return db_.run(caller.deadline, [caller](db::PgSession& db) -> Outcome<Json> {
        auto const account = store::account_by_id(db, caller.who->account);
        if (!account) return fault(problem::not_found);
        json::Array roles;
        for (std::string const& role : account->roles) roles.push_back(role);
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
    return db_.run(caller.deadline, [caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::account_by_id(db, id);
        if (!row) return fault(problem::not_found);
        if (auto reach = within_reach(db, *caller.who, row->organisation); !reach) return reach.error();
        return Registry::view(*row, store::organisation_by_id(db, row->organisation)->uscc);
    });
}

Async<Page> OrganisationService::accounts(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::accounts_after(
                 db, store::organisation_and_below(db, caller.who->organisation), after, limit))
            page.add(Registry::view(row, store::organisation_by_id(db, row.organisation)->uscc), row.login);
        return page;
    });
}

}  // namespace sponsio::service

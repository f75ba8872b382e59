#include "server/service/parties/account_changes.hpp"

#include "server/base/form.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/parties/organisation_service.hpp"
#include "server/service/tasks/replacement.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using store::AccountField;

std::string joined(std::vector<std::string> roles) {
    std::ranges::sort(roles);
    std::string text;
    for (std::string const& role : roles) text += (text.empty() ? "" : ",") + role;
    return text;
}

bool is_verifier(store::Account const& account) {
    return std::ranges::find(account.roles, domain::word(domain::Role::verifier)) != account.roles.end();
}

/// Keeps what stood there, and tells the audit trail. Of a name the trail says that it changed and no more:
/// its events hold nothing about a person and can never be erased.
void note(db::PgSession& db, store::AccountChange const& change, OrganisationId organisation) {
    store::insert(db, change);
    bool const name = change.what == AccountField::name;
    store::append(db, store::Event{.at = change.at,
                                   .lifecycle = "account",
                                   .subject = change.account.text(),
                                   .from = name ? "open" : change.before,
                                   .event = std::string("change_") + std::string(domain::word(change.what)),
                                   .to = name ? "open" : change.after,
                                   .actor = change.by,
                                   .organisation = organisation});
}

Json change_view(store::AccountChange const& change) {
    return JsonObject{{"change_id", change.id.text()}, {"what", domain::word(change.what)},
                      {"from", change.before},         {"to", change.after},
                      {"by", or_null(change.by)},      {"at", to_rfc3339(change.at)}};
}

Outcome<void> by_another(store::Account const& account, std::optional<AccountId> by) {
    if (by != account.id) return {};
    return fault(problem::same_person, "Nobody changes their own roles, unit or person.",
                 "本人不得变更自己的角色、单位或者身份。");
}

Json names_view(db::PgSession& db, store::Organisation const& organisation) {
    auto const earlier = store::earlier_names(db, organisation.id);
    Instant const since = earlier.empty() ? organisation.created_at : earlier.front().valid_until;
    json::Array list;
    list.push_back(JsonObject{{"name", organisation.name},
                              {"valid_from", to_rfc3339(since)},
                              {"valid_until", Json()},
                              {"replaced_by", Json()}});
    for (store::EarlierName const& one : earlier)
        list.push_back(JsonObject{{"name", one.name},
                                  {"valid_from", to_rfc3339(one.valid_from)},
                                  {"valid_until", to_rfc3339(one.valid_until)},
                                  {"replaced_by", or_null(one.changed_by)}});
    Json names = JsonObject{{"uscc", organisation.uscc}, {"names", std::move(list)}};
    name_people(db, names);
    return names;
}

}  // namespace

AccountChangeDraft AccountChangeDraft::read_name(domain::Fields& fields) {
    return {.name = fields.text("name", {.max = 200})};
}

AccountChangeDraft AccountChangeDraft::read_roles(domain::Fields& fields) {
    return {.roles = service::read_roles(fields)};
}

AccountChangeDraft AccountChangeDraft::read_person(domain::Fields& fields, Date today) {
    AccountChangeDraft draft{.document = service::read_person(fields, today)};
    if (!draft.document) fields.refuse("document", reason::required, form::object);
    return draft;
}

AccountChangeDraft AccountChangeDraft::read_unit(domain::Fields& fields) {
    std::string const code = fields.text("organisation_uscc", {.max = 64});
    auto const uscc = domain::Uscc::as_printed(code);
    if (uscc) return {.organisation_uscc = uscc->text()};
    if (!code.empty()) fields.refuse("organisation_uscc", *uscc.error());
    return {};
}

NameDraft NameDraft::read(domain::Fields& fields) {
    NameDraft draft{fields.text("name", {.max = 200})};
    if (draft.name.empty()) return draft;
    auto name = domain::parse_organisation_name(draft.name);
    if (name)
        draft.name = *name;
    else
        fields.refuse("name", *name.error());
    return draft;
}

Outcome<store::Account> change_account(db::PgSession& db, Vault const& vault, AccountId id,
                                       AccountChangeDraft const& draft, std::optional<AccountId> by,
                                       Instant now) {
    auto const before = store::lock_account(db, id);
    if (!before) return fault(problem::not_found);
    if (before->closed_at) return fault(problem::conflict, "This account is closed.", "该账号已经停用。");
    store::Account after = *before;
    if (draft.name) after.name = *draft.name;
    if (!draft.roles.empty()) after.roles = draft.roles;
    auto const unit = store::organisation_by_id(db, before->organisation).value();
    auto next = unit;
    if (draft.organisation_uscc) {
        auto const found = store::organisation_by_uscc(db, *draft.organisation_uscc);
        if (!found) return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
        next = *found;
        after.organisation = next.id;
    }
    if (draft.person) after.person = draft.person;
    auto const named = [](std::optional<PersonId> const& person) {
        return person ? person->text() : "unknown";
    };
    std::vector<store::AccountChange> changes;
    auto const compare = [&](AccountField what, std::string const& was, std::string const& is) {
        if (was != is) changes.push_back({new_id<store::AccountChangeId>(now), id, what, was, is, by, now});
    };
    compare(AccountField::roles, joined(before->roles), joined(after.roles));
    compare(AccountField::unit, unit.uscc, next.uscc);
    // Whom nobody has entered yet may say who they are themselves.
    bool const says_who = changes.empty() && !before->person;
    compare(AccountField::person, named(before->person), named(after.person));
    if (!changes.empty() && !says_who)
        if (auto other = by_another(*before, by); !other) return other.error();
    compare(AccountField::name, before->name, after.name);
    if (changes.empty()) return after;
    try {
        store::Account row = *before;
        change_proven(db, vault, row, [&](auto& changed) { changed = after; });
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "account_login_key") throw;
        return fault(problem::conflict, "An account of that unit has the same login.",
                     "该单位已有相同登录名的账号。");
    }
    for (store::AccountChange const& change : changes) note(db, change, before->organisation);
    bool const left =
        before->organisation != after.organisation || (is_verifier(*before) && !is_verifier(after));
    if (left)
        if (auto vacated = vacate_seats(db, id, store::LeftBecause::reassigned, by, now); !vacated)
            return vacated.error();
    return after;
}

Outcome<store::Organisation> rename_organisation(db::PgSession& db, Vault const& vault, OrganisationId id,
                                                 NameDraft const& draft, std::optional<AccountId> by,
                                                 Instant now) {
    auto organisation = store::lock_organisation(db, id);
    if (!organisation) return fault(problem::not_found);
    if (organisation->name == draft.name) return *organisation;
    auto const earlier = store::earlier_names(db, id);
    Instant const since = earlier.empty() ? organisation->created_at : earlier.front().valid_until;
    std::string const before = organisation->name;
    change_proven(db, vault, *organisation, [&](auto& row) { row.name = draft.name; });
    store::insert(db, store::EarlierName{id, now, since, before, by});
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "organisation",
                                   .subject = id.text(),
                                   .from = before,
                                   .event = "rename",
                                   .to = draft.name,
                                   .actor = by,
                                   .organisation = id});
    return *organisation;
}

Async<Created> AccountChangeService::change(Caller<Official> caller, RequestOnce once, AccountId account,
                                            AccountChangeDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, account, draft](db::PgSession& session) {
        auto made = create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const holder = store::account_by_id(db, account);
                if (!holder || !reaches(db, vault_, *caller.who, Holding::registry, holder->organisation))
                    return fault(problem::not_found);
                auto const unit = draft.organisation_uscc
                                      ? store::organisation_by_uscc(db, *draft.organisation_uscc)
                                      : std::nullopt;
                if (draft.organisation_uscc &&
                    (!unit || !reaches(db, vault_, *caller.who, Holding::registry, unit->id)))
                    return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
                if (auto may = may_give(draft.roles, holder->roles); !may) return may.error();
                AccountChangeDraft wanted = draft;
                if (draft.document) wanted.person = persons_.person_of(db, *draft.document, clock_.now());
                auto const changed =
                    change_account(db, vault_, account, wanted, caller.who->account, clock_.now());
                if (!changed) return changed.error();
                auto const now_of = store::organisation_by_id(db, changed->organisation);
                return Made{"/v1/accounts/" + account.text(), Registry::view(*changed, now_of->uscc)};
            });
        if (made) access_.forget(account);
        return made;
    });
}

Async<Page> AccountChangeService::changes(Caller<Official> caller, AccountId account,
                                          std::optional<store::AccountChangeId> before, int limit) {
    return db_.run(
        caller.deadline, [this, caller, account, before, limit](db::PgSession& db) -> Outcome<Page> {
            auto const holder = store::account_by_id(db, account);
            if (!holder) return fault(problem::not_found);
            if (auto reach =
                    within_reach(db, vault_, *caller.who, Holding::registry_seen, holder->organisation);
                !reach)
                return reach.error();
            Page page;
            for (store::AccountChange const& change : store::changes_of(db, account, before, limit))
                page.add(change_view(change), change.id.text());
            name_people(db, page.items);
            return page;
        });
}

Async<Created> AccountChangeService::rename(Caller<Official> caller, RequestOnce once, std::string uscc,
                                            NameDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, uscc, draft](db::PgSession& session) {
        auto made = create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const organisation = store::organisation_by_uscc(db, uscc);
                if (!organisation) return fault(problem::not_found);
                if (auto reach = within_reach(db, vault_, *caller.who, Holding::registry, organisation->id);
                    !reach)
                    return reach.error();
                auto const renamed = rename_organisation(db, vault_, organisation->id, draft,
                                                         caller.who->account, clock_.now());
                if (!renamed) return renamed.error();
                return Made{"/v1/organisations/" + uscc, names_view(db, *renamed)};
            });
        if (made) access_.forget();
        return made;
    });
}

Async<Json> AccountChangeService::names(Caller<Official> caller, std::string uscc) {
    return db_.run(caller.deadline, [uscc](db::PgSession& db) -> Outcome<Json> {
        auto const organisation = store::organisation_by_uscc(db, uscc);
        if (!organisation) return fault(problem::not_found);
        return names_view(db, *organisation);
    });
}

}  // namespace sponsio::service

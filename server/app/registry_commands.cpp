#include "server/app/cli.hpp"
#include "server/app/server_keys.hpp"
#include "server/db/tx.hpp"
#include "server/service/knowledge/service.hpp"
#include "server/service/parties/account_changes.hpp"
#include "server/service/parties/grant_service.hpp"
#include "server/service/parties/taking_over.hpp"
#include "server/service/parties/token_service.hpp"
#include "server/service/unit/row_proofs.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

/// `sponsio organisation` and `sponsio account`: what an administrator does over the API, before there is
/// one.
namespace sponsio::app {
namespace {

using domain::Json;
using domain::JsonObject;
using service::Registry;

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state, passphrase_file;
    bool json = false;
    std::string uscc, name, kind, region, superior;
    std::string organisation, login, expires, token, unit;
    std::string role, purpose, scope, grant_region, basis, from, until, grant, reason;
    std::vector<std::string> roles;
};

/// The option that a member of the API's document was given with: "/roles/0" was --role.
std::string option_of(std::string const& pointer) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> other_names{
        {{"region_code", "region"},
         {"parent_uscc", "superior"},
         {"organisation_uscc", "organisation"},
         {"roles", "role"},
         {"expires_at", "expires"},
         {"account_id", "login"},
         {"scope_uscc", "scope"},
         {"legal_basis", "basis"}}};
    if (!pointer.starts_with('/')) return pointer;
    std::string_view const member = std::string_view(pointer).substr(1, pointer.find('/', 1) - 1);
    auto const* const other =
        std::ranges::find(other_names, member, &decltype(other_names)::value_type::first);
    return "--" + std::string(other == other_names.end() ? member : other->second);
}

[[noreturn]] void fail_naming_options(Fault why) {
    for (FieldError& field : why.fields) field.pointer = option_of(field.pointer);
    fail(why);
}

/// The command line's words as the document the API would get, so that both are read and refused by the same
/// code.
template <class Read>
auto draft_from(JsonObject fields, Read read) {
    auto draft = domain::decode(Json(std::move(fields)), read);
    if (!draft) fail_naming_options(draft.error());
    return std::move(*draft);
}

template <class Draft>
Draft draft_from(JsonObject fields) {
    return draft_from(std::move(fields), Draft::read);
}

void print(Arguments const& arguments, Json const& document) {
    if (arguments.json) {
        std::cout << json::write(document) << "\n";
        return;
    }
    for (auto const& [key, value] : document.as_object()) {
        std::string const text = value.is_string() ? value.as_string() : json::write(value);
        std::cout << key << ": " << text << "\n";
    }
}

/// What only reads needs no keys.
void show(Arguments const& arguments, std::function<Json(db::PgSession&)> const& read) {
    Json document;
    with_session(arguments.database, [&](db::PgSession& session) -> Outcome<void> {
        document = read(session);
        return {};
    });
    print(arguments, document);
}

/// What an act of the operator needs: who may do what is written with a proof by the server's key.
struct Desk {
    db::PgSession& db;
    service::Vault const& vault;
    Registry const& registry;
    Instant now;
};

void act(Arguments const& arguments, std::function<Outcome<Json>(Desk const&)> const& body) {
    Database const database = open_database(arguments.database);
    SystemClock const clock;
    auto const keys = must(service::KeyService::open_existing(
        key_place(state_of(arguments.database, arguments.state), arguments.passphrase_file), clock));
    service::Vault const vault = keys->vault();
    try {
        db::PgSession session(db::with_before_commit(database.connection(), service::row_prover(vault)));
        must(service::take_over_registry(session, *keys, clock.now()));
        must(service::take_over_rows(session, *keys, clock.now()));
        db::Tx tx(session);
        auto const known = must(service::knowledge_here(session));
        Registry const registry(known.regions, vault, clock);
        auto const made = body({session, vault, registry, clock.now()});
        if (!made) fail_naming_options(made.error());
        tx.commit();
        print(arguments, *made);
    } catch (db::DbError const& error) {
        fail(db::fault_of(error));
    } catch (FaultError const& error) {
        fail(error.fault);
    }
}

/// The account with that login; of several organisations that have one, the one that --unit names.
store::Account account_with(db::PgSession& session, Arguments const& a) {
    auto accounts = store::accounts_by_login(session, a.login);
    if (!a.unit.empty()) {
        auto const unit = store::organisation_by_uscc(session, a.unit);
        std::erase_if(accounts, [&](auto const& one) { return !unit || one.organisation != unit->id; });
    }
    if (accounts.empty())
        throw CommandFailed{in_own_language(
            {"There is no account with the login " + a.login +
                 "; list them with: sponsio account list --organisation CODE",
             "没有登录名为 " + a.login + " 的账号；列出账号：sponsio account list --organisation CODE"})};
    if (accounts.size() > 1)
        throw CommandFailed{
            in_own_language(
                {"Several organisations have an account " + a.login + "; name one with --unit CODE",
                 "有多个单位的账号登录名为 " + a.login + "，请用 --unit CODE 指明单位"}),
            ExitCode::usage};
    return std::move(accounts.front());
}

/// Whose: the login and, where it is not the only one, its organisation.
void add_whose(CLI::App& command, std::shared_ptr<Arguments> const& a) {
    command.add_option("--login", a->login, "Whose")->required();
    command.add_option("--unit", a->unit, "Credit code of the organisation, where several have that login");
}

void add_organisation(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* add = parent.add_subcommand("add", "Adds an organisation");
    add->add_option("--uscc", a->uscc, "Unified social credit code, 18 characters")->required();
    add->add_option("--name", a->name, "Registered name")->required();
    auto const kinds = list_of<domain::OrganisationKind>();
    add->add_option("--kind", a->kind, CLI::detail::join(kinds, ", "))
        ->type_name("WORD")
        ->check(one_of(kinds))
        ->required();
    add->add_option("--region", a->region, "Region code, GB/T 2260, six digits")->required();
    add->add_option("--superior", a->superior, "Credit code of the superior authority");
    add->callback([a] {
        JsonObject fields{
            {"uscc", a->uscc}, {"name", a->name}, {"kind", a->kind}, {"region_code", a->region}};
        if (!a->superior.empty()) fields.add("parent_uscc", a->superior);
        auto const draft = draft_from<service::OrganisationDraft>(std::move(fields));
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto row = desk.registry.add(desk.db, draft, std::nullopt, std::nullopt);
            if (!row) return row.error();
            return Registry::view(desk.db, *row);
        });
    });
}

void add_organisation_move(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* move = parent.add_subcommand(
        "move", "Gives an organisation the region code it has now; what was made under the old one keeps it");
    move->add_option("--uscc", a->uscc, "Its credit code")->required();
    move->add_option("--region", a->region, "Region code that is in force today, six digits")->required();
    move->callback([a] {
        auto const draft = draft_from<service::RegionDraft>(JsonObject{{"region_code", a->region}});
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const organisation = store::organisation_by_uscc(desk.db, a->uscc);
            if (!organisation) return bad_field("--uscc", reason::no_such_thing);
            auto row = desk.registry.move(desk.db, organisation->id, draft, std::nullopt);
            if (!row) return row.error();
            return Registry::view(desk.db, *row);
        });
    });
}

void add_organisation_renaming(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* rename = parent.add_subcommand(
        "rename", "Gives an organisation the name it has now; what was written under the old one keeps it");
    rename->add_option("--uscc", a->uscc, "Its credit code")->required();
    rename->add_option("--name", a->name, "Registered name")->required();
    rename->callback([a] {
        auto const draft = draft_from<service::NameDraft>(JsonObject{{"name", a->name}});
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const organisation = store::organisation_by_uscc(desk.db, a->uscc);
            if (!organisation) return bad_field("--uscc", reason::no_such_thing);
            auto const row = service::rename_organisation(desk.db, desk.vault, organisation->id, draft,
                                                          std::nullopt, desk.now);
            if (!row) return row.error();
            return Registry::view(desk.db, *row);
        });
    });
}

void add_organisation_list(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    parent.add_subcommand("list", "Lists organisations by credit code")->callback([a] {
        show(*a, [](db::PgSession& session) {
            JsonObject list;
            for (auto const& row : store::organisations_after(session, "", 10'000))
                list.add(row.uscc, row.name);
            return Json(std::move(list));
        });
    });
}

void add_account(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* add = parent.add_subcommand("add", "Adds an account that acts for an organisation");
    add->add_option("--organisation", a->organisation, "Credit code of the organisation")->required();
    add->add_option("--login", a->login, "Lower-case letters, digits, dot, dash, underscore")->required();
    add->add_option("--name", a->name, "Name of the person")->required();
    several(
        add->add_option("--role", a->roles,
                        "Give the option once for each: " + CLI::detail::join(list_of<domain::Role>(), ", ")))
        ->type_name("WORD")
        ->check(one_of(list_of<domain::Role>()))
        ->required();
    add->callback([a] {
        json::Array roles(a->roles.begin(), a->roles.end());
        auto const draft =
            draft_from(JsonObject{{"organisation_uscc", a->organisation},
                                  {"login", a->login},
                                  {"name", a->name},
                                  {"roles", std::move(roles)}},
                       [](domain::Fields& fields) {
                           return service::AccountDraft::read(fields, china_date(SystemClock{}.now()));
                       });
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto row = desk.registry.add(desk.db, draft, std::nullopt, std::nullopt);
            if (!row) return row.error();
            return Registry::view(*row, draft.organisation_uscc);
        });
    });
}

void add_account_token(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* issue = parent.add_subcommand("token", "Makes a bearer token; it is shown now and never again");
    add_whose(*issue, a);
    issue->add_option("--expires", a->expires, "RFC 3339 instant; in 30 days where absent");
    issue->callback([a] {
        auto const draft = draft_from<service::TokenDraft>(
            a->expires.empty() ? JsonObject{} : JsonObject{{"expires_at", a->expires}});
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto token = desk.registry.issue_token(desk.db, account_with(desk.db, *a).id, draft, "token_made",
                                                   std::nullopt);
            if (!token) return token.error();
            return Registry::view(*token);
        });
    });
}

void add_account_enrolment(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* enrol = parent.add_subcommand(
        "enrol", "Makes a code with which the person fetches their own token, once, within 72 hours");
    add_whose(*enrol, a);
    enrol->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto code = desk.registry.enrol(desk.db, account_with(desk.db, *a).id, std::nullopt);
            if (!code) return code.error();
            return Registry::view(*code);
        });
    });
}

void add_account_list(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* list = parent.add_subcommand("list", "Lists the accounts of an organisation");
    list->add_option("--organisation", a->organisation, "Credit code of the organisation")->required();
    list->callback([a] {
        show(*a, [&](db::PgSession& session) {
            auto const organisation = store::organisation_by_uscc(session, a->organisation);
            if (!organisation) fail(bad_field("--organisation", reason::no_such_thing));
            JsonObject found;
            for (auto const& row :
                 store::accounts_after(session, {.of = {{organisation->id}}, .limit = 10'000}))
                found.add(row.login, Registry::view(row, a->organisation));
            return Json(std::move(found));
        });
    });
}

void add_token_revocation(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* revoke = parent.add_subcommand("revoke", "Ends a token now");
    revoke->add_option("--token-id", a->token, "As shown when the token was made")->required();
    revoke->callback([a] {
        auto const id = TokenId::parse(a->token);
        if (!id)
            throw CommandFailed{in_own_language({"--token-id is not a UUID.", "--token-id 不是 UUID。"}),
                                ExitCode::usage};
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const token = store::lock_token(desk.db, *id);
            if (!token) return bad_field("--token-id", reason::no_such_thing);
            service::revoke(desk.db, desk.vault, *token, std::nullopt, desk.now);
            return Json(JsonObject{{"token_id", id->text()}, {"revoked", true}});
        });
    });
}

void add_account_closing(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* close =
        parent.add_subcommand("close", "Closes an account; the checks it holds go back to its unit's queue");
    add_whose(*close, a);
    close->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const id = account_with(desk.db, *a).id;
            auto const row = desk.registry.close(desk.db, id, std::nullopt);
            if (!row) return row.error();
            return Registry::view(*row, store::organisation_by_id(desk.db, row->organisation)->uscc);
        });
    });
}

void add_account_change(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* change = parent.add_subcommand(
        "change", "Changes name, roles or unit of an account; what is not given stays as it is");
    add_whose(*change, a);
    change->add_option("--name", a->name, "Name of the person");
    change->add_option("--organisation", a->organisation, "Credit code of the unit that it acts for");
    several(change->add_option(
                "--role", a->roles,
                "All that it is to have, once for each: " + CLI::detail::join(list_of<domain::Role>(), ", ")))
        ->type_name("WORD")
        ->check(one_of(list_of<domain::Role>()));
    change->callback([a] {
        service::AccountChangeDraft draft{.roles = a->roles};
        if (!a->name.empty()) draft.name = a->name;
        if (!a->organisation.empty()) draft.organisation_uscc = a->organisation;
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const id = account_with(desk.db, *a).id;
            auto const row = service::change_account(desk.db, desk.vault, id, draft, std::nullopt, desk.now);
            if (!row) return row.error();
            return Registry::view(*row, store::organisation_by_id(desk.db, row->organisation)->uscc);
        });
    });
}

void add_account_vouching(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* vouch = parent.add_subcommand(
        "vouch",
        "Proves what the database has of an account and its organisation and this server did not write; "
        "look at it first: sponsio account list");
    add_whose(*vouch, a);
    vouch->add_option("--reason", a->reason, "Why it is right as it stands; kept in the history")->required();
    vouch->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const row = service::vouch_for_account(desk.db, desk.vault, account_with(desk.db, *a).id,
                                                        a->reason, desk.now);
            if (!row) return row.error();
            return Registry::view(*row, store::organisation_by_id(desk.db, row->organisation)->uscc);
        });
    });
}

void add_account_disowning(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* disown = parent.add_subcommand(
        "disown",
        "Ends tokens, grants, codes and keys of an account that the database has and this server did not "
        "write");
    add_whose(*disown, a);
    disown->add_option("--reason", a->reason, "What is known of how they came there; kept in the history")
        ->required();
    disown->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const id = account_with(desk.db, *a).id;
            auto const ended = service::disown(desk.db, desk.vault, id, a->reason, desk.now);
            if (!ended) return ended.error();
            return Json(
                JsonObject{{"account_id", id.text()}, {"ended", json::Array(ended->begin(), ended->end())}});
        });
    });
}

/// A grant over the command line, as the operator gives it; a second person confirms it over the API.
void add_grant(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* add = parent.add_subcommand(
        "add",
        "Gives a right beyond the own organisations; it counts once an administrator has confirmed it");
    add_whose(*add, a);
    add->add_option("--role", a->role, "integrator, assessor, auditor")
        ->type_name("WORD")
        ->check(one_of(service::grantable_words()))
        ->required();
    add->add_option("--purpose", a->purpose, "sharing for an integrator, audit for an auditor")
        ->type_name("WORD")
        ->check(one_of({"sharing", "audit"}))
        ->required();
    add->add_option("--scope", a->scope,
                    "Credit code of the organisation that it reaches with all below it; by default all");
    add->add_option("--region", a->grant_region,
                    "Only organisations whose region code begins so: two, four or six digits");
    add->add_option("--basis", a->basis, "Legal basis: law and article, or the document that orders it")
        ->required();
    add->add_option("--from", a->from, "RFC 3339 instant; by default now");
    add->add_option("--until", a->until, "RFC 3339 instant at which it ends")->required();
    add->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            JsonObject fields{{"account_id", account_with(desk.db, *a).id.text()},
                              {"role", a->role},
                              {"purpose", a->purpose},
                              {"legal_basis", a->basis},
                              {"until", a->until}};
            if (!a->scope.empty()) fields.add("scope_uscc", a->scope);
            if (!a->grant_region.empty()) fields.add("region", a->grant_region);
            if (!a->from.empty()) fields.add("from", a->from);
            auto const draft = draft_from<service::GrantDraft>(std::move(fields));
            auto const grant = service::give_grant(desk.db, desk.vault, draft, desk.now);
            if (!grant) return grant.error();
            return service::grant_view(desk.db, *grant);
        });
    });
}

void add_grant_list(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    parent.add_subcommand("list", "Lists grants, those that have ended too")->callback([a] {
        show(*a, [](db::PgSession& session) {
            JsonObject list;
            for (auto const& row : store::grants_after(session, std::nullopt, std::nullopt, 10'000))
                list.add(row.id.text(), service::grant_view(session, row));
            return Json(std::move(list));
        });
    });
}

void add_grant_end(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    auto* end = parent.add_subcommand("end", "Ends a grant now");
    end->add_option("--grant", a->grant, "As shown by: sponsio grant list")->required();
    end->callback([a] {
        act(*a, [&](Desk const& desk) -> Outcome<Json> {
            auto const id = GrantId::parse(a->grant);
            if (!id) return bad_field("--grant", reason::no_such_thing);
            auto const grant = service::end_grant(desk.db, desk.vault, *id, std::nullopt, desk.now);
            if (!grant) return grant.error();
            return service::grant_view(desk.db, *grant);
        });
    });
}

CLI::App* group(CLI::App& app, char const* name, char const* about) {
    auto* command = app.add_subcommand(name, about);
    command->require_subcommand(1);
    return command;
}

/// The options every leaf of a group has; the keys are for those that do more than read.
void finish(CLI::App& parent, std::shared_ptr<Arguments> const& a) {
    for (CLI::App* leaf : parent.get_subcommands({})) {
        add_database_options(*leaf, a->database);
        if (leaf->get_name() != "list") add_state_options(*leaf, a->state, a->passphrase_file);
        leaf->add_flag("--json", a->json, "Answers with one JSON document");
    }
}

}  // namespace

void add_registry_commands(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    auto* organisation = group(app, "organisation", "Organisations");
    add_organisation(*organisation, arguments);
    add_organisation_move(*organisation, arguments);
    add_organisation_renaming(*organisation, arguments);
    add_organisation_list(*organisation, arguments);
    finish(*organisation, arguments);
    auto* account = group(app, "account", "Accounts and their tokens");
    add_account(*account, arguments);
    add_account_list(*account, arguments);
    add_account_change(*account, arguments);
    add_account_token(*account, arguments);
    add_account_enrolment(*account, arguments);
    add_token_revocation(*account, arguments);
    add_account_closing(*account, arguments);
    add_account_vouching(*account, arguments);
    add_account_disowning(*account, arguments);
    finish(*account, arguments);
    auto* grant = group(app, "grant", "Rights beyond the own organisations");
    add_grant(*grant, arguments);
    add_grant_list(*grant, arguments);
    add_grant_end(*grant, arguments);
    finish(*grant, arguments);
}

}  // namespace sponsio::app

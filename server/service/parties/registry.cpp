#include "server/service/parties/registry.hpp"

#include "server/base/form.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/tasks/replacement.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/vouched_code.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

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

constexpr Form enrolment_code{
    "enrolment_code", "",
    "the code that your administrator gave you, not older than 72 hours and not used yet; ask for a new one",
    "管理员提供的登记码，72 小时内有效且未使用过；可请管理员重新生成"};

constexpr Reason not_of_a_person{"unknown_value", "is no document of a natural person", "不是自然人的证件"};

std::vector<std::string> person_documents() {
    auto words = domain::allowed_words<domain::DocumentType>();
    std::erase(words, std::string(domain::word(domain::DocumentType::uscc)));
    return words;
}

std::string joined(std::vector<std::string> const& roles) {
    std::string text;
    for (std::string const& role : roles) text += (text.empty() ? "" : ",") + role;
    return text;
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

std::vector<std::string> read_roles(domain::Fields& fields) {
    auto roles = fields.texts("roles", {.min = 1, .max = 9}, {.max = 32});
    for (std::size_t i = 0; i != roles.size(); ++i) {
        if (!domain::from_word<domain::Role>(roles[i]))
            fields.refuse_element("roles", i, reason::unknown_value,
                                  {.words = domain::allowed_words<domain::Role>()});
        auto const before = roles.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(roles.begin(), before, roles[i]) != before)
            fields.refuse_element("roles", i, reason::listed_twice);
    }
    return roles;
}

std::optional<domain::IdentityDocument> read_person(domain::Fields& fields, Date today) {
    auto document = domain::optional_document(fields, today);
    if (document && document->type() == domain::DocumentType::uscc)
        fields.refuse("document", not_of_a_person, {.words = person_documents()});
    return document;
}

AccountDraft AccountDraft::read(domain::Fields& fields, Date today) {
    AccountDraft draft;
    draft.organisation_uscc =
        read_uscc(fields, "organisation_uscc", fields.text("organisation_uscc", {.max = 64}));
    draft.login = fields.text("login", {.max = 64});
    if (!draft.login.empty() && !is_login(draft.login))
        fields.refuse("login", reason::bad_format, form::login);
    draft.name = fields.text("name", {.max = 200});
    draft.roles = read_roles(fields);
    draft.document = read_person(fields, today);
    return draft;
}

TokenDraft TokenDraft::read(domain::Fields& fields) {
    return {fields.optional_instant("expires_at")};
}

Outcome<store::Organisation> Registry::add(db::PgSession& db, OrganisationDraft const& draft,
                                           std::optional<OrganisationId> vouching,
                                           std::optional<AccountId> by) const {
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
    auto const stored =
        unless_taken([&] { insert_proven(db, vault_, row); }, "organisation_uscc_key", "/uscc");
    if (!stored) return stored.error();
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "organisation",
                                   .subject = row.id.text(),
                                   .event = "created",
                                   .to = row.name,
                                   .actor = by,
                                   .why = std::string(domain::word(row.kind)),
                                   .organisation = row.id});
    return row;
}

Outcome<store::Organisation> Registry::move(db::PgSession& db, OrganisationId id, RegionDraft const& draft,
                                            std::optional<AccountId> by) const {
    Instant const now = clock_.now();
    if (auto valid = regions_.check(draft.region_code, china_date(now), "/region_code"); !valid)
        return valid.error();
    store::Organisation organisation = store::lock_organisation(db, id).value();
    std::string const before = organisation.region_code;
    if (before == draft.region_code) return organisation;
    change_proven(db, vault_, organisation, [&](auto& row) { row.region_code = draft.region_code; });
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "organisation",
                                   .subject = organisation.id.text(),
                                   .from = before,
                                   .event = "move",
                                   .to = organisation.region_code,
                                   .actor = by,
                                   .organisation = organisation.id});
    return organisation;
}

Outcome<store::Account> Registry::add(db::PgSession& db, AccountDraft const& draft,
                                      std::optional<PersonId> person, std::optional<AccountId> by) const {
    auto const organisation = store::organisation_by_uscc(db, draft.organisation_uscc);
    if (!organisation) return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
    Instant const now = clock_.now();
    store::Account const row{
        new_id<AccountId>(now), organisation->id, draft.login, draft.name, draft.roles, now,
        std::nullopt,           person,           by};
    auto const stored = unless_taken([&] { insert_proven(db, vault_, row); }, "account_login_key", "/login");
    if (!stored) return stored.error();
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "account",
                                   .subject = row.id.text(),
                                   .event = "created",
                                   .to = "open",
                                   .actor = by,
                                   .why = joined(row.roles),
                                   .organisation = organisation->id});
    return row;
}

Outcome<Instant> Registry::token_end(TokenDraft const& draft) const {
    Instant const now = clock_.now();
    Instant const end = draft.expires_at.value_or(now + tokens_.life);
    if (end <= now || end > now + longest_token_life)
        return bad_field("/expires_at", reason::out_of_range,
                         {.min = 0, .max = longest_token_life.count(), .unit = &unit::days});
    return end;
}

Outcome<Registry::IssuedToken> Registry::issue_token(db::PgSession& db, AccountId account,
                                                     TokenDraft const& draft, std::string event,
                                                     std::optional<AccountId> by,
                                                     std::optional<TokenId> renews) const {
    auto const end = token_end(draft);
    if (!end) return end.error();
    IssuedToken issued = store_token(db, account, token_prefix, *end, renews);
    tell_of_account(db, {account, std::move(event), by}, issued.row.id.text(), issued.row.created_at);
    return issued;
}

Registry::IssuedToken Registry::store_token(db::PgSession& db, AccountId account, std::string_view prefix,
                                            Instant end, std::optional<TokenId> renews) const {
    Instant const now = clock_.now();
    NewSecret secret = make_secret(prefix);
    IssuedToken issued{{.id = new_id<TokenId>(now),
                        .account = account,
                        .digest = secret.digest,
                        .created_at = now,
                        .expires_at = end,
                        .renews = renews},
                       std::move(secret.text)};
    insert_proven(db, vault_, issued.row);
    return issued;
}

Outcome<Registry::IssuedToken> Registry::open_session(db::PgSession& db, store::Passkey const& passkey,
                                                      std::string challenge) const {
    IssuedToken issued = store_token(db, passkey.account, session_prefix, clock_.now() + session_life);
    if (!store::insert(db, store::BrowserSession{issued.row.id, passkey.id, std::move(challenge)}))
        return fault(problem::conflict, "This sign-in was used already; sign in again.",
                     "该次登录已经使用过，请重新登录。");
    tell_of_account(db, {passkey.account, "signed_in", passkey.account}, issued.row.id.text(),
                    issued.row.created_at);
    return issued;
}

Outcome<Registry::IssuedCode> Registry::enrol(db::PgSession& db, AccountId account,
                                              std::optional<AccountId> by) const {
    auto const holder = store::account_by_id(db, account);
    if (!holder) return fault(problem::not_found);
    if (holder->closed_at) return fault(problem::conflict, "This account is closed.", "该账号已经停用。");
    Instant const now = clock_.now();
    NewSecret secret = make_secret("spe_");
    IssuedCode issued{{.id = new_id<store::EnrolmentId>(now),
                       .account = account,
                       .digest = secret.digest,
                       .made_by = by,
                       .made_at = now,
                       .ends_at = now + enrolment_life},
                      std::move(secret.text)};
    // It takes the place of those that nobody has spent.
    for (store::Enrolment& earlier : store::lock_unspent(db, account))
        change_proven(db, vault_, earlier, [&](auto& row) { row.spent_at = now; });
    insert_proven(db, vault_, issued.row);
    tell_of_account(db, {account, "enrolment_made", by}, issued.row.id.text(), now);
    return issued;
}

Outcome<store::Enrolment> Registry::enrolment_of(db::PgSession& db, std::string_view code) const {
    auto const enrolment = store::lock_enrolment(db, token_digest(code));
    // One answer for all, so that nobody learns which codes there were.
    if (!enrolment || !is_proven(vault_, *enrolment) || enrolment->spent_at ||
        enrolment->ends_at <= clock_.now() || store::account_by_id(db, enrolment->account)->closed_at)
        return bad_field("/code", reason::no_such_thing, enrolment_code);
    return *enrolment;
}

void Registry::spend(db::PgSession& db, store::Enrolment enrolment, TokenId token) const {
    change_proven(db, vault_, enrolment, [&](auto& row) {
        row.token = token;
        row.spent_at = clock_.now();
    });
}

Outcome<Registry::IssuedToken> Registry::redeem(db::PgSession& db, std::string_view code,
                                                TokenDraft const& draft) const {
    auto const enrolment = enrolment_of(db, code);
    if (!enrolment) return enrolment.error();
    auto token = issue_token(db, enrolment->account, draft, "enrolled", enrolment->account);
    if (token) spend(db, *enrolment, token->row.id);
    return token;
}

Outcome<store::Account> Registry::close(db::PgSession& db, AccountId account,
                                        std::optional<AccountId> by) const {
    Instant const now = clock_.now();
    // The account is closed first, so that it gets no task meanwhile and no seat is missed below.
    store::Account closed = store::lock_account(db, account).value();
    if (closed.closed_at)
        return fault(problem::conflict, "This account is closed already.", "该账号已经停用。");
    change_proven(db, vault_, closed, [&](auto& row) { row.closed_at = now; });
    if (auto vacated = vacate_seats(db, account, store::LeftBecause::account_closed, by, now); !vacated)
        return vacated.error();
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "account",
                                   .subject = account.text(),
                                   .from = "open",
                                   .event = "close",
                                   .to = "closed",
                                   .actor = by,
                                   .organisation = closed.organisation});
    return closed;
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
                      {"person_known", a.person.has_value()},
                      {"created_at", to_rfc3339(a.created_at)},
                      {"closed_at", a.closed_at ? Json(to_rfc3339(*a.closed_at)) : Json()}};
}

Json Registry::view(IssuedToken const& t) {
    return JsonObject{{"token_id", t.row.id.text()},
                      {"account_id", t.row.account.text()},
                      {"token", t.text},
                      {"expires_at", to_rfc3339(t.row.expires_at)}};
}

Json Registry::view(IssuedCode const& c) {
    return JsonObject{{"enrolment_id", c.row.id.text()},
                      {"account_id", c.row.account.text()},
                      {"code", c.text},
                      {"expires_at", to_rfc3339(c.row.ends_at)}};
}

void tell_of_account(db::PgSession& db, AccountAct const& act, std::string why, Instant now) {
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "account",
                                   .subject = act.holder.text(),
                                   .from = "open",
                                   .event = act.event,
                                   .to = "open",
                                   .actor = act.by,
                                   .why = std::move(why),
                                   .organisation = store::account_by_id(db, act.holder)->organisation});
}

}  // namespace sponsio::service

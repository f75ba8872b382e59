#include "server/service/matters/service.hpp"

#include "server/base/form.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

std::string path_of(std::string const& code, int version) {
    return "/v1/matters/" + code + "/versions/" + std::to_string(version);
}

store::MatterVersion row_of(OrganisationId organisation, AccountId author, MatterId id,
                            std::string const& code, int version, domain::MatterVersion const& content,
                            Instant now) {
    std::string text = json::canonical(content.to_json());
    store::Digest const digest = crypto::sha256(as_bytes(text));
    return {.matter = id,
            .organisation = organisation,
            .matter_code = code,
            .newest_version = version,
            .version = version,
            .content = std::move(text),
            .digest = digest,
            .created_by = author,
            .created_at = now};
}

Json view(store::MatterVersion const& row, std::string const& uscc) {
    Json json = json::parse(row.content).value();
    JsonObject& fields = json.as_object();
    fields.set("matter_code", row.matter_code);
    fields.set("version", row.version);
    fields.set("organisation_uscc", uscc);
    fields.set("created_at", to_rfc3339(row.created_at));
    fields.set("digest_sha256", to_hex(row.digest));
    return json;
}

Json summary(store::MatterVersion const& row) {
    Json const content = json::parse(row.content).value();
    return JsonObject{{"matter_code", row.matter_code},         {"version", row.version},
                      {"newest_version", row.newest_version},   {"name", content.at("name")},
                      {"valid_from", content.at("valid_from")}, {"created_at", to_rfc3339(row.created_at)}};
}

Json view(domain::VersionStart const& version) {
    return JsonObject{{"version", version.version}, {"first_day", to_iso(version.first_day)}};
}

/// What a version says but for its first day, so that two that mean the same can be told from others.
std::string said(std::string const& content) {
    Json json = json::parse(content).value();
    json.as_object().erase("valid_from");
    return json::canonical(json);
}

Fault same_content(store::MatterVersion const& row) {
    std::string const version = std::to_string(row.version);
    return fault(
        problem::conflict,
        "Version " + version +
            " says exactly this and applies on that day: a new version would change nothing and make "
            "the notices that were given grow old. Use version " +
            version + ", or change what is to be changed.",
        "第 " + version +
            " 版在该日施行且内容完全相同：新增版本不会带来任何变化，只会使已送达的告知书失效。"
            "请直接使用第 " +
            version + " 版，或者修改需要变更的内容。");
}

Fault changed_since(int newest) {
    std::string const version = std::to_string(newest);
    return fault(problem::precondition_failed,
                 "The newest version is " + version + "; look at it before you add the next.",
                 "最新版本为 " + version + "，请查看后再新增版本。");
}

/// Who the recipient of a notice is, is for those who work with commitments.
constexpr domain::Roles who_may_know_people{domain::Role::clerk, domain::Role::verifier,
                                            domain::Role::reviewer, domain::Role::decider,
                                            domain::Role::supervisor};

/// Records the refusal of a ratio outside the bounds.
Outcome<Created> recorded(db::PgSession& db, Outcome<Created> outcome, std::string const& code,
                          domain::Official const& who, Instant now) {
    if (!outcome && outcome.error().problem == &problem::ratio_out_of_bounds)
        record_refusal(db, "matter", code, "proposed", who.account, refusal_text(outcome.error()), now);
    return outcome;
}

void tell_of_version(db::PgSession& db, store::MatterVersion const& row) {
    std::optional<std::string> before;
    if (row.version > 1) before = "version " + std::to_string(row.version - 1);
    store::append(db, store::Event{.at = row.created_at,
                                   .lifecycle = "matter",
                                   .subject = row.matter_code,
                                   .from = std::move(before),
                                   .event = "version_added",
                                   .to = "version " + std::to_string(row.version),
                                   .actor = row.created_by,
                                   .why = to_hex(row.digest)});
}

/// The caller's own matter; another organisation's does not exist for them.
Outcome<store::MatterVersion> there(std::optional<store::MatterVersion> row) {
    if (!row) return fault(problem::not_found);
    return std::move(*row);
}

}  // namespace

NoticeDraft NoticeDraft::read(domain::Fields& fields, Date today) {
    NoticeDraft draft{fields.text("matter_code", {.max = 32}),
                      {},
                      fields.choice<domain::NoticeChannel>("channel"),
                      fields.choice<domain::NoticeLanguage>("language")};
    if (auto const version = fields.optional_integer("matter_version", 1, 1'000'000))
        draft.matter_version = static_cast<int>(*version);
    fields.optional_object(
        "given_to", [&](domain::Fields& part) { draft.given_to = domain::GivenTo::read(part, today); });
    return draft;
}

Outcome<domain::MatterVersion> stored_version(store::MatterVersion const& row) {
    auto json = domain::parse_json(row.content);
    if (!json) return json.error();
    return domain::decode(*json, domain::MatterVersion::read);
}

/// Checks that the replaced item is in the catalogue, that the verifying unit is an organisation here, and
/// that a ratio is within the bounds of the agency's region on the version's first day.
Outcome<void> MatterService::check(db::PgSession& db, domain::Official const& who,
                                   domain::MatterVersion const& version) const {
    Fault refused{.problem = &problem::invalid};
    if (version.replaces_item && !catalogue_.find(*version.replaces_item))
        refused.fields.push_back({"/replaces_item", &reason::no_such_thing, {.form = &form::known_thing}});
    if (!version.verification.unit_uscc.empty() &&
        !store::organisation_by_uscc(db, version.verification.unit_uscc))
        refused.fields.push_back(
            {"/verification/unit_uscc", &reason::no_such_thing, {.form = &form::known_thing}});
    if (!refused.fields.empty()) return refused;
    auto const officers =
        domain::check_officers(version.verification, ground_.rules, who.region_code, version.valid_from);
    if (!officers) return officers.error();
    auto const refusal = domain::check_refusal(version, ground_.rules, who.region_code, version.valid_from);
    if (!refusal) return refusal.error();
    return domain::check_ratio(version.verification, ground_.rules, who.region_code, version.valid_from);
}

/// Whether the version can be entered after that one.
Outcome<void> MatterService::may_follow(db::PgSession& db, domain::Official const& who, Newest const& newest,
                                        domain::MatterVersion const& version) const {
    if (auto good = check(db, who, version); !good) return good.error();
    if (!newest) return {};
    Date const first_day = domain::first_day_of(version.valid_from, now());
    auto const replaced = store::version_in_force(db, who.organisation, newest->matter_code, first_day);
    if (said(replaced.value().content) == said(json::canonical(version.to_json())))
        return same_content(*replaced);
    return {};
}

Outcome<store::MatterVersion> MatterService::enter(db::PgSession& db, domain::Official const& who,
                                                   AccountId author, Newest const& newest,
                                                   std::string const& code,
                                                   domain::MatterVersion const& version) const {
    if (auto good = may_follow(db, who, newest, version); !good) return good.error();
    MatterId const matter = newest ? newest->matter : new_id<MatterId>(now());
    auto const row =
        row_of(who.organisation, author, matter, code, newest ? newest->version + 1 : 1, version, now());
    if (newest) {
        if (!store::insert_version(db, row)) return changed_since(newest->version);
    } else {
        try {
            store::insert_matter(db, row);
        } catch (db::DbError const& error) {
            if (error.constraint() != "matter_matter_code_key") throw;
            return bad_field("/matter_code", reason::not_unique);
        }
    }
    tell_of_version(db, row);
    return row;
}

Outcome<Made> MatterService::enter_or_propose(db::PgSession& db, domain::Official const& who,
                                              Newest const& newest, std::string const& code,
                                              domain::MatterVersion const& version) const {
    if (domain::needs_second_person(version, who.organisation_uscc))
        return propose(db, who, newest, code, version);
    auto const row = enter(db, who, who.account, newest, code, version);
    if (!row) return row.error();
    return Made{path_of(code, row->version), view(*row, who.organisation_uscc)};
}

Async<Created> MatterService::create(Caller<Official> caller, RequestOnce once, std::string matter_code,
                                     domain::MatterVersion version) {
    return ground_.db.run(
        caller.deadline, [this, caller, once, matter_code, version](db::PgSession& session) {
            auto made = create_once(session, ground_.vault, *caller.who, once, now(), [&](db::PgSession& db) {
                return enter_or_propose(db, *caller.who, {}, matter_code, version);
            });
            return recorded(session, std::move(made), matter_code, *caller.who, now());
        });
}

Async<Created> MatterService::add_version(Caller<Official> caller, RequestOnce once, std::string matter_code,
                                          Seen seen, domain::MatterVersion version) {
    return ground_.db.run(caller.deadline, [this, caller, once, matter_code, seen,
                                            version](db::PgSession& session) {
        auto made = create_once(
            session, ground_.vault, *caller.who, once, now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto const newest = there(store::newest_version(db, caller.who->organisation, matter_code));
                if (!newest) return newest.error();
                if (!seen(newest->version)) return changed_since(newest->version);
                return enter_or_propose(db, *caller.who, *newest, matter_code, version);
            });
        return recorded(session, std::move(made), matter_code, *caller.who, now());
    });
}

Async<Json> MatterService::in_force(Caller<Official> caller, std::string matter_code) {
    return ground_.db.run(caller.deadline, [this, caller, matter_code](db::PgSession& db) -> Outcome<Json> {
        Date const today = china_date(now());
        auto const row = there(store::version_in_force(db, caller.who->organisation, matter_code, today));
        if (!row) return row.error();
        Json json = view(*row, caller.who->organisation_uscc);
        json.as_object().set("newest_version", row->newest_version);
        json::Array announced;
        for (domain::VersionStart const& other : store::versions_above(db, row->matter, row->version))
            if (other.first_day > today) announced.push_back(view(other));
        json.as_object().set("announced", std::move(announced));
        return json;
    });
}

Async<Json> MatterService::version(Caller<Official> caller, std::string matter_code, int version) {
    return ground_.db.run(
        caller.deadline, [caller, matter_code, version](db::PgSession& db) -> Outcome<Json> {
            auto const row = there(store::matter_version(db, caller.who->organisation, matter_code, version));
            if (!row) return row.error();
            return view(*row, caller.who->organisation_uscc);
        });
}

Async<Page> MatterService::list(Caller<Official> caller, std::string after, int limit) {
    return ground_.db.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row :
             store::versions_in_force_after(db, caller.who->organisation, china_date(now()), after, limit))
            page.add(summary(row), row.matter_code);
        return page;
    });
}

Outcome<Made> MatterService::give_notice(db::PgSession& db, domain::Official const& who,
                                         NoticeDraft const& draft, Condition const& condition) const {
    Date const today = china_date(now());
    auto const row = there(store::version_in_force(db, who.organisation, draft.matter_code, today));
    if (!row) return bad_field("/matter_code", reason::no_such_thing, form::known_thing);
    auto const version = stored_version(*row);
    if (!version) return version.error();
    if (today < version->valid_from)
        return fault(problem::too_early,
                     "The matter has no version in force yet; its first one is in force from " +
                         to_iso(version->valid_from) + ".",
                     "该事项尚无施行中的版本；首个版本自 " + to_iso(version->valid_from) + " 起施行。");
    if (draft.matter_version && row->version != *draft.matter_version) {
        std::string const in_force = std::to_string(row->version);
        std::string const since = to_iso(domain::first_day_of(version->valid_from, row->created_at));
        return fault(problem::notice_stale,
                     "Version " + in_force + " of the matter is in force today, since " + since +
                         ". Give the notice from that version: send matter_version " + in_force +
                         ", or leave it out.",
                     "该事项现行版本为第 " + in_force + " 版，自 " + since +
                         " 起施行。请按现行版本告知：matter_version 填写 " + in_force + "，或者不填。");
    }
    if (condition) {
        if (auto good = condition(db, *row); !good) return good.error();
    }
    auto const content = domain::compose_notice(*version, who.organisation_name);
    if (!content) return content.error();
    store::Notice const notice = notice_of(who, draft, *row, json::canonical(content->to_json()));
    store::insert(db, notice);
    store::append(db, store::Event{.at = notice.issued_at,
                                   .lifecycle = "notice",
                                   .subject = notice.id.text(),
                                   .event = "given",
                                   .to = "given",
                                   .actor = who.account,
                                   .why = row->matter_code + " " + std::to_string(row->version)});
    auto answer = notice_view(db, who, notice, row->matter_code);
    if (!answer) return answer.error();
    return Made{"/v1/notices/" + notice.id.text(), std::move(*answer)};
}

/// The notice with its recipient, who is sealed and indexed.
store::Notice MatterService::notice_of(domain::Official const& who, NoticeDraft const& draft,
                                       store::MatterVersion const& version, std::string content) const {
    store::Digest const digest = crypto::sha256(as_bytes(content));
    store::Notice notice{.id = new_id<NoticeId>(now()),
                         .matter = version.matter,
                         .matter_version = version.version,
                         .organisation = who.organisation,
                         .channel = draft.channel,
                         .language = draft.language,
                         .content = std::move(content),
                         .digest = digest,
                         .issued_by = who.account,
                         .issued_at = now(),
                         .recipient = draft.given_to.kind};
    domain::GivenTo const& to = draft.given_to;
    if (to.document) notice.document_index = ground_.vault.committer_index(*to.document);
    if (Json const named = to.to_json(); !named.is_null())
        notice.given_to = ground_.vault.seal(json::canonical(named), store::given_to_label(notice.id));
    return notice;
}

Outcome<Json> MatterService::notice_view(db::PgSession& db, domain::Official const& who,
                                         store::Notice const& row, std::string const& matter_code) const {
    Json json = json::parse(row.content).value();
    JsonObject& fields = json.as_object();
    fields.set("notice_id", row.id.text());
    fields.set("matter_code", matter_code);
    fields.set("matter_version", row.matter_version);
    fields.set("channel", domain::word(row.channel));
    fields.set("language", domain::word(row.language));
    fields.set("issued_at", to_rfc3339(row.issued_at));
    fields.set("digest_sha256", to_hex(row.digest));
    JsonObject to;
    if (row.given_to && who.roles.any_of(who_may_know_people)) {
        auto named = ground_.vault.open_json(*row.given_to, store::given_to_label(row.id));
        if (!named) return named.error();
        to = named->as_object();
    }
    to.set("kind", domain::word(row.recipient));
    fields.set("given_to", std::move(to));
    auto const next =
        domain::successor_of(row.matter_version, store::versions_above(db, row.matter, row.matter_version));
    fields.set("superseded_by", next ? view(*next) : Json());
    fields.set("good_until", nullptr);
    fields.set("good_until_rule", nullptr);
    if (!next) return json;
    auto const until = domain::good_until(ground_.rules, ground_.calendar, who.region_code, next->first_day);
    if (!until) return until.error();
    fields.set("good_until", to_iso(until->date));
    fields.set("good_until_rule", until->rule + "; " + until->rule_pack);
    return json;
}

Async<Created> MatterService::issue_notice(Caller<Official> caller, RequestOnce once, Json body) {
    auto draft = domain::decode(body, [today = china_date(now())](domain::Fields& fields) {
        return NoticeDraft::read(fields, today);
    });
    if (!draft) co_return draft.error();
    co_return co_await issue_notice(std::move(caller), std::move(once), std::move(*draft));
}

Async<Created> MatterService::issue_notice(Caller<Official> caller, RequestOnce once, NoticeDraft draft,
                                           Condition condition) {
    return ground_.db.run(caller.deadline, [this, caller, once, draft, condition](db::PgSession& session) {
        return create_once(session, ground_.vault, *caller.who, once, now(),
                           [&](db::PgSession& db) { return give_notice(db, *caller.who, draft, condition); });
    });
}

Async<Json> MatterService::notice(Caller<Official> caller, NoticeId id) {
    return ground_.db.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::notice_by_id(db, id);
        if (!row || !is_own_case(*caller.who, row->organisation)) return fault(problem::not_found);
        auto const version = store::matter_version(db, row->matter, row->matter_version);
        return notice_view(db, *caller.who, *row, version->matter_code);
    });
}

}  // namespace sponsio::service

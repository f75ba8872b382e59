#include "server/service/matters/service.hpp"

#include "server/base/form.hpp"
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

store::MatterVersion row_of(domain::Official const& who, MatterId id, std::string const& code, int version,
                            domain::MatterVersion const& content, Instant now) {
    std::string text = json::canonical(content.to_json());
    store::Digest const digest = crypto::sha256(as_bytes(text));
    return {.matter = id,
            .organisation = who.organisation,
            .matter_code = code,
            .newest_version = version,
            .version = version,
            .content = std::move(text),
            .digest = digest,
            .created_by = who.account,
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
    return JsonObject{{"matter_code", row.matter_code},
                      {"version", row.version},
                      {"name", content.at("name")},
                      {"valid_from", content.at("valid_from")},
                      {"created_at", to_rfc3339(row.created_at)}};
}

Json view(store::Notice const& row, std::string const& matter_code) {
    Json json = json::parse(row.content).value();
    JsonObject& fields = json.as_object();
    fields.set("notice_id", row.id.text());
    fields.set("matter_code", matter_code);
    fields.set("matter_version", row.matter_version);
    fields.set("channel", domain::word(row.channel));
    fields.set("language", domain::word(row.language));
    fields.set("issued_at", to_rfc3339(row.issued_at));
    fields.set("digest_sha256", to_hex(row.digest));
    return json;
}

/// Records the refusal of a ratio outside the bounds.
Outcome<Created> recorded(db::PgSession& db, Outcome<Created> outcome, std::string const& code,
                          domain::Official const& who, Instant now) {
    if (!outcome && outcome.error().problem == &problem::ratio_out_of_bounds)
        record_refusal(db, "matter", code, "proposed", who.account, refusal_text(outcome.error()), now);
    return outcome;
}

/// The caller's own matter; another organisation's does not exist for them.
Outcome<store::MatterVersion> own(std::optional<store::MatterVersion> row, domain::Official const& who) {
    if (!row || row->organisation != who.organisation) return fault(problem::not_found);
    return std::move(*row);
}

}  // namespace

NoticeDraft NoticeDraft::read(domain::Fields& fields) {
    return {fields.text("matter_code", {.max = 32}),
            static_cast<int>(fields.integer("matter_version", 1, 1'000'000)),
            fields.choice<domain::NoticeChannel>("channel"),
            fields.choice<domain::NoticeLanguage>("language")};
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
        domain::check_officers(version.verification, rules_, who.region_code, version.valid_from);
    if (!officers) return officers.error();
    return domain::check_ratio(version.verification, rules_, who.region_code, version.valid_from);
}

Async<Created> MatterService::create(Caller<Official> caller, RequestOnce once, std::string matter_code,
                                     domain::MatterVersion version) {
    return db_.run(caller.deadline, [this, caller, once, matter_code, version](db::PgSession& session) {
        Instant const now = clock_.now();
        auto made =
            create_once(session, vault_, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                if (auto good = check(db, *caller.who, version); !good) return good.error();
                auto const row = row_of(*caller.who, new_id<MatterId>(now), matter_code, 1, version, now);
                try {
                    store::insert_matter(db, row);
                } catch (db::DbError const& error) {
                    if (error.constraint() != "matter_matter_code_key") throw;
                    return bad_field("/matter_code", reason::not_unique);
                }
                return Made{path_of(matter_code, 1), view(row, caller.who->organisation_uscc)};
            });
        return recorded(session, std::move(made), matter_code, *caller.who, now);
    });
}

Async<Created> MatterService::add_version(Caller<Official> caller, RequestOnce once, std::string matter_code,
                                          Seen seen, domain::MatterVersion version) {
    return db_.run(caller.deadline, [this, caller, once, matter_code, seen, version](db::PgSession& session) {
        Instant const now = clock_.now();
        auto made =
            create_once(session, vault_, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                auto const newest = own(store::newest_version(db, matter_code), *caller.who);
                if (!newest) return newest.error();
                if (auto good = check(db, *caller.who, version); !good) return good.error();
                auto const row =
                    row_of(*caller.who, newest->matter, matter_code, newest->version + 1, version, now);
                if (!seen(newest->version) || !store::insert_version(db, row))
                    return fault(problem::precondition_failed,
                                 "The newest version is " + std::to_string(newest->version) +
                                     "; look at it before you add the next.",
                                 "最新版本为 " + std::to_string(newest->version) + "，请查看后再新增版本。");
                return Made{path_of(matter_code, row.version), view(row, caller.who->organisation_uscc)};
            });
        return recorded(session, std::move(made), matter_code, *caller.who, now);
    });
}

Async<Json> MatterService::newest(Caller<Official> caller, std::string matter_code) {
    return db_.run(caller.deadline, [caller, matter_code](db::PgSession& db) -> Outcome<Json> {
        auto const row = own(store::newest_version(db, matter_code), *caller.who);
        if (!row) return row.error();
        return view(*row, caller.who->organisation_uscc);
    });
}

Async<Json> MatterService::version(Caller<Official> caller, std::string matter_code, int version) {
    return db_.run(caller.deadline, [caller, matter_code, version](db::PgSession& db) -> Outcome<Json> {
        auto const row = own(store::matter_version(db, matter_code, version), *caller.who);
        if (!row) return row.error();
        return view(*row, caller.who->organisation_uscc);
    });
}

Async<Page> MatterService::list(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::newest_versions_after(db, caller.who->organisation, after, limit))
            page.add(summary(row), row.matter_code);
        return page;
    });
}

namespace {

/// The newest version in force on that day; the first one if none is yet. A version may be entered before its
/// first day; until then the previous one applies.
Outcome<store::MatterVersion> version_in_force(db::PgSession& db, store::MatterVersion row, Date today) {
    while (row.version > 1) {
        auto const content = stored_version(row);
        if (!content) return content.error();
        if (content->valid_from <= today) break;
        row = store::matter_version(db, row.matter, row.version - 1).value();
    }
    return row;
}

}  // namespace

Outcome<Made> MatterService::give_notice(db::PgSession& db, domain::Official const& who,
                                         NoticeDraft const& draft) const {
    Instant const now = clock_.now();
    auto const newest = own(store::newest_version(db, draft.matter_code), who);
    if (!newest) return bad_field("/matter_code", reason::no_such_thing, form::known_thing);
    auto const row = version_in_force(db, *newest, china_date(now));
    if (!row) return row.error();
    if (row->version != draft.matter_version)
        return fault(problem::notice_stale,
                     "The version of the matter in force today is " + std::to_string(row->version) +
                         "; give the notice from that one.",
                     "该事项现行版本为 " + std::to_string(row->version) + "，请按现行版本告知。");
    auto const version = stored_version(*row);
    if (!version) return version.error();
    if (china_date(now) < version->valid_from)
        return fault(problem::too_early, "This version is in force from " + to_iso(version->valid_from) + ".",
                     "该版本自 " + to_iso(version->valid_from) + " 起施行。");
    auto const content = domain::compose_notice(*version, who.organisation_name);
    if (!content) return content.error();
    std::string text = json::canonical(content->to_json());
    store::Digest const digest = crypto::sha256(as_bytes(text));
    store::Notice const notice{.id = new_id<NoticeId>(now),
                               .matter = row->matter,
                               .matter_version = row->version,
                               .organisation = who.organisation,
                               .channel = draft.channel,
                               .language = draft.language,
                               .content = std::move(text),
                               .digest = digest,
                               .issued_by = who.account,
                               .issued_at = now};
    store::insert(db, notice);
    return Made{"/v1/notices/" + notice.id.text(), view(notice, row->matter_code)};
}

Async<Created> MatterService::issue_notice(Caller<Official> caller, RequestOnce once, NoticeDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        return create_once(session, vault_, *caller.who, once, clock_.now(),
                           [&](db::PgSession& db) { return give_notice(db, *caller.who, draft); });
    });
}

Async<Json> MatterService::notice(Caller<Official> caller, NoticeId id) {
    return db_.run(caller.deadline, [caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::notice_by_id(db, id);
        if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
        auto const version = store::matter_version(db, row->matter, row->matter_version);
        return view(*row, version->matter_code);
    });
}

}  // namespace sponsio::service

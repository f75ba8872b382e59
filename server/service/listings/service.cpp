#include "server/service/listings/service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/domain/record_status.hpp"
#include "server/service/listings/entries.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/records.hpp"

/// How a case of the serious list begins, what is shown of it, and how it ends by itself.
namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::ListingEnd;
using domain::ListingState;
using domain::RecordStatus;

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "serious_listing_open") throw;
        return fault(problem::conflict, "A listing of this record is open already.",
                     "该记录已有列入严重失信主体名单事项正在办理或者已经列入。");
    }
}

Json last_day_of(std::optional<Instant> const& ends) {
    return ends ? Json(to_iso(last_day(*ends))) : Json();
}

Json decided_on(store::ListingRow const& row) {
    return row.decided_at ? Json(to_iso(china_date(*row.decided_at))) : Json();
}

JsonObject summary(store::ListingRow const& row) {
    return {{"listing_id", row.id.text()},
            {"record_id", row.record.text()},
            {"ground", domain::word(row.ground)},
            {"state", domain::word(row.state)},
            {"proposed_at", to_rfc3339(row.proposed_at)},
            {"number", or_null(row.number)},
            {"decided_on", decided_on(row)},
            {"listed_at", or_null(row.listed_at)},
            {"until", last_day_of(row.ends_at)},
            {"rule", or_null(row.rule)},
            {"ended_at", or_null(row.ended_at)},
            {"ended_why", or_null(row.ended_why)}};
}

/// [{document_id, kind, number, digest_sha256, made_at, served_at}], oldest first.
Json papers_view(std::vector<store::ServedDocument> const& papers) {
    json::Array list;
    for (store::ServedDocument const& paper : papers)
        list.push_back(
            JsonObject{{"document_id", paper.document.id.text()},
                       {"kind", domain::word(paper.document.kind)},
                       {"number", paper.document.number},
                       {"digest_sha256", to_hex(paper.document.digest)},
                       {"made_at", to_rfc3339(paper.document.made_at)},
                       {"served_at", paper.service ? Json(to_rfc3339(paper.service->served_at)) : Json()}});
    return list;
}

/// Whether its subject was told of the case: by the prior notice, and so by all that follows it.
bool was_told(ListingState state) {
    return state != ListingState::proposed && state != ListingState::checked &&
           state != ListingState::refused;
}

}  // namespace

ListingService::ListingService(ListingParts parts)
    : parts_(std::move(parts)),
      facts_(parts_.vault, parts_.matters, parts_.rules, parts_.calendar, parts_.issuer),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who, Uuid const& of) {
                  return reached_at("/v1/serious-listings/", store::listing_by_id(db, ListingId{of}), who);
              }}) {}

// ------------------------------------------------------------------------------------------ it is proposed
Outcome<Made> ListingService::make(db::PgSession& db, domain::Official const& who,
                                   domain::ListingDraft const& draft) {
    Instant const now = parts_.clock.now();
    Date const today = china_date(now);
    auto const record = store::record_by_id(db, draft.record);
    if (!record || record->organisation != who.organisation)
        return bad_field("/record_id", reason::no_such_thing, form::known_thing);
    if (auto stands = check_stands(record->status); !stands) return stands.error();
    auto const opened = finding_behind(db, facts_, draft.record);
    if (!opened) return opened.error();
    auto const row_behind = store::finding_by_id(db, opened->row.finding);
    if (!row_behind) return internal("finding of a record");
    ListedFinding const finding{*opened, *row_behind};
    auto const by = CountedBy::at(db, record->organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    if (auto may = check_listing(*by, today, draft, finding); !may) return may.error();
    if (!Persons(db, {who.account}).known(who.account))
        return fault(problem::forbidden, "A listing is proposed by a person who was entered.",
                     "列入名单须由身份已登记的人员提出。");
    auto const id = new_id<ListingId>(now);
    std::string const entry = json::canonical(public_listing(*by, today, draft, finding));
    store::ListingRow const row{.id = id,
                                .record = record->id,
                                .organisation = record->organisation,
                                .ground = draft.ground,
                                .entry = parts_.vault.seal(entry, store::listing_entry_label(id)),
                                .shown = is_public(*by, today, finding),
                                .proposed_by = who.account,
                                .proposed_at = now};
    store::insert(db, row);
    born(db, domain::listing_lifecycle, {.subject = id.text(), .actor = who.account, .now = now});
    say(db, parts_.vault, {id.raw(), who.account, now}, "created", draft.said());
    auto answer = view(db, row);
    if (!answer) return answer.error();
    return Made{"/v1/serious-listings/" + id.text(), std::move(*answer)};
}

Async<Created> ListingService::propose(Caller<Official> const& caller, RequestOnce once,
                                       domain::ListingDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        return in_words([&]() -> Outcome<Created> {
            return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                               [&](db::PgSession& db) { return make(db, *caller.who, draft); });
        });
    });
}

// --------------------------------------------------------------------------------------------- it is read
Outcome<Json> ListingService::entry_of(store::ListingRow const& row) const {
    return parts_.vault.open_json(row.entry, store::listing_entry_label(row.id));
}

Outcome<Json> ListingService::view(db::PgSession& db, store::ListingRow const& row) const {
    auto entry = entry_of(row);
    if (!entry) return entry.error();
    auto draft = said_last(db, parts_.vault, row.id.raw(), "created");
    if (!draft) return draft.error();
    auto steps = steps_view(db, parts_.vault, row.id.raw());
    if (!steps) return steps.error();
    auto files = evidence_views(db, parts_.vault, store::CaseFiles{row.id.raw()});
    if (!files) return files.error();
    JsonObject json = summary(row);
    json.add("shown", row.shown)
        .add("draft", draft->value())
        .add("entry", std::move(*entry))
        .add("proposed_by", row.proposed_by.text())
        .add("checked_by", or_null(row.checked_by))
        .add("defence_until", last_day_of(row.defence_until))
        .add("hearing_until", last_day_of(row.hearing_until))
        .add("chaired_by", or_null(row.hearing_chair))
        .add("hearing_at", or_null(row.hearing_at))
        .add("decided_by", or_null(row.decided_by))
        .add("papers", papers_view(store::served_about(db, row.id.raw())))
        .add("files", std::move(*files))
        .add("steps", std::move(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

Async<Json> ListingService::listing(Caller<Official> const& caller, ListingId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        std::optional<store::ListingRow> row;
        auto shown = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            row = store::listing_by_id(db, id);
            if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
            return view(db, *row);
        });
        if (shown)
            note_case(session, caller, store::commitments_of(session, {row->record}), {"draft", "entry"},
                      parts_.clock.now());
        return shown;
    });
}

Async<Page> ListingService::list(Caller<Official> const& caller, ListingFilter filter) {
    return parts_.db.run(
        caller.deadline, [caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = ListingId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (auto const& row :
                 store::listings_after(db, {caller.who->organisation, q.state, q.record, after, q.limit}))
                page.add(summary(row), row.id.text());
            return page;
        });
}

Async<Page> ListingService::entries(std::string after, int limit, Deadline deadline) {
    return parts_.db.run(
        deadline, [this, after = std::move(after), limit](db::PgSession& db) -> Outcome<Page> {
            auto const place = place_of<ListingId>(after);
            if (!place) return place.error();
            Page page;
            for (store::PublicListing const& one :
                 store::public_listings(db, parts_.clock.now(), *place, limit)) {
                auto known = entry_of(one.row);
                if (!known && known.error().problem == &problem::gone)
                    continue;  // erased: it goes on without it
                if (!known) return known.error();
                JsonObject entry{{"listing_id", one.row.id.text()}};
                for (json::Member const& member : known->as_object()) entry.add(member.key, member.value);
                entry.add("number", or_null(one.row.number))
                    .add("decided_on", decided_on(one.row))
                    .add("listed_at", or_null(one.row.listed_at))
                    .add("until", last_day_of(one.row.ends_at))
                    .add("status", domain::word(one.status));
                page.add(std::move(entry), list_key(one.row.listed_at.value(), one.row.id.text()));
            }
            return page;
        });
}

Json own_listings_view(db::PgSession& db, OrganisationId unit, RecordId record, int at_most) {
    json::Array list;
    for (store::ListingRow const& row : store::listings_after(db, {unit, {}, record, {}, at_most})) {
        // A case that lapsed before the notice was served is nothing that the subject was told of.
        if (!was_told(row.state) || (row.state == ListingState::lapsed && !row.defence_until)) continue;
        list.push_back(JsonObject{{"state", domain::word(row.state)},
                                  {"ground", domain::word(row.ground)},
                                  {"number", or_null(row.number)},
                                  {"listed_at", or_null(row.listed_at)},
                                  {"until", last_day_of(row.ends_at)},
                                  {"rule", or_null(row.rule)},
                                  {"ended_at", or_null(row.ended_at)},
                                  {"ended_why", or_null(row.ended_why)}});
    }
    return list;
}

// ------------------------------------------------------------------------------------- it ends by itself
Outcome<std::size_t> ListingService::end_due(Deadline deadline, int at_most) {
    return parts_.db.run_blocking(deadline, [this, at_most](db::PgSession& session) -> Outcome<std::size_t> {
        std::size_t ended = 0;
        std::optional<ListingId> seen;
        for (int i = 0; i != at_most; ++i) {
            Instant const now = parts_.clock.now();
            auto const one = in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
                auto row = store::lock_listing_to_end(db, now, seen);
                if (!row) return false;
                seen = row->id;
                auto const record = store::record_by_id(db, row->record);
                auto const status = record ? record->status : std::nullopt;
                bool const over = row->state == ListingState::listed && row->ends_at && *row->ends_at <= now;
                ListingEnd const why = over                               ? ListingEnd::period_over
                                       : status == RecordStatus::repaired ? ListingEnd::repaired
                                                                          : ListingEnd::record_ended;
                if (why == ListingEnd::period_over)
                    if (auto told =
                            tell_platform(db, *row, domain::System{}, now, "严重失信主体名单期满移出");
                        !told)
                        return told.error();
                auto const done = end_listing(
                    db, std::move(*row), {.why = why, .by = "due", .actor = domain::System{}, .now = now});
                if (!done) return done.error();
                return true;
            });
            if (!one) return one.error();
            if (!*one) break;
            ++ended;
        }
        return ended;
    });
}

Outcome<void> ListingService::tell_platform(db::PgSession& db, store::ListingRow const& row,
                                            domain::Actor const& by, Instant now,
                                            std::string const& remarks) const {
    return parts_.reports.follow(db,
                                 {.record = row.record,
                                  .op = domain::ReportOp::change,
                                  .why = row.number.value_or("due"),
                                  .by = by,
                                  .remarks = remarks},
                                 now);
}

}  // namespace sponsio::service

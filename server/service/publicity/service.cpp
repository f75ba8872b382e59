#include "server/service/publicity/service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/record_status.hpp"
#include "server/service/publicity/preview.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::PublicityEnd;
using domain::PublicityEvent;
using domain::PublicityState;
using domain::RecordStatus;
using domain::Severity;

constexpr Reason other_class{"other_severity", "is not the severity that the finding has",
                             "与认定的严重程度不一致"};
constexpr Reason other_preview{"other_preview", "is not the digest of the preview as it stands",
                               "不是当前公示预览内容的摘要"};
constexpr Reason other_notice{"other_paper", "is not the digest of the notice of this publication",
                              "不是本次公示告知书的摘要"};
constexpr Reason before_approval{"before_approval", "lies before the publication was approved",
                                 "早于公示审批时间"};

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "publicity_open") throw;
        return fault(problem::conflict, "A publication of this record is open already.",
                     "该记录已有公示事项正在办理或者公示中。");
    }
}

domain::ClockId longest(Severity severity) {
    switch (severity) {
        case Severity::serious: return domain::rule::serious_max;
        case Severity::minor: return domain::rule::minor_max;
        case Severity::general: break;
    }
    return domain::rule::general_max;
}

/// A record of which anything may be shown: in force, with a mark or without.
bool may_be_shown(std::optional<RecordStatus> status) {
    return status && domain::is_shared(*status);
}

Outcome<void> check_shown(std::optional<RecordStatus> status) {
    if (may_be_shown(status)) return {};
    return fault(problem::conflict,
                 "The record was withdrawn or repaired, or is suspended; nothing of it is shown.",
                 "该记录已撤回、已修复或者暂停使用，不得公示。");
}

std::string digest_text(std::string const& text) {
    return to_hex(crypto::sha256(as_bytes(text)));
}

JsonObject summary(store::PublicityRow const& row) {
    return {{"publicity_id", row.id.text()},
            {"record_id", row.record.text()},
            {"severity", domain::word(row.severity)},
            {"state", domain::word(row.state)},
            {"proposed_at", to_rfc3339(row.proposed_at)},
            {"counts_from", to_iso(row.counts_from)},
            {"until", to_iso(last_day(row.ends_at))},
            {"rule", row.rule},
            {"published_at", or_null(row.published_at)},
            {"ended_at", or_null(row.ended_at)},
            {"ended_why", or_null(row.ended_why)}};
}

}  // namespace

PublicityService::PublicityService(PublicityParts parts)
    : parts_(std::move(parts)),
      facts_(parts_.vault, parts_.matters, parts_.rules, parts_.calendar, parts_.issuer),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who, Uuid const& of) {
                  return reached_at("/v1/publicity/", store::publicity_by_id(db, PublicityId{of}), who);
              }}) {}

Outcome<void> PublicityService::allowed(CountedBy const& by, OpenedFinding const& finding, Severity severity,
                                        Date today) const {
    bool const person = finding.commitment.at("committer").at("kind").as_string() ==
                        domain::word(domain::CommitterKind::natural_person);
    if (person && !by.rules.flag_if(domain::rule::person_public, by.region, today))
        return by_rule(fault(problem::conflict, "Records of natural persons are not published here.",
                             "本地规则规定，自然人信用记录不向社会公示。"),
                       by.rules, domain::rule::person_public, by.region, today);
    if (severity == Severity::minor && !by.rules.flag_if(domain::rule::minor_public, by.region, today))
        return by_rule(fault(problem::conflict, "Minor dishonesty is not published in principle.",
                             "轻微失信信息原则上不予公示。"),
                       by.rules, domain::rule::minor_public, by.region, today);
    return {};
}

// -------------------------------------------------------------------------------------------- it is proposed
Outcome<Made> PublicityService::make(db::PgSession& db, domain::Official const& who,
                                     domain::PublicityDraft const& draft) {
    Instant const now = parts_.clock.now();
    Date const today = china_date(now);
    auto const record = store::record_by_id(db, draft.record);
    if (!record || record->organisation != who.organisation)
        return bad_field("/record_id", reason::no_such_thing, form::known_thing);
    if (auto shown = check_shown(record->status); !shown) return shown.error();
    auto const opened = finding_behind(db, facts_, draft.record);
    if (!opened) return opened.error();
    if (opened->row.severity != domain::word(draft.severity)) return bad_field("/severity", other_class);
    auto const by = CountedBy::at(db, record->organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    if (auto may = allowed(*by, *opened, draft.severity, today); !may) return may.error();
    // The rule in force on the day of the decision to publish, counted from the identifying document.
    auto const rule = parts_.rules.clock(longest(draft.severity), by->region, today);
    if (!rule) return rule.error();
    if (!opened->row.decided_at) return internal("finding of a record");
    Date const from = china_date(*opened->row.decided_at);
    auto const end = by->from(*rule, from);
    if (!end) return end.error();
    if (!end->due) return fault(problem::calendar_unknown);
    if (now >= *end->due)
        return by_rule(fault(problem::too_late,
                             "The longest period of publicity ended on " + to_iso(last_day(*end->due)) + ".",
                             "最长公示期已于 " + to_iso(last_day(*end->due)) + " 届满。"),
                       *rule);
    Masking const masking{by->rules.flag(domain::rule::deidentify, by->region, today).value()};
    std::string const preview = json::canonical(publicity_preview(*opened, masking, from, *end->due));
    auto const id = new_id<PublicityId>(now);
    store::PublicityRow const row{.id = id,
                                  .record = record->id,
                                  .organisation = record->organisation,
                                  .severity = draft.severity,
                                  .preview = parts_.vault.seal(preview, store::preview_label(id)),
                                  .preview_digest = crypto::sha256(as_bytes(preview)),
                                  .counts_from = from,
                                  .ends_at = *end->due,
                                  .rule = end->rule,
                                  .proposed_by = who.account,
                                  .proposed_at = now};
    if (!Persons(db, {who.account}).known(who.account))
        return fault(problem::forbidden, "A publication is proposed by a person who was entered.",
                     "公示须由身份已登记的人员提出。");
    store::insert(db, row);
    born(db, domain::publicity_lifecycle,
         {.subject = id.text(), .actor = who.account, .now = now, .rule = row.rule});
    say(db, parts_.vault, {id.raw(), who.account, now}, "created", draft.said());
    auto answer = view(db, row);
    if (!answer) return answer.error();
    return Made{"/v1/publicity/" + id.text(), std::move(*answer)};
}

Async<Created> PublicityService::propose(Caller<Official> const& caller, RequestOnce once,
                                         domain::PublicityDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        return in_words([&]() -> Outcome<Created> {
            return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                               [&](db::PgSession& db) { return make(db, *caller.who, draft); });
        });
    });
}

// ------------------------------------------------------------------------------------------------ it is read
Outcome<Json> PublicityService::preview_of(store::PublicityRow const& row) const {
    auto const text = parts_.vault.open(row.preview, store::preview_label(row.id));
    if (!text) return text.error();
    if (crypto::sha256(as_bytes(*text)) != row.preview_digest) return internal("digest of a preview");
    return domain::parse_json(*text);
}

Outcome<Json> PublicityService::view(db::PgSession& db, store::PublicityRow const& row) const {
    auto preview = preview_of(row);
    if (!preview) return preview.error();
    Json notice;
    if (row.number) {
        Bilingual const text = publicity_notice(row, *preview, parts_.issuer);
        notice = JsonObject{{"number", *row.number},
                            {"zh", text.zh},
                            {"en", text.en},
                            {"digest_sha256", digest_text(text.zh)}};
    }
    auto steps = steps_view(db, parts_.vault, row.id.raw());
    if (!steps) return steps.error();
    auto files = evidence_views(db, parts_.vault, store::CaseFiles{row.id.raw()});
    if (!files) return files.error();
    JsonObject json = summary(row);
    json.add("preview", std::move(*preview))
        .add("preview_sha256", to_hex(row.preview_digest))
        .add("proposed_by", row.proposed_by.text())
        .add("approved_by", or_null(row.approved_by))
        .add("approved_at", or_null(row.approved_at))
        .add("notice", std::move(notice))
        .add("told_at", or_null(row.told_at))
        .add("told_method", or_null(row.told_method))
        .add("receipt_evidence_id", or_null(row.receipt))
        .add("published_by", or_null(row.published_by))
        .add("files", std::move(*files))
        .add("steps", std::move(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

Async<Json> PublicityService::publicity(Caller<Official> const& caller, PublicityId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        std::optional<store::PublicityRow> row;
        auto shown = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            row = store::publicity_by_id(db, id);
            if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
            return view(db, *row);
        });
        if (shown)
            note_case(session, caller, store::commitments_of(session, {row->record}), {"preview"},
                      parts_.clock.now());
        return shown;
    });
}

Async<Page> PublicityService::list(Caller<Official> const& caller, PublicityFilter filter) {
    return parts_.db.run(
        caller.deadline, [caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = PublicityId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (auto const& row :
                 store::publicity_after(db, {caller.who->organisation, q.state, q.record, after, q.limit}))
                page.add(summary(row), row.id.text());
            return page;
        });
}

Async<Page> PublicityService::entries(std::string after, int limit, Deadline deadline) {
    return parts_.db.run(
        deadline, [this, after = std::move(after), limit](db::PgSession& db) -> Outcome<Page> {
            auto const place = place_of<PublicityId>(after);
            if (!place) return place.error();
            Page page;
            for (store::PublicEntry const& one :
                 store::public_entries(db, parts_.clock.now(), *place, limit)) {
                auto preview = preview_of(one.row);
                if (!preview && preview.error().problem == &problem::gone)
                    continue;  // erased: it goes on without it
                if (!preview) return preview.error();
                JsonObject entry{{"publicity_id", one.row.id.text()}};
                for (json::Member const& member : preview->as_object()) entry.add(member.key, member.value);
                entry.add("status", domain::word(one.status))
                    .add("published_at", to_rfc3339(one.row.published_at.value()));
                page.add(std::move(entry), list_key(one.row.published_at.value(), one.row.id.text()));
            }
            return page;
        });
}

// --------------------------------------------------------------------------- it is approved, told, and ended
template <class Act>
Async<Json> PublicityService::on_publicity(Caller<Official> const& caller, PublicityId id, Act act) {
    return parts_.db.run(caller.deadline,
                         [this, caller, id, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
                             return act_on_own(
                                 session, caller, parts_.clock.now(),
                                 [&](db::PgSession& db) { return store::lock_publicity(db, id); }, act,
                                 [&](Open const& open) { return view(open.db, open.row); });
                         });
}

Outcome<domain::PublicityFacts> PublicityService::facts(Open const& open) const {
    Persons const persons(open.db, {open.who.account, open.row.proposed_by});
    return domain::PublicityFacts{.actor = persons.of(open.who.account),
                                  .known = persons.known(open.who.account),
                                  .proposed_by = persons.of(open.row.proposed_by)};
}

Outcome<void> PublicityService::advance(Open& open, PublicityEvent event, Json const& said,
                                        std::optional<std::string> why) const {
    auto const known = facts(open);
    if (!known) return known.error();
    return service::advance(open, parts_.vault, domain::publicity_lifecycle, *known,
                            {event, said, std::move(why)});
}

Async<Json> PublicityService::approve(Caller<Official> const& caller, PublicityId id,
                                      domain::PublicityApproval approval) {
    return on_publicity(caller, id, [this, a = std::move(approval)](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"opinion", a.opinion}};
        if (!a.approved) return advance(open, PublicityEvent::reject, said, {});
        if (auto moved = advance(open, PublicityEvent::approve, said, a.number); !moved) return moved;
        if (a.preview != open.row.preview_digest) return bad_field("/preview_sha256", other_preview);
        open.row.approved_by = open.who.account;
        open.row.approved_at = open.now;
        open.row.number = a.number;
        return {};
    });
}

/// Refuses a service in the future, before the approval, of another paper or without its receipt.
Outcome<void> PublicityService::check_notice(Open& open, domain::PublicityNotice const& notice) const {
    auto const preview = preview_of(open.row);
    if (!preview) return preview.error();
    std::string const text = publicity_notice(open.row, *preview, parts_.issuer).zh;
    if (notice.digest != crypto::sha256(as_bytes(text))) return bad_field("/digest_sha256", other_notice);
    if (notice.served_at > open.now) return bad_field("/served_at", reason::in_future);
    if (notice.served_at < open.row.approved_at.value()) return bad_field("/served_at", before_approval);
    if (auto there = check_case_file(open.db, open.row.id.raw(), "/evidence_id", notice.receipt); !there)
        return there;
    if (notice.method != domain::ServiceMethod::public_notice) return {};
    auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    auto const told = by->from(domain::rule::public_notice, notice.served_at);
    if (!told) return told.error();
    if (told->due && open.now >= *told->due) return {};
    return by_rule(
        fault(problem::too_early, "By public notice the subject counts as told once its period is over.",
              "公告送达的，公告期满后方视为送达。"),
        by->rules, domain::rule::public_notice, by->region, china_date(notice.served_at));
}

Async<Json> PublicityService::publish(Caller<Official> const& caller, PublicityId id,
                                      domain::PublicityNotice notice) {
    return on_publicity(caller, id, [this, notice](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"served_at", to_rfc3339(notice.served_at)},
                                     {"method", domain::word(notice.method)},
                                     {"evidence_id", notice.receipt.text()}};
        if (auto moved = advance(open, PublicityEvent::publish, said, open.row.number); !moved) return moved;
        if (auto told = check_notice(open, notice); !told) return told;
        auto const record = store::record_by_id(open.db, open.row.record);
        if (!record) return internal("record of a publication");
        if (auto shown = check_shown(record->status); !shown) return shown;
        if (open.now >= open.row.ends_at)
            return fault(problem::too_late, "Its longest period ended before it was published.",
                         "尚未公示，最长公示期已届满。");
        open.row.told_at = notice.served_at;
        open.row.told_method = notice.method;
        open.row.receipt = notice.receipt;
        open.row.published_by = open.who.account;
        open.row.published_at = open.now;
        return {};
    });
}

Async<Json> PublicityService::take_down(Caller<Official> const& caller, PublicityId id,
                                        domain::PublicityTakeDown why) {
    return on_publicity(caller, id, [this, why = std::move(why)](Open& open) -> Outcome<void> {
        auto const known = facts(open);
        if (!known) return known.error();
        auto ended = end_publicity(
            open.db, open.row,
            {.why = PublicityEnd::take_down, .by = why.number, .actor = open.who.account, .now = open.now},
            *known);
        if (!ended) return ended;
        open.row = store::publicity_by_id(open.db, open.row.id).value();
        say(open.db, parts_.vault, {open.row.id.raw(), open.who.account, open.now},
            domain::word(PublicityEvent::take_down), JsonObject{{"why", why.why}, {"number", why.number}});
        return {};
    });
}

Outcome<std::size_t> PublicityService::end_due(Deadline deadline, int at_most) {
    return parts_.db.run_blocking(deadline, [this, at_most](db::PgSession& session) -> Outcome<std::size_t> {
        std::size_t ended = 0;
        std::optional<PublicityId> seen;
        for (int i = 0; i != at_most; ++i) {
            Instant const now = parts_.clock.now();
            auto const one = in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
                auto row = store::lock_to_end(db, now, seen);
                if (!row) return false;
                seen = row->id;
                auto const record = store::record_by_id(db, row->record);
                auto const status = record ? record->status : std::nullopt;
                PublicityEnd const why = status == RecordStatus::repaired ? PublicityEnd::repaired
                                         : may_be_shown(status)           ? PublicityEnd::period_over
                                                                          : PublicityEnd::record_ended;
                PersonId const proposer{row->proposed_by.raw()};
                auto const done = end_publicity(
                    db, std::move(*row), {.why = why, .by = "due", .actor = domain::System{}, .now = now},
                    {.actor = {}, .proposed_by = proposer});
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

}  // namespace sponsio::service

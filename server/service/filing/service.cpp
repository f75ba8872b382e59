#include "server/service/filing/service.hpp"

#include "server/domain/rectification.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/tasks/open_ends.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/store/tasks.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using json::ObjectText;

Json verification_view(store::WatchingTask const& task, domain::WorkingCalendar const& calendar) {
    ClockText const clock = ClockText::split(task.end.rule);
    bool const counted = clock.calendar && !task.end.waits_for;
    JsonObject view = due_view(task.end, task.from, calendar);
    view.add("task_id", task.id.text())
        .add("rule_pack", clock.rule_pack)
        .add("calendar", counted ? Json(*clock.calendar) : Json());
    return Json(std::move(view));
}

/// The proof of the filing that needs no server: the content, the log entry with its digest, and the
/// inclusion proof.
std::string receipt_text(Filed const& filed) {
    bool const logged = !filed.logged.proof.empty();
    ObjectText text;
    text.add("accepted_at", filed.document.at("accepted_at"))
        .add_string("digest_sha256", to_hex(filed.digest))
        .add_string("content", filed.content)
        .add("shard", std::int64_t{filed.logged.place.shard})
        .add("leaf_index", logged ? Json(static_cast<std::int64_t>(filed.logged.place.index)) : Json())
        .add_string("entry", filed.logged.entry);
    if (logged)
        text.add_string("proof", filed.logged.proof);
    else
        text.add("proof", Json());
    return std::move(text).take();
}

/// The contract's document, from the sealed content and its matter version.
Document view(Filed const& filed, domain::WorkingCalendar const& calendar) {
    Json const& content = filed.document;
    ObjectText text;
    text.add_string("commitment_code", filed.code).add_string("state", domain::word(filed.state));
    if (auto const performance = domain::performance_of(filed.state))
        text.add_string("performance_status", domain::word(*performance));
    else
        text.add("performance_status", Json());
    for (std::string_view same :
         {"notice_id", "matter_code", "matter_version", "made_on", "valid_until", "accepted_at", "committer"})
        text.add(same, content.at(same));
    text.add("agent", member_or_null(content, "agent"))
        .add("reason", content.at("reason"))
        .add("remarks", content.at("remarks"))
        .add("late_reason", member_or_null(content, "late_reason"))
        .add("client_reference", member_or_null(content, "client_reference"))
        .add("identity_check", member_or_null(content, "identity_check"))
        .add("assent", member_or_null(content, "assent"))
        .add_string("assent_state",
                    domain::word(domain::assent_state(content, filed.signed_paper.has_value())))
        .add("signed_paper_id", filed.signed_paper ? Json(filed.signed_paper->text()) : Json())
        .add_written("content", filed.matter->content_json)
        .add_written("breach_liability", filed.matter->breach_liability_json)
        .add_written("receipt", receipt_text(filed))
        .add("withdrawal", filed.withdrawal)
        .add("verification", filed.task ? verification_view(*filed.task, calendar) : Json());
    return {std::move(text).take()};
}

/// The agency's own commitment; the verifying unit sees it through its task.
Outcome<store::CommitmentRow> own(std::optional<store::CommitmentRow> row, domain::Official const& who) {
    if (!row || !is_own_case(who, row->organisation)) return fault(problem::not_found);
    return std::move(*row);
}

/// The one commitment with that reference, if the list has not gone past it.
std::vector<store::CommitmentSummary> with_reference(db::PgSession& db, store::CommitmentList const& list) {
    auto const found = store::commitment_by_reference(db, list.organisation, *list.client_reference);
    bool const wanted = found && (!list.state || *list.state == found->state);
    if (!wanted || (list.after && std::pair(list.after->position, list.after->code) >=
                                      std::pair(found->position, found->code)))
        return {};
    return {*found};
}

/// A lease whose holder was killed is free when its term is over, and it is tried for every second.
constexpr std::chrono::milliseconds until_spare = store::lease_term + std::chrono::milliseconds{2000};

/// A transaction that its writer leaves idle ends with the writer's lease, so that the next writer finds no
/// lock of it; and a lock held elsewhere is awaited no longer than callers wait.
db::ConnectionOptions for_writers(db::ConnectionOptions options) {
    options.settings["idle_in_transaction_session_timeout"] = std::to_string(store::lease_term.count());
    options.settings["lock_timeout"] = "2000";
    return options;
}

/// Agencies take turns, and in an agency its clerks.
db::Sender sender_of(Caller<Official> const& caller) {
    return {caller.who->organisation.raw(), caller.who->account.raw()};
}

}  // namespace

FilingService::FilingService(FilingOptions const& options, FilingParts const& parts,
                             LogWriterParts const& log)
    : parts_(parts),
      writers_({.connection = for_writers(options.connection),
                .max_batch = options.max_batch,
                .max_pending = options.max_pending,
                .until_spare = until_spare},
               make_writers(options.shards, log)) {}

std::vector<db::GroupWriter<Filing, Filed>> FilingService::make_writers(
    std::vector<std::int16_t> const& shards, LogWriterParts const& log) {
    std::vector<db::GroupWriter<Filing, Filed>> writers;
    for (std::int16_t const shard : shards) {
        shards_.push_back(std::make_unique<FilingWriter>(parts_, log, shard));
        FilingWriter& writer = *shards_.back();
        writers.push_back(
            {.attempt = [&writer](db::PgSession& db,
                                  std::span<Filing const> batch) { return writer.attempt(db, batch); },
             .on_connect = [&writer](db::PgSession& db) { writer.connected(db); },
             .ready = [&writer](db::PgSession& db) { return writer.ready(db); },
             .repeatable = true});
    }
    return writers;
}

boost::asio::awaitable<void> FilingService::record(Caller<Official> caller, std::vector<Refused> refused) {
    std::erase_if(refused, [](Refused const& r) {
        return r.fault.problem != &problem::calendar_unknown && r.fault.problem != &problem::not_eligible;
    });
    if (refused.empty()) co_return;
    std::vector<std::vector<std::uint8_t>> barred;
    for (Refused const& r : refused)
        if (r.fault.problem == &problem::not_eligible) barred.push_back(r.committer);
    auto const key = [](Refused const& r) { return std::pair(r.notice, r.fault.problem->slug); };
    std::ranges::sort(refused, {}, key);
    auto const doubles = std::ranges::unique(refused, {}, key);
    refused.erase(doubles.begin(), doubles.end());
    co_await parts_.db.run(
        caller.deadline, [this, caller, refused, barred](db::PgSession& db) -> Outcome<void> {
            // Who is told that somebody has a breach on record has asked about that person.
            if (!barred.empty())
                note_query(
                    db, caller,
                    {.purpose = domain::Purpose::eligibility, .subjects = barred, .fields = {"obstacles"}},
                    parts_.clock.now());
            for (Refused const& r : refused)
                record_refusal(db, domain::commitment_lifecycle.name, r.notice.text(),
                               domain::word(domain::CommitmentState::notified), caller.who->account,
                               refusal_text(r.fault), parts_.clock.now());
            return {};
        });
}

Async<Created> FilingService::file(Caller<Official> caller, RequestOnce once, Json body) {
    auto const day = FilingDay::of(parts_, *caller.who);
    if (!day) co_return day.error();
    auto filing = read_filing(parts_, *day, caller.who, std::move(once), body);
    if (!filing) co_return filing.error();
    co_return co_await file(std::move(caller), std::move(*filing));
}

Async<Created> FilingService::file(Caller<Official> caller, Filing filing) {
    NoticeId const notice = filing.draft.notice;
    auto const committer = filing.committer_index;
    auto filed = co_await writers_.add(std::move(filing), caller.deadline, sender_of(caller));
    if (!filed) {
        co_await record(caller, {{notice, committer, filed.error()}});
        co_return filed.error();
    }
    co_return Created{view(*filed, parts_.calendar).json, "/v1/commitments/" + filed->code, filed->replayed};
}

boost::asio::awaitable<std::vector<Outcome<BulkFiled>>> FilingService::file_all(
    Caller<Official> caller, std::vector<BulkFiling> filings) {
    std::vector<Outcome<BulkFiled>> outcomes;
    outcomes.reserve(filings.size());
    std::vector<Filing> good;
    std::vector<std::size_t> place;
    std::vector<std::pair<NoticeId, std::vector<std::uint8_t>>> about;
    auto const day = FilingDay::of(parts_, *caller.who);
    if (!day) co_return std::vector<Outcome<BulkFiled>>(filings.size(), day.error());
    for (std::size_t i = 0; i != filings.size(); ++i) {
        auto filing = read_filing(parts_, *day, caller.who, std::move(filings[i].once), filings[i].body);
        outcomes.emplace_back(filing ? Fault{} : filing.error());
        if (!filing) continue;
        about.emplace_back(filing->draft.notice, filing->committer_index);
        good.push_back(std::move(*filing));
        place.push_back(i);
    }
    auto filed = co_await writers_.add_all(std::move(good), caller.deadline, sender_of(caller));
    for (std::size_t i = 0; i != filed.size(); ++i)
        outcomes[place[i]] =
            filed[i]
                ? Outcome<BulkFiled>(BulkFiled{filed[i]->code, receipt_text(*filed[i]), filed[i]->replayed})
                : Outcome<BulkFiled>(filed[i].error());
    std::vector<Refused> refused;
    for (std::size_t i = 0; i != filed.size(); ++i)
        if (!filed[i]) refused.push_back({about[i].first, about[i].second, filed[i].error()});
    co_await record(caller, std::move(refused));
    co_return outcomes;
}

Async<Document> FilingService::commitment(Caller<Official> caller, std::string code) {
    return parts_.db.run(caller.deadline, [this, caller, code](db::PgSession& db) -> Outcome<Document> {
        auto const row = own(store::commitment_by_code(db, code), *caller.who);
        if (!row) return row.error();
        auto const filed = filed_from_rows(db, parts_.vault, parts_.matters, *row);
        if (!filed) return filed.error();
        note_case(db, caller, {code}, {"committer", "agent", "reason", "remarks"}, parts_.clock.now());
        return view(*filed, parts_.calendar);
    });
}

Async<std::vector<store::CommitmentSummary>> FilingService::list(Caller<Official> caller,
                                                                 store::CommitmentList list) {
    list.organisation = caller.who->organisation;
    return parts_.db.run(caller.deadline,
                         [list](db::PgSession& db) -> Outcome<std::vector<store::CommitmentSummary>> {
                             if (!list.client_reference) return store::commitments_after(db, list);
                             return with_reference(db, list);
                         });
}

Async<Document> FilingService::withdraw(Caller<Official> caller, std::string code, std::string why) {
    return parts_.db.run(caller.deadline, [this, caller, code, why](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Document> {
            Instant const now = parts_.clock.now();
            if (auto seen = own(store::commitment_by_code(db, code), *caller.who); !seen) return seen.error();
            // Tasks are locked before their commitment, as in every step of a task.
            auto tasks = store::lock_open_tasks(db, code);
            auto row = own(store::lock_commitment(db, code), *caller.who);
            if (!row) return row.error();
            auto const done = service::withdraw(db, parts_, *caller.who, *row, std::move(tasks), why, now);
            if (!done) return done.error();
            auto const filed = filed_from_rows(db, parts_.vault, parts_.matters, *row);
            if (!filed) return filed.error();
            return view(*filed, parts_.calendar);
        });
    });
}

Async<Json> FilingService::decide_withdrawal(Caller<Official> caller, std::string code,
                                             domain::WithdrawalDecision decision) {
    return parts_.db.run(caller.deadline, [this, caller, code, decision](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) {
            return service::decide_withdrawal(db, parts_, *caller.who, code, decision, parts_.clock.now());
        });
    });
}

Async<Json> FilingService::withdrawal(Caller<Official> caller, std::string code) {
    return parts_.db.run(caller.deadline, [this, caller, code](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::commitment_by_code(db, code);
        if (!row) return fault(problem::not_found);
        auto const matter = parts_.matters.find(db, row->matter, row->matter_version);
        OrganisationId const reader = caller.who->organisation;
        if (row->organisation != reader && matter->verifying_unit != reader) return fault(problem::not_found);
        auto request = withdrawal_view(db, parts_.vault, code);
        if (request && request->is_null()) return fault(problem::not_found);
        return request;
    });
}

}  // namespace sponsio::service

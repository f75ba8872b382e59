#include "server/service/submissions/report_service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/domain/batch.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/service/unit/vouched_code.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"
#include "text/decimal.hpp"

#include <map>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using domain::SubmissionState;

constexpr int shown_exchanges = 50;  ///< the newest; a batch may be tried for weeks

/// The position in the cursor of the feed. Older cursors have the form "<time> <batch number>".
Outcome<std::int64_t> batch_behind(db::PgSession& db, std::string const& key) {
    if (key.empty()) return std::int64_t{0};
    if (auto const halves = split_list_key(key)) {
        if (auto const position = store::batch_position(db, std::string(halves->second))) return *position;
        return bad_field("query:cursor", reason::bad_format, form::cursor);
    }
    auto const position = parse_decimal_as<std::int64_t>(key);
    if (!position) return bad_field("query:cursor", reason::bad_format, form::cursor);
    return *position;
}

/// What the trail of queries says of a reported line: what it holds of a person, or what was said about it.
std::vector<std::string> const whole_lines{"line"};
std::vector<std::string> const line_errors{"errors", "why"};

JsonObject summary_view(store::BatchSummary const& b) {
    return {{"batch_no", b.batch_no},
            {"organisation_uscc", b.organisation_uscc},
            {"state", domain::word(b.state)},
            {"attempts", b.attempts},
            {"record_count", b.record_count},
            {"created_at", to_rfc3339(b.created_at)},
            {"answered_at", or_null(b.answered_at)}};
}

store::BatchSummary summary_of(store::BatchRow const& b) {
    return {.batch_no = b.batch_no,
            .organisation_uscc = b.organisation_uscc,
            .state = b.state,
            .attempts = b.attempts,
            .record_count = b.record_count,
            .created_at = b.created_at,
            .answered_at = b.answered_at};
}

/// The errors of the corrected line. All point below /fields, also those that the named fields cause in
/// others.
Fault bad_line(std::vector<domain::ReportError> const& errors) {
    Fault refused{.problem = &problem::invalid};
    for (domain::ReportError const& e : errors)
        refused.fields.push_back({json::pointer_step("/fields", e.field), e.reason});
    return refused;
}

}  // namespace

Correction Correction::read(domain::Fields& fields) {
    Correction correction;
    fields.object("fields", [&](domain::Fields& part) {
        for (std::string_view name : domain::correctable_fields())
            if (auto value = part.optional_text(name, {.max = 4000}))
                correction.fields.emplace_back(std::string(name), std::move(*value));
        if (correction.fields.empty()) part.refuse("", reason::empty);
    });
    correction.why = fields.text("why", {.max = 512});
    return correction;
}

Outcome<Json> ReportService::record_view(store::ReportRow const& r, Instant now) const {
    auto const opened = [&](std::optional<store::Bytes> const& sealed,
                            std::string const& place) -> Outcome<std::optional<std::string>> {
        if (!sealed) return std::optional<std::string>{};
        auto text = vault_.open_beside(r.line, *sealed, place);
        if (text) return std::optional(std::move(*text));
        if (text.error().problem == &problem::gone) return std::optional<std::string>{};  // erased
        return text.error();
    };
    auto const said = opened(r.errors, errors_label(r.record_no));
    if (!said) return said.error();
    auto const why = opened(r.why, why_label(r.record_no));
    if (!why) return why.error();
    auto errors = *said ? domain::parse_json(**said) : Outcome<Json>(json::Array{});
    if (!errors) return errors.error();
    bool const open = r.state != SubmissionState::accepted;
    return JsonObject{{"record_no", r.record_no},
                      {"record_id", r.record.text()},
                      {"attempt", r.attempt},
                      {"op", domain::word(r.op)},
                      {"state", domain::word(r.state)},
                      {"due_on", r.due_at ? Json(to_iso(last_day(*r.due_at))) : Json()},
                      {"overdue", open && r.due_at && now >= *r.due_at},
                      {"rule", r.rule},
                      {"errors", std::move(*errors)},
                      {"why", or_null(*why)},
                      {"created_at", to_rfc3339(r.created_at)}};
}

Async<Page> ReportService::list(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const from = batch_behind(db, after);
        if (!from) return from.error();
        Page page;
        auto const reach = Reach::of(db, vault_, *caller.who, Holding::report_counts);
        for (auto const& row : store::batches_after(db, reach.organisations(), *from, limit))
            page.add(summary_view(row), std::to_string(row.position));
        return page;
    });
}

Async<Page> ReportService::held(Caller<Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const from = place_of<std::string>(after);
        if (!from) return from.error();
        Instant const now = clock_.now();
        Page page;
        std::vector<store::ReportRow> rows = store::reports_held(
            db, {Reach::of(db, vault_, *caller.who, Holding::reports).organisations(), *from, limit});
        for (auto const& row : rows) {
            auto view = record_view(row, now);
            if (!view) return view.error();
            page.add(std::move(*view), list_key(row.created_at, row.record_no));
        }
        note(db, caller, rows, line_errors);
        return page;
    });
}

/// One query for each purpose: the own unit's lines, and those of others.
void ReportService::note(db::PgSession& db, Caller<Official> const& caller,
                         std::vector<store::ReportRow> const& rows,
                         std::vector<std::string> const& fields) const {
    std::map<domain::Purpose, std::vector<RecordId>> read;
    for (store::ReportRow const& row : rows)
        read[domain::purpose_of(*caller.who, Holding::reports, row.organisation)].push_back(row.record);
    for (auto const& [purpose, ids] : read)
        note_query(db, caller,
                   {.purpose = purpose, .commitments = store::commitments_of(db, ids), .fields = fields},
                   clock_.now());
}

Outcome<store::BatchRow> ReportService::visible(db::PgSession& db, domain::Official const& who,
                                                std::string const& batch_no, store::Content content) const {
    auto row = store::batch_by_no(db, batch_no, content);
    if (!row || !reaches(db, vault_, who, Holding::reports, row->organisation))
        return fault(problem::not_found);
    return std::move(*row);
}

Outcome<Json> ReportService::exchanges_view(db::PgSession& db, store::BatchRow const& row) const {
    json::Array list;
    for (store::ExchangeRow const& one : store::exchanges_of(db, row.batch_no, shown_exchanges)) {
        std::optional<std::string> body;
        if (one.body) {
            auto text =
                vault_.open_beside(row.records, *one.body, store::exchange_label(row.batch_no, one.attempt));
            if (text)
                body = std::move(*text);
            else if (text.error().problem != &problem::gone)  // erased with the batch
                return text.error();
        }
        list.push_back(JsonObject{{"attempt", one.attempt},
                                  {"at", to_rfc3339(one.at)},
                                  {"method", one.method},
                                  {"outcome", one.outcome},
                                  {"cause", or_null(one.cause)},
                                  {"status", or_null(one.status)},
                                  {"content_type", or_null(one.content_type)},
                                  {"body", or_null(body)},
                                  {"truncated", one.truncated}});
    }
    return Json(std::move(list));
}

Async<Json> ReportService::retry(Caller<Official> caller, std::string batch_no) {
    return db_.run(caller.deadline, [this, caller, batch_no](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::lock_batch(db, batch_no);
            if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
            Instant const now = clock_.now();
            auto const to = step(db, domain::batch_lifecycle, row->state, domain::BatchEvent::retry, {},
                                 {.subject = batch_no, .actor = caller.who->account, .now = now});
            if (!to) return to.error();
            store::try_at(db, batch_no, now);
            return batch_view(db, *caller.who, batch_no);
        });
    });
}

Outcome<Json> ReportService::batch_view(db::PgSession& db, domain::Official const& who,
                                        std::string const& batch_no) const {
    auto const row = visible(db, who, batch_no, store::Content::head);
    if (!row) return row.error();
    auto const manifest = domain::BatchManifest::parse(row->manifest);
    if (!manifest) return internal("stored manifest");
    Instant const now = clock_.now();
    json::Array records;
    for (store::ReportRow const& report : store::reports_of_batch(db, batch_no)) {
        auto view = record_view(report, now);
        if (!view) return view.error();
        records.push_back(std::move(*view));
    }
    auto exchanges = exchanges_view(db, *row);
    if (!exchanges) return exchanges.error();
    bool const over = row->state == domain::BatchState::answered;
    JsonObject view = summary_view(summary_of(*row));
    view.add("next_try_at", over ? Json() : Json(to_rfc3339(row->next_try_at)))
        .add("last_error", or_null(row->last_error))
        .add("kid", row->kid)
        .add("digest_sm3", to_hex(manifest->digest_sm3))
        .add("records", std::move(records))
        .add("exchanges", std::move(*exchanges))
        .add("history", history_view(store::history(db, batch_no)));
    return Json(std::move(view));
}

Async<Json> ReportService::batch(Caller<Official> caller, std::string batch_no) {
    return db_.run(caller.deadline, [this, caller, batch_no](db::PgSession& session) -> Outcome<Json> {
        auto view =
            in_snapshot(session, [&](db::PgSession& db) { return batch_view(db, *caller.who, batch_no); });
        if (view) note(session, caller, store::reports_of_batch(session, batch_no), line_errors);
        return view;
    });
}

Async<std::string> ReportService::part(Caller<Official> caller, std::string batch_no, Part which) {
    return db_.run(
        caller.deadline, [this, caller, batch_no, which](db::PgSession& db) -> Outcome<std::string> {
            auto const row = visible(db, *caller.who, batch_no, store::Content::whole);
            if (!row) return row.error();
            switch (which) {
                case Part::manifest: return row->manifest;
                case Part::records:
                    note(db, caller, store::reports_of_batch(db, batch_no), whole_lines);
                    return vault_.open(row->records, store::batch_label(batch_no));
                case Part::signature:
                    if (row->signature) return to_string(*row->signature);
                    break;
                case Part::answer:
                    if (!row->answer) break;
                    note(db, caller, store::reports_of_batch(db, batch_no), line_errors);
                    return vault_.open_beside(row->records, *row->answer, store::answer_label(batch_no));
            }
            return fault(problem::not_found);
        });
}

namespace {

/// Units are named as they are called now, also where a report was rejected because one had been renamed.
void name_units(db::PgSession& db, JsonObject& line) {
    for (auto const& [code, name] :
         {std::pair{"performance_unit_uscc", "performance_unit"}, {"accept_unit_uscc", "accept_unit"}}) {
        Json const* const uscc = line.find(code);
        if (!uscc || !uscc->is_string()) continue;
        if (auto const unit = store::organisation_by_uscc(db, uscc->as_string())) line.set(name, unit->name);
    }
}

/// Nothing is added or changed of a record that was withdrawn meanwhile.
Outcome<void> still_reported(db::PgSession& db, store::ReportRow const& row) {
    if (row.op == domain::ReportOp::withdraw) return {};
    auto const record = store::record_by_id(db, row.record);
    if (!record || record->state == domain::RecordState::active) return {};
    return fault(problem::conflict, "The record was withdrawn; it is not reported any more.",
                 "该记录已撤回，不再报送。");
}

}  // namespace

Outcome<store::ReportRow> ReportService::corrected(db::PgSession& db, store::ReportRow const& rejected,
                                                   Correction const& correction, AccountId by,
                                                   Instant now) const {
    auto json = vault_.open_json(rejected.line, store::report_label(rejected.record_no));
    if (!json) return json.error();
    int const attempt = rejected.attempt + 1;
    std::string const number = record_no(rejected.record, attempt);
    JsonObject& line = json->as_object();
    name_units(db, line);
    for (auto const& [name, value] : correction.fields) line.set(name, value);
    line.set("record_no", number);
    if (auto const errors = domain::check_report_line(*json, regions_, china_date(now)); !errors.empty())
        return bad_line(errors);
    store::ReportRow row{.record_no = number,
                         .record = rejected.record,
                         .attempt = attempt,
                         .organisation = rejected.organisation,
                         .line = vault_.seal(domain::report_line(*json), store::report_label(number)),
                         .why = std::nullopt,
                         .due_at = rejected.due_at,
                         .rule = rejected.rule,
                         .created_at = now,
                         .created_by = by,
                         .op = rejected.op};
    row.why = vault_.seal_beside(row.line, correction.why, why_label(number));
    return row;
}

Async<Json> ReportService::correct(Caller<Official> caller, std::optional<std::string> batch_no,
                                   std::string record_no, Correction correction) {
    return db_.run(caller.deadline, [=, this](db::PgSession& session) -> Outcome<Json> {
        try {
            return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                auto const rejected = store::lock_report(db, record_no);
                if (!rejected || rejected->batch_no != batch_no ||
                    rejected->organisation != caller.who->organisation)
                    return fault(problem::not_found);
                if (rejected->state != SubmissionState::rejected)
                    return fault(problem::wrong_step, "Only a rejected report can be corrected.",
                                 "只有被退回的记录可以更正。");
                if (auto wanted = still_reported(db, *rejected); !wanted) return wanted.error();
                Instant const now = clock_.now();
                auto const row = corrected(db, *rejected, correction, caller.who->account, now);
                if (!row) return row.error();
                for (auto const& [name, value] : correction.fields)
                    if (name.ends_with("_unit_uscc"))
                        if (auto good =
                                check_credit_code(db, rejected->organisation, value, "/fields/" + name);
                            !good)
                            return good.error();
                store::insert(db, *row);
                born(db, domain::submission_lifecycle,
                     {.subject = row->record_no,
                      .actor = caller.who->account,
                      .now = now,
                      .why = "corrects " + rejected->record_no,
                      .rule = row->rule});
                return record_view(*row, now);
            });
        } catch (db::DbError const& error) {
            if (error.kind() != db::ErrorKind::unique) throw;
            return fault(problem::wrong_step, "This report has been corrected already.", "该记录已被更正。");
        }
    });
}

}  // namespace sponsio::service

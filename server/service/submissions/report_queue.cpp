#include "server/service/submissions/report_queue.hpp"

#include "server/base/internal.hpp"
#include "server/domain/batch.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/matter.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/store/commitments.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;

domain::ReportedPublication reported(domain::PublicationType type) {
    switch (type) {
        case domain::PublicationType::open: return domain::ReportedPublication::open;
        case domain::PublicationType::limited: return domain::ReportedPublication::limited;
        case domain::PublicationType::not_public: break;
    }
    return domain::ReportedPublication::not_public;
}

domain::ReportedKind reported(domain::CommitterKind kind) {
    switch (kind) {
        case domain::CommitterKind::organisation: return domain::ReportedKind::organisation;
        case domain::CommitterKind::sole_trader: return domain::ReportedKind::sole_trader;
        case domain::CommitterKind::natural_person: break;
    }
    return domain::ReportedKind::natural_person;
}

std::optional<std::string> text_at(Json const& object, std::string_view name) {
    Json const* value = object.find(name);
    return value && value->is_string() ? std::optional(value->as_string()) : std::nullopt;
}

/// Sets the committer, with the number by which platforms join records: the
/// 18-character form if there is one.
Outcome<void> name_committer(Json const& committer, Date made_on, domain::ReportLine& line) {
    Json const& document = committer.at("document");
    auto const kind = domain::from_word<domain::CommitterKind>(committer.at("kind").as_string());
    auto const type = domain::from_word<domain::DocumentType>(document.at("type").as_string());
    if (!kind || !type) return internal("committer of a commitment");
    std::string const& number = document.at("number").as_string();
    auto const paper = domain::IdentityDocument::parse(*type, number, made_on);
    line.committer_name = Sealed{committer.at("name").as_string()};
    line.committer_kind = reported(*kind);
    line.committer_id_type = domain::reported_type_of(*type);
    line.committer_id = paper ? paper->matching_number() : Sealed{number};
    return {};
}

}  // namespace

std::string record_no(RecordId record, int attempt) {
    return record.text() + "-" + std::to_string(attempt);
}

std::string errors_label(std::string const& record_no) {
    return "submission_record.errors:" + record_no;
}

std::string why_label(std::string const& record_no) {
    return "submission_record.why:" + record_no;
}

Outcome<NewReport> ReportQueue::compose(db::PgSession& db, RecordToReport const& report,
                                        Agencies& agencies) try {
    store::FindingForRecord const& row = report.finding.row;
    Json const& content = report.finding.commitment;
    domain::MatterVersion const& matter = report.finding.matter->content;
    if (!row.effective_at || !row.decided_at) return internal("finding of a record");
    std::string const& accepted_by = content.at("accepted_by").as_string();
    auto known = agencies.find(accepted_by);
    if (known == agencies.end())
        known = agencies.emplace(accepted_by, store::organisation_by_uscc(db, accepted_by)).first;
    auto const& agency = known->second;
    if (!agency) return internal("agency of a commitment");

    auto const valid_until = text_at(content, "valid_until");
    // An effective finding makes its commitment `breached` in the same transaction.
    auto const breached = domain::performance_of(domain::CommitmentState::breached).value();
    domain::ReportLine line{.record_no = record_no(report.record, 1),
                            .record_id = report.record.text(),
                            .commitment_code = row.commitment_code,
                            .reason = content.at("reason").as_string(),
                            .content = matter.content.zh,
                            .breach_liability = matter.breach_liability.zh,
                            .commitment_date = row.made_on,
                            .valid_until = valid_until ? parse_iso_date(*valid_until) : std::nullopt,
                            .performance_status = domain::reported(breached),
                            .unperformed_content = matter.content.zh,
                            .breach_action = report.finding.text.proposed_action,
                            .performance_date = china_date(*row.decided_at),
                            .performance_unit = row.unit_name,
                            .performance_unit_uscc = row.unit_uscc,
                            .accept_unit = agency->name,
                            .accept_unit_uscc = agency->uscc,
                            .publication_type = reported(matter.publication_type),
                            .remarks = text_at(content, "remarks")};
    if (auto named = name_committer(content.at("committer"), row.made_on, line); !named) return named.error();
    return NewReport{report.record, row.organisation, row.unit_region, *row.effective_at, std::move(line)};
} catch (Failure const&) {
    return internal("content of a commitment");  // authentic, but not what this version writes
}

Outcome<void> ReportQueue::set_clock(domain::ClockId id, std::string const& region, Instant starts,
                                     store::ReportRow& row) const {
    // A missing calendar does not delay the report: only its last day stays open.
    auto clock = CountedBy{rules_, calendar_, region}.from(id, starts);
    if (!clock) return clock.error();
    row.due_at = clock->due;
    row.rule = std::move(clock->rule);
    return {};
}

/// Sets a row aside whose line no platform could accept.
Outcome<void> ReportQueue::check_line(Json const& line, Instant now, store::ReportRow& row,
                                      Events& events) const {
    auto const errors = domain::check_report_line(line, regions_, china_date(now));
    if (errors.empty()) return {};
    auto const to = step(events, domain::submission_lifecycle, row.state, domain::SubmissionEvent::reject,
                         domain::NoFacts{},
                         Move{.subject = row.record_no,
                              .actor = domain::System{},
                              .now = now,
                              .why = "own_check",
                              .organisation = row.organisation});
    if (!to) return to.error();
    row.state = *to;
    row.errors =
        vault_.seal_beside(row.line, json::write(domain::errors_json(errors)), errors_label(row.record_no));
    return {};
}

/// The validated row of a new report; the caller appends its events.
Outcome<store::ReportRow> ReportQueue::row_of(NewReport const& report, Instant now, Events& events) const {
    Json const line = report.line.to_json();
    store::ReportRow row{
        .record_no = report.line.record_no,
        .record = report.record,
        .attempt = 1,
        .organisation = report.organisation,
        .line = vault_.seal(domain::report_line(line), store::report_label(report.line.record_no)),
        .why = std::nullopt,
        .due_at = std::nullopt,
        .rule = {},
        .created_at = now,
        .created_by = std::nullopt};
    if (auto clock = set_clock(domain::rule::submission, report.region, report.clock_starts, row); !clock)
        return clock.error();
    events.push_back(birth(domain::submission_lifecycle, Move{.subject = row.record_no,
                                                              .actor = domain::System{},
                                                              .now = now,
                                                              .rule = row.rule,
                                                              .organisation = row.organisation}));
    if (auto checked = check_line(line, now, row, events); !checked) return checked.error();
    return row;
}

Outcome<void> ReportQueue::follow(db::PgSession& db, FollowUp const& what, Instant now) const {
    auto const before = store::lock_reports_of(db, what.record);
    auto const last = std::ranges::find_if(before.rbegin(), before.rend(), [](store::ReportRow const& row) {
        return row.state != domain::SubmissionState::rejected;
    });
    if (last == before.rend()) return {};
    auto json = vault_.open_json(last->line, store::report_label(last->record_no));
    if (!json) return json.error();
    int const attempt = before.back().attempt + 1;
    std::string const number = record_no(what.record, attempt);
    domain::JsonObject& line = json->as_object();
    line.set("record_no", number);
    line.set("op", domain::word(what.op));
    if (what.remarks) line.set("remarks", *what.remarks);
    store::ReportRow row{.record_no = number,
                         .record = what.record,
                         .attempt = attempt,
                         .organisation = last->organisation,
                         .line = vault_.seal(domain::report_line(*json), store::report_label(number)),
                         .why = std::nullopt,
                         .due_at = std::nullopt,
                         .rule = {},
                         .created_at = now,
                         .created_by = what.by.account(),
                         .op = what.op};
    row.why = vault_.seal_beside(row.line, what.why, why_label(number));
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of a report");
    bool const ends = what.op == domain::ReportOp::withdraw;
    auto const clock = ends ? domain::rule::withdrawn_report : domain::rule::submission;
    if (auto set = set_clock(clock, unit->region_code, now, row); !set) return set;
    Events events{birth(domain::submission_lifecycle, Move{.subject = number,
                                                           .actor = what.by,
                                                           .now = now,
                                                           .why = what.why,
                                                           .rule = row.rule,
                                                           .organisation = row.organisation})};
    if (auto checked = check_line(*json, now, row, events); !checked) return checked;
    store::append(db, events);
    store::insert(db, row);
    return {};
}

Outcome<std::string> ReportQueue::queue(db::PgSession& db, NewReport const& report, Instant now) const {
    Events events;
    auto const row = row_of(report, now, events);
    if (!row) return row.error();
    store::append(db, events);
    store::insert(db, *row);
    return row->record_no;
}

Outcome<void> ReportQueue::queue(db::PgSession& db, std::span<RecordToReport const> records,
                                 Instant now) const {
    Agencies agencies;
    Events events;
    std::vector<store::ReportRow> rows;
    for (RecordToReport const& one : records) {
        auto const report = compose(db, one, agencies);
        if (!report) return report.error();
        auto row = row_of(*report, now, events);
        if (!row) return row.error();
        rows.push_back(std::move(*row));
    }
    store::append(db, events);
    store::insert(db, rows);
    return {};
}

}  // namespace sponsio::service

#include "server/service/records/issue_facts.hpp"

#include "server/domain/road.hpp"
#include "server/domain/rule_ids.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/findings/proof.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/commitments.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;

/// The finding cannot become a record; `rule` is the lint that would refuse it, or what its steps do not
/// prove.
Fault refused(std::string_view rule) {
    return {.problem = &problem::lint_failed, .cause = std::string(rule)};
}

struct Subject {
    std::string kind, name, document_type, document_number;
    std::optional<Date> birth_date;
};

/// The day from which a record is kept: some places count from the end of the act, some from the decision
/// that identifies it (docs/law.md G12). A false promise ends with being made; one that is not kept is broken
/// until that is established.
Date retention_start(domain::ClockRule const& rule, domain::FindingKind kind,
                     store::FindingForRecord const& row) {
    if (rule.starts == "act.ended" && kind != domain::FindingKind::unfulfilled) return row.made_on;
    if (rule.starts == "finding.effective") return china_date(*row.effective_at);
    return china_date(*row.decided_at);
}

/// The kinds of data that may not be on record in that place.
Outcome<std::vector<std::string>> forbidden_data(domain::Rules const& rules, std::string_view region,
                                                 Date on) {
    auto kinds = rules.list(domain::rule::forbidden_data, region, on);
    if (!kinds) return kinds;
    auto const bound = rules.list(domain::rule::consent_bound_data, region, on);
    if (!bound) return bound.error();
    kinds->insert(kinds->end(), bound->begin(), bound->end());
    return kinds;
}

Subject subject_of(Json const& content, Date made_on) {
    Json const& committer = content.at("committer");
    Json const& document = committer.at("document");
    Subject subject{committer.at("kind").as_string(), committer.at("name").as_string(),
                    document.at("type").as_string(), document.at("number").as_string(), std::nullopt};
    if (auto const type = domain::from_word<domain::DocumentType>(subject.document_type))
        if (auto const paper = domain::IdentityDocument::parse(*type, subject.document_number, made_on))
            subject.birth_date = paper->birth_date();
    if (Json const* given = committer.find("birth_date"); given && !subject.birth_date)
        subject.birth_date = parse_iso_date(given->as_string());
    return subject;
}

/// What the decision ordered where that is less than was proposed; nothing if it ordered what was proposed.
std::optional<Outcome<std::string>> decided_action(Vault const& vault,
                                                   store::FindingOnRecord const& finding) {
    auto const said = std::ranges::find(finding.statements, "action", &store::StatementRow::step);
    if (said == finding.statements.end()) return std::nullopt;
    return vault.open(said->content, statement_label(said->finding, said->step, said->version));
}

void apply(domain::RecordCorrection const& correction, domain::FindingText& text, Json& commitment) {
    if (correction.subject_name)
        commitment.as_object().find("committer")->as_object().set("name", *correction.subject_name);
    if (!correction.legal_basis.empty()) text.legal_basis = correction.legal_basis;
}

}  // namespace

Outcome<OpenedFinding> FactReader::open(db::PgSession& db, store::FindingForRecord row,
                                        std::span<store::FindingOnRecord const> on_record) const try {
    auto const proven = std::ranges::find(on_record, row.finding, [](auto const& one) { return one.row.id; });
    if (proven == on_record.end()) return refused("steps_missing");
    if (auto const doubt = doubt_about(vault_, *proven)) return refused(*doubt);
    auto const text = vault_.open_json(row.text, draft_label(row.finding, row.version));
    if (!text) return text.error();
    auto commitment = vault_.open_json(row.commitment, store::content_label(row.commitment_code));
    if (!commitment) return commitment.error();
    auto said = domain::FindingText::from_json(*text);
    if (row.corrected) {
        auto const correction = correction_of(db, vault_, row.finding);
        if (!correction) return correction.error();
        if (*correction) apply(**correction, said, *commitment);
    }
    if (auto lighter = decided_action(vault_, *proven)) {
        if (!*lighter) return lighter->error();
        said.proposed_action = std::move(**lighter);
    }
    auto matter = matters_.find(db, row.matter, row.matter_version);
    return OpenedFinding{std::move(row), std::move(said), std::move(*commitment), std::move(matter)};
} catch (Failure const&) {
    return refused("facts_unreadable");  // authentic, but not what this version writes
}

/// Only what the place says may become a record (docs/law.md D3, D10).
Outcome<void> FactReader::is_collected(OpenedFinding const& finding, domain::FindingKind kind,
                                       domain::Severity severity) const {
    store::FindingForRecord const& row = finding.row;
    domain::Circumstances const& said = finding.text.circumstances;
    domain::RoadOf const place{row.unit_region, china_date(*row.decided_at),
                               finding.matter->content.action_kind};
    auto const road = domain::Road::of(rules_, kind, place);
    if (!road) return road.error();
    if (!road->leads_to_record(said)) return refused("no_record_follows");
    if (severity != domain::Severity::minor || said.corrected != true) return {};
    auto const collected =
        rules_.flag(domain::rule::collect_minor_corrected, place.region, place.on, place.action);
    if (!collected) return collected.error();
    if (!*collected) return refused("minor_corrected");
    return {};
}

Outcome<domain::RecordFacts> FactReader::read(OpenedFinding const& finding, RecordId record,
                                              Instant issued_at, store::StatusPlace status) const try {
    store::FindingForRecord const& row = finding.row;
    if (!row.reviewed_by || !row.decided_by) return refused("three_persons");
    if (!row.decision_number || !row.decided_at || !row.served_at || !row.effective_at)
        return refused("served_and_effective");
    auto const kind = domain::from_word<domain::FindingKind>(row.kind);
    auto const severity = domain::from_word<domain::Severity>(row.severity);
    if (!kind || !severity) return refused("facts_unreadable");
    if (auto collected = is_collected(finding, *kind, *severity); !collected) return collected.error();

    auto const rule = rules_.clock(domain::rule::retention, row.unit_region, china_date(*row.effective_at));
    if (!rule) return rule.error();
    auto const kept = domain::due(*rule, retention_start(*rule, *kind, row), calendar_);
    if (!kept) return kept.error();
    auto const full_age = rules_.number(domain::rule::subject_age, row.unit_region, row.made_on);
    if (!full_age) return full_age.error();

    auto forbidden = forbidden_data(rules_, row.unit_region, china_date(*row.effective_at));
    if (!forbidden) return forbidden.error();

    Subject subject = subject_of(finding.commitment, row.made_on);
    return domain::RecordFacts{.record = record,
                               .issuer = issuer_,
                               .issued_at = issued_at,
                               .status_list = domain::status_list_uri(issuer_, status.list_no),
                               .status_index = status.index,
                               .commitment_code = row.commitment_code,
                               .made_on = row.made_on,
                               .matter_code = finding.matter->code,
                               .matter_name = finding.matter->content.name,
                               .kind = *kind,
                               .severity = *severity,
                               .legal_basis = finding.text.legal_basis,
                               .decision_number = *row.decision_number,
                               .decided_at = *row.decided_at,
                               .served_at = *row.served_at,
                               .effective_at = *row.effective_at,
                               .drafted_by = row.drafted_by,
                               .reviewed_by = *row.reviewed_by,
                               .decided_by = *row.decided_by,
                               .unit_name = row.unit_name,
                               .unit_uscc = row.unit_uscc,
                               .subject_kind = std::move(subject.kind),
                               .subject_name = std::move(subject.name),
                               .subject_document_type = std::move(subject.document_type),
                               .subject_document_number = std::move(subject.document_number),
                               .subject_birth_date = subject.birth_date,
                               .full_age = std::chrono::years{*full_age},
                               .retention_until = kept->date,
                               .retention_rule = ClockText::of(*kept).line(),
                               .forbidden = std::move(*forbidden)};
} catch (Failure const&) {
    return refused("facts_unreadable");  // authentic, but not what this version writes
}

std::string refusal_of(Fault const& fault) {
    if (fault.problem == &problem::lint_failed) return fault.cause;
    if (fault.problem == &problem::gone) return "content_erased";
    return "facts_unreadable";
}

}  // namespace sponsio::service

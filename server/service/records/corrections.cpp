#include "server/service/records/corrections.hpp"

#include "server/service/unit/transaction.hpp"
#include "server/store/finding_steps.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

constexpr std::string_view proven = "record correction";

std::string statement(store::CorrectionRow const& row, std::string const& content) {
    return json::canonical(domain::JsonObject{{"case_id", row.of.text()},
                                              {"content", content},
                                              {"finding_id", row.finding.text()},
                                              {"made_at", to_rfc3339(row.made_at)},
                                              {"number", row.number},
                                              {"serial", std::int64_t{row.serial}}});
}

}  // namespace

void correct_record(db::PgSession& db, Vault const& vault, FindingId finding, Uuid const& by,
                    std::string const& number, domain::RecordCorrection const& correction, Instant now) {
    auto const before = store::newest_corrections(db, {finding});
    std::int32_t const serial = before.empty() ? 1 : before.front().serial + 1;
    // Several corrections of one finding add up.
    domain::RecordCorrection whole = correction;
    if (auto const earlier = correction_of(db, vault, finding).value()) {
        if (!whole.subject_name) whole.subject_name = earlier->subject_name;
        if (whole.legal_basis.empty()) whole.legal_basis = earlier->legal_basis;
    }
    std::string const content = json::canonical(whole.to_json());
    store::CorrectionRow row{.finding = finding,
                             .serial = serial,
                             .of = by,
                             .number = number,
                             .content = vault.seal(content, store::correction_label(finding, serial)),
                             .proof = {},
                             .proof_key = {},
                             .made_at = now};
    store::Proof const proof = vault.prove(proven, statement(row, content));
    row.proof = proof.value;
    row.proof_key = proof.key;
    store::insert(db, row);
}

Outcome<std::optional<domain::RecordCorrection>> correction_of(db::PgSession& db, Vault const& vault,
                                                               FindingId finding) {
    using Found = std::optional<domain::RecordCorrection>;
    auto const rows = store::newest_corrections(db, {finding});
    if (rows.empty()) return Found{};
    store::CorrectionRow const& row = rows.front();
    auto const content = vault.open(row.content, store::correction_label(finding, row.serial));
    if (!content) return content.error();
    if (!vault.proves({row.proof, row.proof_key}, proven, statement(row, *content)))
        return Fault{.problem = &problem::lint_failed, .cause = "correction_unproven"};
    auto const stored = domain::parse_json(*content);
    if (!stored) return stored.error();
    return Found{domain::RecordCorrection::from_json(*stored)};
}

Outcome<void> supersede_record(db::PgSession& db, RecordId record, FindingId finding,
                               domain::Actor const& actor, std::string const& why, Instant now) {
    auto const states = store::lock_drafts(db, std::span(&record, 1));
    if (states.empty()) return fault(problem::not_found);
    auto const to =
        step(db, domain::draft_lifecycle, states.front().second, domain::DraftEvent::supersede,
             domain::NoFacts{}, {.subject = record.text(), .actor = actor, .now = now, .why = why});
    if (!to) return to.error();
    store::set_states(db, std::span(&record, 1), *to);
    store::release_finding(db, finding);
    return {};
}

Outcome<OpenedFinding> finding_behind(db::PgSession& db, FactReader const& facts, RecordId record) {
    auto const finding = store::finding_of_record(db, record);
    if (!finding) return fault(problem::not_found);
    auto rows = store::findings_for_records(db, std::span(&*finding, 1));
    if (rows.empty()) return fault(problem::not_found);
    auto const on_record = store::findings_on_record(db, std::span(&*finding, 1));
    return facts.open(db, std::move(rows.front()), on_record);
}

}  // namespace sponsio::service

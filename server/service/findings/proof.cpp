#include "server/service/findings/proof.hpp"

#include "crypto/digest.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/store/audit.hpp"

#include <algorithm>
#include <array>

namespace sponsio::service {
namespace {

using domain::FindingEvent;
using domain::FindingState;
using domain::Json;
using domain::JsonObject;
using store::FindingOnRecord;
using store::FindingStep;

constexpr std::string_view kind_of_proof = "finding_step";
constexpr int old_at_once = 256;

std::string digest_of(ByteView bytes) {
    return to_hex(crypto::sha256(bytes));
}

/// Sealed values are digested as they are stored: a text that is put in another's place has other bytes, and
/// one whose key was destroyed still has its own.
Json view_of(store::ServedDocument const& paper) {
    store::DocumentRow const& made = paper.document;
    JsonObject view{{"id", made.id.text()},
                    {"kind", domain::word(made.kind)},
                    {"number", made.number},
                    {"digest", to_hex(made.digest)},
                    {"content", digest_of(made.content.content)},
                    {"made_by", made.made_by.text()},
                    {"made_at", to_rfc3339(made.made_at)}};
    if (auto const& service = paper.service)
        view.add("served_at", to_rfc3339(service->served_at))
            .add("method", domain::word(service->method))
            .add("receipt", digest_of(service->receipt.content))
            .add("recorded_by", service->recorded_by.text())
            .add("recorded_at", to_rfc3339(service->recorded_at))
            .add("evidence", or_null(service->evidence))
            .add("counts_from", or_null(service->counts_from));
    return view;
}

Json view_of(store::StatementRow const& said) {
    return JsonObject{{"step", said.step},
                      {"version", said.version},
                      {"actor", or_null(said.actor)},
                      {"at", to_rfc3339(said.at)},
                      {"content", digest_of(said.content.content)}};
}

crypto::Digest facts_of(FindingOnRecord const& finding) {
    store::FindingRow const& row = finding.row;
    json::Array papers, statements;
    // What answers an objection or an application for repair comes when the finding is settled.
    for (auto const& paper : finding.papers)
        if (!paper.document.about) papers.push_back(view_of(paper));
    for (auto const& said : finding.statements) statements.push_back(view_of(said));
    JsonObject const facts{{"task", row.task.text()},
                           {"commitment", row.commitment_code},
                           {"organisation", row.organisation.text()},
                           {"kind", domain::word(row.kind)},
                           {"culpability", domain::word(row.culpability)},
                           {"severity", domain::word(row.severity)},
                           {"version", row.version},
                           {"draft", digest_of(row.draft.content)},
                           {"drafted_by", row.drafted_by.text()},
                           {"drafted_at", to_rfc3339(row.drafted_at)},
                           {"reviewed_by", or_null(row.reviewed_by)},
                           {"decided_by", or_null(row.decided_by)},
                           {"defence_until", or_null(row.defence_until)},
                           {"remedy_until", or_null(row.remedy_until)},
                           {"effective_at", or_null(row.effective_at)},
                           {"state", domain::word(row.state)},
                           {"papers", std::move(papers)},
                           {"statements", std::move(statements)}};
    return crypto::sha256(as_bytes(json::canonical(Json(facts))));
}

std::string text_of(FindingStep const& step, crypto::Digest const& before) {
    return json::canonical(Json(JsonObject{{"finding", step.finding.text()},
                                           {"number", std::int64_t{step.number}},
                                           {"event", step.event},
                                           {"from", or_null(step.from)},
                                           {"to", step.to},
                                           {"actor", or_null(step.actor)},
                                           {"at", to_rfc3339(step.at)},
                                           {"facts", to_hex(step.facts)},
                                           {"before", to_hex(before)}}));
}

void add_steps(db::PgSession& db, Vault const& vault, FindingOnRecord const& finding,
               std::span<store::Event const> taken) {
    crypto::Digest const facts = facts_of(finding);
    crypto::Digest before = finding.steps.empty() ? crypto::Digest{} : finding.steps.back().proof;
    auto number = static_cast<std::int16_t>(finding.steps.size());
    std::vector<FindingStep> steps;
    for (store::Event const& event : taken) {
        FindingStep step{.finding = finding.row.id,
                         .number = ++number,
                         .event = event.event,
                         .from = event.from,
                         .to = event.to,
                         .actor = event.actor.account(),
                         .at = event.at,
                         .facts = facts,
                         .proof = {},
                         .proof_key = {}};
        store::Proof proof = vault.prove(kind_of_proof, text_of(step, before));
        before = step.proof = proof.value;
        step.proof_key = std::move(proof.key);
        steps.push_back(std::move(step));
    }
    store::insert(db, steps);
}

/// The first step of a finding from before there were steps.
store::Event taking_over(store::FindingRow const& row, std::string state, Instant at) {
    return {.at = at,
            .lifecycle = std::string(domain::finding_lifecycle.name),
            .subject = row.id.text(),
            .from = std::nullopt,
            .event = std::string(taken_over),
            .to = std::move(state),
            .actor = domain::System{},
            .why = std::nullopt,
            .rule = std::nullopt};
}

/// Whether the step is one that the lifecycle knows, and begins where the one before ended.
bool follows(FindingStep const& step, FindingStep const* before) {
    if (!before)
        return !step.from && (step.event == taken_over ||
                              (step.event == "created" && step.to == domain::word(FindingState::drafted)));
    if (step.from != before->to) return false;
    return std::ranges::any_of(domain::finding_lifecycle.rows, [&](auto const& row) {
        return domain::word(row.from) == *step.from && domain::word(row.event) == step.event &&
               domain::word(row.to) == step.to;
    });
}

/// Who last took one of these steps. Of what was taken over, who stands in the row.
std::optional<AccountId> taker(FindingOnRecord const& finding, std::initializer_list<std::string_view> events,
                               std::optional<AccountId> const& in_row) {
    auto const& steps = finding.steps;
    auto const last = std::find_if(steps.rbegin(), steps.rend(), [&](FindingStep const& step) {
        return std::ranges::find(events, step.event) != events.end();
    });
    if (last != steps.rend()) return last->actor;
    return steps.front().event == taken_over ? in_row : std::nullopt;
}

bool by_three_persons(FindingOnRecord const& finding) {
    store::FindingRow const& row = finding.row;
    auto const drafter =
        taker(finding, {"created", domain::word(FindingEvent::amend)}, std::optional(row.drafted_by));
    auto const reviewer = taker(finding, {domain::word(FindingEvent::confirm)}, row.reviewed_by);
    auto const decider = taker(finding, {domain::word(FindingEvent::decide)}, row.decided_by);
    return drafter && reviewer && decider && drafter != reviewer && drafter != decider &&
           reviewer != decider && drafter == row.drafted_by && reviewer == row.reviewed_by &&
           decider == row.decided_by;
}

}  // namespace

void prove_steps(db::PgSession& db, Vault const& vault, FindingId id, std::span<store::Event const> taken) {
    if (taken.empty()) return;
    store::FindingOnRecord const finding = store::findings_on_record(db, std::span(&id, 1)).at(0);
    // A finding from before there were steps may go on before the history is chained for the first time.
    bool const waits = finding.steps.empty() && taken.front().from && store::last_audit_run(db).events == 0 &&
                       store::take_finding_without_steps(db, id);
    if (!waits) return add_steps(db, vault, finding, taken);
    std::vector<store::Event> steps{taking_over(finding.row, *taken.front().from, taken.front().at)};
    steps.insert(steps.end(), taken.begin(), taken.end());
    add_steps(db, vault, finding, steps);
}

std::optional<std::string_view> doubt_in_steps(Vault const& vault, FindingOnRecord const& finding) {
    if (finding.steps.empty()) return "steps_missing";
    FindingStep const* last = nullptr;
    for (FindingStep const& step : finding.steps) {
        std::string const text = text_of(step, last ? last->proof : crypto::Digest{});
        if (!vault.proves({step.proof, step.proof_key}, kind_of_proof, text)) return "step_forged";
        if (step.number != (last ? last->number + 1 : 1) || !follows(step, last)) return "steps_broken";
        last = &step;
    }
    if (last->to != domain::word(finding.row.state) || last->facts != facts_of(finding))
        return "record_altered";
    return std::nullopt;
}

std::optional<std::string_view> doubt_about(Vault const& vault, FindingOnRecord const& finding) {
    if (auto const doubt = doubt_in_steps(vault, finding)) return doubt;
    if (finding.row.state != FindingState::effective) return "record_altered";
    if (!by_three_persons(finding)) return "three_persons";
    return std::nullopt;
}

Outcome<std::size_t> prove_old_findings(db::PgSession& db, Vault const& vault, Instant now) {
    auto const ids = store::take_findings_without_steps(db, old_at_once);
    for (FindingOnRecord const& finding : store::findings_on_record(db, ids)) {
        store::Event const event =
            taking_over(finding.row, std::string(domain::word(finding.row.state)), now);
        add_steps(db, vault, finding, std::span(&event, 1));
    }
    return ids.size();
}

}  // namespace sponsio::service

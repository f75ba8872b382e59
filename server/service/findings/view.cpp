#include "server/service/findings/view.hpp"

#include "server/base/internal.hpp"
#include "server/domain/road.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/service/evidence/pieces.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/commitments.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"
#include "server/store/step_signatures.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

Json ids(std::vector<EvidenceId> const& list) {
    json::Array texts;
    for (EvidenceId const& id : list) texts.push_back(id.text());
    return texts;
}

Outcome<Json> statements_view(Vault const& vault, std::vector<store::StatementRow> const& rows) {
    json::Array list;
    for (store::StatementRow const& row : rows) {
        auto text = vault.open(row.content, statement_label(row.finding, row.step, row.version));
        if (!text) return text.error();
        list.push_back(JsonObject{{"step", row.step},
                                  {"by", or_null(row.actor)},
                                  {"at", to_rfc3339(row.at)},
                                  {"version", row.version},
                                  {"text", std::move(*text)}});
    }
    return Json(std::move(list));
}

/// The versions that were returned and amended, with who returned them and why.
Outcome<Json> versions_view(db::PgSession& db, Vault const& vault,
                            std::vector<store::EarlierDraft> const& drafts,
                            std::vector<store::StatementRow> const& statements) {
    json::Array list;
    for (store::EarlierDraft const& one : drafts) {
        auto const draft = vault.open_json(one.draft, draft_label(one.finding, one.version));
        if (!draft) return draft.error();
        JsonObject view{{"version", one.version},
                        {"kind", domain::word(one.kind)},
                        {"fault", domain::word(one.culpability)},
                        {"severity", domain::word(one.severity)},
                        {"facts", draft->at("facts")},
                        {"evidence_ids", ids(store::evidence_of_finding(db, one.finding, one.version))},
                        {"legal_basis", draft->at("legal_basis")},
                        {"proposed_action", draft->at("proposed_action")},
                        {"drafted_by", one.drafted_by.text()},
                        {"drafted_at", to_rfc3339(one.drafted_at)}};
        auto const said = std::ranges::find_if(statements, [&](store::StatementRow const& row) {
            return row.step == return_step && row.version == one.version;
        });
        if (said == statements.end()) return internal("an amended draft that nobody returned");
        auto reasons = vault.open(said->content, statement_label(one.finding, return_step, one.version));
        if (!reasons) return reasons.error();
        view.add("returned_by", or_null(said->actor))
            .add("returned_at", to_rfc3339(said->at))
            .add("reasons", std::move(*reasons));
        list.emplace_back(std::move(view));
    }
    return Json(std::move(list));
}

/// Whether another paper of its kind was composed after it.
bool is_replaced(store::ServedDocument const& paper, std::vector<store::ServedDocument> const& papers) {
    auto const newest = std::find_if(papers.rbegin(), papers.rend(), [&](auto const& one) {
        return one.document.kind == paper.document.kind && one.document.about == paper.document.about;
    });
    return newest->document.id != paper.document.id;
}

/// Periods with an end, in the order of their ends, then the open ones.
Json clocks_view(std::vector<store::ClockRow> const& rows, std::vector<store::OpenClockRow> const& open) {
    json::Array list;
    for (store::ClockRow const& row : rows)
        list.push_back(JsonObject{{"clock", row.clock},
                                  {"due_on", to_iso(row.due_on)},
                                  {"due_at", to_rfc3339(last_instant(row.ends))},
                                  {"rule", row.rule},
                                  {"rule_pack", row.rule_pack},
                                  {"calendar", or_null(row.calendar)},
                                  {"explanation", ClockText{row.rule, row.rule_pack, {}}.explanation()},
                                  {"waits_for_calendar", Json()}});
    for (store::OpenClockRow const& row : open)
        list.push_back(JsonObject{{"clock", row.clock},
                                  {"due_on", Json()},
                                  {"due_at", Json()},
                                  {"rule", row.rule},
                                  {"rule_pack", row.rule_pack},
                                  {"calendar", Json()},
                                  {"explanation", ClockText{row.rule, row.rule_pack, {}}.explanation()},
                                  {"waits_for_calendar", row.waits_for}});
    return list;
}

/// What is known of a service besides its receipt: when, and from which day its periods run.
void add_service(JsonObject& view, store::ServiceRow const& service) {
    Date const served_on = china_date(service.served_at);
    Date const from = service.counts_from.value_or(served_on);
    view.add("served_at", to_rfc3339(service.served_at))
        .add("recorded_at", to_rfc3339(service.recorded_at))
        .add("counts_from", to_iso(from))
        .add("counts_from_why",
             domain::word(from == served_on ? domain::CountsFrom::served : domain::CountsFrom::recorded));
}

Json documents_view(std::vector<store::ServedDocument> const& papers) {
    json::Array list;
    for (auto const& paper : papers) {
        JsonObject view{{"document_id", paper.document.id.text()},
                        {"kind", domain::word(paper.document.kind)},
                        {"number", paper.document.number},
                        {"digest_sha256", to_hex(paper.document.digest)},
                        {"made_at", to_rfc3339(paper.document.made_at)},
                        {"replaced", is_replaced(paper, papers)}};
        if (paper.service)
            add_service(view, *paper.service);
        else
            for (std::string_view none : {"served_at", "recorded_at", "counts_from", "counts_from_why"})
                view.add(std::string(none), Json());
        list.emplace_back(std::move(view));
    }
    return list;
}

Outcome<Json> late_services_view(Vault const& vault, std::vector<store::LateServiceRow> const& rows) {
    json::Array list;
    for (store::LateServiceRow const& row : rows) {
        RequestLabels const labels = labels_of(row.id);
        auto const text = vault.open_json(row.why, labels.why);
        if (!text) return text.error();
        JsonObject view{{"late_service_id", row.id.text()},
                        {"document_id", row.document.text()},
                        {"state", domain::word(row.state)},
                        {"served_at", to_rfc3339(row.served_at)},
                        {"method", domain::word(row.method)},
                        {"receipt", text->at("receipt")},
                        {"receipt_evidence_id", row.evidence.text()},
                        {"late_reason", text->at("late_reason")},
                        {"recorded_by", row.asked_by.text()},
                        {"recorded_at", to_rfc3339(row.asked_at)},
                        {"decided_by", Json()},
                        {"decided_at", Json()},
                        {"opinion", Json()}};
        if (row.decision) {
            auto opinion = vault.open(row.decision->why, labels.decision);
            if (!opinion) return opinion.error();
            view.set("decided_by", row.decision->by.text());
            view.set("decided_at", to_rfc3339(row.decision->at));
            view.set("opinion", std::move(*opinion));
        }
        list.emplace_back(std::move(view));
    }
    return Json(std::move(list));
}

/// What was said for and against the party; a member that was not said is null.
Json circumstances_view(Json const& draft) {
    JsonObject view;
    for (std::string_view name : {"harm", "first_time", "corrected", "measures"}) {
        Json const* said = draft.find(name);
        view.add(std::string(name), said ? *said : Json());
    }
    return view;
}

/// How grave it was proposed to be. Null of a draft from before that was sealed with it.
Json proposal_view(Json const& draft) {
    if (!draft.find("severity")) return Json();
    return JsonObject{
        {"kind", draft.at("kind")}, {"fault", draft.at("fault")}, {"severity", draft.at("severity")}};
}

Json hearing_view(store::FindingRow const& row) {
    if (!row.hearing_chair) return Json();
    return JsonObject{{"chaired_by", row.hearing_chair->text()}, {"at", to_rfc3339(*row.hearing_at)}};
}

/// What the place lets follow, and whether the circumstances let the party go.
Outcome<Json> law_view(db::PgSession& db, Ground const& ground, store::FindingRow const& row,
                       domain::Circumstances const& said, Instant now) {
    auto const commitment = store::commitment_by_code(db, row.commitment_code);
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!commitment || !unit) return internal("what a finding is about");
    auto const matter = ground.matters.find(db, commitment->matter, commitment->matter_version);
    domain::RoadOf const place{unit->region_code, china_date(now), matter->content.action_kind};
    auto const road = domain::Road::of(ground.rules, row.kind, place);
    if (!road) return road.error();
    auto const lenient = domain::leniency_of(ground.rules, place, row.gravity(), said);
    if (!lenient) return lenient.error();
    json::Array steps;
    for (std::string const& one : road->rule().rule->values) steps.push_back(one);
    Json leniency;
    if (*lenient)
        leniency = JsonObject{{"kind", domain::word((*lenient)->kind)},
                              {"rule", (*lenient)->rule.rule->id},
                              {"explanation", domain::explanation_link((*lenient)->rule)}};
    return Json(JsonObject{{"next_steps", std::move(steps)},
                           {"rule", road->rule().rule->id},
                           {"explanation", domain::explanation_link(road->rule())},
                           {"rectify_first", road->rectify_first()},
                           {"leads_to_record", road->leads_to_record(said)},
                           {"leniency", std::move(leniency)}});
}

/// Steps in which the party speaks.
bool is_of_the_party(std::string_view step) {
    using enum domain::FindingEvent;
    return step == "defence" || step == "waiver" || step == domain::word(request_hearing) ||
           step == domain::word(withdraw_hearing);
}

/// The names of all accounts that the finding mentions.
Json people_view(db::PgSession& db, std::vector<store::Event> const& events, store::FindingRow const& row) {
    std::vector<AccountId> accounts{row.drafted_by};
    for (auto const& account : {row.reviewed_by, row.decided_by, row.hearing_chair})
        if (account) accounts.push_back(*account);
    for (store::Event const& event : events)
        if (auto const& account = event.actor.account()) accounts.push_back(*account);
    std::ranges::sort(accounts);
    auto const doubles = std::ranges::unique(accounts);
    accounts.erase(doubles.begin(), doubles.end());
    json::Array list;
    for (auto const& person : store::names_of(db, accounts))
        list.push_back(JsonObject{{"account_id", person.id.text()}, {"name", person.name}});
    return list;
}

}  // namespace

Json finding_summary(store::FindingRow const& row) {
    return JsonObject{{"finding_id", row.id.text()},
                      {"state", domain::word(row.state)},
                      {"task_id", row.task.text()},
                      {"commitment_code", row.commitment_code},
                      {"kind", domain::word(row.kind)},
                      {"severity", domain::word(row.severity)},
                      {"drafted_at", to_rfc3339(row.drafted_at)},
                      {"waits_for_calendar", or_null(row.waits_for())}};
}

Outcome<Json> finding_view(db::PgSession& db, Ground const& ground, store::FindingRow const& row,
                           Instant now) {
    Vault const& vault = ground.vault;
    auto const draft = vault.open_json(row.draft, draft_label(row.id, row.version));
    if (!draft) return draft.error();
    auto law = law_view(db, ground, row, domain::Circumstances::from_json(*draft), now);
    if (!law) return law.error();
    auto const said = store::statements_of(db, row.id);
    auto statements = statements_view(vault, said);
    if (!statements) return statements.error();
    auto versions = versions_view(db, vault, store::earlier_drafts_of(db, row.id), said);
    if (!versions) return versions.error();
    auto late = late_services_view(vault, store::late_services_of(db, row.id));
    if (!late) return late.error();
    auto files = evidence_views(db, vault, row.id);
    if (!files) return files.error();
    auto const events = store::history(db, row.id.text());
    Json view(
        JsonObject{{"finding_id", row.id.text()},
                   {"state", domain::word(row.state)},
                   {"task_id", row.task.text()},
                   {"commitment_code", row.commitment_code},
                   {"version", row.version},
                   {"kind", domain::word(row.kind)},
                   {"fault", domain::word(row.culpability)},
                   {"severity", domain::word(row.severity)},
                   {"facts", draft->at("facts")},
                   {"evidence_ids", ids(store::evidence_of_finding(db, row.id))},
                   {"legal_basis", draft->at("legal_basis")},
                   {"proposed_action", draft->at("proposed_action")},
                   {"circumstances", circumstances_view(*draft)},
                   {"proposed", proposal_view(*draft)},
                   {"law", std::move(*law)},
                   {"hearing", hearing_view(row)},
                   {"drafted_by", row.drafted_by.text()},
                   {"drafted_at", to_rfc3339(row.drafted_at)},
                   {"reviewed_by", or_null(row.reviewed_by)},
                   {"decided_by", or_null(row.decided_by)},
                   {"waits_for_calendar", or_null(row.waits_for())},
                   {"effective_at", or_null(row.effective_at)},
                   {"record_id", or_null(store::record_of_finding(db, row.id))},
                   {"people", people_view(db, events, row)},
                   {"statements", std::move(*statements)},
                   {"earlier_versions", std::move(*versions)},
                   {"clocks", clocks_view(store::clocks_of(db, row.id), store::open_clocks_of(db, row.id))},
                   {"documents", documents_view(store::documents_of(db, row.id))},
                   {"receipts", std::move(*files)},
                   {"late_services", std::move(*late)},
                   {"history", history_view(events)}});
    name_people(db, view);
    return view;
}

Outcome<Json> signatures_view(db::PgSession& db, Vault const& vault, store::FindingRow const& row) {
    json::Array list;
    for (std::string const& below :
         {"/v1/verifications/" + row.task.text() + "/", "/v1/findings/" + row.id.text() + "/"})
        for (auto const& [one, jwk] : store::signatures_below(db, below)) {
            auto statement = vault.open(one.statement, store::statement_label(one.id));
            if (!statement) return statement.error();
            auto const key = json::parse(jwk);
            if (!key) return internal("a registered key that is no JSON");
            list.push_back(JsonObject{{"account_id", one.account.text()},
                                      {"path", one.path},
                                      {"at", to_rfc3339(one.at)},
                                      {"jws", one.jws},
                                      {"statement", std::move(*statement)},
                                      {"public_key", *key}});
        }
    Json view = JsonObject{{"finding_id", row.id.text()}, {"signatures", std::move(list)}};
    name_people(db, view);
    return view;
}

Outcome<Json> document_view(db::PgSession& db, Vault const& vault, store::ServedDocument const& paper) {
    store::DocumentRow const& d = paper.document;
    auto const text = vault.open(d.content, document_label(d.id));
    if (!text) return text.error();
    if (crypto::sha256(as_bytes(*text)) != d.digest) return internal("a paper differs from its digest");
    auto content = domain::parse_json(*text);
    if (!content) return content.error();
    Json service;
    if (paper.service) {
        auto receipt = vault.open(paper.service->receipt, receipt_label(d.id));
        if (!receipt) return receipt.error();
        auto const& digest = paper.service->digest;
        JsonObject said;
        add_service(said, *paper.service);
        said.add("method", domain::word(paper.service->method))
            .add("receipt", std::move(*receipt))
            .add("receipt_evidence_id", or_null(paper.service->evidence))
            .add("digest_sha256", digest ? Json(to_hex(*digest)) : Json())
            .add("left_proof",
                 paper.service->left_proof ? Json(domain::word(*paper.service->left_proof)) : Json())
            .add("consent_evidence_id", or_null(paper.service->consent));
        service = std::move(said);
    }
    json::Array periods;
    for (store::StatedPeriodRow const& row : store::stated_periods_of(db, d.id))
        periods.push_back(JsonObject{{"clock", row.clock},
                                     {"serve_by", to_iso(row.serve_by)},
                                     {"last_day", or_null(row.last_day)},
                                     {"rule", row.rule},
                                     {"rule_pack", row.rule_pack},
                                     {"calendar", or_null(row.calendar)},
                                     {"waits_for_calendar", or_null(row.waits_for)}});
    return Json(JsonObject{{"document_id", d.id.text()},
                           {"finding_id", d.finding.text()},
                           {"kind", domain::word(d.kind)},
                           {"number", d.number},
                           {"about", d.about ? Json(d.about->text()) : Json()},
                           {"template", or_null(d.words)},
                           {"text", std::move(*content)},
                           {"digest_sha256", to_hex(d.digest)},
                           {"made_at", to_rfc3339(d.made_at)},
                           {"periods", std::move(periods)},
                           {"replaced", is_replaced(paper, store::documents_of(db, d.finding))},
                           {"service", std::move(service)}});
}

bool is_for_subject(store::ServedDocument const& paper, std::vector<store::ServedDocument> const& papers) {
    if (paper.service || store::is_answer(paper.document.kind)) return true;
    return paper.document.kind == store::DocumentKind::prior_notice && !is_replaced(paper, papers);
}

Outcome<JsonObject> own_finding_view(db::PgSession& db, Vault const& vault, store::FindingRow const& row) {
    json::Array statements;
    for (store::StatementRow const& said : store::statements_of(db, row.id)) {
        if (!is_of_the_party(said.step)) continue;
        auto text = vault.open(said.content, statement_label(said.finding, said.step, said.version));
        if (!text) return text.error();
        statements.push_back(JsonObject{{"step", said.step},
                                        {"at", to_rfc3339(said.at)},
                                        {"recorded_by_unit", said.actor.has_value()},
                                        {"text", std::move(*text)}});
    }
    auto const all = store::documents_of(db, row.id);
    std::vector<store::ServedDocument> papers;
    for (store::ServedDocument const& paper : all)
        if (is_for_subject(paper, all)) papers.push_back(paper);
    return JsonObject{
        {"commitment_code", row.commitment_code},
        {"state", domain::word(row.state)},
        {"effective_at", or_null(row.effective_at)},
        {"statements", std::move(statements)},
        {"clocks", clocks_view(store::clocks_of(db, row.id), store::open_clocks_of(db, row.id))},
        {"papers", documents_view(papers)}};
}

}  // namespace sponsio::service

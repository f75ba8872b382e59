#pragma once

#include "tests/service/finding_world.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sponsio::testing {

/// A world in which findings go through their steps, with fitting words for each.
class FindingFixture : public FindingWorld {
  protected:
    domain::FindingDraft draft_of(TaskId task, std::vector<EvidenceId> evidence) {
        return {.task = task,
                .kind = domain::FindingKind::false_statement,
                .culpability = domain::Culpability::intentional,
                .severity = domain::Severity::general,
                .facts = "承诺名下无住房，经核查名下有住房一套。",
                .evidence = std::move(evidence),
                .legal_basis = {{"优化营商环境条例", "第四十四条"}},
                .proposed_action = "撤销公租房资格确认"};
    }

    Outcome<service::Created> try_draft(domain::FindingDraft draft, std::string const& who = "verifier") {
        return await(findings->draft(as(who), fresh_key(), std::move(draft)));
    }

    /// A draft on a closed check of a new commitment.
    FindingId drafted() {
        filed = file_commitment();
        EvidenceId const evidence = check(filed);
        auto const made = try_draft(draft_of(filed.task, {evidence})).value();
        return *FindingId::parse(domain::parse_json(made.body).value().at("finding_id").as_string());
    }

    Outcome<Json> review(FindingId id, std::string const& who = "reviewer",
                         domain::ReviewOutcome outcome = domain::ReviewOutcome::confirmed) {
        bool const dismissed = outcome == domain::ReviewOutcome::dismissed;
        return await(findings->review(
            as(who), id, {outcome, "事实清楚，证据充分。", dismissed ? "示例住保不予字〔2026〕1号" : ""}));
    }

    Outcome<Json> send_back(FindingId id, std::string const& why = "错字，退回修改。",
                            std::string const& who = "reviewer") {
        return await(findings->review(as(who), id, {domain::ReviewOutcome::returned, why}));
    }

    Outcome<Json> amend(FindingId id, std::string const& facts = "承诺名下无住房，经核查名下有住房二套。",
                        std::string const& who = "verifier") {
        auto draft = draft_of(filed.task, store::evidence_of_finding(db(), id));
        draft.facts = facts;
        return await(findings->amend(as(who), id, {draft}));
    }

    /// A receipt, taken in now.
    EvidenceId receipt(FindingId id) {
        auto const made = await(findings->add_evidence(as("clerk"), fresh_key(), id, a_file("送达回证")));
        return *EvidenceId::parse(
            domain::parse_json(made.value().body).value().at("evidence_id").as_string());
    }

    domain::Service service_now(domain::ServiceMethod method = domain::ServiceMethod::in_person) {
        return {clock.now(), method, "本人签收，送达回证"};
    }

    Outcome<Json> compose(FindingId id, std::optional<Date> serve_by = {}, std::string const& who = "clerk") {
        return await(
            findings->compose_prior_notice(as(who), id,
                                           {"示例住保告字〔2026〕1号", "示例区建设路1号政务服务大厅3号窗口",
                                            "住房保障科，010-00000000", serve_by}));
    }

    /// The digest of the newest paper of that kind.
    std::string digest_of(FindingId id, store::DocumentKind kind) {
        std::string digest;
        for (auto const& paper : store::documents_of(db(), id))
            if (paper.document.kind == kind) digest = to_hex(paper.document.digest);
        return digest;
    }

    /// Whatever the paper and the receipt: the digest is that of the newest prior notice, the receipt a new
    /// one.
    Outcome<Json> serve_notice(FindingId id, domain::Service service, std::string const& who = "clerk") {
        service.evidence = receipt(id);
        service.digest = digest_of(id, store::DocumentKind::prior_notice);
        return await(findings->serve_prior_notice(as(who), id, service));
    }

    /// Composed and served at once.
    Outcome<Json> notify(FindingId id, domain::ServiceMethod method = domain::ServiceMethod::in_person) {
        if (auto made = compose(id); !made) return made;
        return serve_notice(id, service_now(method));
    }

    Outcome<Json> defend(FindingId id, bool waived = false) {
        domain::Defence said{waived, "该住房系继承所得。"};
        if (waived) said.evidence = receipt(id);
        return await(findings->defend(as("clerk"), id, said));
    }

    Outcome<Json> decide(FindingId id, std::string const& who = "decider", std::string answer = "",
                         bool breach = true) {
        return await(findings->decide(
            as(who), id, {breach, "示例住保决字〔2026〕1号", "承诺与事实不符。", std::move(answer)}));
    }

    Outcome<Json> serve(FindingId id) { return serve(id, service_now()); }

    Outcome<Json> serve(FindingId id, domain::Service service, std::string const& who = "clerk") {
        service.evidence = receipt(id);
        return await(findings->serve_decision(as(who), id, service));
    }

    Outcome<Json> confirm(FindingId id, bool confirmed = true, std::string const& who = "supervisor") {
        return await(findings->decide_late_service(as(who), id, {confirmed, "已核对回证原件。"}));
    }

    Outcome<Json> seek(FindingId id, Date filed_on,
                       service::Remedy::Kind kind = service::Remedy::Kind::reconsideration) {
        return await(findings->seek_remedy(as("clerk"), id, {kind, filed_on}));
    }

    Outcome<Json> end_remedy(FindingId id, bool upheld) {
        using Kind = service::RemedyOutcome::Kind;
        return await(findings->end_remedy(as("reviewer"), id, {upheld ? Kind::upheld : Kind::overturned}));
    }

    service::EffectRound effect(int at_most = 100) {
        return findings->take_effect(as("clerk").deadline, at_most).value();
    }

    FindingId noticed() {
        FindingId const id = drafted();
        review(id).value();
        notify(id).value();
        return id;
    }

    /// Decided without a defence, on the first instant on which that is possible.
    FindingId decided() {
        FindingId const id = noticed();
        clock.set(*row(id).defence_until);
        decide(id).value();
        return id;
    }

    FindingId served() {
        FindingId const id = decided();
        serve(id).value();
        return id;
    }

    store::FindingRow row(FindingId id) { return store::finding_by_id(db(), id).value(); }

    std::string state_of(FindingId id) { return std::string(domain::word(row(id).state)); }

    Json shown(FindingId id) { return await(findings->finding(as("supervisor"), id)).value(); }

    Filed filed{"", TaskId{Uuid{}}};  ///< of the last draft
};

}  // namespace sponsio::testing

#pragma once

#include "server/service/revocations/service.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/organisations.hpp"
#include "tests/service/case_world.hpp"

#include <string>

namespace sponsio::testing {

/// A world in which findings go the longer roads: orders to rectify, hearings, re-checks, revocations.
class HearingFixture : public CaseFixture {
  protected:
    using CaseFixture::shown;
    using FindingFixture::shown;

    void SetUp() override {
        CaseFixture::SetUp();
        revocations = std::make_unique<service::RevocationService>(
            service::RevocationParts{.findings = {ground()}, .reports = *queue});
    }

    void TearDown() override {
        revocations.reset();
        CaseFixture::TearDown();
    }

    /// The agency lies there from now on.
    void move_to(std::string const& region) {
        auto agency = store::lock_organisation(db(), as("clerk").who->organisation).value();
        service::change_proven(db(), *vault, agency, [&](auto& row) { row.region_code = region; });
    }

    /// A reviewed draft of that kind.
    FindingId reviewed(domain::FindingKind kind, domain::Circumstances said = {},
                       domain::Severity severity = domain::Severity::general,
                       domain::Culpability culpability = domain::Culpability::intentional) {
        filed = file_commitment();
        auto draft = draft_of(filed.task, {check(filed)});
        draft.kind = kind;
        draft.severity = severity;
        draft.culpability = culpability;
        draft.circumstances = std::move(said);
        auto const made = try_draft(std::move(draft)).value();
        auto const id = *FindingId::parse(domain::parse_json(made.body).value().at("finding_id").as_string());
        review(id).value();
        return id;
    }

    Outcome<Json> compose_order(FindingId id) {
        return await(findings->compose_order(
            as("clerk"), id,
            {"示例住保责改字〔2026〕1号", "十五日内腾退住房。", "住房保障科，010-00000000"}));
    }

    Outcome<Json> serve_order(FindingId id) {
        domain::Service service = service_now();
        service.evidence = receipt(id);
        service.digest = digest_of(id, store::DocumentKind::order);
        return await(findings->serve_order(as("clerk"), id, service));
    }

    Outcome<Json> settle(FindingId id, bool corrected, std::string const& who = "reviewer") {
        domain::OrderOutcome outcome{corrected, "已现场核实。"};
        if (corrected) outcome.evidence = receipt(id);
        return await(findings->end_order(as(who), id, outcome));
    }

    Outcome<Json> ask_hearing(FindingId id) {
        return await(findings->request_hearing(as("clerk"), id, {"要求听证。", receipt(id)}));
    }

    Outcome<Json> call_off(FindingId id) {
        return await(findings->withdraw_hearing(as("clerk"), id, {"不再要求听证。", receipt(id)}));
    }

    Outcome<Json> compose_call(FindingId id, Instant at, std::string const& chair = "supervisor") {
        return await(
            findings->compose_hearing_notice(as("clerk"), id,
                                             {"示例住保听通字〔2026〕1号", at, "示例区建设路1号会议室",
                                              account(chair), true, "法规科，010-00000000"}));
    }

    Outcome<Json> serve_call(FindingId id) {
        domain::Service service = service_now();
        service.evidence = receipt(id);
        service.digest = digest_of(id, store::DocumentKind::hearing_notice);
        return await(findings->serve_hearing_notice(as("clerk"), id, service));
    }

    Outcome<Json> hold(FindingId id, std::string const& who = "supervisor",
                       std::optional<std::string> new_facts = {}) {
        return await(findings->hold_hearing(as(who), id,
                                            {"示例住保听笔字〔2026〕1号", true, "当事人陈述意见。",
                                             "建议从轻。", receipt(id), std::move(new_facts)}));
    }

    Outcome<Json> recheck(FindingId id, std::string const& who = "verifier3") {
        return await(findings->recheck(as(who), id, {domain::RecheckResult::unfounded, "经核实不属实。"}));
    }

    static domain::Decision breach(std::string defence_answer = "", std::string hearing_answer = "") {
        domain::Decision decision{true, "示例住保决字〔2026〕1号", "承诺与事实不符。",
                                  std::move(defence_answer)};
        decision.hearing_answer = std::move(hearing_answer);
        return decision;
    }

    Outcome<Json> decide_so(FindingId id, domain::Decision decision) {
        return await(findings->decide(as("decider"), id, std::move(decision)));
    }

    Outcome<Json> ask_revocation(FindingId id, Date decided_on, std::string const& who = "verifier") {
        return await(revocations->ask(as(who), id,
                                      {domain::RevocationGround::judgment, "（2026）虚行初1号", decided_on,
                                       receipt(id), "判决撤销认定决定。"}));
    }

    Outcome<Json> decide_revocation(FindingId id, bool revoked = true,
                                    std::string const& who = "supervisor") {
        return await(revocations->decide(as(who), id, {revoked, "依生效判决办理。"}));
    }

    std::unique_ptr<service::RevocationService> revocations;
};

/// That it was refused with that rule and its source.
template <class T>
bool cites(Outcome<T> const& outcome, std::string const& rule) {
    return !outcome && (outcome.error().detail.en.find("[" + rule) != std::string::npos ||
                        outcome.error().explanation.find("rule=" + rule) != std::string::npos);
}

}  // namespace sponsio::testing

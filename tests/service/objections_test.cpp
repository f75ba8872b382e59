#include "tests/service/case_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::ObjectionGround;
using domain::ObjectionOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ObjectionsTest : public CaseFixture {
  protected:
    domain::ObjectionDraft draft_of(RecordId record,
                                    ObjectionGround ground = ObjectionGround::wording_wrong) {
        return {.record = record,
                .ground = ground,
                .statement = "姓名录入有误。",
                .identity_check = domain::IdentityCheck::document_seen,
                .paper = crypto::sha256(as_bytes(std::string("异议申请书")))};
    }

    Outcome<service::Created> file(domain::ObjectionDraft draft, std::string const& who = "clerk") {
        return await(objections->file(as(who), fresh_key(), std::move(draft)));
    }

    ObjectionId filed(RecordId record, ObjectionGround ground = ObjectionGround::wording_wrong) {
        auto const made = file(draft_of(record, ground)).value();
        return *ObjectionId::parse(domain::parse_json(made.body).value().at("objection_id").as_string());
    }

    void add_paper(ObjectionId id) { file_of(objections->files(), id.raw(), "异议申请书"); }

    Outcome<Json> propose(ObjectionId id, domain::ObjectionProposal proposal,
                          std::string const& who = "verifier2") {
        return await(objections->propose(as(who), id, std::move(proposal)));
    }

    Outcome<Json> keep(ObjectionId id, std::string const& who = "verifier2") {
        return propose(id, {.outcome = ObjectionOutcome::keep, .reasons = "经核对无误。"}, who);
    }

    Outcome<Json> decide(ObjectionId id, std::string const& who = "supervisor", bool agreed = true) {
        return await(objections->decide(
            as(who), id,
            {agreed, "同意。",
             agreed ? std::optional<std::string>("示例住保异字〔2026〕1号") : std::nullopt}));
    }

    Outcome<Json> extend(ObjectionId id) { return await(objections->extend(as("decider"), id, {"需调档"})); }

    Outcome<Json> take_back(ObjectionId id, EvidenceId paper) {
        return await(objections->withdraw(as("clerk"), id, {"自愿撤回", paper}));
    }

    Outcome<Json> seek_review(ObjectionId id, EvidenceId paper) {
        return await(objections->seek_review(as("clerk"), id, {"不服答复", paper}));
    }

    Outcome<Json> end_review(ObjectionId id, bool upheld) {
        return await(objections->end_review(as("reviewer"), id, {upheld, "示例省信用主管部门", "复核1号"}));
    }

    std::string state(ObjectionId id) {
        return std::string(domain::word(store::objection_by_id(db(), id).value().state));
    }

    /// That of all steps just these are not out of order, and that those refused changed nothing.
    void expect_only(ObjectionId id, std::set<std::string> const& possible) {
        EvidenceId const paper{Uuid{}};
        std::vector<std::pair<std::string, std::function<Outcome<Json>()>>> const steps{
            {"propose", [&] { return keep(id); }},
            {"decide", [&] { return decide(id); }},
            {"return_proposal", [&] { return decide(id, "supervisor", false); }},
            {"extend", [&] { return extend(id); }},
            {"withdraw", [&] { return take_back(id, paper); }},
            {"seek_review", [&] { return seek_review(id, paper); }},
            {"uphold_review", [&] { return end_review(id, true); }},
            {"overturn_review", [&] { return end_review(id, false); }}};
        for (auto const& [name, take] : steps) {
            if (possible.contains(name)) continue;
            auto const before = state(id) + shown(store::objection_by_id(db(), id)->record) +
                                std::to_string(moves(id.text()).size());
            EXPECT_EQ(said(take()), "wrong-step") << name << " in " << state(id);
            EXPECT_EQ(state(id) + shown(store::objection_by_id(db(), id)->record) +
                          std::to_string(moves(id.text()).size()),
                      before)
                << name;
        }
    }
};

TEST_F(ObjectionsTest, MarksTheRecordAtOnceAndTheMarkEndsWithTheAnswer) {
    RecordId const record = issued();
    clock.set(china("2026-09-21T10:00:00"));
    ObjectionId const id = filed(record);
    EXPECT_EQ(shown(record), "objected");
    Json view = await(objections->objection(as("supervisor"), id)).value();
    EXPECT_EQ(view.at("due_on").as_string(), "2026-09-29");
    EXPECT_THAT(view.at("rule").as_string(),
                HasSubstr("objection.provider 5 working_days; " + national_pack()));
    EXPECT_THAT(view.at("receipt").at("zh").as_string(), HasSubstr(record.text()));
    EXPECT_EQ(said(file(draft_of(record))), "conflict");
    EXPECT_EQ(said(keep(id)), "conflict");  // the signed paper is missing
    add_paper(id);
    keep(id).value();
    EXPECT_EQ(said(decide(id, "verifier2")), "same-person");
    EXPECT_EQ(said(decide(id, "clerk")), "same-person");
    for (char const* one : {"verifier", "reviewer", "decider"})
        EXPECT_EQ(said(decide(id, one)), "same-person");
    EXPECT_EQ(said(decide(id, "stranger")), "not-found");
    view = decide(id).value();
    EXPECT_EQ(shown(record), "valid");
    EXPECT_EQ(state_of_record(record), "active");
    EXPECT_THAT(view.at("answer").at("zh").as_string(), HasSubstr("维持不变"));
    EXPECT_THAT(answers(view), ElementsAre("objection_answer"));
    EXPECT_THAT(told(record), ElementsAre("add:queued"));
    EXPECT_THAT(moves(id.text()), ElementsAre(">filed", "filed>proposed", "proposed>decided"));
}

TEST_F(ObjectionsTest, EveryStepHasItsPlaceAndNoOther) {
    in_a_place_with(clock_rule("objection.provider.extension", 3, "objection.due") + "," +
                    clock_rule("objection.review", 5, "review.accepted"));
    RecordId const record = issued();
    clock.set(china("2026-09-21T10:00:00"));
    ObjectionId const id = filed(record);
    add_paper(id);
    EvidenceId const paper = file_of(objections->files(), id.raw(), "复核申请书");
    expect_only(id, {"propose", "extend", "withdraw"});
    EXPECT_EQ(extend(id).value().at("due_on").as_string(), "2026-10-09");
    EXPECT_EQ(said(extend(id)), "conflict");
    keep(id).value();
    expect_only(id, {"decide", "return_proposal", "extend", "withdraw"});
    EXPECT_EQ(said(decide(id, "verifier2", false)), "same-person");
    decide(id, "supervisor", false).value();
    EXPECT_EQ(state(id), "filed");
    keep(id).value();
    decide(id).value();
    expect_only(id, {"seek_review"});
    EXPECT_EQ(said(seek_review(id, EvidenceId{Uuid{}})), "invalid /evidence_id");
    EXPECT_EQ(shown(record), "valid");
    seek_review(id, paper).value();
    EXPECT_EQ(shown(record), "objected");
    expect_only(id, {"uphold_review", "overturn_review"});
    Json const again = end_review(id, false).value();
    EXPECT_TRUE(again.at("answer").is_null()) << "it is answered anew";
    EXPECT_EQ(again.at("papers").as_array().size(), 1u) << "what was answered stays";
    EXPECT_EQ(state(id), "filed");
    EXPECT_EQ(shown(record), "objected");
    keep(id).value();
    decide(id).value();
    seek_review(id, paper).value();
    end_review(id, true).value();
    EXPECT_EQ(shown(record), "valid");
    expect_only(id, {});
    ObjectionId const other = filed(record);
    EvidenceId const slip = file_of(objections->files(), other.raw(), "撤回申请");
    EXPECT_EQ(said(take_back(other, EvidenceId{Uuid{}})), "invalid /evidence_id");
    take_back(other, slip).value();
    EXPECT_EQ(shown(record), "valid");
    expect_only(other, {});
}

TEST_F(ObjectionsTest, WhereThePlaceHasNeitherExtensionNorReviewThereIsNone) {
    RecordId const record = issued();
    ObjectionId const id = filed(record);
    add_paper(id);
    EXPECT_EQ(said(extend(id)), "conflict");
    keep(id).value();
    decide(id).value();
    auto const refused = seek_review(id, EvidenceId{Uuid{}});
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("objection.review"));
}

TEST_F(ObjectionsTest, AnExtensionComesBeforeTheEnd) {
    in_a_place_with(clock_rule("objection.provider.extension", 3, "objection.due"));
    RecordId const record = issued();
    clock.set(china("2026-09-21T10:00:00"));
    ObjectionId const id = filed(record);
    clock.set(china("2026-09-30T00:00:00"));
    EXPECT_EQ(said(extend(id)), "too-late");
}

TEST_F(ObjectionsTest, ADeletedRecordIsGoneEverywhereAndBarsNobody) {
    RecordId const record = issued();
    platform_takes_all();
    EXPECT_TRUE(barred());
    ObjectionId const id = filed(record, ObjectionGround::wrong_person);
    add_paper(id);
    auto renamed = propose(id, {.outcome = ObjectionOutcome::correct,
                                .reasons = "姓名有误",
                                .correction = domain::RecordCorrection{.subject_name = "李示例"}});
    EXPECT_EQ(said(renamed), "conflict");
    EXPECT_EQ(state(id), "filed");
    propose(id, {.outcome = ObjectionOutcome::erase, .reasons = "确非本人。"}).value();
    EXPECT_EQ(shown(record), "objected");
    decide(id).value();
    EXPECT_EQ(shown(record), "invalid");
    EXPECT_EQ(state_of_record(record), "withdrawn");
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "withdraw:queued"));
    EXPECT_FALSE(barred());
    EXPECT_EQ(said(file(draft_of(record))), "wrong-step");
}

TEST_F(ObjectionsTest, ACorrectedRecordTakesThePlaceOfTheWrongOne) {
    RecordId const record = issued();
    platform_takes_all();
    ObjectionId const id = filed(record);
    add_paper(id);
    propose(id, {.outcome = ObjectionOutcome::correct,
                 .reasons = "姓名录入有误。",
                 .correction = domain::RecordCorrection{.subject_name = "司徒更正"}})
        .value();
    Json const view = decide(id).value();
    EXPECT_THAT(answers(view), ElementsAre("objection_answer"));
    EXPECT_THAT(view.at("answer").at("zh").as_string(), HasSubstr("司徒更正：")) << "not by the wrong name";
    EXPECT_EQ(shown(record), "invalid");
    EXPECT_TRUE(barred());
    round();
    auto const next = record_of(finding);
    EXPECT_NE(next.id, record);
    EXPECT_EQ(verified(next.sd_jwt).at("subject").at("name").as_string(), "司徒更正");
    EXPECT_TRUE(barred());
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "withdraw:queued"));
    EXPECT_THAT(told(next.id), ElementsAre("add:queued"));
}

TEST_F(ObjectionsTest, ACorrectionThatNoDecisionProvesMakesNoRecord) {
    RecordId const record = issued();
    ObjectionId const id = filed(record);
    add_paper(id);
    propose(id, {.outcome = ObjectionOutcome::correct,
                 .reasons = "姓名录入有误。",
                 .correction = domain::RecordCorrection{.subject_name = "司徒更正"}})
        .value();
    decide(id).value();
    admin().command("update record_correction set number = '伪造1号'");
    round();
    EXPECT_THAT(refusals(), ElementsAre("correction_unproven"));
}

TEST_F(ObjectionsTest, WhatWasMissingIsReported) {
    RecordId const record = issued();
    platform_takes_all();
    ObjectionId const id = filed(record, ObjectionGround::missing);
    add_paper(id);
    propose(id,
            {.outcome = ObjectionOutcome::add, .reasons = "已补正。", .supplement = "已于2026年9月补正材料"})
        .value();
    decide(id).value();
    EXPECT_EQ(shown(record), "valid");
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "change:queued"));
    auto const row = store::lock_reports_of(db(), record).back();
    auto const line = vault->open_json(row.line, store::report_label(row.record_no)).value();
    EXPECT_EQ(line.at("remarks").as_string(), "已于2026年9月补正材料");
    EXPECT_EQ(line.at("op").as_string(), "change");
}

TEST_F(ObjectionsTest, NothingEndsBeforeItsTime) {
    RecordId const record = issued();
    ObjectionId const id = filed(record, ObjectionGround::overdue);
    add_paper(id);
    auto const early = propose(id, {.outcome = ObjectionOutcome::end, .reasons = "已过期限。"});
    EXPECT_EQ(said(early), "too-early");
    EXPECT_THAT(early.error().detail.zh, HasSubstr("retention.negative"));
    EXPECT_EQ(state(id), "filed");
}

TEST_F(ObjectionsTest, WhereAPlaceDeletesWrongFactsTheyAreNotCorrected) {
    in_a_place_with(flag_rule("objection.fact_error.delete", true));
    RecordId const record = issued();
    ObjectionId const id = filed(record, ObjectionGround::fact_wrong);
    add_paper(id);
    auto const refused =
        propose(id, {.outcome = ObjectionOutcome::correct,
                     .reasons = "依据有误",
                     .correction = domain::RecordCorrection{.legal_basis = {{"条例", "第一条"}}}});
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_THAT(refused.error().detail.zh, HasSubstr("虚构条例第二条"));
    propose(id, {.outcome = ObjectionOutcome::erase, .reasons = "事实有误。"}).value();
}

TEST_F(ObjectionsTest, AtTheCounterThereIsAPaperAndACheckOfIdentity) {
    RecordId const record = issued();
    auto draft = draft_of(record);
    draft.identity_check.reset();
    draft.paper.reset();
    draft.platform_reference = "X1";
    EXPECT_EQ(said(file(draft)), "invalid /identity_check /paper_sha256 /platform_reference");
    EXPECT_EQ(said(file(draft_of(record), "stranger")), "invalid /record_id");
    EXPECT_EQ(shown(record), "valid");
}

}  // namespace
}  // namespace sponsio::testing

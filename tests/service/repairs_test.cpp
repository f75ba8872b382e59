#include "server/service/repairs/service.hpp"
#include "tests/service/case_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RepairsTest : public CaseFixture {
  protected:
    void SetUp() override {
        CaseFixture::SetUp();
        repairs = std::make_unique<service::RepairService>(
            service::RepairParts{ground(), *queue, "https://sponsio.example"});
    }

    void TearDown() override {
        repairs.reset();
        CaseFixture::TearDown();
    }

    Outcome<service::Created> apply(RecordId record, std::string const& who = "clerk",
                                    std::optional<Date> corrected_on = parse_iso_date("2026-04-01")) {
        return await(repairs->apply(as(who), fresh_key(),
                                    {.record = record,
                                     .statement = "已退出公租房，申请修复。",
                                     .corrected_on = corrected_on,
                                     .identity_check = domain::IdentityCheck::document_seen,
                                     .paper = crypto::sha256(as_bytes(std::string("修复申请书")))}));
    }

    RepairId applied(RecordId record) {
        auto const made = apply(record).value();
        return *RepairId::parse(domain::parse_json(made.body).value().at("repair_id").as_string());
    }

    EvidenceId add(RepairId id, std::string const& bytes) {
        return file_of(repairs->files(), id.raw(), bytes);
    }

    Outcome<Json> accept(RepairId id, bool accepted = true, bool with_papers = true) {
        domain::RepairAcceptance acceptance{accepted, "材料齐全。"};
        if (with_papers) {
            acceptance.correction = add(id, "退房证明");
            acceptance.commitment = add(id, "信用承诺书");
        }
        return await(repairs->accept(as("verifier2"), id, acceptance));
    }

    /// Taken in with all its papers.
    RepairId accepted(RecordId record) {
        RepairId const id = applied(record);
        add(id, "修复申请书");
        accept(id).value();
        return id;
    }

    Outcome<Json> decide(RepairId id, bool granted = true, std::string const& who = "decider") {
        return await(repairs->decide(as(who), id, {granted, "符合条件。", "示例住保修字〔2026〕1号"}));
    }

    Outcome<Json> revoke(RepairId id, std::string const& who = "supervisor") {
        return await(repairs->revoke(as(who), id, {"退房证明系伪造。", "示例住保撤字〔2026〕1号"}));
    }

    Outcome<Json> extend(RepairId id) { return await(repairs->extend(as("decider"), id, {"需核实"})); }

    Outcome<Json> take_back(RepairId id, EvidenceId paper) {
        return await(repairs->withdraw(as("clerk"), id, {"自愿撤回", paper}));
    }

    /// Papers are in the order in which they were made.
    void a_minute_passes() { clock.set(clock.now() + std::chrono::minutes{1}); }

    std::string state(RepairId id) {
        return std::string(domain::word(store::repair_by_id(db(), id).value().state));
    }

    std::vector<std::string> gaps(RepairId id) {
        std::vector<std::string> list;
        Json const view = await(repairs->repair(as("supervisor"), id)).value();
        for (Json const& one : view.at("gaps").as_array()) list.push_back(one.at("gap").as_string());
        return list;
    }

    /// That of all steps just these are not out of order, and that those refused changed nothing.
    void expect_only(RepairId id, std::set<std::string> const& possible) {
        EvidenceId const paper{Uuid{}};
        std::vector<std::pair<std::string, std::function<Outcome<Json>()>>> const steps{
            {"accept", [&] { return accept(id, true, false); }},
            {"refuse", [&] { return accept(id, false, false); }},
            {"extend", [&] { return extend(id); }},
            {"grant", [&] { return decide(id); }},
            {"reject", [&] { return decide(id, false); }},
            {"revoke", [&] { return revoke(id); }},
            {"withdraw", [&] { return take_back(id, paper); }}};
        for (auto const& [name, take] : steps) {
            if (possible.contains(name)) continue;
            RecordId const record = store::repair_by_id(db(), id)->record;
            auto const before = state(id) + shown(record) + std::to_string(moves(id.text()).size());
            EXPECT_EQ(said(take()), "wrong-step") << name << " in " << state(id);
            EXPECT_EQ(state(id) + shown(record) + std::to_string(moves(id.text()).size()), before) << name;
        }
    }

    std::unique_ptr<service::RepairService> repairs;
};

TEST_F(RepairsTest, GrantedItOpensTheWayAgainAtOnceAndThePlatformIsTold) {
    RecordId const record = issued();
    platform_takes_all();
    EXPECT_TRUE(barred());
    RepairId const id = accepted(record);
    EXPECT_EQ(said(decide(id, true, "verifier2")), "same-person");
    EXPECT_EQ(said(decide(id, true, "clerk")), "same-person");
    EXPECT_EQ(said(decide(id, true, "stranger")), "not-found");
    EXPECT_EQ(shown(record), "valid");
    a_minute_passes();
    Json const granted = decide(id).value();
    EXPECT_THAT(answers(granted), ElementsAre("repair_intake", "repair_answer"));
    EXPECT_THAT(granted.at("answer").at("zh").as_string(), HasSubstr("准予信用修复"));
    EXPECT_EQ(shown(record), "repaired");
    EXPECT_FALSE(barred());
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "repair:queued"));
    EXPECT_EQ(said(apply(record)), "ok");
    EXPECT_THAT(moves(id.text()), ElementsAre(">applied", "applied>accepted", "accepted>granted"));
}

TEST_F(RepairsTest, AllGapsAreToldAtOnce) {
    RecordId const record = issued();
    clock.set(china("2026-05-01T09:00:00"));  // the decision is of March
    auto const made = apply(record, "clerk", std::nullopt).value();
    RepairId const id = *RepairId::parse(domain::parse_json(made.body).value().at("repair_id").as_string());
    EXPECT_THAT(gaps(id),
                ElementsAre("application_missing", "period_running", "not_corrected", "commitment_missing"));
    auto const refused = accept(id, true, false);
    EXPECT_EQ(said(refused), "conflict");
    for (char const* part : {"publicity.general.min", "影像", "信用承诺书", "纠正"})
        EXPECT_THAT(refused.error().detail.zh, HasSubstr(part));
    EXPECT_EQ(state(id), "applied");
    Json const told_so = accept(id, false, false).value();
    EXPECT_EQ(told_so.at("steps").as_array().back().at("said").at("gaps").as_array().size(), 4u);
    EXPECT_THAT(answers(told_so), ElementsAre("repair_intake"));
    for (char const* part : {"不予受理", "publicity.general.min", "信用承诺书"})
        EXPECT_THAT(told_so.at("answer").at("zh").as_string(), HasSubstr(part));
    expect_only(id, {});
    EXPECT_EQ(said(apply(record)), "ok");
}

TEST_F(RepairsTest, EveryStepHasItsPlaceAndNoOther) {
    in_a_place_with(clock_rule("repair.decide.extension", 3, "repair.due"));
    RecordId const record = issued();
    RepairId id = applied(record);
    expect_only(id, {"accept", "refuse", "withdraw"});
    EXPECT_EQ(said(apply(record)), "conflict");
    EvidenceId const slip = add(id, "撤回申请");
    EXPECT_EQ(said(take_back(id, EvidenceId{Uuid{}})), "invalid /evidence_id");
    take_back(id, slip).value();
    expect_only(id, {});
    id = accepted(record);
    expect_only(id, {"extend", "grant", "reject", "withdraw"});
    extend(id).value();
    EXPECT_EQ(said(extend(id)), "conflict");
    decide(id, false).value();
    EXPECT_EQ(shown(record), "valid");
    expect_only(id, {});
    id = accepted(record);
    decide(id).value();
    expect_only(id, {"revoke"});
    EXPECT_EQ(said(revoke(id, "decider")), "same-person");
    revoke(id).value();
    expect_only(id, {});
}

TEST_F(RepairsTest, FalsePapersUndoItAndBarTheSubjectForATime) {
    RecordId const record = issued();
    platform_takes_all();
    RepairId const id = accepted(record);
    a_minute_passes();
    decide(id).value();
    platform_takes_all();
    a_minute_passes();
    Json const view = revoke(id).value();
    EXPECT_THAT(answers(view), ElementsAre("repair_intake", "repair_answer", "repair_revocation"));
    EXPECT_THAT(view.at("answer").at("zh").as_string(),
                HasSubstr("至 " + view.at("barred_until").as_string() + " 止"));
    EXPECT_EQ(shown(record), "valid");
    EXPECT_TRUE(barred());
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "repair:accepted", "add:queued"));
    RepairId const again = applied(record);
    add(again, "修复申请书");
    EXPECT_EQ(said(accept(again)), "conflict");
    EXPECT_THAT(gaps(again), ::testing::Contains("barred"));
    clock.set(china(view.at("barred_until").as_string() + "T00:00:00") + std::chrono::hours{24});
    EXPECT_EQ(said(accept(again)), "ok");
}

TEST_F(RepairsTest, WhatHoldsNoMoreWhenItIsDecidedIsNotGranted) {
    RecordId const record = issued();
    RepairId const id = accepted(record);
    auto taken = service::in_transaction(db(), [&](db::PgSession& session) -> Outcome<void> {
        auto found = service::RecordCase::lock(
            session, *vault,
            {.record = record, .why = "暂停", .actor = domain::System{}, .now = clock.now()});
        if (auto opened = found->open(domain::RecordCause::suspension); !opened) return opened;
        found->save();
        return {};
    });
    ASSERT_TRUE(taken);
    EXPECT_EQ(said(decide(id)), "conflict");
    EXPECT_EQ(state(id), "accepted");
    EXPECT_EQ(shown(record), "suspended");
}

TEST_F(RepairsTest, OfAnotherUnitsRecordThereIsNone) {
    RecordId const record = issued();
    EXPECT_EQ(said(apply(record, "stranger")), "invalid /record_id");
    RepairId const id = applied(record);
    EXPECT_EQ(said(await(repairs->repair(as("stranger"), id))), "not-found");
    EXPECT_THAT(await(repairs->list(as("stranger"), {})).value().items, IsEmpty());
    EXPECT_EQ(await(repairs->list(as("clerk"), {})).value().items.size(), 1u);
}

TEST_F(RepairsTest, SeriousCasesAreNotRepairedWhereThePlaceSaysSo) {
    in_a_place_with(flag_rule("repair.serious", false));
    RecordId const record = issued();
    RepairId const id = applied(record);
    EXPECT_THAT(gaps(id), ::testing::Not(::testing::Contains("excluded")));  // it is a general one
}

}  // namespace
}  // namespace sponsio::testing

#include "server/service/exposures/appointments.hpp"
#include "server/service/exposures/intake.hpp"
#include "server/service/exposures/service.hpp"
#include "server/service/exposures/warnings.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/organisations.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/service/known_regions.hpp"

#include <gmock/gmock.h>

#include <set>

namespace sponsio::testing {
namespace {

using domain::DemandKind;
using domain::ExposureLevel;
using domain::OrganisationKind;
using domain::ReportSource;
using domain::ScreeningOutcome;
using domain::ScreeningResult;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char const* contact = "13900000000";

/// The agency of the world is the authority over government departments; the other one is the unit, below a
/// government of its own.
class ExposuresTest : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        service::ExposureParts const parts{ground(), catalogue(), known_regions()};
        intake = std::make_unique<service::ExposureIntake>(parts);
        exposures = std::make_unique<service::ExposureService>(parts);
        warnings = std::make_unique<service::ExposureWarnings>(parts);
        appointments = std::make_unique<service::ExposureAppointments>(parts);
        await(appointments->confirm(as("reviewer"), appointed())).value();
        above_ = service::new_id<OrganisationId>(clock.now());
        service::insert_proven(
            db(), *vault,
            store::Organisation{*above_, "11110105000000019P", "示例区人民政府", OrganisationKind::government,
                                "110105", std::nullopt, clock.now()});
        admin().command("update organisation set superior_id = '" + above_->text() +
                        "' where organisation_id = '" + as("stranger").who->organisation.text() + "'");
    }

    void TearDown() override {
        warnings.reset();
        exposures.reset();
        intake.reset();
        appointments.reset();
        FindingWorld::TearDown();
    }

    static domain::Catalogue const& catalogue() {
        static domain::Catalogue const loaded = domain::Catalogue::from_resources().value();
        return loaded;
    }

    /// Somebody of what is above the unit.
    [[nodiscard]] service::Caller<domain::Official> above() const {
        auto caller = as("clerk");
        auto official = *caller.who;
        official.organisation = above_.value();
        caller.who = std::make_shared<domain::Official const>(official);
        return caller;
    }

    /// Justice of the place, which waits for its confirmation.
    ExposureAppointmentId appointed() {
        auto const made = await(appointments->appoint(
            as("supervisor"), fresh_key(),
            {domain::ExposureAuthority::justice, as("supervisor").who->organisation_uscc}));
        return *ExposureAppointmentId::parse(
            domain::parse_json(made.value().body).value().at("appointment_id").as_string());
    }

    [[nodiscard]] std::size_t authorities() {
        auto const list = await(appointments->authorities(as("clerk").deadline)).value();
        return list.at("items").as_array().size();
    }

    /// A report about the unit, or about another under that name.
    domain::ExposureReportDraft draft(std::string const& proof = "亲属关系证明",
                                      std::string const& unit = "") {
        return {
            .source = ReportSource::resident,
            .region = "110105",
            .unit_name = unit.empty() ? "示例区民政局" : unit,
            .unit_uscc = unit.empty() ? std::optional(as("stranger").who->organisation_uscc) : std::nullopt,
            .unit_kind = OrganisationKind::government,
            .demand = DemandKind::asked_resident,
            .asked_on = china_date(clock.now()),
            .proof_name = proof,
            .purpose = "提取姑母存款",
            .statement = "柜台要求到居委会开证明。",
            .contact = contact};
    }

    Outcome<Json> report(domain::ExposureReportDraft const& one, std::uint64_t network = 1) {
        clock.advance(std::chrono::seconds{1});  // lists are in the order of time
        auto made = await(intake->report(fresh_key(), one, network, as("clerk").deadline));
        if (!made) return made.error();
        return domain::parse_json(made->body);
    }

    ExposureId newest(std::string const& who = "verifier") {
        auto const items =
            await(exposures->list(as(who), {.state = {}, .after = {}, .limit = 200})).value().items;
        return *ExposureId::parse(items.back().at("exposure_id").as_string());
    }

    ExposureId reported(std::string const& proof = "亲属关系证明", std::string const& unit = "") {
        report(draft(proof, unit)).value();
        return newest();
    }

    Json seen(ExposureId id, std::string const& who = "verifier") {
        return await(exposures->exposure(as(who), id)).value();
    }

    std::string state(ExposureId id) { return seen(id).at("state").as_string(); }

    EvidenceId file(ExposureId id, std::string const& who = "verifier") {
        auto const made =
            await(exposures->files().add_evidence(as(who), fresh_key(), id.raw(), a_file("佐证材料")));
        return *EvidenceId::parse(
            domain::parse_json(made.value().body).value().at("evidence_id").as_string());
    }

    static domain::Screening screening(ScreeningResult result = ScreeningResult::on_list,
                                       bool notarised = false) {
        return {result,
                "经核实属实。",
                "亲属关系证明",
                {},
                {{"real_estate_registration", false, "不涉及"}, {"notarisation", notarised, "公证"}}};
    }

    static domain::Screening plain(std::string const& label) {
        return {ScreeningResult::on_list, "经核实属实。", label};
    }

    Outcome<Json> screen(ExposureId id, domain::Screening const& what, std::string const& who = "verifier") {
        return await(exposures->screen(as(who), id, what));
    }

    Outcome<Json> ask(ExposureId id, std::string const& who = "decider") {
        return await(exposures->decide(
            as(who), id, {.outcome = ScreeningOutcome::ask_unit, .reasons = "同意。", .number = "核1号"}));
    }

    Outcome<Json> answer(ExposureId id, std::string const& who = "stranger") {
        return await(exposures->answer(as(who), id, {true, "属实。"}));
    }

    Outcome<Json> order(ExposureId id, std::string const& who = "decider") {
        return await(exposures->decide_answer(as(who), id, {false, "没有依据。", "责1号", "停止索要。"}));
    }

    Outcome<Json> correct(ExposureId id, std::string const& who = "stranger") {
        return await(exposures->correct(as(who), id, {"已修订。", file(id, who)}));
    }

    void help_all(ExposureId id) {
        Json const now = seen(id);
        for (Json const& one : now.at("reports").as_array())
            if (one.at("helped_at").is_null())
                await(
                    exposures->help(as("clerk"), id,
                                    {*ExposureReportId::parse(one.at("report_id").as_string()), "已办结。"}))
                    .value();
    }

    Outcome<Json> confirm(ExposureId id, std::string const& who = "supervisor") {
        return await(exposures->decide_correction(as(who), id, {true, "已核实。"}));
    }

    Outcome<Json> propose(ExposureId id, ExposureLevel level = ExposureLevel::open) {
        return await(exposures->propose(as("verifier2"), id, {level, "未纠正。"}));
    }

    Outcome<Json> check(ExposureId id, std::string const& who = "reviewer") {
        return await(exposures->check(as(who), id, {true, "合法。"}));
    }

    Outcome<Json> expose(ExposureId id, std::string const& who = "decider") {
        return await(exposures->decide_exposure(as(who), id, {true, "同意。", "曝1号"}));
    }

    void days_pass(int days) { clock.advance(std::chrono::hours{24 * days}); }

    std::size_t round() { return warnings->round(as("clerk").deadline, 100).value(); }

    std::vector<Json> everybody_reads() {
        return await(exposures->entries("", 50, as("clerk").deadline)).value().items;
    }

    std::unique_ptr<service::ExposureIntake> intake;
    std::unique_ptr<service::ExposureAppointments> appointments;
    std::unique_ptr<service::ExposureService> exposures;
    std::unique_ptr<service::ExposureWarnings> warnings;

  private:
    std::optional<OrganisationId> above_;
};

/// Who owns the cases of a place decides whether they are looked into at all.
TEST_F(ExposuresTest, AnAuthorityCountsOnceAnotherPersonConfirmedIt) {
    admin().command("delete from exposure_authority");
    auto const id = appointed();
    EXPECT_EQ(said(await(appointments->confirm(as("supervisor"), id))), "same-person");
    EXPECT_EQ(authorities(), 0U);
    EXPECT_EQ(said(report(draft())), "conflict");
    EXPECT_EQ(await(appointments->list(as("reviewer"), {}, 10)).value().items.size(), 1U);
    EXPECT_EQ(said(await(appointments->confirm(as("stranger"), id))), "not-found");
    await(appointments->confirm(as("reviewer"), id)).value();
    EXPECT_EQ(said(await(appointments->confirm(as("reviewer"), id))), "conflict");
    EXPECT_EQ(authorities(), 1U);
    EXPECT_EQ(said(report(draft())), "ok");
}

TEST_F(ExposuresTest, AnAuthorityThatIsWrittenByHandOwnsNothing) {
    admin().command("update exposure_authority set organisation_id = '" +
                    as("stranger").who->organisation.text() + "'");
    EXPECT_EQ(authorities(), 0U);
    EXPECT_EQ(said(report(draft("亲属关系证明", "示例银行"))), "conflict");
}

TEST_F(ExposuresTest, TheCircleOfAnInheritanceIsWalkedOnce) {
    Json const receipt = report(draft()).value();
    ExposureId const id = newest();
    screen(id, screening(ScreeningResult::circular, true)).value();
    EXPECT_EQ(said(ask(id)), "conflict");  // nobody is blamed before the authorities met
    await(exposures->decide(as("decider"), id,
                            {.outcome = ScreeningOutcome::call_meeting,
                             .reasons = "两家意见不一。",
                             .authorities = {"公证机构", "公安机关"},
                             .question = "由谁核实"}))
        .value();
    EXPECT_THAT(seen(id).at("rule").as_string(), HasSubstr("exposure.meeting"));
    EXPECT_EQ(said(await(exposures->settle(as("verifier"), id,
                                           {china_date(clock.now()), "核实", EvidenceId{Uuid{}}}))),
              "invalid /evidence_id");
    await(exposures->settle(as("verifier"), id,
                            {china_date(clock.now()), "由公证机构向公安机关核实。", file(id)}))
        .value();
    screen(id, screening(ScreeningResult::circular, true)).value();
    ask(id).value();
    answer(id).value();
    order(id).value();
    correct(id).value();
    EXPECT_EQ(said(confirm(id)), "conflict");  // the resident's own matter is not done
    help_all(id);
    EXPECT_EQ(confirm(id).value().at("state").as_string(), "closed");
    Json const told =
        await(intake->progress({receipt.at("case_code").as_string()}, as("clerk").deadline)).value();
    EXPECT_EQ(told.at("state").as_string(), "closed");
    EXPECT_FALSE(told.at("helped_at").is_null());
    EXPECT_THAT(
        moves(id.text()),
        ElementsAre(">reported", "reported>screened", "screened>joint_meeting", "joint_meeting>reported",
                    "reported>screened", "screened>unit_asked", "unit_asked>answered",
                    "answered>correction_ordered", "correction_ordered>corrected", "corrected>closed"));
}

TEST_F(ExposuresTest, WhoDoesItAgainIsExposedAndShownAsCorrected) {
    ExposureId const first = reported();
    screen(first, screening()).value();
    ask(first).value();
    answer(first).value();
    order(first).value();
    EXPECT_EQ(said(propose(first)), "wrong-step");
    correct(first).value();
    help_all(first);
    confirm(first).value();

    ExposureId const again = reported();
    EXPECT_NE(again, first);
    screen(again, screening()).value();
    ask(again).value();
    answer(again).value();
    Json const ordered = order(again).value();
    EXPECT_EQ(ordered.at("state").as_string(), "warned_yellow");
    EXPECT_EQ(ordered.at("repeat_no").as_int(), 1);
    propose(again).value();
    EXPECT_EQ(said(check(again, "verifier2")), "same-person");
    check(again).value();
    EXPECT_EQ(said(expose(again, "reviewer")), "same-person");
    EXPECT_THAT(everybody_reads(), ::testing::IsEmpty());
    expose(again).value();
    ASSERT_EQ(everybody_reads().size(), 1u);
    Json const entry = everybody_reads().front();
    EXPECT_TRUE(entry.at("corrected_at").is_null());
    EXPECT_EQ(entry.at("orders").as_int(), 2);
    EXPECT_THAT(json::write(entry), Not(HasSubstr(contact)));
    correct(again).value();
    help_all(again);
    EXPECT_EQ(confirm(again).value().at("state").as_string(), "exposure_closed");
    EXPECT_FALSE(everybody_reads().front().at("corrected_at").is_null());
    days_pass(367);
    EXPECT_THAT(everybody_reads(), ::testing::IsEmpty());
}

TEST_F(ExposuresTest, ABankThatWasBlamedWronglyIsWithdrawnWithANotice) {
    ExposureId const id = reported("无犯罪记录证明", "示例农商银行");
    screen(id, plain("无犯罪记录证明")).value();
    ask(id).value();
    EXPECT_EQ(said(order(id)), "too-early");
    days_pass(16);
    order(id).value();
    EXPECT_EQ(round(), 0u);
    days_pass(21);
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(state(id), "warned_yellow");
    EXPECT_EQ(said(propose(id)), "conflict");  // neither a red warning nor a repetition
    days_pass(14);
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(state(id), "warned_red");
    propose(id).value();
    check(id).value();
    expose(id).value();
    EXPECT_EQ(everybody_reads().size(), 1u);
    await(exposures->appeal(as("clerk"), id, {"本行从未索要。"})).value();
    auto const judged = [&](std::string const& who) {
        return await(exposures->decide_appeal(as(who), id, {true, "系另一机构。", "撤1号"}));
    };
    for (char const* who : {"verifier", "decider", "verifier2", "reviewer"})
        EXPECT_EQ(said(judged(who)), "same-person") << who;
    EXPECT_EQ(judged("supervisor").value().at("state").as_string(), "withdrawn");
    Json const entry = everybody_reads().at(0);
    EXPECT_TRUE(entry.at("result").is_null() && entry.at("proof_label").is_null());
    EXPECT_THAT(entry.at("notice").at("zh").as_string(), HasSubstr("特此更正"));
    // An order that was withdrawn makes nobody a repeat offender.
    ExposureId const next = reported("无犯罪记录证明", "示例农商银行");
    screen(next, plain("无犯罪记录证明")).value();
    EXPECT_EQ(seen(next).at("repeat_no").as_int(), 0);
}

TEST_F(ExposuresTest, AHigherOrganThatMakesCommitteesIssueIsOrderedWithItsSuperior) {
    auto told = draft("死亡证明");
    told.demand = DemandKind::made_committee_issue;
    told.source = ReportSource::grassroots;
    report(told).value();
    ExposureId const id = newest();
    EXPECT_EQ(seen(id).at("item_id").as_string().substr(0, 10), "cn-2020-11");
    screen(id, plain("居民死亡证明")).value();
    ask(id).value();
    answer(id).value();
    EXPECT_EQ(said(await(exposures->exposure(above(), id))), "not-found");
    Json const ordered = order(id).value();
    std::string const letter = ordered.at("letters").as_array().back().at("zh").as_string();
    EXPECT_THAT(letter, HasSubstr("抄送：示例区人民政府"));
    EXPECT_THAT(letter, HasSubstr("要求基层群众性自治组织出具"));
    EXPECT_EQ(await(exposures->exposure(above(), id)).value().at("reports").as_array().size(), 0u);
    correct(id).value();
    help_all(id);
    EXPECT_EQ(confirm(id).value().at("state").as_string(), "closed");
}

TEST_F(ExposuresTest, TheUnitLearnsNothingOfWhoReportedIt) {
    auto open = draft("婚姻状况证明");
    ExposureId const id = (report(open).value(), newest());
    EXPECT_EQ(said(await(exposures->exposure(as("stranger"), id))), "not-found");
    EXPECT_EQ(said(answer(id)), "not-found");
    screen(id, {ScreeningResult::on_list,
                "属实",
                "婚姻状况证明",
                {},
                {{"marriage_file_lost", false, "否"}, {"adoption", false, "否"}}})
        .value();
    EXPECT_EQ(said(await(exposures->exposure(as("stranger"), id))), "not-found");
    ask(id).value();
    Json const theirs = seen(id, "stranger");
    for (char const* secret : {contact, "柜台要求到居委会开证明。", "提取姑母存款"}) {
        EXPECT_THAT(json::write(theirs), Not(HasSubstr(secret)));
        EXPECT_THAT(json::write(seen(id)), HasSubstr(secret));
    }
    EXPECT_EQ(theirs.at("history").as_array().size(), 1u);
    EXPECT_EQ(theirs.at("steps").as_array().size(), 1u);
    EXPECT_EQ(said(await(exposures->screen(as("stranger"), id, screening()))), "not-found");
    // Who lets themselves be named, is.
    auto named = open;
    named.anonymous = false;
    report(named).value();
    EXPECT_EQ(seen(id, "stranger").at("reports").as_array().size(), 1u);
    EXPECT_EQ(seen(id).at("reports").as_array().size(), 2u);
}

TEST_F(ExposuresTest, OnePersonNeverBlamesAUnitAlone) {
    ExposureId const id = reported();
    screen(id, screening()).value();
    EXPECT_EQ(said(ask(id, "verifier")), "same-person");
    EXPECT_EQ(said(await(exposures->decide(as("verifier"), id,
                                           {.outcome = ScreeningOutcome::explain, .reasons = "x"}))),
              "same-person");
    EXPECT_EQ(said(await(exposures->decide(as("decider"), id,
                                           {.outcome = ScreeningOutcome::explain, .reasons = "x"}))),
              "conflict");
    ask(id).value();
    answer(id).value();
    EXPECT_EQ(said(order(id, "verifier")), "same-person");
    order(id).value();
    correct(id, "verifier3").value();
    help_all(id);
    EXPECT_EQ(said(confirm(id, "verifier3")), "same-person");
    EXPECT_EQ(await(exposures->decide_correction(as("supervisor"), id, {false, "仍在索要。"}))
                  .value()
                  .at("state")
                  .as_string(),
              "warned_yellow");
}

TEST_F(ExposuresTest, ReportsAreJoinedFollowedAndLimited) {
    Json const first = report(draft("亲属关系证明", "示例物业公司")).value();
    Json const second = report(draft("亲属证明", "示例 物业·公司")).value();
    EXPECT_EQ(count("exposures"), 1);
    EXPECT_EQ(count("exposure_reports"), 2);
    EXPECT_NE(first.at("case_code").as_string(), second.at("case_code").as_string());
    report(draft("无犯罪记录证明", "示例物业公司")).value();
    EXPECT_EQ(count("exposures"), 2);
    EXPECT_EQ(said(await(intake->progress({"K7MQ-2XPA-9HTR-VB4E"}, as("clerk").deadline))), "not-found");
    for (int i = 3; i != 20; ++i) report(draft("亲属关系证明", "示例物业公司")).value();
    EXPECT_EQ(said(report(draft())), "throttled");
    EXPECT_EQ(said(report(draft(), 2)), "ok");
    days_pass(1);
    EXPECT_EQ(said(report(draft())), "ok");
}

TEST_F(ExposuresTest, ARepeatedRequestGetsTheSameCode) {
    auto const key = fresh_key();
    auto const once = await(intake->report(key, draft(), 1, as("clerk").deadline)).value();
    auto const twice = await(intake->report(key, draft(), 1, as("clerk").deadline)).value();
    EXPECT_TRUE(twice.replayed);
    EXPECT_EQ(once.body, twice.body);
    EXPECT_EQ(count("exposure_reports"), 1);
}

TEST_F(ExposuresTest, WhatContradictsIsRefusedAndNothingIsStored) {
    auto told = draft();
    told.source = ReportSource::inspector;
    EXPECT_EQ(said(report(told)), "invalid /source");
    told = draft();
    told.region = "999999";
    EXPECT_EQ(said(report(told)), "invalid /region_code");
    told = draft();
    told.asked_on = china_date(clock.now() + std::chrono::hours{48});
    EXPECT_EQ(said(report(told)), "invalid /asked_on");
    told = draft("亲属关系证明", "示例银行");
    told.region = "440305";
    EXPECT_EQ(said(report(told)), "conflict");
    told = draft();
    told.files = {{"a.pdf", "application/pdf", to_bytes("请开证明")}};
    EXPECT_EQ(said(report(told)), "invalid /files/0/content_type");
    EXPECT_EQ(count("exposures") + count("exposure_reports") + count("evidence"), 0);
    told.files.front().content_type = "text/plain; charset=utf-8";
    report(told).value();
    EXPECT_EQ(seen(newest()).at("reports").as_array().front().at("files").as_array().size(), 1u);
}

TEST_F(ExposuresTest, CommitteesAloneGiveSlips) {
    domain::RefusalSlipDraft const wish{"亲属关系证明", "示例银行", "开户", {}, OrganisationKind::government};
    EXPECT_EQ(said(await(intake->refuse(as("clerk"), fresh_key(), wish))), "forbidden");
    admin().command("update organisation set kind = 'grassroots' where organisation_id = '" +
                    as("stranger").who->organisation.text() + "'");
    auto const made = await(intake->refuse(as("stranger"), fresh_key(), wish)).value();
    Json const slip = domain::parse_json(made.body).value();
    EXPECT_THAT(slip.at("text").at("zh").as_string(), HasSubstr("第1项“亲属关系证明”（民发〔2020〕20号）"));
    EXPECT_THAT(slip.at("text").at("zh").as_string(), HasSubstr("办理途径："));
    EXPECT_FALSE(slip.at("case_code").is_null());
    EXPECT_EQ(count("exposure_reports"), 1);
    auto const id = *RefusalSlipId::parse(slip.at("slip_id").as_string());
    EXPECT_EQ(await(intake->slip(as("stranger"), id)).value(), slip);
    EXPECT_EQ(said(await(intake->slip(as("clerk"), id))), "not-found");
}

}  // namespace
}  // namespace sponsio::testing

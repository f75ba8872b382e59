#include "server/domain/catalogue.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/filing/admission.hpp"
#include "server/service/publicity/service.hpp"
#include "tests/service/listing_steps.hpp"
#include "tests/support/record_facts.hpp"

#include <gmock/gmock.h>

#include <ostream>

namespace sponsio::testing {
namespace {

using domain::FindingKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Date day(char const* text) {
    return parse_iso_date(text).value();
}

class Golden;

/// A case that the law decides, with where it stands, so that a lawyer can read the table.
struct Case {
    char const* name;
    char const* source;
    void (*happens)(Golden&);

    friend std::ostream& operator<<(std::ostream& out, Case const& one) { return out << one.name; }
};

class Golden : public ListingFixture, public ::testing::WithParamInterface<Case> {
  protected:
    void SetUp() override {
        ListingFixture::SetUp();
        publicity = std::make_unique<service::PublicityService>(
            service::PublicityParts{ground(), "https://sponsio.example"});
    }

    void TearDown() override {
        publicity.reset();
        ListingFixture::TearDown();
    }

  public:
    /// The last day of a period of that rule there.
    std::string last_day(domain::ClockId id, char const* region, char const* from,
                         char const* in_force = {}) {
        auto const rule = rules->clock(id, region, day(in_force ? in_force : from)).value();
        return to_iso(domain::begin_period(rule, day(from), *calendar).value().end->date);
    }

    void remote_notice_over_a_holiday() {
        // 1 to 7 October is free and Saturday the 10th is worked: 30 September, 8 and 9 October.
        constexpr domain::ClockId remote{"notice.remote_delivery"};
        EXPECT_EQ(last_day(remote, "140105", "2026-09-29"), "2026-10-09");
        EXPECT_EQ(last_day(remote, "140105", "2026-09-30"), "2026-10-10");
    }

    void repaired_yesterday_is_eligible_today() {
        RecordId const record = issued();
        EXPECT_TRUE(barred());
        repair(record);
        clock.set(clock.now() + std::chrono::hours{24});
        EXPECT_FALSE(barred());
    }

    void same_facts_take_different_roads() {
        FindingId const here = reviewed(FindingKind::false_statement);
        EXPECT_EQ(said(compose(here)), "ok") << "Beijing revokes at once";
        move_to("440305");
        FindingId const there = reviewed(FindingKind::false_statement);
        EXPECT_EQ(said(compose(there)), "conflict") << "Shenzhen orders to rectify first";
        EXPECT_TRUE(cites(compose(there), "next_step.false"));
        compose_order(there).value();
        EXPECT_EQ(serve_order(there).value().at("state").as_string(), "rectifying");
        move_to("110105");
        FindingId const unfulfilled = reviewed(FindingKind::unfulfilled);
        EXPECT_EQ(said(compose(unfulfilled)), "conflict") << "what is not kept is rectified in Beijing too";
    }

    void a_person_under_shandong_is_never_public() {
        move_to("370102");
        RecordId const record = issued();
        EXPECT_EQ(state_of_record(record), "active") << "shared and queryable";
        auto const refused = propose(record);
        EXPECT_EQ(said(refused), "conflict");
        EXPECT_TRUE(cites(refused, "publicity.person.public"));
    }

    void the_rule_of_the_day_counts_from_the_decision() {
        EXPECT_EQ(last_day(domain::rule::general_max, "420302", "2026-03-20", "2026-04-02"), "2027-03-20");
        EXPECT_EQ(last_day(domain::rule::general_max, "420302", "2026-03-20"), "2029-03-20")
            << "the rule before had three years";
        auto const rule = rules->clock(domain::rule::general_max, "420302", day("2026-04-02")).value();
        EXPECT_EQ(rule.starts, "decision.made");
    }

    void a_hearing_is_asked_for_until_the_last_minute() {
        FindingId const id = noticed();  // served on Monday 2 March 2026
        clock.set(china("2026-03-10T00:00:00"));
        EXPECT_EQ(said(ask_hearing(id)), "too-late");
        clock.set(china("2026-03-09T23:59:00"));
        EXPECT_EQ(said(ask_hearing(id)), "ok");
    }

    void overturned_after_publication_it_is_gone_in_time() {
        in_a_place_with(flag_rule("publicity.person.public", true));
        RecordId const record = issued();
        platform_takes_all();
        publish(record);
        EXPECT_EQ(everybody_reads(), 1u);
        Date const overturned = china_date(clock.now());
        clock.set(clock.now() + std::chrono::hours{24});
        Json const asked = ask_revocation(finding, overturned).value();
        decide_revocation(finding).value();
        EXPECT_LT(to_rfc3339(clock.now()), asked.at("due_at").as_string()) << "within three working days";
        EXPECT_EQ(everybody_reads(), 0u);
        EXPECT_EQ(shown(record), "invalid");
        EXPECT_THAT(told(record), ElementsAre("add:accepted", "withdraw:queued"));
    }

    void a_credit_code_may_end_in_zero() {
        EXPECT_TRUE(domain::Uscc::parse("91350100M000100Y30").value().check_holds());
        auto const other = domain::Uscc::parse("91350100M000100Y31");
        EXPECT_FALSE(other && other.value().check_holds());
    }

    void a_suit_after_reconsideration_has_fifteen_days() {
        FindingId const id = served();
        seek(id, china_date(clock.now())).value();
        clock.set(*row(id).remedy_until);  // all other periods are over by then
        end_remedy(id, true).value();
        EXPECT_EQ(state_of(id), "served") << "it does not take effect while a suit is open";
        Date const upheld = china_date(clock.now());
        auto const suit = service::Remedy::Kind::litigation;
        clock.set(clock.now() + std::chrono::days{30});
        EXPECT_EQ(said(seek(id, domain::add_calendar_days(upheld, 21), suit)), "too-late");
        EXPECT_EQ(said(seek(id, domain::add_calendar_days(upheld, 15), suit)), "ok");
    }

    void open_to_suit_there_is_no_record() {
        move_to("330102");
        FindingId const id = served();
        effect();
        EXPECT_EQ(round().issued, 0u);
        EXPECT_FALSE(store::record_of_finding(db(), id));
        clock.set(*row(id).remedy_until);
        effect();
        EXPECT_EQ(round().issued, 1u);
    }

    void a_wage_earner_of_seventeen_has_no_record() {
        domain::RecordFacts facts = record_facts();
        facts.full_age =
            std::chrono::years{rules->number(domain::rule::subject_age, "110105", facts.made_on).value()};
        facts.subject_birth_date = day("2009-01-01");
        auto const payload = json::canonical(domain::record_payload(facts));
        domain::Lint const* broken = domain::first_broken_lint(facts, payload);
        ASSERT_NE(broken, nullptr);
        EXPECT_EQ(broken->id, "full_capacity");
    }

    void an_unfulfilled_promise_bars_in_shenzhen() {
        domain::MatterVersion matter{};
        matter.action_kind = domain::ActionKind::benefit;
        store::Breach breach{};
        breach.kind = FindingKind::unfulfilled;
        auto const bar = [&](char const* region) {
            return service::bar_of(*rules, region, day("2026-11-30"), matter, {&breach, 1}).value();
        };
        EXPECT_TRUE(bar("440305"));
        EXPECT_FALSE(bar("110105"));
    }

    void what_is_minor_and_set_right_is_not_collected() {
        move_to("370102");
        effective_with({.harm = domain::Harm::slight, .corrected = true}, domain::Severity::minor);
        EXPECT_EQ(round().issued, 0u);
        EXPECT_THAT(refusals(), ElementsAre("minor_corrected"));
    }

    void where_no_record_follows_there_is_none() {
        move_to("370102");  // unfulfilled: rectify, revoke; a record is not among it
        FindingId const id = reviewed(FindingKind::unfulfilled);
        compose_order(id).value();
        serve_order(id).value();
        clock.set(china("2026-03-18T00:00:00"));
        settle(id, false).value();
        carry_through(id);
        EXPECT_EQ(round().issued, 0u);
        EXPECT_THAT(refusals(), ElementsAre("no_record_follows"));
    }

    void an_untrue_promise_by_itself_lists_nobody() {
        move_to("440305");
        RecordId const record = grave_record();
        auto const refused = propose_listing(draft(record));
        EXPECT_EQ(said(refused), "conflict");
        EXPECT_TRUE(cites(refused, "serious.grounds"));
        move_to("410102");
        EXPECT_EQ(said(propose_listing(draft(record))), "ok") << "forged papers are a ground in Henan";
    }

    void a_list_rests_on_a_law_or_the_state_council() {
        move_to("410102");
        RecordId const record = grave_record();
        using enum domain::LawLevel;
        auto const rests_on = [&](domain::LawLevel level) {
            return propose_listing(draft(record, domain::ListingGround::forged_papers, level));
        };
        EXPECT_TRUE(cites(rests_on(department_rule), "serious.levels"));
        EXPECT_TRUE(cites(rests_on(other_document), "serious.levels"));
        EXPECT_EQ(said(rests_on(local_regulation)), "ok") << "Henan has a by-law of its own";
    }

    void the_head_decides_and_nobody_is_listed_unserved() {
        move_to("410102");
        ListingId const id = decided_listing(grave_record());
        EXPECT_EQ(state(id), "decided");
        EXPECT_FALSE(listing_row(id).listed_at);
        EXPECT_EQ(said(serve_paper(id, "decider")), "same-person");
        serve_paper(id).value();
        EXPECT_EQ(state(id), "listed");
        EXPECT_TRUE(serious_list().empty()) << "a natural person is not public in Henan";
    }

    void kinship_for_a_notary_is_an_exception() {
        auto const catalogue = domain::Catalogue::from_resources().value();
        domain::ProofItem const* const kinship = catalogue.find("cn-2020-01");
        ASSERT_NE(kinship, nullptr);
        EXPECT_FALSE(kinship->may_be_demanded());
        std::vector<std::string> codes;
        for (auto const& one : kinship->exceptions) codes.push_back(one.code);
        EXPECT_THAT(codes, ::testing::Contains("notarisation"));
    }

  private:
    void repair(RecordId record) {
        service::in_transaction(db(), [&](db::PgSession& session) -> Outcome<void> {
            auto one = service::RecordCase::lock(
                session, *vault,
                {.record = record, .why = "修复", .actor = domain::System{}, .now = clock.now()});
            if (auto opened = one->open(domain::RecordCause::repair); !opened) return opened;
            one->save();
            return {};
        }).value();
    }

    Outcome<service::Created> propose(RecordId record) {
        return await(
            publicity->propose(as("verifier2"), fresh_key(),
                               {.record = record,
                                .severity = domain::Severity::general,
                                .basis = {{"虚构信用条例", "第十条"}},
                                .assessment = {"依法公示，确有必要", "名誉影响", "去标识化，期满撤下"}}));
    }

    static crypto::Digest as_digest(std::string const& hex) {
        crypto::Digest digest{};
        std::ranges::copy(from_hex(hex).value(), digest.begin());
        return digest;
    }

    void publish(RecordId record) {
        auto const made = domain::parse_json(propose(record).value().body).value();
        auto const id = *PublicityId::parse(made.at("publicity_id").as_string());
        await(publicity->approve(as("supervisor"), id,
                                 {true, "同意。", as_digest(made.at("preview_sha256").as_string()),
                                  "示例住保公字〔2026〕1号"}))
            .value();
        Json const told = await(publicity->publicity(as("clerk"), id)).value();
        await(publicity->publish(as("clerk"), id,
                                 {clock.now(), domain::ServiceMethod::in_person,
                                  as_digest(told.at("notice").at("digest_sha256").as_string()),
                                  file_of(publicity->files(), id.raw(), "送达回证")}))
            .value();
    }

    std::size_t everybody_reads() { return await(publicity->entries("", 50, soon())).value().items.size(); }

    void carry_through(FindingId id) {
        notify(id).value();
        clock.set(*row(id).defence_until);
        decide(id).value();
        serve(id).value();
        clock.set(*row(id).remedy_until);
        effect();
        EXPECT_EQ(state_of(id), "effective");
    }

    void effective_with(domain::Circumstances said, domain::Severity severity) {
        FindingId const id = reviewed(FindingKind::false_statement, std::move(said), severity);
        carry_through(id);
    }

    std::unique_ptr<service::PublicityService> publicity;
};

TEST_P(Golden, HappensAsTheLawSays) {
    SCOPED_TRACE(GetParam().source);
    GetParam().happens(*this);
}

constexpr Case cases[] = {
    {"RemoteNoticeOverAHoliday", "太原市证明事项告知承诺制实施办法：信函等申请三个工作日内送达",
     [](Golden& g) { g.remote_notice_over_a_holiday(); }},
    {"RepairedYesterdayIsEligibleToday", "国办发〔2020〕42号：信用修复前不适用告知承诺制",
     [](Golden& g) { g.repaired_yesterday_is_eligible_today(); }},
    {"SameFactsTakeDifferentRoads", "北京市优化营商环境条例第33条；深圳经济特区社会信用条例第64条",
     [](Golden& g) { g.same_facts_take_different_roads(); }},
    {"APersonUnderShandongIsNeverPublic", "山东省社会信用条例第20条",
     [](Golden& g) { g.a_person_under_shandong_is_never_public(); }},
    {"TheRuleOfTheDayCountsFromTheDecision", "信用修复管理办法（2025年第36号令）；2023年第58号令",
     [](Golden& g) { g.the_rule_of_the_day_counts_from_the_decision(); }},
    {"AHearingIsAskedForUntilTheLastMinute", "行政处罚法第64条第1项、第85条",
     [](Golden& g) { g.a_hearing_is_asked_for_until_the_last_minute(); }},
    {"OverturnedAfterPublicationItIsGoneInTime", "行政处罚法第48条第2款、第85条",
     [](Golden& g) { g.overturned_after_publication_it_is_gone_in_time(); }},
    {"ACreditCodeMayEndInZero", "GB 32100-2015", [](Golden& g) { g.a_credit_code_may_end_in_zero(); }},
    {"ASuitAfterReconsiderationHasFifteenDays", "行政诉讼法第45条",
     [](Golden& g) { g.a_suit_after_reconsideration_has_fifteen_days(); }},
    {"OpenToSuitThereIsNoRecord", "浙江省公共信用信息管理条例第11条第2款",
     [](Golden& g) { g.open_to_suit_there_is_no_record(); }},
    {"AWageEarnerOfSeventeenHasNoRecord", "北京市公共信用信息管理办法（第280号令）第2条",
     [](Golden& g) { g.a_wage_earner_of_seventeen_has_no_record(); }},
    {"AnUnfulfilledPromiseBarsInShenzhen", "深圳经济特区社会信用条例第59条第4项",
     [](Golden& g) { g.an_unfulfilled_promise_bars_in_shenzhen(); }},
    {"WhatIsMinorAndSetRightIsNotCollected", "山东省社会信用条例第13条",
     [](Golden& g) { g.what_is_minor_and_set_right_is_not_collected(); }},
    {"WhereNoRecordFollowsThereIsNone", "山东省优化营商环境条例第29条",
     [](Golden& g) { g.where_no_record_follows_there_is_none(); }},
    {"AnUntruePromiseByItselfListsNobody", "深圳经济特区社会信用条例第76条；河南省社会信用条例第33条第9项",
     [](Golden& g) { g.an_untrue_promise_by_itself_lists_nobody(); }},
    {"AListRestsOnALawOrTheStateCouncil", "信用修复管理办法（2025年第36号令）第4条；河南省社会信用条例第28条",
     [](Golden& g) { g.a_list_rests_on_a_law_or_the_state_council(); }},
    {"TheHeadDecidesAndNobodyIsListedUnserved", "浙江省公共信用信息管理条例第24条、第28条",
     [](Golden& g) { g.the_head_decides_and_nobody_is_listed_unserved(); }},
    {"KinshipForANotaryIsAnException", "民发〔2020〕20号附件第1项",
     [](Golden& g) { g.kinship_for_a_notary_is_an_exception(); }},
};

INSTANTIATE_TEST_SUITE_P(Law, Golden, ::testing::ValuesIn(cases),
                         [](auto const& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace sponsio::testing

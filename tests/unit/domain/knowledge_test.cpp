#include "server/domain/knowledge.hpp"

#include "server/domain/data_file.hpp"
#include "tests/support/invented_calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sponsio::domain {
namespace {

using sponsio::testing::invented_calendar;
using sponsio::testing::national_version;
using sponsio::testing::next_national_pack;
using sponsio::testing::next_national_version;
using ::testing::HasSubstr;

Date day(char const* iso) {
    return parse_iso_date(iso).value();
}

KnowledgeDocument document(std::string bytes) {
    return knowledge_document(std::move(bytes)).value();
}

/// What the program carries, with one place changed.
std::string carried(std::string_view name, std::string const& what, std::string const& by) {
    std::string text(resources_in(name).front().bytes);
    std::size_t const at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    if (at != std::string::npos) text.replace(at, what.size(), by);
    return text;
}

std::string why_not(std::vector<KnowledgeDocument> const& given, std::string bytes) {
    auto const next = knowledge_with(given, document(std::move(bytes)));
    return next ? "taken" : next.error().detail.en + next.error().cause;
}

constexpr char const* changes =
    R"({"version":"cn-regions-2027.1","source":{"zh":"为测试虚构","en":"Invented for tests"},)"
    R"("coverage":{"zh":"变更","en":"changes"},"base_date":"2020-01-01","regions":[)"
    R"({"code":"370102","name":"历下区","valid_to":"2026-12-31","replaced_by":["370118"]},)"
    R"({"code":"370118","name":"新历下区","valid_from":"2027-01-01"}]})";

TEST(Knowledge, SeesWhatADocumentIs) {
    auto const calendar = document(invented_calendar(2027));
    EXPECT_EQ(calendar.kind, KnowledgeKind::calendar);
    EXPECT_EQ(calendar.key, "cn-2027");
    EXPECT_EQ(calendar.version, "cn-2027.test");
    EXPECT_EQ(calendar.source, "tests");
    EXPECT_EQ(document(changes).key, "cn-regions");
    std::vector<std::string> keys;
    for (auto const& one : carried_documents()) keys.push_back(one.key);
    for (char const* key : {"cn-2025", "cn-2026", "cn-regions", "cn-national", "cn-2020-first-batch"})
        EXPECT_EQ(std::ranges::count(keys, key), 1) << key;
    EXPECT_EQ(knowledge_document("{").error().problem, &problem::bad_json);
    for (char const* nothing : {"{}", "[]", "1", R"({"version":"1"})"})
        EXPECT_EQ(knowledge_document(nothing).error().problem, &problem::invalid) << nothing;
}

TEST(Knowledge, OrdersVersionsByTheirNumbers) {
    std::vector<std::string> const order{"2026.2", "2026.9",    "2026.10",
                                         "2027.1", "cn-2027.1", "cn-2027.test"};
    for (std::size_t i = 0; i != order.size(); ++i)
        for (std::size_t j = 0; j != order.size(); ++j) {
            int const sign = compare_versions(order[i], order[j]);
            EXPECT_EQ((sign > 0) - (sign < 0), (i > j) - (i < j)) << order[i] << " " << order[j];
        }
    EXPECT_EQ(compare_versions("1.07", "1.7"), 0);
    EXPECT_LT(compare_versions("1", "1.1"), 0);
}

TEST(Knowledge, TakesOnlyWhatIsNewer) {
    EXPECT_EQ(why_not({}, invented_calendar(2027, "1")), "taken");
    std::vector<KnowledgeDocument> const given{document(invented_calendar(2027, "1"))};
    EXPECT_THAT(why_not(given, invented_calendar(2027, "1", {"2027-01-10"})), HasSubstr("1 is not higher"));
    EXPECT_EQ(why_not(given, invented_calendar(2027, "2")), "taken");
    EXPECT_THAT(why_not({}, invented_calendar(2026, "1")), HasSubstr("cn-2026.1 of cn-2026 is known"));
    EXPECT_EQ(why_not({}, invented_calendar(2026, "2")), "taken")
        << "a correction of what the program carries";
}

TEST(Knowledge, LaysChangesOverTheRegions) {
    auto const known = knowledge_with({}, document(changes)).value();
    EXPECT_TRUE(known.regions.valid_on("370102", day("2026-12-31")));
    EXPECT_FALSE(known.regions.valid_on("370102", day("2027-01-01")));
    EXPECT_EQ(known.regions.full_name("370118", day("2027-01-01")), "山东省济南市新历下区");
    EXPECT_THAT(known.regions.version(), HasSubstr("+cn-regions-2027.1"));
    auto const gone = known.regions.check("370102", day("2027-01-01"), "/made_on");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().detail.en,
              "The code 370102 (历下区) ended on 2026-12-31. In its place: 370118 (山东省济南市新历下区).");
    EXPECT_EQ(gone.error().detail.zh,
              "代码 370102（历下区）已于 2026-12-31 终止使用。接替代码：370118山东省济南市新历下区。");
    EXPECT_TRUE(known.regions.check("370102", day("2026-12-31"), "/made_on"));
}

TEST(Knowledge, KeepsTheRulesOfAPack) {
    std::string const next = next_national_pack();
    EXPECT_EQ(why_not({}, next), "taken");
    auto const changed = [&](std::string const& what, std::string const& by) {
        std::string text = next;
        text.replace(text.find(what), what.size(), by);
        return why_not({}, text);
    };
    EXPECT_THAT(changed(R"("id": "capacity.full_age")", R"("id": "capacity.ful_age")"),
                HasSubstr("lacks the rule capacity.full_age (number)"));
    EXPECT_THAT(changed(R"("effective_from": "2020-01-01")", R"("effective_from": "2027-01-01")"),
                HasSubstr("must be in force on all days of version " + national_version()));
    EXPECT_THAT(changed(R"("key": "L-CC art.17-18")", R"("key": "…")"),
                HasSubstr("/rules/0/source/key placeholder"));
}

TEST(Knowledge, KnowsNoRuleThatNothingReads) {
    std::string const rule =
        R"({"id":"no.such_rule","kind":"flag","value":true,"note":{"zh":"注","en":"note"},)"
        R"("source":{"key":"k","text":"t","address":null},"grade":"proposal",)"
        R"("effective_from":"2026-01-01","effective_to":null})";
    std::string const pack =
        R"({"pack_id":"sd","version":"1","jurisdiction":"370100","extends":"cn-national",)"
        R"("title":{"zh":"山东","en":"Shandong"},"effective_from":"2026-01-01",)"
        R"("effective_to":null,"rules":[)";
    EXPECT_THAT(why_not({}, pack + rule + "]}"), HasSubstr("does not know: no.such_rule (flag)"));
}

TEST(Knowledge, KeepsTheItemsOfAList) {
    EXPECT_EQ(why_not({}, carried("catalogue/", R"("version": "2026.2")", R"("version": "2026.3")")),
              "taken");
    std::string text = carried("catalogue/", R"("version": "2026.2")", R"("version": "2026.3")");
    std::string const id = R"("item_id": "cn-2020-20")";
    text.replace(text.find(id), id.size(), R"("item_id": "cn-2020-99")");
    EXPECT_THAT(why_not({}, text), HasSubstr("lacks the item cn-2020-20"));
}

// A later build may carry what was given to an earlier one, or read more strictly.
TEST(Knowledge, DoesNotReadWhatDoesNotCount) {
    auto old = document(invented_calendar(2027, "1"));
    old.bytes = "{}";
    EXPECT_FALSE(Knowledge::of({old}));
    EXPECT_TRUE(knowledge_with({old}, document(invented_calendar(2027, "2")))) << "a higher version mends it";
    EXPECT_TRUE(Knowledge::of({old, document(invented_calendar(2027, "2"))}));
    auto carried_now = old;
    carried_now.key = "cn-2026";
    carried_now.version = "cn-2026.1";
    EXPECT_TRUE(Knowledge::of({carried_now})) << "the program carries that version by now";
    auto regions = document(changes);
    regions.version = "cn-regions-2026.3";
    EXPECT_FALSE(Knowledge::of({regions})->regions.valid_on("370118", day("2027-01-01")));
}

TEST(Knowledge, ReachesEverybodyWhoHoldsAPart) {
    auto mine = Knowledge::of({}).value();
    Rules const& rules = mine.rules;
    auto const before = rules.find(rule::full_age, "370102", day("2026-11-23")).value();
    std::vector<KnowledgeDocument> const given{document(changes), document(invented_calendar(2027)),
                                               document(next_national_pack())};
    mine.become(Knowledge::of(given).value());
    EXPECT_EQ(rules.find(rule::full_age, "370102", day("2026-11-23"))->pack->version,
              next_national_version());
    EXPECT_EQ(before.pack->version, national_version()) << "what was found stays good";
    EXPECT_TRUE(mine.calendar.knows(std::chrono::year{2027}));
    EXPECT_FALSE(mine.regions.valid_on("370102", day("2027-01-01")));
}

}  // namespace
}  // namespace sponsio::domain

#include "server/domain/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace sponsio::domain {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Catalogue const& catalogue() {
    static Catalogue const loaded = Catalogue::from_resources().value();
    return loaded;
}

ProofItem const& item(int number) {
    return *std::ranges::find(catalogue().items(), number, &ProofItem::number);
}

std::vector<std::string> exceptions_of(int number) {
    std::vector<std::string> codes;
    for (ProofException const& exception : item(number).exceptions) codes.push_back(exception.code);
    return codes;
}

std::string one_item(std::string const& way, std::string const& exception = "[]",
                     std::string const& more_items = "") {
    auto const row = [&](std::string const& id, std::string const& number, std::string const& name) {
        return R"({"item_id":")" + id + R"(","number":)" + number + R"(,"name":{"zh":")" + name +
               R"(","en":"name )" + name + R"("},"aliases":{"zh":["别)" + name + R"("],"en":["alias )" +
               name + R"("]},"may_be_demanded":false,"answer":{"zh":"否","en":"no"},"ways":[)" + way +
               R"(],"exceptions":)" + exception + R"(,"valid_from":"2020-04-27","valid_to":null})";
    };
    std::string const code = R"([{"code":"c","name":{"zh":"码","en":"code"}}])";
    return R"({"catalogue_id":"t","version":"1","jurisdiction":"100000","title":{"zh":"单","en":"list"},)"
           R"("source":{"key":"k","text":{"zh":"文","en":"t"},"address":null},)"
           R"("coverage":{"zh":"范","en":"c"},"departments":)" +
           code + R"(,"documents":)" + code + R"(,"procedures":)" + code + R"(,"exceptions":)" + code +
           R"(,"items":[)" + row("t-1", "1", "甲") +
           (more_items.empty() ? "" : "," + row(more_items, "2", "甲")) + "]}";
}

std::string way(std::string const& kind, std::string const& members) {
    return R"({"kind":")" + kind + R"(","departments":[],"documents":[],)" + members +
           R"("text":{"zh":"文","en":"t"}})";
}

std::string cause(std::string const& text) {
    std::array<Resource, 1> const files{{{"catalogue/t.json", text}}};
    auto const loaded = Catalogue::from_files(files);
    return loaded ? "accepted" : loaded.error().cause;
}

TEST(Catalogue, HoldsTheTwentyItems) {
    ASSERT_EQ(catalogue().items().size(), 21u) << "one of them twice, with its days";
    for (int number = 1; number <= 20; ++number) {
        ProofItem const& one = item(number);
        EXPECT_EQ(one.number, number);
        EXPECT_EQ(one.item_id, std::string("cn-2020-") + (number < 10 ? "0" : "") + std::to_string(number));
        EXPECT_EQ(catalogue().find(one.item_id), &one);
        EXPECT_FALSE(one.may_be_demanded());
        EXPECT_THAT(one.answer.zh, testing::StartsWith("不可以"));
        EXPECT_THAT(one.answer.en, testing::StartsWith("No."));
        EXPECT_GE(one.aliases_zh.size(), 4u) << number;
        EXPECT_GE(one.aliases_en.size(), 4u) << number;
        EXPECT_FALSE(one.ways.empty()) << number;
        EXPECT_EQ(one.source.key, "民发〔2020〕20号");
        EXPECT_EQ(one.list->catalogue_id, "cn-2020-first-batch");
    }
    EXPECT_EQ(catalogue().find("cn-2020-21"), nullptr);
}

// 国卫规划发〔2026〕5号: one national paper from 1 July 2026 on; docs/law.md K9.
TEST(Catalogue, TheEleventhItemHasAnotherPaperFromJuly2026On) {
    auto const paper = [](char const* on) {
        auto const hits = catalogue().search("死亡证明", {}, parse_iso_date(on).value(), 5);
        std::vector<std::string> papers;
        for (auto const& hit : hits)
            if (hit.item->number == 11)
                for (ProofWay const& one : hit.item->ways)
                    papers.insert(papers.end(), one.documents.begin(), one.documents.end());
        return papers;
    };
    EXPECT_EQ(paper("2026-06-30"), std::vector<std::string>{"death_medical_certificate"});
    EXPECT_EQ(paper("2026-07-01"), std::vector<std::string>{"national_death_medical_certificate"});
    EXPECT_EQ(item(6).name.zh, "社区戒毒社区康复人员情况证明");
    EXPECT_EQ(item(18).name.zh, "遗产继承权证明");
}

// The list itself excepts these five and no others.
TEST(Catalogue, KnowsTheExceptionsOfTheList) {
    EXPECT_THAT(exceptions_of(1), ElementsAre("real_estate_registration", "notarisation"));
    EXPECT_THAT(exceptions_of(8), ElementsAre("marriage_file_lost", "adoption"));
    EXPECT_THAT(exceptions_of(14), ElementsAre("adoption"));
    EXPECT_THAT(exceptions_of(16), ElementsAre("state_provides_otherwise"));
    EXPECT_THAT(exceptions_of(17), ElementsAre("legal_aid"));
    for (int number : {2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 18, 19, 20})
        EXPECT_THAT(exceptions_of(number), IsEmpty()) << number;
}

// Three names that machine translation gets wrong.
TEST(Catalogue, CallsThingsByTheirNames) {
    EXPECT_EQ(item(5).name.zh, "无犯罪记录证明");
    EXPECT_EQ(item(10).name.zh, "健在证明");
    EXPECT_THAT(item(10).name.en, HasSubstr("alive"));
    EXPECT_EQ(item(6).ways.front().issuer, "street_drug_rehabilitation");
}

TEST(Catalogue, SaysHowTheMatterIsDoneInstead) {
    std::map<WayKind, int> kinds;
    for (ProofItem const& one : catalogue().items())
        for (ProofWay const& step : one.ways) ++kinds[step.kind];
    EXPECT_EQ(kinds.size(), 5u) << "every kind of way occurs";
    EXPECT_THAT(item(1).ways[0].departments, ElementsAre("public_security", "civil_affairs", "health"));
    EXPECT_THAT(item(1).ways[1].documents, Contains("birth_medical_certificate"));
    EXPECT_EQ(item(1).ways[2].issuer, "police_station");
    EXPECT_EQ(item(7).ways[0].procedure, "declare_missing");
    EXPECT_EQ(item(4).ways[1].kind, WayKind::investigation);
    EXPECT_EQ(item(20).ways[0].procedure, "reissue");
}

TEST(Catalogue, OffersNormalizedTermsToAnIndex) {
    auto const both = Catalogue::search_terms(item(10));
    EXPECT_THAT(both, Contains("健在证明"));
    EXPECT_THAT(both, Contains("proofthatiamalive"));
    auto const english = Catalogue::search_terms(item(10), Language::en);
    EXPECT_THAT(english, Contains("proofofbeingalive"));
    EXPECT_THAT(english, testing::Not(Contains("健在证明")));
}

TEST(Catalogue, RefusesAFileWithABrokenReference) {
    std::string const good = way("document", R"("documents":["c"],)");
    // A second "documents" would be a duplicate key; build the way by hand instead.
    std::string const document =
        R"({"kind":"document","departments":[],"documents":["c"],"text":{"zh":"文","en":"t"}})";
    EXPECT_EQ(cause(one_item(document)), "accepted");
    EXPECT_THAT(cause(one_item(good)), HasSubstr("bad_format")) << "a doubled key is no JSON of ours";
    EXPECT_THAT(cause(one_item(way("document", ""))), HasSubstr("/items/0/ways/0/documents empty"));
    EXPECT_THAT(cause(one_item(way("data_sharing", ""))), HasSubstr("/items/0/ways/0/departments empty"));
    EXPECT_THAT(cause(one_item(way("investigation", ""))), HasSubstr("departments empty"));
    EXPECT_THAT(cause(one_item(way("issuer", ""))), HasSubstr("issuer required"));
    EXPECT_THAT(cause(one_item(way("procedure", ""))), HasSubstr("procedure required"));
    EXPECT_THAT(cause(one_item(way("issuer", R"("issuer":"x",)"))), HasSubstr("issuer no_such_thing"));
    EXPECT_THAT(cause(one_item(way("procedure", R"("procedure":"x",)"))),
                HasSubstr("procedure no_such_thing"));
    EXPECT_THAT(cause(one_item(way("magic", ""))), HasSubstr("kind unknown_value"));
    EXPECT_EQ(cause(one_item(document, R"([{"code":"c"}])")), "accepted");
    EXPECT_THAT(cause(one_item(document, R"([{"code":"x"}])")), HasSubstr("/items/0/exceptions/0/code"));
    EXPECT_THAT(cause(one_item(document, "[]", "t-2")), HasSubstr("/items/1/aliases not_unique"));
}

TEST(Catalogue, RefusesOneItemOnTwoLists) {
    std::string const document =
        R"({"kind":"document","departments":[],"documents":["c"],"text":{"zh":"文","en":"t"}})";
    std::string const text = one_item(document);
    std::array<Resource, 2> const twice{{{"catalogue/a.json", text}, {"catalogue/b.json", text}}};
    EXPECT_THAT(Catalogue::from_files(twice).error().cause,
                HasSubstr("catalogue/b.json: /version not_unique"));
    std::string other = text;
    std::size_t const id = other.find(R"("catalogue_id":")") + 16;
    other.replace(id, other.find('"', id) - id, "other");
    std::array<Resource, 2> const files{{{"catalogue/a.json", text}, {"catalogue/b.json", other}}};
    auto const loaded = Catalogue::from_files(files);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().cause, HasSubstr("other: t-1 not_unique"));
}

}  // namespace
}  // namespace sponsio::domain

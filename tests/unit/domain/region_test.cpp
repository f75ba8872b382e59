#include "server/domain/region.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>

namespace sponsio::domain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Date day(char const* iso) {
    return parse_iso_date(iso).value();
}

Regions const& regions() {
    static Regions const loaded = Regions::from_resources().value();
    return loaded;
}

Outcome<Regions> from_rows(std::string const& rows) {
    std::string const text =
        R"({"version":"t","source":{"zh":"源","en":"s"},"coverage":{"zh":"范","en":"c"},)"
        R"("base_date":"2020-01-01","regions":[)" +
        rows + "]}";
    std::array<Resource, 1> const files{{{"regions/t.json", text}}};
    return Regions::from_files(files);
}

struct DatedCase {
    char const* code;
    char const* date;
    char const* full_name;  ///< null: not valid on that day
};

class DatedRegions : public testing::TestWithParam<DatedCase> {};

TEST_P(DatedRegions, AreKnownOnTheirDays) {
    auto const name = regions().full_name(GetParam().code, day(GetParam().date));
    EXPECT_EQ(name.value_or("-"), GetParam().full_name ? GetParam().full_name : "-");
    EXPECT_EQ(regions().valid_on(GetParam().code, day(GetParam().date)), GetParam().full_name != nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Region, DatedRegions,
    testing::Values(
        DatedCase{"100000", "2026-11-23", "中华人民共和国"}, DatedCase{"370000", "2026-11-23", "山东省"},
        DatedCase{"370102", "2026-11-23", "山东省济南市历下区"},
        DatedCase{"110101", "2026-11-23", "北京市东城区"}, DatedCase{"419001", "2026-11-23", "河南省济源市"},
        DatedCase{"441900", "2026-11-23", "广东省东莞市"}, DatedCase{"500229", "2026-11-23", "重庆市城口县"},
        DatedCase{"659012", "2023-01-19", nullptr},
        DatedCase{"659012", "2023-01-20", "新疆维吾尔自治区白杨市"},
        DatedCase{"330103", "2021-04-08", "浙江省杭州市下城区"}, DatedCase{"330103", "2021-04-09", nullptr},
        DatedCase{"330104", "2021-04-09", nullptr}, DatedCase{"330113", "2021-04-08", nullptr},
        DatedCase{"330113", "2021-04-09", "浙江省杭州市临平区"},
        DatedCase{"330114", "2026-11-23", "浙江省杭州市钱塘区"},
        DatedCase{"371200", "2019-01-08", "山东省莱芜市"}, DatedCase{"371200", "2019-01-09", nullptr},
        DatedCase{"370116", "2019-01-09", "山东省济南市莱芜区"}, DatedCase{"370117", "2019-01-08", nullptr},
        DatedCase{"110228", "2015-11-17", "北京市密云县"}, DatedCase{"110228", "2015-11-18", nullptr},
        DatedCase{"110118", "2015-11-18", "北京市密云区"},
        // Abolished before 2020: known by the year.
        DatedCase{"110103", "2009-06-01", "北京市崇文区"}, DatedCase{"110103", "2011-01-01", nullptr},
        DatedCase{"320503", "2012-02-01", "江苏省苏州市平江区"},
        DatedCase{"130502", "1990-05-01", "河北省邢台市桥东区"},
        DatedCase{"130502", "2020-06-22", "河北省邢台市桥东区"},
        DatedCase{"130502", "2020-06-23", "河北省邢台市襄都区"},
        DatedCase{"653228", "2024-12-27", "新疆维吾尔自治区和田地区和康县"},
        DatedCase{"450127", "2021-12-31", "广西壮族自治区南宁市横县"},
        DatedCase{"450181", "2021-01-01", "广西壮族自治区南宁市横州市"},
        DatedCase{"500105", "2025-12-04", "重庆市江北区"}, DatedCase{"500105", "2025-12-05", nullptr},
        DatedCase{"500112", "2025-12-05", nullptr}, DatedCase{"500157", "2025-12-04", nullptr},
        DatedCase{"500157", "2025-12-05", "重庆市两江新区"},
        DatedCase{"653132", "2026-11-23", "新疆维吾尔自治区喀什地区岑岭县"},
        DatedCase{"659013", "2026-11-23", "新疆维吾尔自治区草湖市"},
        DatedCase{"999999", "2026-11-23", nullptr}, DatedCase{"37010", "2026-11-23", nullptr},
        DatedCase{"3701021", "2026-11-23", nullptr}, DatedCase{"", "2026-11-23", nullptr}));

TEST(Region, FindsLevelAndAncestors) {
    EXPECT_EQ(region_level("100000"), RegionLevel::country);
    EXPECT_EQ(region_level("370000"), RegionLevel::province);
    EXPECT_EQ(region_level("370100"), RegionLevel::prefecture);
    EXPECT_EQ(region_level("370102"), RegionLevel::county);
    EXPECT_FALSE(region_level("037010"));
    EXPECT_FALSE(region_level("37010X"));
    EXPECT_THAT(region_ancestors("370102"), ElementsAre("370100", "370000", "100000"));
    EXPECT_THAT(region_ancestors("370100"), ElementsAre("370000", "100000"));
    EXPECT_THAT(region_ancestors("370000"), ElementsAre("100000"));
    EXPECT_THAT(region_ancestors("100000"), IsEmpty());
    EXPECT_THAT(region_ancestors("x"), IsEmpty());
}

TEST(Region, CoversTheWholeCountry) {
    Date const today = day("2026-11-23");
    auto const provinces = regions().children(national_region, today);
    EXPECT_EQ(provinces.size(), 34u);
    std::size_t prefectures = 0, counties = 0;
    for (Region const& province : provinces) {
        for (Region const& second : regions().children(province.code, today)) {
            bool const gathering = !regions().full_name(second.code, today)->ends_with(second.name) ||
                                   second.name == "市辖区" || second.name == "县" ||
                                   second.name.find("直辖") != std::string::npos;
            if (!gathering) ++prefectures;
            counties += regions().children(second.code, today).size();
        }
    }
    EXPECT_EQ(prefectures, 333u);  // 293 cities, 7 prefectures, 30 autonomous prefectures, 3 leagues
    EXPECT_EQ(counties,
              2847u);  // 2846 at the end of 2024 (the Ministry); since then two less in Chongqing, three more
}

TEST(Region, ListsDirectChildrenOnly) {
    auto const children = regions().children("370100", day("2026-11-23"));
    ASSERT_EQ(children.size(), 12u);
    EXPECT_EQ(children.front().name, "历下区");
    std::set<std::string> codes;
    for (Region const& child : children) codes.insert(child.code);
    EXPECT_TRUE(codes.contains("370116"));
    EXPECT_TRUE(regions().children("370102", day("2026-11-23")).empty());
}

TEST(Region, KeepsTheHistoryOfACode) {
    auto const history = regions().history("130502");
    ASSERT_EQ(history.size(), 3u);
    EXPECT_EQ(history[0].name, "桥东区");
    EXPECT_EQ(history[1].name, "桥东区");
    EXPECT_EQ(history[2].name, "襄都区");
    EXPECT_TRUE(regions().history("000000").empty());
    EXPECT_FALSE(regions().version().empty());
    EXPECT_GT(regions().size(), 9000u) << "with those before 2020";
}

TEST(Region, SaysWhatTookThePlaceOfACode) {
    auto const why = [](char const* code, char const* on) {
        auto const fine = regions().check(code, day(on), "/region_code");
        return fine ? std::string("fine") : fine.error().detail.en;
    };
    EXPECT_EQ(why("500105", "2025-12-04"), "fine");
    EXPECT_EQ(why("500105", "2025-12-05"),
              "The code 500105 (江北区) ended on 2025-12-04. In its place: 500157 (重庆市两江新区).");
    EXPECT_THAT(why("330104", "2026-01-01"),
                HasSubstr("330102 (浙江省杭州市上城区), 330114 (浙江省杭州市钱塘区)"));
    EXPECT_EQ(why("659013", "2026-01-01"), "The code 659013 exists from 2026-04-18 on.");
    EXPECT_THAT(why("999999", "2026-01-01"), HasSubstr("has no code 999999"));
    EXPECT_EQ(regions().check("999999", day("2026-01-01"), "/x").error().fields.at(0).reason,
              &reason::unknown_region);
}

TEST(Region, EveryCodeThatEndedNamesWhatFollowed) {
    for (char const* province : {"11", "13", "22", "32", "33", "34", "35", "36", "37", "41", "42",
                                 "43", "45", "50", "51", "52", "53", "54", "61", "63", "65"})
        for (int tail = 0; tail != 10'000; ++tail) {
            char code[16];
            std::snprintf(code, sizeof code, "%s%04d", province, tail);
            auto const history = regions().history(code);
            // What ended before 2020 names it where the source does.
            if (history.empty() || !history.back().valid_to || *history.back().valid_to < day("2020-01-01"))
                continue;
            EXPECT_FALSE(history.back().replaced_by.empty()) << code;
        }
}

TEST(Region, RefusesABrokenTable) {
    std::string const province = R"({"code":"370000","name":"甲省"})";
    EXPECT_TRUE(from_rows(province));
    auto const cause = [&](std::string const& rows) {
        auto const loaded = from_rows(rows);
        return loaded ? std::string("accepted") : loaded.error().cause;
    };
    EXPECT_THAT(cause(province + "," + province), HasSubstr("overlapping_days"));
    EXPECT_THAT(cause(R"({"code":"37000","name":"甲"})"), HasSubstr("/regions/0/code"));
    EXPECT_THAT(cause(R"({"code":"37000X","name":"甲"})"), HasSubstr("bad_format"));
    EXPECT_THAT(cause(R"({"code":"370102","name":"乙区"})"), HasSubstr("no_such_thing"));
    EXPECT_THAT(cause(province + R"(,{"code":"370102","name":"乙区"})"), HasSubstr("370102 no_such_thing"))
        << "no prefecture";
    EXPECT_THAT(cause(province +
                      R"(,{"code":"380000","name":"丙省","valid_to":"2020-12-31","replaced_by":["390000"]})"),
                HasSubstr("380000 no_such_thing"));
    EXPECT_THAT(cause(R"({"code":"380000","name":"丙省","replaced_by":["370000"]})"),
                HasSubstr("/regions/0/replaced_by not_allowed_here"));
    EXPECT_THAT(cause(R"({"code":"370000","name":"甲","valid_from":"2020-02-30"})"),
                HasSubstr("impossible_date"));
    EXPECT_THAT(cause(R"({"code":"370000","name":"甲","valid_from":"2021-01-01","valid_to":"2020-01-01"})"),
                HasSubstr("reversed_days"));
    EXPECT_THAT(cause(R"({"code":"370000","name":"甲","colour":"red"})"), HasSubstr("unknown_field"));
}

}  // namespace
}  // namespace sponsio::domain

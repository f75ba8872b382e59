#include "server/domain/catalogue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// Lists of regions beside the country's: which one decides where and when.
namespace sponsio::domain {
namespace {

constexpr Date on(int y, unsigned m, unsigned d) {
    return std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d};
}

constexpr Date today = on(2026, 5, 1);

std::string item(std::string const& id, std::string const& number, std::string const& zh,
                 std::string const& disposition) {
    return R"({"item_id": ")" + id + R"(", "number": )" + number + R"(, "name": {"zh": ")" + zh +
           R"(", "en": "proof )" + zh + R"("}, "aliases": {"zh": ["别名)" + id + R"("], "en": ["alias )" +
           id + R"("]}, )" + disposition +
           R"(, "answer": {"zh": "否", "en": "no"}, "ways": [{"kind": "document",
           "departments": [], "documents": ["c"], "issuer": null, "procedure": null,
           "text": {"zh": "文", "en": "t"}}], "exceptions": [], "valid_from": "2026-01-01", "valid_to": null})";
}

std::string list(std::string const& id, std::string const& place, std::string const& items,
                 std::string const& days = "") {
    std::string const code = R"([{"code": "c", "name": {"zh": "码", "en": "code"}}])";
    return R"({"catalogue_id": ")" + id + R"(", "version": "1", "jurisdiction": ")" + place + R"(", )" +
           days +
           R"("title": {"zh": "单", "en": "list"}, "source": {"key": "k", "text": {"zh": "文", "en": "t"},
           "address": null}, "coverage": {"zh": "范", "en": "c"}, "departments": )" +
           code + R"(, "documents": )" + code + R"(, "procedures": )" + code + R"(, "exceptions": )" + code +
           R"(, "items": [)" + items + "]}";
}

std::string const demanded = R"("may_be_demanded": true)", not_demanded = R"("may_be_demanded": false)";

Outcome<Catalogue> read(std::vector<std::string> const& lists) {
    std::vector<Resource> files;
    for (std::string const& text : lists) files.push_back({"list.json", text});
    return Catalogue::from_files(files);
}

Catalogue three_levels(std::string const& days = "") {
    return read({list("country", "100000",
                      item("country-1", "1", "亲属关系证明", not_demanded) + "," +
                          item("country-2", "2", "健在证明", not_demanded)),
                 list("city", "110000", item("city-1", "1", "亲属关系证明", not_demanded)),
                 list("district", "110105", item("district-1", "1", "亲属关系证明", demanded), days)})
        .value();
}

std::string found(Catalogue const& catalogue, std::string_view question, std::string_view region,
                  Date day = today) {
    std::string ids;
    for (auto const& hit : catalogue.search_in(region, question, std::nullopt, day, 10))
        if (hit.score == 100) ids += (ids.empty() ? "" : " ") + hit.item->item_id;
    return ids;
}

TEST(CatalogueLists, TheNearestThatNamesTheProofDecides) {
    auto const catalogue = three_levels();
    EXPECT_EQ(found(catalogue, "亲属关系证明", "110105"), "district-1");
    EXPECT_EQ(found(catalogue, "亲属关系证明", "110101"), "city-1");
    EXPECT_EQ(found(catalogue, "亲属关系证明", "370102"), "country-1");
    EXPECT_EQ(found(catalogue, "健在证明", "110105"), "country-2");
    EXPECT_EQ(found(catalogue, "别名city-1", "370102"), "");
}

TEST(CatalogueLists, AListCountsOnItsDays) {
    auto const catalogue = three_levels(R"("valid_from": "2026-02-01", "valid_to": "2026-06-30", )");
    EXPECT_EQ(found(catalogue, "亲属关系证明", "110105", on(2026, 6, 30)), "district-1");
    EXPECT_EQ(found(catalogue, "亲属关系证明", "110105", on(2026, 7, 1)), "city-1");
    EXPECT_EQ(found(catalogue, "亲属关系证明", "110105", on(2026, 1, 31)), "city-1");
    EXPECT_FALSE(catalogue.find("district-1")->valid_on(on(2026, 1, 31)));
    std::vector<std::string> lists;
    for (CatalogueInfo const* one : catalogue.lists_in("110105", today)) lists.push_back(one->catalogue_id);
    EXPECT_EQ(lists, (std::vector<std::string>{"district", "city", "country"}));
    EXPECT_EQ(catalogue.lists_in("110105", on(2026, 7, 1)).front()->catalogue_id, "city");
}

TEST(CatalogueLists, WithoutDaysAListBeginsWithItsItems) {
    EXPECT_EQ(three_levels().lists_in("110105", today).front()->valid_from, on(2026, 1, 1));
    EXPECT_FALSE(read({list("x", "110105", item("x-1", "1", "甲", demanded),
                            R"("valid_from": "2026-02-01", "valid_to": "2026-01-31", )")}));
}

TEST(CatalogueLists, TheDispositionSaysWhetherItMayBeDemanded) {
    auto const of = [](std::string const& words) -> std::string {
        auto const one = read({list("x", "110105", item("x-1", "1", "甲", words))});
        return one ? std::string(word(one->find("x-1")->disposition)) : one.error().cause;
    };
    EXPECT_EQ(of(demanded), "issue");
    EXPECT_EQ(of(not_demanded), "not_issue");
    for (std::string const kind : {"not_issue", "share", "commit"}) {
        EXPECT_EQ(of(not_demanded + R"(, "disposition": ")" + kind + "\""), kind);
        EXPECT_NE(of(demanded + R"(, "disposition": ")" + kind + "\"").find("/may_be_demanded"),
                  std::string::npos);
    }
    EXPECT_EQ(of(demanded + R"(, "disposition": "issue")"), "issue");
    EXPECT_NE(of(demanded + R"(, "disposition": "perhaps")").find("/disposition"), std::string::npos);
}

}  // namespace
}  // namespace sponsio::domain

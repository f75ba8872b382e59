#include "server/sheet/xlsx.hpp"

#include "server/sheet/workbook_writer.hpp"
#include "server/sheet/zip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sponsio::sheet {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The smallest workbook with these rows and shared strings.
Parts parts_of(std::string const& sheet_data, std::string const& strings = "",
               std::string const& workbook_pr = "", std::string const& behind = "") {
    auto const is = [](std::string const& id, std::string const& kind, std::string const& target) {
        return "<Relationship Id=\"" + id + "\" Type=\"" + std::string(relation) + "/" + kind +
               "\" Target=\"" + target + "\"/>";
    };
    return {{"_rels/.rels",
             "<Relationships>" + is("a", "officeDocument", "xl/workbook.xml") + "</Relationships>"},
            {"xl/workbook.xml", "<workbook xmlns:r=\"r\">" + workbook_pr +
                                    "<sheets><sheet name=\"h\" state=\"hidden\" r:id=\"c\"/>"
                                    "<sheet name=\"s\" r:id=\"b\"/></sheets></workbook>"},
            {"xl/_rels/workbook.xml.rels", "<Relationships>" + is("b", "worksheet", "worksheets/sheet1.xml") +
                                               is("d", "sharedStrings", "/xl/sharedStrings.xml") +
                                               "</Relationships>"},
            {"xl/worksheets/sheet1.xml",
             "<x:worksheet><x:sheetData>" + sheet_data + "</x:sheetData>" + behind + "</x:worksheet>"},
            {"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"}};
}

struct Read {
    std::vector<Row> rows;
    bool since_1904 = false;
    std::string merged{};  ///< what covers B3
};

Outcome<Read> read(std::string bytes) {
    auto reader = XlsxReader::open(std::move(bytes));
    if (!reader) return reader.error();
    Read all;
    for (;;) {
        auto const more = reader->work();
        if (!more) return more.error();
        while (auto row = reader->next()) all.rows.push_back(std::move(*row));
        if (!*more) break;
    }
    all.since_1904 = reader->since_1904();
    all.merged = reader->merged_into(1, 3);
    return all;
}

TEST(Xlsx, ReadsCellsOfEveryKind) {
    auto const got = read(zip_of(parts_of(
        "<x:row r=\"2\"><x:c r=\"A2\" t=\"s\"><x:v>1</x:v></x:c><x:c r=\"C2\"><x:v>46356</x:v></x:c>"
        "<x:c r=\"D2\" t=\"e\"><x:v>#N/A</x:v></x:c><x:c r=\"E2\" "
        "t=\"inlineStr\"><x:is><x:t>直接</x:t></x:is></x:c>"
        "<x:c r=\"F2\" t=\"str\"><x:f>A1</x:f><x:v>算出</x:v></x:c></x:row><x:row r=\"3\"><x:c "
        "r=\"A3\"/></x:row>"
        "<x:row><x:c t=\"b\"><x:v>1</x:v></x:c></x:row>",
        "<si><t>x</t></si><si><r><t>欧阳</t></r><r><t>示例</t></r><rPh><t>ouyang</t></rPh></si>",
        "<workbookPr date1904=\"1\"/>", "<x:mergeCells><x:mergeCell ref=\"B2:B4\"/></x:mergeCells>")));
    ASSERT_TRUE(got) << got.error().detail.en;
    ASSERT_EQ(got->rows.size(), 2U);  // the empty one is left out
    Row const& row = got->rows[0];
    EXPECT_EQ(row.number, 2U);
    ASSERT_EQ(row.cells.size(), 6U);
    EXPECT_EQ(row.cells[0].text, "欧阳示例");
    EXPECT_EQ(row.cells[1].kind, CellKind::empty);
    EXPECT_EQ(row.cells[2].kind, CellKind::number);
    EXPECT_EQ(row.cells[3].kind, CellKind::failed);
    EXPECT_EQ(row.cells[4].text, "直接");
    EXPECT_EQ(row.cells[5].text, "算出");
    EXPECT_EQ(got->rows[1].number, 4U);
    EXPECT_EQ(got->rows[1].cells[0].text, "TRUE");
    EXPECT_TRUE(got->since_1904);
    EXPECT_EQ(got->merged, "B2");
}

TEST(Xlsx, ReadsWhatItWrites) {
    auto const bytes =
        workbook_of("承诺", {{"姓名*"}, {"日期", ColumnFormat::date}}, {{"说明", {{"a", "<&\">"}}}});
    EXPECT_EQ(bytes,
              workbook_of("承诺", {{"姓名*"}, {"日期", ColumnFormat::date}}, {{"说明", {{"a", "<&\">"}}}}));
    auto const got = read(bytes);
    ASSERT_TRUE(got) << got.error().detail.en;
    ASSERT_EQ(got->rows.size(), 1U);
    EXPECT_EQ(got->rows[0].cells[1].text, "日期");
}

TEST(Xlsx, RefusesWhatIsNoWorkbook) {
    for (std::string bytes :
         {std::string(), std::string("not a zip"), std::string("PK\x05\x06") + std::string(18, '\0')})
        EXPECT_EQ(read(bytes).error().problem, &problem::malformed);
    for (std::size_t i = 0; i != 4; ++i) {  // any part missing
        Parts parts = parts_of("");
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_EQ(read(zip_of(parts)).error().problem, &problem::malformed) << i;
    }
    EXPECT_EQ(read(zip_of(parts_of("<x:row><x:c t=\"s\"><x:v>7</x:v></x:c></x:row>"))).error().problem,
              &problem::malformed);
}

TEST(Xlsx, RefusesEntitiesAndDepth) {
    Parts bomb = parts_of("");
    bomb[4].second =
        "<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
        "\"&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
    EXPECT_EQ(read(zip_of(bomb)).error().problem, &problem::malformed);
    bomb[4].second = "<!DOCTYPE sst SYSTEM \"file:///etc/hostname\"><sst/>";
    EXPECT_EQ(read(zip_of(bomb)).error().problem, &problem::malformed);
    std::string deep;
    for (int i = 0; i != 100; ++i) deep += "<x:d>";
    for (int i = 0; i != 100; ++i) deep += "</x:d>";
    EXPECT_EQ(read(zip_of(parts_of(deep))).error().problem, &problem::malformed);
}

TEST(Xlsx, KeepsToItsLimitsWhateverTheArchiveHolds) {
    std::string const blanks(std::size_t{70} << 20, ' ');  // 70 MiB that shrink to some 70 KiB
    Parts bomb = parts_of("", blanks);
    auto const bytes = zip_of(bomb);
    EXPECT_LT(bytes.size(), std::size_t{1} << 20);
    EXPECT_EQ(read(bytes).error().problem, &problem::too_large);
    EXPECT_EQ(read(zip_of(parts_of("<x:row r=\"4000000\"><x:c><x:v>1</x:v></x:c></x:row>"))).error().problem,
              &problem::too_large);
    auto const wide = read(zip_of(parts_of(
        "<x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c><x:c r=\"XFD1\"><x:v>1</x:v></x:c></x:row>")));
    EXPECT_EQ(wide.value().rows[0].cells.size(), 1U);
}

TEST(Xlsx, AnyDamageIsReadOrRefused) {
    std::string const whole =
        zip_of(parts_of("<x:row r=\"1\"><x:c r=\"A1\" t=\"s\"><x:v>0</x:v></x:c><x:c "
                        "r=\"B1\"><x:v>1.5E+3</x:v></x:c></x:row>",
                        "<si><t>x</t></si>"));
    std::minstd_rand random(11);  // the same damage each time
    int refused = 0;
    for (int round = 0; round != 1500; ++round) {
        std::string damaged = whole;
        for (auto left = 1 + random() % 3; left != 0; --left)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        if (random() % 5 == 0) damaged.resize(random() % damaged.size());
        refused += !read(std::move(damaged));
    }
    EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace sponsio::sheet

#include "server/sheet/csv.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sponsio::sheet {
namespace {

using Table = std::vector<std::vector<std::string>>;

/// All rows of the text, fed in pieces of that size.
Outcome<Table> rows_of(std::string_view text, std::size_t piece = 7, std::optional<Charset> charset = {}) {
    CsvReader reader(charset);
    Table table;
    for (bool more = true; more;) {
        more = !text.empty();
        if (more)
            reader.feed(text.substr(0, piece));
        else
            reader.end();
        text.remove_prefix(std::min(piece, text.size()));
        for (;;) {
            auto row = reader.next();
            if (!row) return row.error();
            if (!*row) break;
            EXPECT_EQ((*row)->number, table.size() + 1);
            std::vector<std::string> cells;
            for (Cell const& cell : (*row)->cells)
                cells.push_back(cell.kind == CellKind::unreadable ? "?" : cell.text);
            table.push_back(std::move(cells));
        }
    }
    return table;
}

TEST(Csv, ReadsQuotesLineBreaksAndEmptyCellsHoweverItArrives) {
    std::string const text = "a,\"b, \"\"c\"\"\n2\",\r\n,x\"y,\"\"\n\nlast";
    Table const want{{"a", "b, \"c\"\n2", ""}, {"", "x\"y", ""}, {""}, {"last"}};
    for (std::size_t piece = 1; piece != text.size() + 1; ++piece)
        EXPECT_EQ(rows_of(text, piece).value(), want) << piece;
}

TEST(Csv, ReadsUtf8WithAndWithoutMark) {
    Table const want{{"姓名", "事由"}, {"欧阳示例", "申请"}};
    EXPECT_EQ(rows_of("姓名,事由\n欧阳示例,申请\n").value(), want);
    EXPECT_EQ(rows_of("\xEF\xBB\xBF姓名,事由\r\n欧阳示例,申请").value(), want);
    EXPECT_EQ(rows_of("\xEF\xBB\xBF").value(), Table{});
    EXPECT_EQ(rows_of("").value(), Table{});
}

TEST(Csv, ReadsGb18030) {
    std::string const gbk = "\xD0\xD5\xC3\xFB,\xCA\xC2\xD3\xC9\n\xC5\xB7\xD1\xF4\xCA\xBE\xC0\xFD,x\n";
    Table const want{{"姓名", "事由"}, {"欧阳示例", "x"}};
    EXPECT_EQ(rows_of(gbk).value(), want);
    EXPECT_EQ(rows_of(gbk, 3, Charset::gb18030).value(), want);
    EXPECT_EQ(rows_of("name,why\n" + gbk.substr(0, 4) + ",y\n").value(),
              (Table{{"name", "why"}, {"姓名", "y"}}));
    EXPECT_EQ(rows_of("\x95\x32\x82\x36,y\n").value()[0][0], "𠀀");  // four bytes, beyond GBK
}

TEST(Csv, NamesWhatIsNoText) {
    EXPECT_EQ(rows_of("\xEF\xBB\xBFok,\xD0\xD5\n").value(), (Table{{"ok", "?"}}));
    EXPECT_EQ(rows_of("ok,\xD0\n", 7, Charset::gb18030).value(), (Table{{"ok", "?"}}));
    EXPECT_EQ(rows_of("\xFF\xFE"
                      "a\0",
                      9)
                  .error()
                  .problem,
              &problem::media_type);
}

TEST(Csv, AQuoteThatIsNeverClosedEndsWithItsRow) {
    auto const refused = rows_of("a,b\n\"" + std::string(CsvReader::longest_row, 'x'), 4096);
    EXPECT_EQ(refused.error().problem, &problem::too_large);
    EXPECT_NE(refused.error().detail.en.find("Row 2"), std::string::npos);
}

TEST(Csv, AnyBytesAreReadOrRefused) {
    std::minstd_rand random(7);  // the same bytes each time
    constexpr std::string_view pieces[] = {"\"",       ",",    "\r", "\n", "\xEF\xBB\xBF",
                                           "\xD0\xD5", "\x80", "a",  "姓"};
    for (int round = 0; round != 2000; ++round) {
        std::string text;
        for (auto left = random() % 40; left != 0; --left) text += pieces[random() % std::size(pieces)];
        auto const whole = rows_of(text, 1000);
        ASSERT_TRUE(whole);
        EXPECT_EQ(rows_of(text, 1 + random() % 5).value(), *whole);
    }
}

TEST(CharsetOfAType, IsTheOneThatItNames) {
    EXPECT_EQ(named_charset("text/csv").charset, std::nullopt);
    EXPECT_EQ(named_charset("text/csv; charset=GBK").charset, Charset::gb18030);
    EXPECT_EQ(named_charset("text/csv;charset=\"utf-8\"; header=present").charset, Charset::utf8);
    EXPECT_FALSE(named_charset("text/csv; charset=big5").known);
}

}  // namespace
}  // namespace sponsio::sheet

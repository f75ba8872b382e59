#include "server/sheet/cell.hpp"
#include "server/sheet/date_forms.hpp"
#include "server/sheet/tidy.hpp"

#include <gtest/gtest.h>

namespace sponsio::sheet {
namespace {

using How = ReadDate::How;
using namespace std::chrono_literals;

TEST(CellNames, CountAsSpreadsheetsDo) {
    EXPECT_EQ(cell_name(0, 1), "A1");
    EXPECT_EQ(cell_name(25, 9), "Z9");
    EXPECT_EQ(cell_name(26, 10), "AA10");
    EXPECT_EQ(cell_name(701, 2), "ZZ2");
    EXPECT_EQ(cell_name(702, 2), "AAA2");
}

TEST(DateForms, WithTheYearFirstAreRead) {
    EXPECT_EQ(read_date("2026-11-30").how, How::iso);
    for (char const* text : {"2026/11/30", "2026.11.30", "2026年11月30日", "20261130", "2026-11-30 00:00:00",
                             "2026/11/30 0:00", "2026-11-30T00:00:00"}) {
        EXPECT_EQ(read_date(text).how, How::other_form) << text;
        EXPECT_EQ(read_date(text).day, Date(2026y / 11 / 30)) << text;
    }
    EXPECT_EQ(read_date("2026/1/5").day, Date(2026y / 1 / 5));
    EXPECT_EQ(read_date("2026年1月5日").day, Date(2026y / 1 / 5));
}

TEST(DateForms, OthersAreNotGuessed) {
    for (char const* text : {"11/30/2026", "30.11.2026", "26-11-30", "2026-11", "2026年11月", "46356", "明天",
                             "", "2026-11/30", "2026-11-30 09:30:00", "2026113", "2026-11-300"})
        EXPECT_EQ(read_date(text).how, How::not_understood) << text;
    for (char const* text : {"2026-02-30", "20261301", "0000-01-01"})
        EXPECT_EQ(read_date(text).how, How::no_such_day) << text;
}

TEST(SerialDates, AreThoseOfOfficePrograms) {
    EXPECT_EQ(day_of_serial(46356, false), Date(2026y / 11 / 30));
    EXPECT_EQ(day_of_serial(46356.75, false), Date(2026y / 11 / 30));
    EXPECT_EQ(day_of_serial(44894, true), Date(2026y / 11 / 30));
    EXPECT_EQ(day_of_serial(59, false), Date(1900y / 2 / 28));
    EXPECT_EQ(day_of_serial(60, false), std::nullopt);
    EXPECT_EQ(day_of_serial(61, false), Date(1900y / 3 / 1));
    EXPECT_EQ(day_of_serial(0, true), Date(1904y / 1 / 1));
    for (double wrong : {-1.0, 1e9, 0.0 / 0.0}) EXPECT_EQ(day_of_serial(wrong, false), std::nullopt);
}

TEST(Tidying, DropsWhatCannotBeMeant) {
    auto const blanks = tidy("\u00a0 欧阳 示例\u3000\n");
    EXPECT_EQ(blanks.text, "欧阳 示例");
    EXPECT_TRUE(blanks.blanks);
    EXPECT_EQ(tidy("'110105").text, "110105");
    EXPECT_EQ(tidy("=\"110105\"").text, "110105");
    EXPECT_TRUE(tidy("=\"110105\"").wrapped);
    auto const wide = tidy_code("１１０１０５ 19491231 ００２Ｘ\u200b");
    EXPECT_EQ(wide.text, "11010519491231002X");
    EXPECT_TRUE(wide.full_width && wide.blanks);
    auto const clean = tidy_code("11010519491231002X");
    EXPECT_FALSE(clean.full_width || clean.blanks || clean.wrapped);
}

TEST(Scientific, IsHowASpreadsheetShowsALongNumber) {
    EXPECT_TRUE(is_scientific("1.10105E+17"));
    EXPECT_TRUE(is_scientific("1E+17"));
    for (char const* text : {"E12345678", "110105", "1.1E-3", "1E", "E+17", "1,5E+3", ""})
        EXPECT_FALSE(is_scientific(text)) << text;
}

}  // namespace
}  // namespace sponsio::sheet

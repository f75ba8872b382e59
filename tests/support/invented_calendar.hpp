#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace sponsio::testing {

/// A year's calendar that could be one and is not: every festival from a fixed day on, for as many working
/// days as the law gives. New Year takes the first three days of January. `worked`: weekend days, made up for
/// at National Day.
inline std::string invented_calendar(int year, std::string const& correction = "test",
                                     std::vector<std::string> const& worked = {}) {
    using namespace std::chrono;

    struct Festival {
        char const* zh;
        month_day from;
        int working_days;
        int least_days;
    };

    Festival const festivals[] = {{"元旦", January / 1, 1, 3},
                                  {"春节", February / 5, 4, 1},
                                  {"清明节", April / 5, 1, 1},
                                  {"劳动节", May / 1, 2, 1},
                                  {"端午节", June / 9, 1, 1},
                                  {"中秋节", September / 15, 1, 1},
                                  {"国庆节", October / 1, 3 + static_cast<int>(worked.size()), 1}};
    auto const iso = [](sys_days day) {
        year_month_day const date{day};
        auto const two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        return std::to_string(int{date.year()}) + "-" + two(unsigned{date.month()}) + "-" +
               two(unsigned{date.day()});
    };
    std::string holidays, exchanged;
    for (Festival const& festival : festivals) {
        sys_days const from{std::chrono::year{year} / festival.from};
        sys_days to = from - days{1};
        for (int left = festival.working_days; left > 0 || to - from + days{1} < days{festival.least_days};) {
            to += days{1};
            weekday const w{to};
            if (w != Saturday && w != Sunday) --left;
        }
        holidays += (holidays.empty() ? "" : ",") + std::string(R"({"name":{"zh":")") + festival.zh +
                    R"(","en":"invented"},"from":")" + iso(from) + R"(","to":")" + iso(to) + R"("})";
    }
    for (std::string const& day : worked) exchanged += (exchanged.empty() ? "\"" : ",\"") + day + "\"";
    std::string const number = std::to_string(year);
    return R"({"calendar_id":"cn","year":)" + number + R"(,"version":"cn-)" + number + "." + correction +
           R"(","source":{"key":"tests","text":{"zh":"为测试虚构","en":"Invented for tests"},)" +
           R"("address":"https://calendar.test/"},"holidays":[)" + holidays + R"(],"worked_weekends":[)" +
           exchanged + "]}";
}

}  // namespace sponsio::testing

#pragma once

#include "server/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sponsio::sheet {

/// What was written where a date is expected.
struct ReadDate {
    enum class How : unsigned char {
        iso,          ///< 2026-11-30
        other_form,   ///< 2026/11/30, 2026.11.30, 2026年11月30日, 20261130, any of them with a time of
                      ///< midnight
        no_such_day,  ///< in a form of these, but no day of the calendar
        not_understood
    };

    How how = How::not_understood;
    std::optional<Date> day{};
};

/// Reads a date with the year first; text of full-width digits must have been narrowed before.
ReadDate read_date(std::string_view text);

/// The day that a workbook's number stands for: days since 1899-12-31, where 1900 counts as a leap year
/// (ECMA-376 part 1 §18.17.4.1), or since 1904-01-01. Nothing for 1900-02-29, which never was, and for
/// numbers that no office program shows as a date.
std::optional<Date> day_of_serial(double serial, bool since_1904);

}  // namespace sponsio::sheet

#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <string>

/// How papers say a day and a name.
namespace sponsio::domain {

/// "2026年3月2日"
inline std::string zh_day(Date day) {
    return std::to_string(int{day.year()}) + "年" + std::to_string(unsigned{day.month()}) + "月" +
           std::to_string(unsigned{day.day()}) + "日";
}

/// In English, and in Chinese where the matter has no English name.
inline std::string const& english(Bilingual const& name) {
    return name.en.empty() ? name.zh : name.en;
}

}  // namespace sponsio::domain

#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/domain/rules.hpp"

#include <filesystem>
#include <vector>

namespace sponsio::app {

/// What the program knows of law and country, from the files it carries and those an operator adds.
struct Knowledge {
    domain::Regions regions;
    domain::WorkingCalendar calendar;
    domain::Rules rules;
    domain::Catalogue catalogue;

    /// `calendars`: the working days of years announced since. The fault names the file.
    static Outcome<Knowledge> load(std::vector<std::filesystem::path> const& calendars);
};

}  // namespace sponsio::app

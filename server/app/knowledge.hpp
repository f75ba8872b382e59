#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/region.hpp"
#include "server/domain/rules.hpp"

namespace sponsio::app {

/// What the program knows of law and country, from the files it carries.
struct Knowledge {
    domain::Regions regions;
    domain::WorkingCalendar calendar;
    domain::Rules rules;
    domain::Catalogue catalogue;

    static Outcome<Knowledge> load();
};

}  // namespace sponsio::app

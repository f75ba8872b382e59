#include "server/app/knowledge.hpp"

namespace sponsio::app {

Outcome<Knowledge> Knowledge::load() {
    auto regions = domain::Regions::from_resources();
    if (!regions) return regions.error();
    auto calendar = domain::WorkingCalendar::from_resources();
    if (!calendar) return calendar.error();
    auto rules = domain::Rules::from_resources();
    if (!rules) return rules.error();
    auto catalogue = domain::Catalogue::from_resources();
    if (!catalogue) return catalogue.error();
    return Knowledge{std::move(*regions), std::move(*calendar), std::move(*rules), std::move(*catalogue)};
}

}  // namespace sponsio::app

#include "server/domain/service_entry.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

Instant at(char const* text) {
    return parse_rfc3339(text).value();
}

ServiceEntry entry(char const* served_at, char const* recorded_at) {
    static Rules const rules = Rules::from_resources().value();
    return service_entry(rules, "110105", at(served_at), at(recorded_at)).value();
}

TEST(ServiceEntry, CountsFromTheServiceThatIsRecordedWithinTheDaysOfTheRule) {
    // Days are those of China: 16:00 UTC is midnight there.
    auto const monday = entry("2026-03-06T02:00:00Z", "2026-03-09T15:59:59Z");
    EXPECT_EQ(to_iso(monday.counts_from), "2026-03-06");
    EXPECT_FALSE(monday.late());
    auto const tuesday = entry("2026-03-06T02:00:00Z", "2026-03-09T16:00:00Z");
    EXPECT_EQ(to_iso(tuesday.counts_from), "2026-03-07");
    EXPECT_TRUE(tuesday.late());
}

TEST(ServiceEntry, NeverCountsFromBeforeTheRecordLessTheDaysOfTheRule) {
    for (char const* served : {"2020-01-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-18T00:00:00Z"})
        EXPECT_EQ(to_iso(entry(served, "2026-03-22T02:00:00Z").counts_from), "2026-03-19") << served;
}

TEST(LateService, IsConfirmedByAnother) {
    PersonId const one{Uuid::parse("019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10").value()};
    PersonId const two{Uuid::parse("019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a11").value()};
    using enum LateServiceEvent;
    for (auto const event : {confirm, refuse}) {
        EXPECT_EQ(late_service_lifecycle.next(LateServiceState::entered, event, {one, one}).error().problem,
                  &problem::same_person);
        EXPECT_TRUE(late_service_lifecycle.next(LateServiceState::entered, event, {one, two}));
    }
}

}  // namespace
}  // namespace sponsio::domain

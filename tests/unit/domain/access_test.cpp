#include "server/domain/grant.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

constexpr Holding all[] = {Holding::cases,         Holding::records,  Holding::reports,
                           Holding::report_counts, Holding::registry, Holding::registry_seen,
                           Holding::trails,        Holding::draws};

OrganisationId organisation(std::uint8_t n) {
    Uuid uuid;
    uuid.bytes[15] = n;
    return OrganisationId{uuid};
}

Official somebody(std::vector<Granted> grants) {
    return {.token = TokenId{Uuid{}},
            .account = AccountId{Uuid{}},
            .organisation = organisation(1),
            .organisation_uscc = {},
            .organisation_name = {},
            .region_code = {},
            .roles = {},
            .expires_at = {},
            .grants = std::move(grants)};
}

std::vector<Holding> widened_by(Role role, Purpose purpose) {
    std::vector<Holding> list;
    auto const who = somebody({{GrantId{Uuid{}}, role, purpose, {}}});
    for (Holding const what : all)
        if (!granted_scopes(who, what).empty()) list.push_back(what);
    return list;
}

TEST(Access, AGrantWidensWhatItIsForAndNothingElse) {
    EXPECT_EQ(widened_by(Role::integrator, Purpose::sharing),
              (std::vector{Holding::records, Holding::reports, Holding::report_counts}));
    EXPECT_EQ(widened_by(Role::auditor, Purpose::audit),
              (std::vector{Holding::registry_seen, Holding::trails}));
    for (auto const& role : words<Role>)
        for (auto const& purpose : words<Purpose>) {
            bool const right = (role.value == Role::integrator && purpose.value == Purpose::sharing) ||
                               (role.value == Role::auditor && purpose.value == Purpose::audit);
            if (!right) EXPECT_TRUE(widened_by(role.value, purpose.value).empty()) << role.text;
        }
}

TEST(Access, SuperiorsReachNoCaseAndNoReportedLine) {
    for (Holding const what : {Holding::cases, Holding::records, Holding::reports})
        EXPECT_EQ(extent_of(what), Extent::unit);
    for (Holding const what :
         {Holding::report_counts, Holding::registry, Holding::registry_seen, Holding::trails, Holding::draws})
        EXPECT_EQ(extent_of(what), Extent::tree);
}

TEST(Access, OnesOwnIsHandledAndOthersAreSharedOrAudited) {
    auto const who = somebody({});
    EXPECT_EQ(purpose_of(who, Holding::records, organisation(1)), Purpose::case_handling);
    EXPECT_EQ(purpose_of(who, Holding::records, organisation(2)), Purpose::sharing);
    EXPECT_EQ(purpose_of(who, Holding::trails, organisation(2)), Purpose::audit);
}

TEST(Grants, TakeAnotherPersonThanGiverAndHolder) {
    auto const person = [](std::uint8_t n) { return PersonId{organisation(n).raw()}; };
    GrantFacts f{.actor = person(1), .holder = person(2), .given_by = {}};
    auto const confirmed = [&] { return grant_lifecycle.next(GrantState::given, GrantEvent::confirm, f); };
    EXPECT_EQ(confirmed().value(), GrantState::confirmed);
    f.holder = person(1);
    EXPECT_EQ(confirmed().error().problem, &problem::same_person);
    f.holder = person(2);
    f.given_by = person(1);
    EXPECT_EQ(confirmed().error().problem, &problem::same_person);
    f.actor.reset();  // the operator
    EXPECT_EQ(confirmed().error().problem, &problem::same_person);
    EXPECT_EQ(grant_lifecycle.next(GrantState::ended, GrantEvent::confirm, f).error().problem,
              &problem::wrong_step);
}

}  // namespace
}  // namespace sponsio::domain

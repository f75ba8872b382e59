#include "server/domain/actor.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

TEST(Actor, IsOfItsKindAndOnlyAnOfficialHasAnAccount) {
    AccountId const account{Uuid{{1}}};
    EXPECT_EQ(Actor(account).kind(), ActorKind::official);
    EXPECT_EQ(Actor(account).account(), account);
    EXPECT_EQ(Actor(std::optional<AccountId>{}), Actor(System{}));
    EXPECT_EQ(Actor(std::optional(account)), Actor(account));
    for (Actor const& actor : {Actor(System{}), Actor(SubjectId{Uuid{{2}}}), Actor(SubmitterId{Uuid{{3}}})})
        EXPECT_FALSE(actor.account());
    EXPECT_EQ(Actor(SubjectId{Uuid{{2}}}).kind(), ActorKind::subject);
    EXPECT_EQ(Actor(SubmitterId{Uuid{{3}}}).kind(), ActorKind::public_);
    // A row without a kind is of before there were kinds.
    EXPECT_EQ(Actor::recorded(std::nullopt, account).kind(), ActorKind::official);
    EXPECT_EQ(Actor::recorded(std::nullopt, std::nullopt).kind(), ActorKind::system);
    EXPECT_EQ(Actor::recorded(ActorKind::subject, std::nullopt), Actor(SubjectId{Uuid{{9}}}));
}

TEST(Actor, APublicSubmittersIdIsOfTheirKeyAndOfVersion8) {
    EXPECT_EQ(submitter_with("a"), submitter_with("a"));
    EXPECT_NE(submitter_with("a"), submitter_with("b"));
    for (auto const* key : {"", "a", "00000000-0000-7000-8000-00000000000a"}) {
        std::string const id = submitter_with(key).text();
        EXPECT_EQ(id[14], '8') << id;
        EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
    }
}

}  // namespace
}  // namespace sponsio::domain

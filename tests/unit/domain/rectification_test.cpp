#include "server/domain/rectification.hpp"

#include "server/domain/report.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sponsio::domain {
namespace {

std::map<std::string, std::string> refusals(std::string_view json) {
    std::map<std::string, std::string> found;
    if (auto draft = decode(json::parse(json).value(), RectificationDraft::read); !draft)
        for (FieldError const& error : draft.error().fields) found[error.pointer] = error.reason->word;
    return found;
}

using Map = std::map<std::string, std::string>;

TEST(Rectification, SaysWhatWasLeftUndoneExactlyIfSomethingWas) {
    EXPECT_EQ(refusals(R"({"outcome":"full","why":"补正"})"), Map{});
    EXPECT_EQ(
        refusals(R"({"outcome":"partial","why":"补正","unperformed_content":"一项","breach_action":"限期"})"),
        Map{});
    EXPECT_EQ(refusals(R"({"outcome":"partial","why":"补正"})"),
              (Map{{"/breach_action", "required"}, {"/unperformed_content", "required"}}));
    EXPECT_EQ(refusals(R"({"outcome":"full","why":"补正","breach_action":"限期"})"),
              (Map{{"/breach_action", "not_allowed_here"}}));
    EXPECT_EQ(refusals(R"({"outcome":"half","why":""})"),
              (Map{{"/outcome", "unknown_value"}, {"/why", "empty"}}));
}

TEST(Rectification, MovesOnlyWhatIsInQuestion) {
    for (auto const& state : words<CommitmentState>)
        for (auto const outcome : {RectificationOutcome::full, RectificationOutcome::partial}) {
            auto const to = commitment_lifecycle.next(state.value, commitment_event_of(outcome), {});
            EXPECT_EQ(to.has_value(), state.value == CommitmentState::in_question) << state.text;
            if (!to) continue;
            EXPECT_EQ(*to, outcome == RectificationOutcome::full ? CommitmentState::fulfilled
                                                                 : CommitmentState::partly_fulfilled);
        }
}

TEST(Performance, FollowsFromTheStateAndIsReportedInTheTemplatesWords) {
    std::map<std::string, std::string> said;
    for (auto const& state : words<CommitmentState>)
        if (auto const performance = performance_of(state.value))
            said[std::string(state.text)] =
                std::string(word(*performance)) + " " + std::string(word(reported(*performance)));
    EXPECT_EQ(said, (Map{{"fulfilled", "full 全部履行"},
                         {"partly_fulfilled", "partial 部分履行"},
                         {"breached", "not_at_all 全部未履行"}}));
}

TEST(Expiry, EndsOnlyWhatNoCheckHasBegunOn) {
    for (auto const& state : words<CommitmentState>) {
        bool const waits =
            state.value == CommitmentState::effective || state.value == CommitmentState::supervised;
        EXPECT_EQ(commitment_lifecycle.next(state.value, CommitmentEvent::expire, {}).has_value(), waits)
            << state.text;
    }
    EXPECT_EQ(commitment_lifecycle.next(CommitmentState::expired, CommitmentEvent::verification_started, {})
                  .value(),
              CommitmentState::under_verification);
}

}  // namespace
}  // namespace sponsio::domain

#include "server/domain/uscc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sponsio::domain {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

std::string_view refusal(std::string_view text) {
    auto const parsed = Uscc::parse(text);
    return parsed ? std::string_view("accepted") : parsed.error()->word;
}

TEST(Uscc, TakesCodesInUse) {
    for (auto const* code : {"91350100M000100Y43", "11230500001755309F", "91230500MA1B3N1N2M"})
        EXPECT_EQ(refusal(code), "accepted") << code;
}

// Some libraries compute 31 - sum without the outer modulo and refuse every code that ends in 0.
TEST(Uscc, TakesCheckCharacterZero) {
    EXPECT_EQ(uscc_check_character("91350100M000100Y3"), '0');
    EXPECT_EQ(refusal("91350100M000100Y30"), "accepted");
}

TEST(Uscc, FoldsLowerCaseAndKnowsItsRegion) {
    auto const parsed = Uscc::parse("91350100m000100y43");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->text(), "91350100M000100Y43");
    EXPECT_EQ(parsed->region(), "350100");
}

TEST(Uscc, RefusesWithTheRightReason) {
    EXPECT_EQ(refusal(""), "bad_format");
    EXPECT_EQ(refusal("91350100M000100Y4"), "bad_format");
    EXPECT_EQ(refusal("91350100M000100Y433"), "bad_format");
    EXPECT_EQ(refusal("91350100M000100I43"), "bad_format") << "I is not in the alphabet";
    EXPECT_EQ(refusal("913501A0M000100Y43"), "bad_format") << "the region is digits";
    EXPECT_EQ(refusal("91350100M000100Y4O"), "bad_format");
    EXPECT_EQ(refusal("91350100M000100Y44"), "check_digit");
    EXPECT_EQ(refusal(" 91350100M000100Y43"), "bad_format");
}

TEST(Uscc, IsTakenAsItIsPrintedAndSaysWhetherItsCheckCharacterHolds) {
    EXPECT_FALSE(Uscc::as_printed("91350100M000100Y44").value().check_holds());
    EXPECT_TRUE(Uscc::as_printed("91350100M000100Y43").value().check_holds());
    EXPECT_EQ(Uscc::as_printed("91350100M000100I43").error()->word, "bad_format");
    EXPECT_EQ(Uscc::as_printed("94350100M000100Y44").error()->word, "unknown_authority");
}

/// 17 characters and their check character.
std::string with_inquiry(std::string body) {
    body.push_back(uscc_check_character(body).value());
    return body;
}

TEST(Uscc, BeginsWithAnAuthorityACategoryAndAProvince) {
    EXPECT_EQ(refusal(with_inquiry("54110105MF0000001")), "accepted") << "a residents' committee";
    EXPECT_EQ(refusal(with_inquiry("N2110105MF0000001")), "accepted") << "a village's collective";
    EXPECT_EQ(refusal(with_inquiry("12100000400000001")), "accepted") << "registered with the nation";
    EXPECT_EQ(refusal(with_inquiry("B1110105MA0000001")), "unknown_authority");
    EXPECT_EQ(refusal(with_inquiry("97110105MA0000001")), "unknown_authority");
    EXPECT_EQ(refusal(with_inquiry("01110105MA0000001")), "unknown_authority");
    EXPECT_EQ(refusal(with_inquiry("91990105MA0000001")), "unknown_province");
    EXPECT_EQ(refusal(with_inquiry("91371202MA0000001")), "accepted") << "a county that is no more";
}

// Every weight is prime to 31, so no single wrong character and no swap of neighbours goes unseen.
TEST(Uscc, SeesEverySingleErrorAndEverySwap) {
    std::string const good = "91230500MA1B3N1N2M";
    for (std::size_t i = 0; i != good.size(); ++i) {
        for (char c : alphabet) {
            std::string bad = good;
            bad[i] = c;
            EXPECT_EQ(bad == good, static_cast<bool>(Uscc::parse(bad))) << bad;
        }
        std::string swapped = good;
        if (i + 1 != good.size()) std::swap(swapped[i], swapped[i + 1]);
        EXPECT_EQ(swapped == good, static_cast<bool>(Uscc::parse(swapped))) << swapped;
    }
}

TEST(Uscc, HasOneCheckCharacterForEveryBody) {
    EXPECT_FALSE(uscc_check_character("91350100M000100Y"));
    EXPECT_FALSE(uscc_check_character("91350100M000100O4"));
    std::string body = "91350100M000100Y4";
    for (char c : alphabet) {
        body[16] = c;
        auto const check = uscc_check_character(body);
        ASSERT_TRUE(check);
        EXPECT_TRUE(Uscc::parse(body + *check)) << body;
    }
}

}  // namespace
}  // namespace sponsio::domain

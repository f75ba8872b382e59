#include "server/domain/identity_document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sponsio::domain {
namespace {

using enum DocumentType;

constexpr Date today{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{23}};

std::string_view refusal(DocumentType type, std::string_view number, Date on = today) {
    auto const parsed = IdentityDocument::parse(type, number, on);
    return parsed ? std::string_view("accepted") : parsed.error()->word;
}

IdentityDocument accepted(DocumentType type, std::string_view number) {
    return IdentityDocument::parse(type, number, today).value();
}

/// 17 digits and their check character.
std::string with_inquiry(std::string first17) {
    first17.push_back(citizen_check_character(first17).value());
    return first17;
}

struct NumberCase {
    DocumentType type;
    char const* number;
    char const* verdict;
};

class Numbers : public testing::TestWithParam<NumberCase> {};

TEST_P(Numbers, AreTakenOrRefusedForTheRightReason) {
    EXPECT_EQ(refusal(GetParam().type, GetParam().number), GetParam().verdict) << GetParam().number;
}

// The first four and the wrong one after them are the published vectors of the stdnum library's cn/ric.
INSTANTIATE_TEST_SUITE_P(
    IdentityDocument, Numbers,
    testing::Values(
        NumberCase{citizen_id, "11010519491231002X", "accepted"},
        NumberCase{citizen_id, "440524188001010014", "accepted"},
        NumberCase{citizen_id, "360426199101010071", "accepted"},
        NumberCase{citizen_id, "120103198806018241", "accepted"},
        NumberCase{citizen_id, "360426199101010072", "check_digit"},
        NumberCase{citizen_id, "11010519491231002x", "accepted"},
        NumberCase{citizen_id, "110105194912310021", "check_digit"},
        NumberCase{citizen_id, "11010519490231002X", "impossible_date"},
        NumberCase{citizen_id, "11010520301231002X", "in_future"},
        NumberCase{citizen_id, "990105199003072346", "unknown_region"},
        NumberCase{citizen_id, "000105199003072", "unknown_region"},
        NumberCase{citizen_id, "1101051949123100X2", "bad_format"},
        NumberCase{citizen_id, "11010519491231002", "bad_format"},
        NumberCase{citizen_id, "11010519491231002XX", "bad_format"},
        NumberCase{citizen_id, " 11010519491231002X", "bad_format"},
        NumberCase{citizen_id, "11010519491231002Y", "bad_format"}, NumberCase{citizen_id, "", "bad_format"},
        NumberCase{citizen_id, "110105491231002", "accepted"},
        NumberCase{citizen_id, "110105490231002", "impossible_date"},
        NumberCase{citizen_id, "11010549123100X", "bad_format"},
        NumberCase{citizen_id, "810000199408230021", "bad_format"},
        NumberCase{hkmt_residence_permit, "810000199408230021", "accepted"},
        NumberCase{hkmt_residence_permit, "830000199201300022", "accepted"},
        NumberCase{hkmt_residence_permit, "810000199408230022", "check_digit"},
        NumberCase{hkmt_residence_permit, "11010519491231002X", "bad_format"},
        NumberCase{hkmt_residence_permit, "810000940823002", "bad_format"},
        NumberCase{foreigner_permanent_residence, "USA110068010123", "accepted"},
        NumberCase{foreigner_permanent_residence, "usa110068010123", "accepted"},
        NumberCase{foreigner_permanent_residence, "USA110068130123", "impossible_date"},
        NumberCase{foreigner_permanent_residence, "USA110000022923",
                   "accepted"},  // 2000 had that day, 1900 not
        NumberCase{foreigner_permanent_residence, "USA110068023023", "impossible_date"},
        NumberCase{hk_macao_travel_permit, "H12345678", "accepted"},
        NumberCase{hk_macao_travel_permit, "m1234567801", "accepted"},
        NumberCase{hk_macao_travel_permit, "12345678", "bad_format"},
        NumberCase{hk_macao_travel_permit, "H1234567", "bad_format"},
        NumberCase{hk_macao_travel_permit, "", "bad_format"},
        NumberCase{taiwan_travel_permit, "12345678", "accepted"},
        NumberCase{taiwan_travel_permit, "1234567801", "accepted"},
        NumberCase{taiwan_travel_permit, "T12345678", "bad_format"},
        NumberCase{taiwan_travel_permit, "123456789", "bad_format"},
        NumberCase{foreigner_permanent_residence, "US1110068010123", "bad_format"},
        NumberCase{foreigner_permanent_residence, "11010519491231002X", "bad_format"},
        NumberCase{passport, "E12345678", "accepted"}, NumberCase{passport, "e12345678", "accepted"},
        NumberCase{passport, "L8980", "accepted"}, NumberCase{passport, "L898", "bad_format"},
        NumberCase{passport, "ABCDEFGHIJ0123456789", "accepted"},
        NumberCase{passport, "ABCDEFGHIJ01234567890", "bad_format"},
        NumberCase{passport, "E-1234567", "bad_format"}, NumberCase{passport, "护照12345", "bad_format"},
        NumberCase{uscc, "91350100M000100Y43", "accepted"},
        NumberCase{uscc, "91350100M000100Y30", "accepted"},
        // Whether its check character holds is asked where a code is taken in: real ones are wrong.
        NumberCase{uscc, "11010519491231002X", "unknown_province"}));

TEST(IdentityDocument, KeepsTheNumberAndFoldsOnlyLetters) {
    EXPECT_EQ(accepted(citizen_id, "11010519491231002x").number().reveal(), "11010519491231002X");
    EXPECT_EQ(accepted(citizen_id, "110105491231002").number().reveal(), "110105491231002");
    EXPECT_EQ(accepted(passport, "e12345678").number().reveal(), "E12345678");
}

TEST(IdentityDocument, MatchesTheOldNumberWithTheNewOne) {
    auto const old_form = accepted(citizen_id, "110105491231002");
    EXPECT_EQ(old_form.canonical18()->reveal(), "11010519491231002X");
    EXPECT_EQ(old_form.matching_number(), accepted(citizen_id, "11010519491231002X").matching_number());
    EXPECT_FALSE(accepted(passport, "E12345678").canonical18());
    EXPECT_EQ(accepted(passport, "e12345678").matching_number().reveal(), "E12345678");
}

// 996 to 999 were kept for people over a hundred: the two digits of the year do not tell the century.
TEST(IdentityDocument, LeavesTheCenturyOpenWhereItIs) {
    auto const old_form = accepted(citizen_id, "110105821231998");
    EXPECT_FALSE(old_form.canonical18());
    EXPECT_FALSE(old_form.birth_date());
    EXPECT_EQ(old_form.matching_number().reveal(), "110105821231998");
}

TEST(IdentityDocument, ReadsTheBirthWhereTheNumberHoldsIt) {
    auto const citizen = accepted(citizen_id, "11010519491231002X");
    EXPECT_EQ(to_iso(citizen.birth_date().value()), "1949-12-31");
    auto const old_form = accepted(citizen_id, "110105491231001");
    EXPECT_EQ(to_iso(old_form.birth_date().value()), "1949-12-31");
    auto const foreigner = accepted(foreigner_permanent_residence, with_inquiry("91184019900505001"));
    EXPECT_EQ(to_iso(foreigner.birth_date().value()), "1990-05-05");
    EXPECT_FALSE(accepted(foreigner_permanent_residence, "USA110068010123").birth_date());
    EXPECT_FALSE(accepted(passport, "E12345678").birth_date());
}

TEST(IdentityDocument, IsHeldAgainstTheBirthDateGiven) {
    auto const born = [](char const* iso) { return parse_iso_date(iso).value(); };
    auto const foreigner = accepted(foreigner_permanent_residence, "USA110068010123");
    EXPECT_TRUE(foreigner.agrees_with(born("1968-01-01")));
    EXPECT_FALSE(foreigner.agrees_with(born("1968-01-02")));
    EXPECT_FALSE(foreigner.agrees_with(born("1986-01-01")));
    auto const newer = accepted(foreigner_permanent_residence, with_inquiry("91184019900505001"));
    EXPECT_TRUE(newer.agrees_with(born("1990-05-05")));
    EXPECT_FALSE(newer.agrees_with(born("1990-05-06")));
    auto const over_a_hundred = accepted(citizen_id, "110105821231998");
    EXPECT_TRUE(over_a_hundred.agrees_with(born("1882-12-31")));
    EXPECT_TRUE(over_a_hundred.agrees_with(born("1982-12-31")));
    EXPECT_FALSE(over_a_hundred.agrees_with(born("1982-12-30")));
    EXPECT_TRUE(accepted(passport, "E12345678").agrees_with(born("1990-01-01"))) << "it says nothing";
    EXPECT_TRUE(accepted(taiwan_travel_permit, "12345678").agrees_with(born("1990-01-01")));
}

// Region codes are abolished, the numbers that begin with them are not; 990000 never was one.
TEST(IdentityDocument, DoesNotLookUpTheRegion) {
    EXPECT_EQ(refusal(citizen_id, with_inquiry("37120219800101001")), "accepted");
    EXPECT_EQ(refusal(citizen_id, with_inquiry("29999919800101001")), "accepted");
}

TEST(IdentityDocument, RefusesBirthAfterTheDayItIsGiven) {
    std::string const born_today = with_inquiry("11010120261123001");
    EXPECT_EQ(refusal(citizen_id, born_today, today), "accepted");
    Date const yesterday{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{22}};
    EXPECT_EQ(refusal(citizen_id, born_today, yesterday), "in_future");
}

// ISO 7064 MOD 11-2 promises this of every single error and every swap of neighbours.
TEST(IdentityDocument, SeesEverySingleErrorAndEverySwap) {
    std::string const good = "360426199101010071";
    for (std::size_t i = 0; i != good.size(); ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string bad = good;
            bad[i] = c;
            EXPECT_EQ(bad == good, refusal(citizen_id, bad) == "accepted") << bad;
        }
        std::string swapped = good;
        if (i + 1 != good.size()) std::swap(swapped[i], swapped[i + 1]);
        EXPECT_EQ(swapped == good, refusal(citizen_id, swapped) == "accepted") << swapped;
    }
}

TEST(IdentityDocument, SpeaksItsWords) {
    for (auto const& row : words<DocumentType>) {
        EXPECT_EQ(from_word<DocumentType>(row.text), row.value);
        EXPECT_EQ(word(row.value), row.text);
    }
    EXPECT_FALSE(from_word<DocumentType>("driving_licence"));
}

}  // namespace
}  // namespace sponsio::domain

#include "server/domain/uscc.hpp"

#include <algorithm>
#include <array>

namespace sponsio::domain {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // no I, O, S, V, Z
constexpr int modulus = 31;

constexpr std::string_view region_digits = "0123456789";

constexpr Reason unknown_authority{"unknown_authority",
                                   "begins with signs that no registering authority and category have",
                                   "前两位不是已知的登记管理部门和机构类别代码"};
constexpr Reason unknown_province{"unknown_province", "has a region in no province (positions 3 to 8)",
                                  "第三至八位不属于任何省级行政区划"};

struct Authority {
    char sign;
    std::string_view categories;
};

/// GB 32100-2015 table 1 with later additions: 54 for residents' and villagers' committees, A and N.
constexpr Authority authorities[] = {
    {'1', "1239"}, {'2', "19"}, {'3', "123459"}, {'4', "19"}, {'5', "123459"}, {'6', "129"},
    {'7', "129"},  {'8', "19"}, {'9', "1239"},   {'A', "19"}, {'N', "1239"},   {'Y', "1239"},
};

/// The first two digits of every province, and 10 for registration with the nation.
constexpr std::string_view provinces[] = {"10", "11", "12", "13", "14", "15", "21", "22", "23",
                                          "31", "32", "33", "34", "35", "36", "37", "41", "42",
                                          "43", "44", "45", "46", "50", "51", "52", "53", "54",
                                          "61", "62", "63", "64", "65", "71", "81", "82"};

bool is_registered_somewhere(std::string_view first_two) {
    return std::ranges::any_of(authorities, [&](Authority const& authority) {
        return authority.sign == first_two[0] &&
               authority.categories.find(first_two[1]) != std::string_view::npos;
    });
}

}  // namespace

std::optional<char> uscc_check_character(std::string_view first17) {
    if (first17.size() != 17) return std::nullopt;
    std::size_t sum = 0, weight = 1;
    for (char c : first17) {
        std::size_t const value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        sum += value * weight;
        weight = weight * 3 % modulus;
    }
    // The outer modulo is what some libraries leave out: without it a sum of 0 asks for a 32nd character
    // and every code that ends in 0 is refused.
    return alphabet[(modulus - sum % modulus) % modulus];
}

Checked<Uscc> Uscc::parse(std::string_view given) {
    auto code = as_printed(given);
    if (code && !code->check_holds()) return &reason::check_digit;
    return code;
}

bool Uscc::check_holds() const {
    return uscc_check_character(std::string_view(text_).substr(0, 17)) == text_[17];
}

Checked<Uscc> Uscc::as_printed(std::string_view given) {
    std::string text(given);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (text.size() != 18) return &reason::bad_format;
    for (char c : text.substr(2, 6))
        if (region_digits.find(c) == std::string_view::npos) return &reason::bad_format;
    auto const check = uscc_check_character(std::string_view(text).substr(0, 17));
    if (!check || alphabet.find(text[17]) == std::string_view::npos) return &reason::bad_format;
    if (!is_registered_somewhere(text)) return &unknown_authority;
    if (std::ranges::find(provinces, std::string_view(text).substr(2, 2)) == std::end(provinces))
        return &unknown_province;
    return Uscc(std::move(text));
}

}  // namespace sponsio::domain

#include "server/domain/uscc.hpp"

#include <algorithm>
#include <array>

namespace sponsio::domain {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // no I, O, S, V, Z
constexpr int modulus = 31;

constexpr std::string_view region_digits = "0123456789";

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
    std::string text(given);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (text.size() != 18) return &reason::bad_format;
    for (char c : text.substr(2, 6))
        if (region_digits.find(c) == std::string_view::npos) return &reason::bad_format;
    auto const check = uscc_check_character(std::string_view(text).substr(0, 17));
    if (!check || alphabet.find(text[17]) == std::string_view::npos) return &reason::bad_format;
    if (*check != text[17]) return &reason::check_digit;
    return Uscc(std::move(text));
}

}  // namespace sponsio::domain

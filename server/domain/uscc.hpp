#pragma once

#include "server/domain/checked.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::domain {

/// The unified social credit code of an organisation or sole trader (GB 32100-2015): 18 characters. The first
/// names the registering authority, the second the category it has there, positions 3 to 8 are a region and
/// the last is a check character.
class Uscc {
  public:
    /// Parses and folds lower-case letters. Errors: bad_format (length, alphabet, region not digits),
    /// check_digit, unknown_authority (no authority has that sign, or no such category), unknown_province
    /// (the region begins with no province). The region is not looked up: a code stays valid
    /// when its region is abolished.
    static Checked<Uscc> parse(std::string_view text);
    /// The same without a look at the check character: codes are in the register whose character is wrong
    /// (docs/adr/0010-papers-and-names.md). Who takes a new one in asks check_holds().
    static Checked<Uscc> as_printed(std::string_view text);

    [[nodiscard]] bool check_holds() const;

    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    /// Positions 3 to 8: the region that issued the code, as divided on that day.
    [[nodiscard]] std::string_view region() const noexcept { return std::string_view(text_).substr(2, 6); }

    friend auto operator<=>(Uscc const&, Uscc const&) = default;

  private:
    explicit Uscc(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

/// Of a code whose check character is wrong, and for which nobody vouches.
inline constexpr Reason unconfirmed_code{
    "unconfirmed_code",
    "has a wrong check character; if the business licence shows it so, enter it at /v1/credit-codes and let "
    "a second person of your organisation confirm it",
    "校验码不正确；若营业执照所载确为此代码，请在 /v1/credit-codes 登记，并由本单位另一人核对确认"};

/// The 18th character for the first 17 (GB 32100-2015 §4.2); nothing if one of them is outside the alphabet.
std::optional<char> uscc_check_character(std::string_view first17);

}  // namespace sponsio::domain

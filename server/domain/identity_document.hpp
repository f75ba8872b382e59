#pragma once

#include "server/base/sealed.hpp"
#include "server/base/time.hpp"
#include "server/domain/checked.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_name.hpp"  // a paper and the name on it are read together

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The identity documents that name a committer.
namespace sponsio::domain {

enum class DocumentType {
    citizen_id,
    hkmt_residence_permit,
    hk_macao_travel_permit,
    taiwan_travel_permit,
    foreigner_permanent_residence,
    passport,
    uscc
};

constexpr auto words_of(DocumentType) {
    using enum DocumentType;
    return std::to_array<Word<DocumentType>>(
        {{citizen_id, "citizen_id"},
         {hkmt_residence_permit, "hkmt_residence_permit"},
         {foreigner_permanent_residence, "foreigner_permanent_residence"},
         {passport, "passport"},
         {hk_macao_travel_permit, "hk_macao_travel_permit"},
         {taiwan_travel_permit, "taiwan_travel_permit"},
         {uscc, "uscc"}});
}

class Fields;

/// How the number of such a document is written.
Form const& form_of(DocumentType type);

/// A document number that passed every check its kind allows. What it says of a person stays sealed.
///
/// | kind | form |
/// |---|---|
/// | citizen_id | GB 11643: 18 characters, or the 15 digits issued until 1999 |
/// | hkmt_residence_permit | 18 characters as GB 11643, beginning 81 (Hong Kong), 82 (Macao), 83 (Taiwan) |
/// | hk_macao_travel_permit | H (Hong Kong) or M (Macao) and 8 digits, those of the first permit; older ones
/// add
///   two digits that count the permits |
/// | taiwan_travel_permit | 8 digits; permits from before 2015 have 10, the last two of which count them |
/// | foreigner_permanent_residence | 18 characters beginning 9, same check character; or, until 2023, 3
/// letters
///   (nationality, ISO 3166 alpha-3) and 12 digits: 4 of the place, 6 of the birth (yymmdd), 2 more |
/// | passport | 5 to 20 letters and digits (ICAO Doc 9303 has 9; national series run longer) |
/// | uscc | GB 32100 |
class IdentityDocument {
  public:
    /// `on` is the day the number is given: a later date of birth is refused. Letters are folded to upper
    /// case, nothing else is changed. Errors: bad_format, check_digit, impossible_date, in_future. The region
    /// prefix is not looked up: codes are abolished while numbers that begin with them stay valid.
    static Checked<IdentityDocument> parse(DocumentType type, std::string_view number, Date on);

    [[nodiscard]] DocumentType type() const noexcept { return type_; }

    /// As given, in upper case. A 15-digit number stays one.
    [[nodiscard]] Sealed<std::string> const& number() const noexcept { return number_; }

    /// The 18-character form of a citizen number, residence permit or new permanent residence card: the
    /// number itself or, for 15 digits, the number that its holder has today. Nothing for other documents,
    /// and for the old sequences 996 to 999, which were kept for people over a hundred
    /// and so leave the century open.
    [[nodiscard]] std::optional<Sealed<std::string>> canonical18() const;

    /// The form under which two mentions of a document are equal: canonical18() if
    /// there is one, else number().
    [[nodiscard]] Sealed<std::string> matching_number() const;

    /// The date of birth in the number; nothing if it has none.
    [[nodiscard]] std::optional<Date> birth_date() const;

    /// Whether a person born on that day can have this number. A number that leaves the century open is
    /// compared by the rest of the date; a number without a date agrees with every day.
    [[nodiscard]] bool agrees_with(Date birth) const;

  private:
    IdentityDocument(DocumentType type, std::string number) : type_(type), number_(std::move(number)) {}

    DocumentType type_;
    Sealed<std::string> number_;
};

/// Reads {"document": {"type", "number"}}, if it is there; errors are noted.
std::optional<IdentityDocument> optional_document(Fields& fields, Date today);
/// Whether somebody born on that day has reached that age on the other (Civil Code art. 17).
bool is_of_age(Date birth, std::chrono::years age, Date on);

/// The 18th character for 17 digits (GB 11643-1999, ISO 7064 MOD 11-2); nothing unless they are 17 digits.
std::optional<char> citizen_check_character(std::string_view first17);

}  // namespace sponsio::domain

#include "server/domain/identity_document.hpp"

#include "server/base/form.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/uscc.hpp"

#include <algorithm>
#include <array>

namespace sponsio::domain {
namespace {

using namespace std::chrono;

constexpr std::string_view check_characters = "10X98765432";  // by the sum modulo 11
constexpr int mod_11 = 11;
constexpr int oldest_birth_year = 1800;

constexpr Reason born_in_future{"in_future", "holds a day of birth in the future", "所含出生日期晚于今日"};
constexpr Reason no_region{"unknown_region", "begins with a region in no province",
                           "开头的地址码不属于任何省级行政区划"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, is_digit);
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

int number_of(std::string_view digits) {
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    return value;
}

Date date_of(int y, std::string_view month_and_day) {
    return Date{year{y}, month{static_cast<unsigned>(number_of(month_and_day.substr(0, 2)))},
                day{static_cast<unsigned>(number_of(month_and_day.substr(2, 2)))}};
}

/// Digits 7 to 14 of the 18-character layout.
Date birth_of_18(std::string_view number) {
    return date_of(number_of(number.substr(6, 4)), number.substr(10, 4));
}

/// Digits 7 to 12 of the 15-digit layout. Numbers of that form were given out from 1984 to 1999; the
/// sequences 996 to 999 went to people over a hundred, whose birth year began with 18 or with 19.
Date birth_of_15(std::string_view number) {
    return date_of(1900 + number_of(number.substr(6, 2)), number.substr(8, 4));
}

/// Digits 8 to 13 of permanent residence numbers issued until 2023: yymmdd, in the century from `first`.
Date birth_of_foreigner_15(std::string_view number, int first) {
    return date_of(first + number_of(number.substr(7, 2)), number.substr(9, 4));
}

bool century_open(std::string_view number15) {
    return number_of(number15.substr(12, 3)) >= 996;
}

Reason const* birth_problem(Date birth, Date on) {
    if (!birth.ok() || birth.year() < year{oldest_birth_year}) return &reason::impossible_date;
    return birth <= on ? nullptr : &born_in_future;
}

/// Null for a valid number of the 18-character layout that begins with one of `prefixes` (empty: any).
Reason const* problem_of_18(std::string_view number, std::initializer_list<std::string_view> prefixes,
                            Date on) {
    if (number.size() != 18) return &reason::bad_format;
    auto const check = citizen_check_character(number.substr(0, 17));
    bool const begins = prefixes.size() == 0 || std::ranges::any_of(prefixes, [&](std::string_view prefix) {
                            return number.starts_with(prefix);
                        });
    if (!check || !begins || !(is_digit(number[17]) || number[17] == 'X')) return &reason::bad_format;
    if (Reason const* why = birth_problem(birth_of_18(number), on)) return why;
    return *check == number[17] ? nullptr : &reason::check_digit;
}

/// The first digit of a number that the mainland gives out: 1 to 6 for its great areas, 7 for Taiwan. Those
/// of other documents begin with 8 and 9.
bool is_province(std::string_view number) {
    return !number.empty() && number[0] >= '1' && number[0] <= '7';
}

Reason const* problem_of_citizen(std::string_view number, Date on) {
    if (number.size() != 15) {
        // Numbers of residence permits, which are a document type of their own.
        for (std::string_view const other : {"81", "82", "83"})
            if (number.starts_with(other)) return &reason::bad_format;
        Reason const* const why = problem_of_18(number, {}, on);
        return why == &reason::bad_format || is_province(number) ? why : &no_region;
    }
    if (!all_digits(number)) return &reason::bad_format;
    if (!is_province(number)) return &no_region;
    return birth_problem(birth_of_15(number), on);
}

Reason const* problem_of_foreigner(std::string_view number, Date on) {
    if (number.size() != 15) return problem_of_18(number, {"9"}, on);
    bool const old_form =
        std::ranges::all_of(number.substr(0, 3), is_capital) && all_digits(number.substr(3));
    if (!old_form) return &reason::bad_format;
    // The number has no century: a birth date that is possible in one of the two is enough.
    Date const birth = birth_of_foreigner_15(number, 1900), later = birth_of_foreigner_15(number, 2000);
    return birth.ok() || (later.ok() && later <= on) ? nullptr : &reason::impossible_date;
}

Reason const* problem_of_travel_permit(std::string_view number, std::string_view letters) {
    bool const begins = letters.empty() || (!number.empty() && letters.find(number[0]) != letters.npos);
    std::string_view const digits = letters.empty() || number.empty() ? number : number.substr(1);
    bool const good = begins && (digits.size() == 8 || digits.size() == 10) && all_digits(digits);
    return good ? nullptr : &reason::bad_format;
}

Reason const* problem_of_passport(std::string_view number) {
    bool const good = number.size() >= 5 && number.size() <= 20 &&
                      std::ranges::all_of(number, [](char c) { return is_digit(c) || is_capital(c); });
    return good ? nullptr : &reason::bad_format;
}

Reason const* problem_of_uscc(std::string_view number) {
    auto const parsed = Uscc::as_printed(number);
    return parsed ? nullptr : parsed.error();
}

Reason const* problem_of(DocumentType type, std::string_view number, Date on) {
    switch (type) {
        case DocumentType::citizen_id: return problem_of_citizen(number, on);
        case DocumentType::hkmt_residence_permit: return problem_of_18(number, {"81", "82", "83"}, on);
        case DocumentType::hk_macao_travel_permit: return problem_of_travel_permit(number, "HM");
        case DocumentType::taiwan_travel_permit: return problem_of_travel_permit(number, "");
        case DocumentType::foreigner_permanent_residence: return problem_of_foreigner(number, on);
        case DocumentType::passport: return problem_of_passport(number);
        case DocumentType::uscc: return problem_of_uscc(number);
    }
    return &reason::unknown_value;
}

bool has_person_layout(DocumentType type) {
    return type == DocumentType::citizen_id || type == DocumentType::hkmt_residence_permit ||
           type == DocumentType::foreigner_permanent_residence;
}

}  // namespace

Form const& form_of(DocumentType type) {
    switch (type) {
        case DocumentType::citizen_id: break;
        case DocumentType::hkmt_residence_permit: return form::hkmt_residence_permit;
        case DocumentType::hk_macao_travel_permit: return form::hk_macao_travel_permit;
        case DocumentType::taiwan_travel_permit: return form::taiwan_travel_permit;
        case DocumentType::foreigner_permanent_residence: return form::foreigner_permanent_residence;
        case DocumentType::passport: return form::passport;
        case DocumentType::uscc: return form::uscc;
    }
    return form::citizen_id;
}

bool is_of_age(Date birth, std::chrono::years age, Date on) {
    Date birthday{birth + age};
    if (!birthday.ok()) birthday = std::chrono::sys_days{birthday};  // born on 29 February
    return birthday <= on;
}

std::optional<char> citizen_check_character(std::string_view first17) {
    if (first17.size() != 17 || !all_digits(first17)) return std::nullopt;
    // The weight of a position is 2 to the power of its distance from the check character, modulo 11.
    int sum = 0;
    for (char c : first17) sum = (sum + (c - '0')) * 2 % mod_11;
    return check_characters[static_cast<std::size_t>(sum)];
}

Checked<IdentityDocument> IdentityDocument::parse(DocumentType type, std::string_view given, Date on) {
    std::string number = upper(given);
    if (Reason const* why = problem_of(type, number, on)) return why;
    return IdentityDocument(type, std::move(number));
}

std::optional<Sealed<std::string>> IdentityDocument::canonical18() const {
    std::string const& number = number_.reveal();
    if (!has_person_layout(type_)) return std::nullopt;
    if (number.size() == 18) return number_;
    if (type_ != DocumentType::citizen_id || century_open(number)) return std::nullopt;
    std::string long_form = number.substr(0, 6) + "19" + number.substr(6);
    long_form.push_back(citizen_check_character(long_form).value());
    return Sealed<std::string>(std::move(long_form));
}

Sealed<std::string> IdentityDocument::matching_number() const {
    return canonical18().value_or(number_);
}

std::optional<Date> IdentityDocument::birth_date() const {
    auto const number = canonical18();
    if (!number) return std::nullopt;
    return birth_of_18(number->reveal());
}

bool IdentityDocument::agrees_with(Date birth) const {
    if (auto const held = birth_date()) return *held == birth;
    std::string const& number = number_.reveal();
    // A 15-digit number without a birth date is one of those that were kept for people over a hundred.
    if (type_ == DocumentType::citizen_id)
        return birth == birth_of_15(number) || birth == birth_of_15(number) - years{100};
    if (type_ != DocumentType::foreigner_permanent_residence) return true;
    return birth == birth_of_foreigner_15(number, 1900) || birth == birth_of_foreigner_15(number, 2000);
}

std::optional<IdentityDocument> optional_document(Fields& fields, Date today) {
    std::optional<IdentityDocument> document;
    fields.optional_object("document", [&](Fields& part) {
        auto const type = part.choice<DocumentType>("type");
        std::string const number = part.text("number", {.max = 64});
        if (number.empty()) return;
        if (auto checked = IdentityDocument::parse(type, number, today))
            document = std::move(*checked);
        else
            part.refuse("number", *checked.error());
    });
    return document;
}

}  // namespace sponsio::domain

#include "server/domain/case_code.hpp"

#include "server/base/form.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"

namespace sponsio::domain {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t signs = 16;
constexpr std::size_t group = 4;

constexpr Form form_of_code{"case_code", "7K3M-0QXD-9V2H-4TNA", "the case code as the prior notice has it",
                            "事先告知书上的案件查询码"};

char as_printed(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c;
}

std::string grouped(std::string_view plain) {
    std::string code;
    for (std::size_t i = 0; i != plain.size(); ++i) {
        if (i != 0 && i % group == 0) code += '-';
        code += plain[i];
    }
    return code;
}

}  // namespace

std::string case_code_of(std::array<std::uint8_t, 10> const& random) {
    std::string plain;
    std::uint32_t bits = 0;
    int held = 0;
    for (std::uint8_t const byte : random) {
        bits = (bits << 8) | byte;
        held += 8;
        while (held >= 5) {
            held -= 5;
            plain += alphabet[(bits >> held) & 0x1Fu];
        }
    }
    return grouped(plain);
}

std::optional<std::string> read_case_code(std::string_view typed) {
    std::string plain;
    for (char const c : typed) {
        if (c == '-' || c == ' ') continue;
        char const sign = as_printed(c);
        if (alphabet.find(sign) == std::string_view::npos || plain.size() == signs) return std::nullopt;
        plain += sign;
    }
    if (plain.size() != signs) return std::nullopt;
    return grouped(plain);
}

CaseSignIn CaseSignIn::read(Fields& fields, Date today) {
    CaseSignIn who{fields.text("case_code", {.max = 64}), fields.text("name", {.max = 200}),
                   optional_document(fields, today)};
    if (!who.document) fields.refuse("document", reason::required, form::object);
    if (who.code.empty()) return who;
    if (auto code = read_case_code(who.code))
        who.code = std::move(*code);
    else
        fields.refuse("case_code", reason::bad_format, form_of_code);
    return who;
}

}  // namespace sponsio::domain

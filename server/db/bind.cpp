#include "server/db/bind.hpp"

#include <stdexcept>

namespace sponsio::db {
namespace {

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

Bytea bytea(std::span<std::uint8_t const> bytes) {
    return {{bytes.begin(), bytes.end()}};
}

std::string to_hex(std::span<std::uint8_t const> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "\\x";
    text.reserve(2 + 2 * bytes.size());
    for (std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::vector<std::uint8_t> from_hex(std::string_view text) {
    if (!text.starts_with("\\x") || text.size() % 2 != 0)
        throw std::invalid_argument("not a bytea in hex form");
    text.remove_prefix(2);
    std::vector<std::uint8_t> bytes(text.size() / 2);
    for (std::size_t i = 0; i != bytes.size(); ++i) {
        int const high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) throw std::invalid_argument("not a bytea in hex form");
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return bytes;
}

Instant parse_timestamptz(std::string_view text) {
    // "2026-03-02 09:00:00.5+08" differs from RFC 3339 in the blank and in a zone that may lack its minutes.
    std::string rfc(text);
    if (rfc.size() > 10 && rfc[10] == ' ') rfc[10] = 'T';
    if (rfc.size() > 3 && (rfc[rfc.size() - 3] == '+' || rfc[rfc.size() - 3] == '-')) rfc += ":00";
    auto const instant = parse_rfc3339(rfc);
    if (!instant) throw std::invalid_argument("not a timestamptz in ISO form");
    return *instant;
}

namespace detail {

void refuse_null(soci::indicator indicator) {
    if (indicator == soci::i_null) throw std::logic_error("NULL read into a value that cannot be absent");
}

Uuid uuid_of(std::string const& text) {
    auto const uuid = Uuid::parse(text);
    if (!uuid) throw std::invalid_argument("not a uuid");
    return *uuid;
}

Date date_of(std::string const& text) {
    auto const date = parse_iso_date(text);
    if (!date) throw std::invalid_argument("not a date in ISO form");
    return *date;
}

bool bool_of(std::string const& text) {
    if (text == "t") return true;
    if (text == "f") return false;
    throw std::invalid_argument("not a boolean");
}

}  // namespace detail
}  // namespace sponsio::db

namespace soci {

void type_conversion<sponsio::db::TextArray>::from_base(std::string const& text, indicator ind,
                                                        sponsio::db::TextArray& value) {
    sponsio::db::detail::refuse_null(ind);
    value.elements.clear();
    for (auto& element : sponsio::db::parse_array(text)) {
        if (!element) throw std::logic_error("a NULL in a text[]");
        value.elements.push_back(std::move(*element));
    }
}

void type_conversion<sponsio::db::TextArray>::to_base(sponsio::db::TextArray const& value, std::string& text,
                                                      indicator& ind) {
    text = sponsio::db::array_literal(value.elements);
    ind = i_ok;
}

}  // namespace soci

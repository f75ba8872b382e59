#include "server/db/rows.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <string>

namespace sponsio::db {
namespace {

/// Whether the binary form of a type is its plain text.
bool reads_as_text(Oid type) {
    constexpr Oid text = 25, varchar = 1043, bpchar = 1042, name = 19, json = 114;
    return type == text || type == varchar || type == bpchar || type == name || type == json;
}

bool reads_as(Oid type, TypeId wanted) {
    return type == wanted || (reads_as_text(wanted) && reads_as_text(type));
}

/// Cuts the next `n` bytes off an array's binary form.
std::string_view cut(std::string_view& rest, std::size_t n) {
    if (rest.size() < n) throw std::logic_error("an array ended early");
    std::string_view const head = rest.substr(0, n);
    rest.remove_prefix(n);
    return head;
}

}  // namespace

void Rows::Clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

Rows::Rows(pg_result* owned) : result_(owned) {}

std::size_t Rows::size() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

Rows::Row Rows::operator[](std::size_t row) const {
    if (row >= size()) throw std::out_of_range("no such row");
    return {*this, static_cast<int>(row)};
}

std::int64_t Rows::affected() const {
    std::string_view const text = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

std::string_view Rows::tag() const {
    return PQcmdStatus(result_.get());
}

bool Rows::is_null(int row, int column) const {
    if (column < 0 || column >= PQnfields(result_.get())) throw std::out_of_range("no such column");
    return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Rows::raw(int row, int column, TypeId wanted) const {
    if (is_null(row, column)) throw std::logic_error("column " + std::to_string(column) + " is NULL");
    Oid const type = PQftype(result_.get(), column);
    if (!reads_as(type, wanted))
        throw std::logic_error("column " + std::to_string(column) + " has type " + std::to_string(type) +
                               ", not " + std::to_string(wanted));
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::vector<std::string_view> Rows::split_array(std::string_view rest) {
    auto const dimensions = wire::take_int<std::int32_t>(cut(rest, 4));
    cut(rest, 8);  // whether there are NULLs, and the element type that the column's own type already told
    std::vector<std::string_view> elements;
    if (dimensions == 0) return elements;
    if (dimensions != 1) throw std::logic_error("an array has more than one dimension");
    auto const count = wire::take_int<std::int32_t>(cut(rest, 4));
    cut(rest, 4);
    for (std::int32_t i = 0; i != count; ++i) {
        auto const length = wire::take_int<std::int32_t>(cut(rest, 4));
        if (length < 0) throw std::logic_error("an array element is NULL");
        elements.push_back(cut(rest, static_cast<std::size_t>(length)));
    }
    return elements;
}

}  // namespace sponsio::db

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::db {

/// A text[] literal for a Query, `{"a","b \"c\"",NULL}`; write the cast: `:names::text[]`. Also right for
/// elements of other types in their text form: `:ids::uuid[]`, `:days::date[]`, `:sums::bytea[]`.
std::string array_literal(std::vector<std::string> const& elements);
std::string array_literal(std::vector<std::optional<std::string>> const& elements);

/// The elements of a one-dimensional array as PostgreSQL prints it; std::invalid_argument if it is none.
std::vector<std::optional<std::string>> parse_array(std::string_view literal);

}  // namespace sponsio::db

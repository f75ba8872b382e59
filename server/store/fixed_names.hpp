#pragma once

#include "server/base/time.hpp"
#include "server/db/session.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Names that never change once they are stored (migration fixed_names).
namespace sponsio::store {

namespace fixed {
inline constexpr std::string_view issuer = "issuer";
inline constexpr std::string_view log_name = "log_name";
}  // namespace fixed

std::optional<std::string> fixed_name(db::PgSession& db, std::string_view what);

/// Stores the name unless there is one, and returns the stored one, which another process may have set first.
std::string fix_name(db::PgSession& db, std::string_view what, std::string const& name, Instant now);

}  // namespace sponsio::store

#pragma once

#include "server/base/time.hpp"
#include "server/db/session.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Names that never change once they are kept (migration fixed_names).
namespace sponsio::store {

namespace fixed {
inline constexpr std::string_view issuer = "issuer";
inline constexpr std::string_view log_name = "log_name";
}  // namespace fixed

std::optional<std::string> fixed_name(db::PgSession& db, std::string_view what);

/// Keeps the name unless there is one, and answers the one that is kept: another process may have been
/// faster.
std::string fix_name(db::PgSession& db, std::string_view what, std::string const& name, Instant now);

}  // namespace sponsio::store

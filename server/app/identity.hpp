#pragma once

#include "server/app/database.hpp"
#include "server/app/serve_options.hpp"
#include "server/base/time.hpp"
#include "server/service/keys/service.hpp"

#include <string>

/// Under which names a store signs. Both stand in what holders and followers keep, so neither ever changes.
namespace sponsio::app {

/// In a refusal's `cause`: the store was begun under other names.
inline constexpr std::string_view other_names = "other_names";

/// What is wrong with an issuer's form; empty if nothing is. `https://host[:port]` in lower case, without
/// path or slash at its end, since it is compared byte for byte (RFC 9901 §4.1, `iss`).
Bilingual issuer_refusal(std::string const& issuer);
/// The host part of `https://host[:port]`.
std::string host_of_issuer(std::string const& issuer);
/// 192.0.2.1, [2001:db8::1]: an address that will be somebody else's one day.
bool is_address(std::string const& host);
/// What is wrong with a log's name; empty if nothing is. It becomes an origin (C2SP tlog-checkpoint): no
/// blank, no plus sign, no scheme, no slash at an end.
Bilingual log_name_refusal(std::string const& name);

/// Keeps the names that `options` gives, or takes those that the store has kept, and refuses others. An
/// issuer is kept once it is given; without one, it is the listening address,
/// which only training may do with.
Outcome<void> settle_names(Database const& database, service::KeyService const& keys, ServeOptions& options,
                           std::string const& address, Instant now);

}  // namespace sponsio::app

#pragma once

#include "server/db/session.hpp"

#include <array>
#include <optional>
#include <string>

/// What each Idempotency-Key was first used for.
namespace sponsio::store {

using Digest = std::array<std::uint8_t, 32>;

/// A value encrypted under a data key of its own, as it lies in three columns. Without `wrapped_key` it can
/// be read by nobody any more.
struct SealedColumns {
    std::vector<std::uint8_t> content;
    std::optional<std::vector<std::uint8_t>> wrapped_key;
    std::optional<std::string> master_key_id;
};

struct FirstUse {
    Digest request_digest;
    std::string resource;
    int status;
    std::optional<SealedColumns> answer;  ///< nothing: rebuilt from the resource
};

std::optional<FirstUse> first_use(db::PgSession& db, OrganisationId organisation, std::string const& key);
/// DbError of kind unique if somebody was faster: roll back and look again.
void remember_use(db::PgSession& db, OrganisationId organisation, std::string const& key, FirstUse const& use,
                  Instant now);

/// Whether anything was ever created here: then the database holds sealed values that its keys must open.
bool anything_sealed(db::PgSession& db);

}  // namespace sponsio::store

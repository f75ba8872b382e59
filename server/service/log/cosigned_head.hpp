#pragma once

#include "crypto/log/checkpoint.hpp"
#include "server/store/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// The verifier keys of witnesses, which is how the store names them.
std::vector<std::string> vkeys_of(std::vector<crypto::NoteVerifier> const& witnesses);

/// The newest checkpoint that a quorum has cosigned, with every cosignature of these witnesses on it. Nothing
/// if there is none yet.
std::optional<store::SizedCheckpoint> cosigned_head(db::PgSession& db, std::int16_t shard,
                                                    crypto::WitnessPolicy const& policy);
}  // namespace sponsio::service

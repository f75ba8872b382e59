#pragma once

#include "crypto/digest.hpp"
#include "server/base/time.hpp"
#include "server/domain/decode.hpp"
#include "server/store/log.hpp"

#include <string>
#include <string_view>

/// Leaves that a transaction adds for the log's writer.
namespace sponsio::service {

/// A leaf for a thing whose content object, or token, has that digest.
store::NewLeaf log_leaf(std::string_view kind, std::string subject, crypto::Digest const& digest,
                        Instant now);

/// A leaf for a signed record: the digest is that of its issuer-signed JWT, which every holder has, whatever
/// was disclosed to them.
store::NewLeaf record_leaf(RecordId id, std::string_view sd_jwt, Instant now);

/// The bytes of a content object that are digested: canonical JSON with a random `salt` member, so that the
/// content cannot be found by guessing.
std::string salted_content(domain::JsonObject content);

}  // namespace sponsio::service

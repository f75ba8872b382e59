#pragma once

#include "crypto/digest.hpp"
#include "server/domain/access.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sponsio::service {

/// On whose behalf, and how long the caller will wait.
struct Caller {
    std::shared_ptr<domain::Principal const> who;
    Deadline deadline;
};

/// An Idempotency-Key together with what it was sent with: method, path and body.
struct RequestOnce {
    std::string key;
    crypto::Digest digest;
};

/// An answer as its JSON text.
struct Document {
    std::string json;
};

/// What a create answers: the document that was said the first time, and whether this is a repetition of it.
struct Created {
    std::string body;      ///< JSON
    std::string location;  ///< path of what was made
    bool replayed = false;
};

}  // namespace sponsio::service

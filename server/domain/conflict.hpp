#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/identity_document.hpp"

#include <optional>
#include <string>

namespace sponsio::domain {

/// An inspector's declaration of a person or organisation whom they must not verify.
struct ConflictDeclaration {
    ConflictKind kind;
    IdentityDocument document;  ///< of the relative, or of the party of the interest
    std::optional<std::string> note;

    /// Reads the body of POST /v1/conflicts. `today` is the day in China.
    static Outcome<ConflictDeclaration> parse(Json const& body, Date today);
};

}  // namespace sponsio::domain

#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/identity_document.hpp"

#include <optional>
#include <string>

namespace sponsio::domain {

/// What an inspector declares: somebody whom they must not check.
struct ConflictDeclaration {
    ConflictKind kind;
    IdentityDocument document;  ///< of the relative, or of whom the interest is in
    std::optional<std::string> note;

    /// Reads the body of POST /v1/conflicts. `today` is the day in China.
    static Outcome<ConflictDeclaration> parse(Json const& body, Date today);
};

}  // namespace sponsio::domain

#pragma once

#include "server/base/id.hpp"
#include "server/domain/identity_document.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio {

using CaseSessionId = Id<struct CaseSessionTag>;

}  // namespace sponsio

/// The case code (案件查询码): printed on the prior notice, it opens the own case to who also knows whose
/// case it is. Only its digest is kept.
namespace sponsio::domain {

class Fields;

/// Four groups of four of Crockford's 32 signs, which nobody mistakes for each other: "7K3M-0QXD-…".
std::string case_code_of(std::array<std::uint8_t, 10> const& random);
/// The code as it was printed, from how somebody typed it: small letters, blanks and hyphens anywhere, O for
/// 0, I and L for 1. Nothing if it is none.
std::optional<std::string> read_case_code(std::string_view typed);

/// Who wants to see the own case.
struct CaseSignIn {
    std::string code;  ///< as printed
    std::string name;
    std::optional<IdentityDocument> document;

    static CaseSignIn read(Fields& fields, Date today);
};

}  // namespace sponsio::domain

#pragma once

#include "server/base/fault.hpp"
#include "server/http/language.hpp"
#include "text/json.hpp"

#include <string_view>

namespace sponsio::http {

/// The problem document (RFC 9457) of one refusal among others in an answer. That of a 5xx does not tell the
/// cause. `request_id`: of the request that the answer is for.
[[nodiscard]] json::Object problem_document(Fault const& fault, Language language,
                                            std::string_view request_id);

}  // namespace sponsio::http

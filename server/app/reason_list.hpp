#pragma once

#include "server/base/fault.hpp"

#include <span>
#include <string_view>

namespace sponsio::app {

/// What a reason of a refused field means, and what would be right. The text of an answer says it for the
/// case at hand; this one says it in general.
struct ExplainedReason {
    std::string_view word;
    std::string_view en;
    std::string_view zh;
};

/// Every word that a FieldError may have as its reason, sorted. tests/e2e/test_vocabulary.py holds the list
/// to the sources.
std::span<ExplainedReason const> explained_reasons();

}  // namespace sponsio::app

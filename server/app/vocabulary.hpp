#pragma once

#include <string>

namespace sponsio::app {

/// The answer of GET /v1/vocabulary: every closed list with a label for each word, and all that a refusal may
/// name: problems, reasons, forms, units.
std::string vocabulary_json();

/// docs/errors.md
std::string errors_document();

}  // namespace sponsio::app

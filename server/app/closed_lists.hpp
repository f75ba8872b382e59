#pragma once

#include "server/base/fault.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Every closed list of words that is stored or spoken, for people and for the tests that hold the contracts
/// and the tables to it.
namespace sponsio::app {

struct ClosedList {
    std::string_view name;  ///< of the enumeration
    Bilingual about;
    std::vector<std::string_view> words;
};

std::vector<ClosedList> closed_lists();

/// docs/words.md
std::string words_document();
/// The lists as one JSON document: `{"lists": [{"name", "about": {"zh", "en"}, "words"}]}`.
std::string words_json();

}  // namespace sponsio::app

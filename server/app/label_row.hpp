#pragma once

#include <string_view>

namespace sponsio::app {

/// What people read for a word. Where one word means different things in two lists, `list` says which one; an
/// empty list is for all others.
struct LabelRow {
    std::string_view list, word, en, zh;
};

}  // namespace sponsio::app

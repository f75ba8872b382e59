#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sponsio::sheet {

/// A cell's text, and what was done to it.
struct Tidied {
    std::string text;
    bool blanks = false;      ///< blanks or invisible characters at the ends were dropped
    bool full_width = false;  ///< ＡＢ１２ became AB12
    bool wrapped = false;  ///< '110105… or ="110105…", by which people keep a spreadsheet from counting
};

/// Drops blanks of any width, invisible characters and byte order marks at both ends, and what people write
/// around a number so that it stays text.
Tidied tidy(std::string_view text);

/// The same, and for codes, numbers and dates: full-width letters, digits and marks become half-width, and
/// blanks within are dropped.
Tidied tidy_code(std::string_view text);

/// Whether this is how a spreadsheet shows a number that is too long for it: 1.10105E+17.
bool is_scientific(std::string_view text);

}  // namespace sponsio::sheet

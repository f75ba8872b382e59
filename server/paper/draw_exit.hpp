#pragma once

namespace sponsio::paper {

/// How sponsio-paper ends.
enum class DrawExit : int {
    drawn = 0,     ///< standard output is the PDF
    failed = 1,    ///< … is a sentence
    no_glyph = 3,  ///< … is the characters that no font has
};

}  // namespace sponsio::paper

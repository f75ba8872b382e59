#pragma once

#include "text/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::paper {

/// A paper as people read it, in one language.
struct Paper {
    bool english = false;
    std::string organ{};  ///< whose paper it is
    std::string title{};
    std::string number{};
    std::string addressee{};  ///< may be empty
    std::vector<std::string> paragraphs{};
    std::vector<std::string> closing{};  ///< at the lower right: the places of seal, signature and day
    std::string digest{};                ///< SHA-256 of what was composed, in hex: at the foot of each page
    std::string made_at{};               ///< RFC 3339; the file says that it was made then, whenever it is

    /// What goes to sponsio-paper, and what it reads.
    [[nodiscard]] std::string to_text() const;
    /// Throws Failure for any other text.
    static Paper from_text(std::string const& text);
};

std::vector<std::string> lines_of(std::string_view text);

/// Of a composed text with lines for the organ, the title with the number behind its last space, the
/// addressee, paragraphs, and the day. Nothing if it lacks one.
std::optional<Paper> paper_of(std::string_view text, bool english);

}  // namespace sponsio::paper

#pragma once

#include "server/paper/paper.hpp"
#include "text/result.hpp"

#include <string>

namespace sponsio::paper {

/// The words of draw_pages(), in Error::code.
namespace page_error {
inline constexpr std::string_view no_glyph = "no_glyph";    ///< Error::where: the characters
inline constexpr std::string_view not_drawn = "not_drawn";  ///< no fonts, or no memory
}  // namespace page_error

/// The paper as PDF, on A4 in the layout of official papers: title 22 pt, body 16 pt, first lines indented by
/// two characters, the day at the lower right above the place of the seal, numbered pages (GB/T 9704-2012 §5,
/// §7; margins of 20 mm as printed enforcement papers have them). The same paper gives the same bytes on a
/// machine with the same fonts. A character that no font has is refused, for an empty box would stand for
/// somebody's name.
Result<std::string> draw_pages(Paper const& paper);

}  // namespace sponsio::paper

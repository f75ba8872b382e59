#pragma once

#include "server/domain/checked.hpp"

#include <string>
#include <string_view>

namespace sponsio::domain {

/// A natural person's name as it is in life, ready to be stored and signed. Kept: every script, rare
/// characters of any plane, spaces, apostrophes, hyphens. Changed, because these are keyboards' accidents and
/// not the person's:
/// - the middle dot of minority and foreign names becomes U+00B7, whichever look-alike was typed (U+2022,
///   U+2027, U+2219, U+22C5, U+30FB, U+FF65, U+FF0E, and "." between two Han characters): the household
///   register uses U+00B7, and two spellings of one name would never match;
/// - blanks around the name, doubled blanks, and blanks between two Han characters ("张　三" is list layout)
///   go.
/// Not done: Unicode normalisation. NFC replaces CJK compatibility ideographs (U+F900 to U+FAFF, U+2F800 to
/// U+2FA1F) by other characters, and to their bearers those are other names.
/// A character without a code point is described by an ideographic description sequence ("⿰亻革" for one
/// that has 亻 on its left and 革 on its right; Unicode ch. 18.2): kept as it is, and whole, or it describes
/// nothing. Errors: empty, too_long (over 200 code points), bad_character (controls, bidirectional and
/// zero-width marks, private use, symbols no name has), bad_format (not UTF-8, a dot at an end or two in a
/// row, a description that is not whole).
Checked<std::string> parse_person_name(std::string_view text);

/// An organisation's registered name: 1 to 200 code points, no controls or invisible marks, blanks trimmed.
Checked<std::string> parse_organisation_name(std::string_view text);

}  // namespace sponsio::domain

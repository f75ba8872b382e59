#pragma once

#include <string>
#include <string_view>

/// Characters as a search takes them, where two spellings are one.
namespace sponsio::domain {

/// The simplified form of a traditional character; any other character itself.
char32_t simplified(char32_t c);

/// A code point in its form for a search: small letters and digits of ASCII, whichever width, case or Latin-1
/// accent was typed; simplified characters; a blank for what separates (every kind of space, dot, hyphen,
/// apostrophe, bracket). No NFKC: that would change what rare characters of names mean.
char32_t folded(char32_t c);

/// The form under which two mentions of a name are equal, of a person or an organisation: width, case, Latin
/// accents, blanks, dots, hyphens and apostrophes make no difference, nor whether a character was written in
/// its traditional or its simplified form. It may make one of two names, so whoever searches looks at the
/// names that were found. Empty if no letter is left, or if the text is not UTF-8.
std::string searchable_name(std::string_view name);

}  // namespace sponsio::domain

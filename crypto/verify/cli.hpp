#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace sponsio::verify {

/// The program: parses the arguments, runs the check and prints the verdict. Returns the exit code: 0 proven,
/// 1 refuted, 2 not checked. `locale` decides the language where `--lang` does not. Progress goes to `err` if
/// that is a terminal.
int run(std::vector<std::string> const& arguments, std::string const& locale, std::ostream& out,
        std::ostream& err, bool terminal);

}  // namespace sponsio::verify

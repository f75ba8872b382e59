#include "crypto/verify/cli.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) try {
    std::string locale;
    for (char const* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        char const* const value = std::getenv(name);
        if (locale.empty() && value) locale = value;
    }
    return sponsio::verify::run({argv + 1, argv + argc}, locale, std::cout, std::cerr,
                                ::isatty(STDERR_FILENO) == 1);
} catch (std::exception const& error) {
    // Of the verdict itself: a name that is no UTF-8 cannot be told in JSON.
    std::cerr << "Could not be checked: unexpected: " << error.what() << ".\n";
    return 2;
}

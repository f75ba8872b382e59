#include "crypto/verify/cli.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) {
    std::string locale;
    for (char const* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        char const* const value = std::getenv(name);
        if (locale.empty() && value) locale = value;
    }
    return sponsio::verify::run({argv + 1, argv + argc}, locale, std::cout, std::cerr,
                                ::isatty(STDERR_FILENO) == 1);
}

#include "crypto/verify/cli.hpp"
#include "text/locale.hpp"

#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) try {
    return sponsio::verify::run({argv + 1, argv + argc}, sponsio::locale_of_messages(), std::cout, std::cerr,
                                ::isatty(STDERR_FILENO) == 1);
} catch (std::exception const& error) {
    // Of the verdict itself: a name that is no UTF-8 cannot be told in JSON.
    std::cerr << "Could not be checked: unexpected: " << error.what() << ".\n";
    return 2;
}

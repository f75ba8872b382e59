#include "crypto/verify/cli.hpp"
#include "text/locale.hpp"

#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) try {
    return sponsio::verify::run({argv + 1, argv + argc}, sponsio::locale_of_messages(), std::cout, std::cerr,
                                ::isatty(STDERR_FILENO) == 1);
} catch (std::exception const& error) {
    // A failure while printing the verdict, such as a name that is not UTF-8 and cannot be written as JSON.
    std::cerr << "Could not be checked: unexpected: " << error.what() << ".\n";
    return 2;
}

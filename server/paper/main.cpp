/// Draws one paper: reads it (Paper::to_text) from standard input, writes the
/// PDF to standard output. A process of its own, since a library that reads fonts belongs neither into the
/// memory of the server nor near its keys. In place of a PDF it writes why there is none, and ends with the
/// code of DrawExit.
#include "server/paper/draw_exit.hpp"
#include "server/paper/page.hpp"

#include <fcntl.h>
#include <iostream>
#include <iterator>
#include <unistd.h>

namespace {

using sponsio::paper::DrawExit;

/// Of this process: what the libraries print of their own accord is nobody's answer.
void silence_warnings() {
    int const nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) ::dup2(nothing, STDERR_FILENO);
}

DrawExit run() {
    std::string const input{std::istreambuf_iterator<char>(std::cin), {}};
    auto const pdf = sponsio::paper::draw_pages(sponsio::paper::Paper::from_text(input));
    if (pdf) {
        std::cout << *pdf << std::flush;
        return std::cout ? DrawExit::drawn : DrawExit::failed;
    }
    bool const no_glyph = pdf.error().code == sponsio::paper::page_error::no_glyph;
    std::cout << (no_glyph ? pdf.error().where : pdf.error().message) << std::flush;
    return no_glyph ? DrawExit::no_glyph : DrawExit::failed;
}

}  // namespace

int main() {
    silence_warnings();
    try {
        return static_cast<int>(run());
    } catch (std::exception const& failure) {
        std::cout << failure.what() << std::flush;
        return static_cast<int>(DrawExit::failed);
    }
}

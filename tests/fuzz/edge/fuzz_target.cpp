#include "server/http/target.hpp"
#include "text/percent.hpp"
#include "text/utf8.hpp"

#include <cstdlib>
#include <string>

/// What is accepted has bounded, clean pieces, and means the same when it is written again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio;
    std::string_view const raw(reinterpret_cast<char const*>(data), size);
    http::Target target;
    if (!target.assign(raw)) return 0;
    if (target.segments() > http::Target::max_segments || target.parameters() > http::Target::max_parameters)
        std::abort();
    std::string again;
    for (std::size_t i = 0; i != target.segments(); ++i) {
        std::string_view const segment = target.segment(i);
        if (segment == "." || segment == ".." || segment.find_first_of("/\\") != std::string_view::npos)
            std::abort();
        for (char const c : segment)
            if (static_cast<unsigned char>(c) < 0x20) std::abort();
        again += '/';
        append_percent_encoded(again, segment);
    }
    http::Target second;
    if (!second.assign(again) || second.segments() != target.segments()) std::abort();
    for (std::size_t i = 0; i != target.segments(); ++i)
        if (second.segment(i) != target.segment(i)) std::abort();
    return 0;
}

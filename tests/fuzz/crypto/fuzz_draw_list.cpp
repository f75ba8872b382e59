#include "crypto/draw/list.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace sponsio::crypto;

struct Read {
    draw::ListHead head;
    std::string lots;
    Result<Digest> digest = Error{};
};

Read read(std::string_view text, std::size_t piece) {
    Read out;
    draw::ListReader reader({.lot = [&](std::uint32_t, std::string_view lot) { (out.lots += lot) += '\n'; }});
    for (std::size_t at = 0; at < text.size(); at += piece)
        if (auto const good = reader.feed(text.substr(at, piece)); !good) {
            out.digest = good.error();
            return out;
        }
    out.digest = reader.finish();
    out.head = reader.head();
    return out;
}

}  // namespace

/// A list that is taken is written as it came, and is the same whatever pieces it comes in; one that is
/// refused is refused at the same line.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text = as_text({data, size});
    Read const whole = read(text, std::max<std::size_t>(size, 1));
    Read const pieces = read(text, 13);
    if (whole.digest.has_value() != pieces.digest.has_value()) std::abort();
    if (!whole.digest) {
        auto const& error = whole.digest.error();
        if (error.code.empty() || !error.where.starts_with("line ")) std::abort();
        if (pieces.digest.error().code != error.code || pieces.digest.error().where != error.where)
            std::abort();
        return 0;
    }
    if (whole.head.text() + whole.lots != text || *pieces.digest != *whole.digest) std::abort();
    return 0;
}

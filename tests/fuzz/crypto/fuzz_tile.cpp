#include "crypto/log/tile.hpp"

#include <cstdlib>

/// A path that is taken has one spelling and names a tile that a log can have; a bundle that is taken is made
/// of its entries.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    ByteView const input(data, size);
    std::string_view const line = as_text(input).substr(0, as_text(input).find('\n'));
    if (auto const path = TilePath::parse(line)) {
        if (path->text() != line || path->tile.level >= tile_levels) std::abort();
        if (path->tile.width == 0 || path->tile.width > tile_width) std::abort();
        if (tile_width_at(path->tile.level, path->tile.index, max_log_size) == 0) std::abort();
    }

    auto const entries = split_bundle(input);
    if (!entries) {
        if (entries.error().code.empty() || entries.error().offset > size) std::abort();
        return 0;
    }
    Bytes again;
    for (ByteView const entry : *entries) append_entry(again, entry);
    if (entries->size() > tile_width || as_text(again) != as_text(input)) std::abort();
    return 0;
}

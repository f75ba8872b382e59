#include "crypto/log/tile.hpp"

#include "text/decimal.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

constexpr std::string_view prefix = "tile/";
constexpr std::string_view entries_prefix = "entries/";
constexpr std::string_view partial_mark = ".p/";

/// The number of hashes at a tile level of a log of that size.
std::uint64_t hashes_at(unsigned level, std::uint64_t tree_size) {
    return level < tile_levels ? tree_size >> (tile_height * level) : 0;
}

std::string three_digits(std::uint64_t number) {
    std::string text = std::to_string(1000 + number);
    text.erase(0, 1);
    return text;
}

/// The index in path form: "x001/x234/067".
std::string index_text(std::uint64_t index) {
    std::string text = three_digits(index % 1000);
    while (index >= 1000) {
        index /= 1000;
        text = 'x' + three_digits(index % 1000) + '/' + text;
    }
    return text;
}

/// The inverse of index_text; it also accepts other spellings.
std::optional<std::uint64_t> parse_index(std::string_view text) {
    std::uint64_t index = 0;
    while (true) {
        bool const last = !text.starts_with('x');
        if (!last) text.remove_prefix(1);
        if (text.size() < 3 || index > max_log_size) return std::nullopt;
        for (char const digit : text.substr(0, 3)) {
            if (digit < '0' || digit > '9') return std::nullopt;
            index = 10 * index + static_cast<std::uint64_t>(digit - '0');
        }
        text.remove_prefix(3);
        if (last) return text.empty() ? std::optional(index) : std::nullopt;
        if (!text.starts_with('/')) return std::nullopt;
        text.remove_prefix(1);
    }
}

/// Cuts the level, or the word for entries, and the slash after it off the front.
bool take_level(std::string_view& text, TilePath& path) {
    if (text.starts_with(entries_prefix)) {
        path.entries = true;
        text.remove_prefix(entries_prefix.size());
        return true;
    }
    auto const slash = text.find('/');
    auto const level = parse_decimal(text.substr(0, slash));
    if (slash == std::string_view::npos || !level || *level >= tile_levels) return false;
    path.tile.level = static_cast<unsigned>(*level);
    text.remove_prefix(slash + 1);
    return true;
}

}  // namespace

std::string TilePath::text() const {
    std::string out(prefix);
    out += entries ? std::string(entries_prefix) : std::to_string(tile.level) + '/';
    out += index_text(tile.index);
    if (tile.width != tile_width) out += std::string(partial_mark) + std::to_string(tile.width);
    return out;
}

std::optional<TilePath> TilePath::parse(std::string_view text) {
    std::string_view rest = text;
    TilePath path;
    if (!rest.starts_with(prefix)) return std::nullopt;
    rest.remove_prefix(prefix.size());
    if (!take_level(rest, path)) return std::nullopt;

    if (auto const mark = rest.find(partial_mark); mark != std::string_view::npos) {
        auto const width = parse_decimal(rest.substr(mark + partial_mark.size()));
        if (!width || *width == 0 || *width >= tile_width) return std::nullopt;
        path.tile.width = static_cast<unsigned>(*width);
        rest = rest.substr(0, mark);
    }
    auto const index = parse_index(rest);
    if (!index || *index > hashes_at(path.tile.level + 1, max_log_size)) return std::nullopt;
    path.tile.index = *index;
    // Groups of zeros in front give an index many spellings; only one is accepted.
    if (path.text() != text) return std::nullopt;
    return path;
}

unsigned tile_width_at(unsigned level, std::uint64_t index, std::uint64_t tree_size) {
    std::uint64_t const hashes = hashes_at(level, tree_size);
    std::uint64_t const full = hashes / tile_width;
    if (index < full) return tile_width;
    return index == full ? static_cast<unsigned>(hashes % tile_width) : 0;
}

TileId tile_of(NodeId node, std::uint64_t tree_size) {
    unsigned const level = node.level / tile_height;
    unsigned const height = node.level % tile_height;
    if (level >= tile_levels || node.index >= tree_size >> node.level)
        throw Failure("the tree does not have this node");
    std::uint64_t const index = node.index >> (tile_height - height);
    return {level, index, tile_width_at(level, index, tree_size)};
}

std::optional<Digest> node_in_tile(TileId tile, ByteView hashes, NodeId node) {
    unsigned const height = node.level % tile_height;
    if (node.level / tile_height != tile.level || node.index >> (tile_height - height) != tile.index)
        return std::nullopt;
    std::size_t const count = std::size_t{1} << height;
    std::size_t const first = (node.index << height) % tile_width;
    constexpr std::size_t size = std::tuple_size_v<Digest>;
    if (hashes.size() != tile.width * size || first + count > tile.width) return std::nullopt;

    std::array<Digest, tile_width / 2> row;
    for (std::size_t i = 0; i != count; ++i)
        std::copy_n(hashes.begin() + static_cast<std::ptrdiff_t>((first + i) * size), size, row[i].begin());
    for (std::size_t left = count / 2; left != 0; left /= 2)
        for (std::size_t i = 0; i != left; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    return row[0];
}

void append_entry(Bytes& bundle, ByteView entry) {
    if (entry.size() > max_entry_size) throw Failure("the entry is too long for a bundle");
    bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
    bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xFF));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
}

Result<std::vector<ByteView>> split_bundle(ByteView bundle) {
    std::vector<ByteView> entries;
    for (std::size_t at = 0; at != bundle.size();) {
        std::size_t const left = bundle.size() - at;
        std::size_t const length = left < 2 ? 0 : std::size_t{bundle[at]} << 8 | bundle[at + 1];
        if (left < 2 || length > left - 2)
            return Error{tile_error::bad_bundle, "An entry reaches beyond the end of the bundle.", {}, at};
        if (entries.size() == tile_width)
            return Error{tile_error::bad_bundle, "The bundle has more than 256 entries.", {}, at};
        entries.push_back(bundle.subspan(at + 2, length));
        at += 2 + length;
    }
    return entries;
}

}  // namespace sponsio::crypto

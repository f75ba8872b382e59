#include "crypto/verify/log_source.hpp"

#include "crypto/log/note.hpp"
#include "crypto/verify/input.hpp"
#include "crypto/verify/website.hpp"
#include "crypto/verify/words.hpp"

#include <filesystem>

namespace sponsio::verify {
namespace {

namespace fs = std::filesystem;

/// Entries of this log are small (crypto::LogEntry); a larger file is not one of its bundles.
constexpr std::size_t largest_bundle = crypto::tile_width * (2 + 1024);
constexpr std::size_t hash_size = std::tuple_size_v<crypto::Digest>;

class Directory final : public LogSource {
  public:
    explicit Directory(fs::path root) : root_(std::move(root)) {}

    std::vector<std::optional<Bytes>> read(std::vector<Wanted> const& files) override {
        std::vector<std::optional<Bytes>> out;
        for (Wanted const& file : files) {
            std::error_code ignored;
            fs::path const path = root_ / file.path;
            out.emplace_back();
            if (fs::exists(path, ignored)) out.back() = to_bytes(read_file(path.string(), file.max_bytes));
        }
        return out;
    }

  private:
    fs::path root_;
};

[[noreturn]] void missing(std::string const& path) {
    throw NotChecked{"missing_from_log",
                     {"The log has no '" + path +
                          "', which its checkpoint promises: the copy is incomplete, or the "
                          "log has lost data.",
                      "日志缺少检查点所承诺的“" + path + "”：副本不完整，或者日志丢失了数据。"}};
}

Wanted wanted(crypto::TilePath const& tile) {
    return {tile.text(), tile.entries ? largest_bundle : crypto::tile_width * hash_size};
}

[[noreturn]] void wrong_length(crypto::TilePath const& tile) {
    throw NotChecked{
        "wrong_tile_length",
        {"The tile '" + tile.text() +
             "' has not the length it must have: it is not whole, or something else. " + fetch_anew().en,
         "瓦片“" + tile.text() + "”长度不对：不完整，或是别的内容。" + fetch_anew().zh}};
}

}  // namespace

std::unique_ptr<LogSource> open_source(std::string const& directory_or_url, std::string const& ca) {
    if (directory_or_url.find("://") != std::string::npos) return open_website(directory_or_url, ca);
    std::error_code ignored;
    if (!fs::is_directory(directory_or_url, ignored))
        throw NotChecked{
            "no_log",
            {"'" + directory_or_url +
                 "' is neither a directory nor an https address; name the folder or "
                 "the address that `checkpoint` lies in.",
             "“" + directory_or_url + "”既不是目录也不是 https 地址；请给出 checkpoint 所在的目录或地址。"}};
    return std::make_unique<Directory>(directory_or_url);
}

std::string read_checkpoint(LogSource& source) {
    auto const found = source.read({{"checkpoint", crypto::max_note_size}});
    if (!found.front()) missing("checkpoint");
    return to_string(*found.front());
}

std::vector<Bytes> read_tiles(LogSource& source, std::vector<crypto::TilePath> const& tiles) {
    std::vector<Wanted> question;
    for (crypto::TilePath const& tile : tiles) question.push_back(wanted(tile));
    auto answers = source.read(question);

    std::vector<Bytes> out;
    for (std::size_t i = 0; i != tiles.size(); ++i) {
        crypto::TilePath const& tile = tiles[i];
        std::size_t const length = tile.tile.width * hash_size;
        bool whole = true;
        if (!answers[i] && tile.tile.width != crypto::tile_width) {
            crypto::TilePath full = tile;
            full.tile.width = crypto::tile_width;
            answers[i] = source.read({wanted(full)}).front();
            whole = false;
        }
        if (!answers[i]) missing(tile.text());
        Bytes& bytes = *answers[i];
        if (!tile.entries) {
            if (whole ? bytes.size() != length : bytes.size() < length) wrong_length(tile);
            bytes.resize(length);
        }
        out.push_back(std::move(bytes));
    }
    return out;
}

}  // namespace sponsio::verify

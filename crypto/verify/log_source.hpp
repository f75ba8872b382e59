#pragma once

#include "crypto/log/tile.hpp"
#include "crypto/verify/verdict.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::verify {

struct Wanted {
    std::string path;  ///< below the log's prefix: "checkpoint", "tile/0/000"
    std::size_t max_bytes;
};

/// Where the files of a log come from. Throws NotChecked when it cannot say whether it has one.
class LogSource {
  public:
    LogSource() = default;
    LogSource(LogSource const&) = delete;
    LogSource& operator=(LogSource const&) = delete;
    virtual ~LogSource() = default;

    /// In the order of the question; nothing for what is not there.
    virtual std::vector<std::optional<Bytes>> read(std::vector<Wanted> const& files) = 0;
};

/// A directory laid out like a log, or an https address (C2SP tlog-tiles). `ca` names a PEM file with the
/// authorities to trust in place of the system's; empty: those of the system.
std::unique_ptr<LogSource> open_source(std::string const& directory_or_url, std::string const& ca);

/// The log's newest checkpoint, as it came.
std::string read_checkpoint(LogSource& source);

/// Tiles or bundles, all at once. A partial one that is gone, because the log has grown since, is taken out
/// of the full one. Bundles come as they are: of a full one the first entries count.
std::vector<Bytes> read_tiles(LogSource& source, std::vector<crypto::TilePath> const& tiles);

}  // namespace sponsio::verify

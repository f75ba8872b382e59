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

/// A source of a log's files. Throws NotChecked when it cannot tell whether it has a file.
class LogSource {
  public:
    LogSource() = default;
    LogSource(LogSource const&) = delete;
    LogSource& operator=(LogSource const&) = delete;
    virtual ~LogSource() = default;

    /// The files in the order of `files`; nothing for a file that does not exist.
    virtual std::vector<std::optional<Bytes>> read(std::vector<Wanted> const& files) = 0;
};

/// A directory laid out like a log, or an https address (C2SP tlog-tiles). `ca` names a PEM file with the
/// authorities to trust in place of the system's; empty: those of the system.
std::unique_ptr<LogSource> open_source(std::string const& directory_or_url, std::string const& ca);

/// The log's newest checkpoint, unverified.
std::string read_checkpoint(LogSource& source);

/// Reads tiles or bundles, all at once. A partial tile that is gone because the log has grown is taken from
/// the full one. Bundles are not cut: of a full bundle only the first entries count.
std::vector<Bytes> read_tiles(LogSource& source, std::vector<crypto::TilePath> const& tiles);

}  // namespace sponsio::verify

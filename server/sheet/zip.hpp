#pragma once

#include "server/base/fault.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct zip;
struct zip_file;

namespace sponsio::sheet {

/// A part of an archive, inflated while it is read.
class ZipPart {
  public:
    explicit ZipPart(zip_file* file) : file_(file) {}

    /// The next bytes, at most 64 KiB; empty at the end. Refused if the part is broken, or is larger than
    /// `limit` bytes, whatever the archive says of its size.
    Outcome<std::string_view> next(std::uint64_t limit);

  private:
    struct Close {
        void operator()(zip_file* file) const noexcept;
    };

    std::unique_ptr<zip_file, Close> file_;
    std::vector<char> buffer_ = std::vector<char>(std::size_t{64} << 10);
    std::uint64_t read_ = 0;
};

/// A ZIP archive in memory (libzip).
class ZipArchive {
  public:
    /// Refused with problem::malformed if this is none, is encrypted, or has more than 2,000 parts.
    static Outcome<ZipArchive> open(std::string bytes);

    [[nodiscard]] bool has(std::string const& name) const;
    /// Refused with problem::malformed if there is no such part.
    Outcome<ZipPart> part(std::string const& name);

  private:
    struct Close {
        void operator()(zip* archive) const noexcept;
    };

    ZipArchive(std::unique_ptr<std::string> bytes, zip* archive)
        : bytes_(std::move(bytes)), archive_(archive) {}

    std::unique_ptr<std::string> bytes_;  ///< the archive reads them where they are
    std::unique_ptr<zip, Close> archive_;
};

/// An archive of these parts, each (name, content).
std::string zip_of(std::vector<std::pair<std::string, std::string>> const& parts);

}  // namespace sponsio::sheet

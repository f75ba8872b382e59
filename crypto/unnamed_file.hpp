#pragma once

#include "text/bytes.hpp"
#include "text/result.hpp"

#include <cstdint>
#include <filesystem>
#include <utility>

namespace sponsio::crypto {

/// A temporary file without a name: nothing is left of it when its holder is gone, however the program ends.
/// Its bytes lie on disk as they are given, so what is private comes sealed. Blocks shortly on the disk.
class UnnamedFile {
  public:
    /// Error: file_error::io, with the folder in Error::where.
    static Result<UnnamedFile> in(std::filesystem::path const& folder);

    UnnamedFile(UnnamedFile&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

    UnnamedFile& operator=(UnnamedFile&&) = delete;
    ~UnnamedFile();

    /// Error: file_error::io, for instance when the disk is full.
    Result<void> append(ByteView bytes);
    /// Exactly `size` bytes from `at`.
    [[nodiscard]] Result<Bytes> read(std::uint64_t at, std::size_t size) const;

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  private:
    explicit UnnamedFile(int descriptor) noexcept : descriptor_(descriptor) {}

    int descriptor_;
    std::uint64_t size_ = 0;
};

}  // namespace sponsio::crypto

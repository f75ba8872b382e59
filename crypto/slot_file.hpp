#pragma once

#include "crypto/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto {

/// A short text that is replaced often and must survive anything: a file of two slots that take turns, so
/// that a torn write leaves the text before. One sync for each replacement. For one thread. Errors have the
/// words of store_error.
class SlotFile {
  public:
    explicit SlotFile(std::filesystem::path file);
    ~SlotFile();
    SlotFile(SlotFile const&) = delete;
    SlotFile& operator=(SlotFile const&) = delete;

    /// The whole slots, newest first: none if nothing was ever written. A file with no whole slot is an
    /// error.
    [[nodiscard]] Result<std::vector<std::string>> read() const;

    /// Durable when it returns. Makes the file, and its directory, at first. After an error the text before
    /// is still there, and the next call writes all anew.
    Result<void> write(std::string_view text);

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

    static constexpr std::size_t slot_size = 4096;            ///< bytes
    static constexpr std::size_t max_text = slot_size - 128;  ///< bytes; longer is a Failure

  private:
    Result<void> open();
    void close() noexcept;
    Error failed(char const* doing);

    std::filesystem::path path_;
    int descriptor_ = -1;
    bool whole_ = false;  ///< the file has its full length
    std::uint64_t sequence_ = 0;
};

}  // namespace sponsio::crypto

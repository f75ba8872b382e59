#pragma once

#include "text/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto {

/// The word of SlotFile::write(), besides those of file_error, in Error::code.
namespace slot_error {
inline constexpr std::string_view changed = "slot_changed";  ///< somebody else wrote there meanwhile
}  // namespace slot_error

/// A short text that is replaced often and must survive anything: a file of two slots that take turns, so
/// that a torn write leaves the text before. One sync for each replacement. Each slot names the file that it
/// was written to, by inode number and time of birth (statx(2)), so that a copy is told from its original.
/// Several processes may write to one file: each write replaces what its writer has seen there, or nothing.
/// For one thread. Errors have the words of file_error.
class SlotFile {
  public:
    explicit SlotFile(std::filesystem::path file);
    ~SlotFile();
    SlotFile(SlotFile const&) = delete;
    SlotFile& operator=(SlotFile const&) = delete;

    struct Contents {
        std::vector<std::string>
            texts{};  ///< of the whole slots, newest first: none if none was ever written
        /// The newest was written to another file: what is here was copied, or put back from a backup, and
        /// the other may have gone on. Never set where the file was written by a version that did not say.
        bool copied = false;
    };

    /// A file with no whole slot is an error.
    [[nodiscard]] Result<Contents> read();

    /// Durable when it returns. Makes the file, and its directory, at first. Refuses (slot_error::changed) if
    /// the file does not say any more what it said at the last read() or write() of this object; before
    /// those, and when the file has gone, it takes what is there. After another error the text before is
    /// still there.
    Result<void> write(std::string_view text);

    /// The next write() puts a new file in the place of this one. From then on whatever was copied before
    /// does not fit, even if it is copied back over the file's own bytes.
    void renew() noexcept { renew_ = true; }

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

    static constexpr std::size_t slot_size = 4096;            ///< bytes
    static constexpr std::size_t max_text = slot_size - 192;  ///< bytes; longer is a Failure

  private:
    struct Slot {
        std::uint64_t sequence = 0;
        std::string file{};  ///< that it was written to; empty: not said
        std::string text{};

        bool operator==(Slot const&) const = default;
    };
    struct Image;

    static Image image_of(int descriptor);
    static std::string bytes_of(Slot const& slot);
    static std::optional<Slot> slot_of(std::string_view bytes);
    Result<void> open();
    Result<void> lock();
    bool take_new_file();
    Result<void> name_new_file();
    [[nodiscard]] std::filesystem::path new_path() const;
    void close() noexcept;
    Error failed(char const* doing);

    std::filesystem::path path_;
    int descriptor_ = -1;
    int old_descriptor_ = -1;  ///< of the file that is about to be replaced; its lock is held till then
    bool renew_ = false;
    /// What may be the newest slot: of a write that failed, the one before or that one. Nothing: not known.
    std::optional<std::vector<std::optional<Slot>>> seen_;
};

}  // namespace sponsio::crypto

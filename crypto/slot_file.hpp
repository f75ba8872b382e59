#pragma once

#include "crypto/durable_file.hpp"
#include "text/result.hpp"

#include <chrono>
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

/// A short text that is replaced often and survives a crash at any point: a file of two slots written in
/// turn, so that a torn write leaves the previous text. One sync for each replacement. Each slot names the
/// file that it was written to, by inode number and time of birth (statx(2)), so that a copy can be told from
/// the original. Several processes may write to one file: a write succeeds only over the text that its writer
/// has seen. One that is suspended in the middle of its write does not hold up the others for longer than
/// SlotFile::patience. For one thread. Errors have the words of file_error.
class SlotFile {
  public:
    explicit SlotFile(std::filesystem::path file);
    ~SlotFile();
    SlotFile(SlotFile const&) = delete;
    SlotFile& operator=(SlotFile const&) = delete;

    struct Contents {
        std::vector<std::string>
            texts{};  ///< of the whole slots, newest first: none if none was ever written
        /// True when the newest slot was written to another file: this one is a copy, or was put back from a
        /// backup, and the other may have gone on. Never set for a file of a
        /// version that did not record this.
        bool copied = false;
    };

    /// An error when the file has no whole slot.
    [[nodiscard]] Result<Contents> read();

    /// Durable when it returns. Makes the file, and its directory, if they are missing. Refuses with
    /// slot_error::changed if the file no longer has the text of this object's last read() or write(); before
    /// the first of those, and when the file is gone, whatever is there is replaced. After any other error
    /// the previous text is still there.
    Result<void> write(std::string_view text);

    /// Makes the next write() put a new file in the place of this one. Copies made before then no longer
    /// match, even if they are copied back over the file's own bytes.
    void renew() noexcept { renew_ = true; }

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

    /// The wait for another writer; it is then taken to be suspended, and overtaken.
    static constexpr std::chrono::milliseconds patience{1500};
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
    void unlock() noexcept;
    Result<void> write_locked(std::string_view text);
    bool take_new_file();
    Result<void> still_there(int descriptor);
    Result<void> name_new_file(std::optional<Slot> const& replaced);
    [[nodiscard]] std::filesystem::path beside(std::string_view suffix) const;
    [[nodiscard]] std::filesystem::path new_path() const;
    void close() noexcept;
    Error failed(char const* doing);
    Error changed(char const* message);

    std::filesystem::path path_;
    int descriptor_ = -1;
    int old_descriptor_ = -1;  ///< of the file that is about to be replaced; its lock is held till then
    bool renew_ = false;
    std::optional<FileLock> overtaking_{};  ///< while another's lock is passed over
    /// The slots that may be the newest: after a failed write, the one before or the one
    /// written. Nothing: not known.
    std::optional<std::vector<std::optional<Slot>>> seen_;
};

}  // namespace sponsio::crypto

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sponsio::http {

/// The disk space that all backlogs of a server share.
struct BacklogRoom {
    std::filesystem::path folder{};      ///< where their files are made; they never have a name for long
    std::size_t of_one = 0, of_all = 0;  ///< bytes at most
    std::atomic<std::size_t> taken{0};
};

/// Bytes that the peer has not taken yet, first in, first out. Some tens of KiB are kept in memory; the rest
/// lies in a temporary file without a name, enciphered with AES-256-GCM under a key that only this object
/// has: answers name people, and personal data is never on disk in clear. Blocks shortly on
/// that file. Used by one thread.
class Backlog {
  public:
    explicit Backlog(BacklogRoom& room) : room_(room) {}

    ~Backlog();
    Backlog(Backlog const&) = delete;
    Backlog& operator=(Backlog const&) = delete;

    /// Returns false, and takes nothing, when there is no room.
    [[nodiscard]] bool put(std::string_view bytes);

    /// The next bytes, as many as are in memory; empty at the end, and when the file cannot be read back.
    [[nodiscard]] std::string_view front();

    void pop(std::size_t bytes) noexcept { head_at_ += bytes; }

    [[nodiscard]] bool empty() const noexcept {
        return head_at_ == head_.size() && blocks_read_ == blocks_written_ && tail_.empty();
    }

    /// Whether bytes were lost; the rest must not be sent then.
    [[nodiscard]] bool damaged() const noexcept { return damaged_; }

  private:
    static constexpr std::size_t block = 65536, tag = 16;

    bool open_file();
    bool write_block();
    bool read_block();
    [[nodiscard]] std::array<std::uint8_t, 12> nonce_of(std::uint64_t number) const noexcept;

    BacklogRoom& room_;
    // Sent in the order head, blocks of the file, tail.
    std::string head_, tail_;
    std::size_t head_at_ = 0;
    int file_ = -1;
    std::array<std::uint8_t, 32> key_{};
    std::uint64_t blocks_written_ = 0, blocks_read_ = 0;
    std::uint64_t first_block_ = 0;  ///< the block at the beginning of the file
    std::size_t charged_ = 0;        ///< of the room
    bool full_ = false, damaged_ = false;
};

}  // namespace sponsio::http

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sponsio::http {

/// The disk that all backlogs of a server share.
struct BacklogRoom {
    std::filesystem::path folder{};      ///< where their files are made; they never have a name for long
    std::size_t of_one = 0, of_all = 0;  ///< bytes at most
    std::atomic<std::size_t> taken{0};
};

/// Bytes that a peer has not taken yet, first in, first out. Some tens of KiB are kept in memory; what is
/// more lies in a temporary file that has no name, enciphered under a key that only this object knows
/// (AES-256-GCM): answers name people, and nothing personal lies in clear. Blocks shortly on that file. Used
/// by one thread.
class Backlog {
  public:
    explicit Backlog(BacklogRoom& room) : room_(room) {}

    ~Backlog();
    Backlog(Backlog const&) = delete;
    Backlog& operator=(Backlog const&) = delete;

    /// False: there is no room, and nothing of it was taken.
    [[nodiscard]] bool put(std::string_view bytes);

    /// What comes next, as much as is at hand; empty at the end, and when the file cannot be read back.
    [[nodiscard]] std::string_view front();

    void pop(std::size_t bytes) noexcept { head_at_ += bytes; }

    [[nodiscard]] bool empty() const noexcept {
        return head_at_ == head_.size() && blocks_read_ == blocks_written_ && tail_.empty();
    }

    /// Something of it was lost: what is left must not be sent.
    [[nodiscard]] bool damaged() const noexcept { return damaged_; }

  private:
    static constexpr std::size_t block = 65536, tag = 16;

    bool open_file();
    bool write_block();
    bool read_block();
    [[nodiscard]] std::array<std::uint8_t, 12> nonce_of(std::uint64_t number) const noexcept;

    BacklogRoom& room_;
    // In the order of sending: head, blocks of the file, tail.
    std::string head_, tail_;
    std::size_t head_at_ = 0;
    int file_ = -1;
    std::array<std::uint8_t, 32> key_{};
    std::uint64_t blocks_written_ = 0, blocks_read_ = 0;
    std::uint64_t first_block_ = 0;  ///< that lies at the beginning of the file
    std::size_t charged_ = 0;        ///< of the room
    bool full_ = false, damaged_ = false;
};

}  // namespace sponsio::http

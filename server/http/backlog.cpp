#include "server/http/backlog.hpp"

#include "server/base/log.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sponsio::http {
namespace {

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void report(char const* what) {
    log::error("http.backlog_failed", {{log::Key::step, std::string_view(what)},
                                       {log::Key::cause, std::generic_category().message(errno)}});
}

bool write_at(int file, std::string_view bytes, std::size_t at) {
    while (!bytes.empty()) {
        ssize_t const n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
        at += static_cast<std::size_t>(n);
    }
    return true;
}

bool read_at(int file, std::string& into, std::size_t at) {
    for (std::size_t got = 0; got != into.size();) {
        ssize_t const n = ::pread(file, into.data() + got, into.size() - got, static_cast<off_t>(at + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace

Backlog::~Backlog() {
    room_.taken -= charged_;
    if (file_ >= 0) ::close(file_);
}

std::array<std::uint8_t, 12> Backlog::nonce_of(std::uint64_t number) const noexcept {
    std::array<std::uint8_t, 12> nonce{};  // a number is used once, and the key for this backlog only
    std::memcpy(nonce.data(), &number, sizeof number);
    return nonce;
}

bool Backlog::open_file() {
    if (file_ >= 0) return true;
    std::string name = (room_.folder / "sponsio-backlog-XXXXXX").string();
    if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) return false;
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ >= 0 && ::unlink(name.c_str()) == 0) return true;
    report("open");
    return false;
}

/// Moves the first block of the tail to the file.
bool Backlog::write_block() {
    std::size_t const place = (blocks_written_ - first_block_) * (block + tag);
    std::size_t const charge = place + block + tag > charged_ ? block + tag : 0;
    if (charged_ + charge > room_.of_one || !open_file()) return false;
    if (room_.taken.fetch_add(charge) + charge > room_.of_all) {
        room_.taken -= charge;
        return false;
    }
    charged_ += charge;
    auto const nonce = nonce_of(blocks_written_);
    std::string sealed(block + tag, '\0');
    Cipher const cipher(EVP_CIPHER_CTX_new());
    int n = 0;
    bool const ok =
        cipher &&
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data()) == 1 &&
        EVP_EncryptUpdate(cipher.get(), bytes_of(sealed), &n, bytes_of(tail_), int{block}) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed) + block, &n) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, int{tag}, bytes_of(sealed) + block) == 1;
    if (!ok || !write_at(file_, sealed, place)) {
        report("write");
        return false;
    }
    tail_.erase(0, block);
    ++blocks_written_;
    return true;
}

bool Backlog::read_block() {
    std::string sealed(block + tag, '\0');
    if (!read_at(file_, sealed, (blocks_read_ - first_block_) * (block + tag))) return false;
    auto const nonce = nonce_of(blocks_read_);
    head_.resize(block);
    Cipher const cipher(EVP_CIPHER_CTX_new());
    int n = 0;
    bool const ok =
        cipher &&
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data()) == 1 &&
        EVP_DecryptUpdate(cipher.get(), bytes_of(head_), &n, bytes_of(sealed), int{block}) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, int{tag}, bytes_of(sealed) + block) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), bytes_of(head_) + n, &n) == 1;
    if (!ok) return false;
    head_at_ = 0;
    ++blocks_read_;
    if (blocks_read_ == blocks_written_)
        first_block_ = blocks_written_;  // the file is used from its beginning again
    return true;
}

bool Backlog::put(std::string_view bytes) {
    if (full_ || damaged_) return false;
    tail_.append(bytes);
    // Without room the tail keeps its bytes, at most one piece more than a block; the next piece is refused.
    while (tail_.size() >= 2 * block && !full_) full_ = !write_block();
    return true;
}

std::string_view Backlog::front() {
    if (head_at_ == head_.size() && !damaged_) {
        head_.clear();
        head_at_ = 0;
        if (blocks_read_ != blocks_written_) {
            damaged_ = !read_block();
            if (damaged_) {
                report("read");
                head_.clear();
            }
        } else {
            head_.swap(tail_);
        }
        full_ = full_ && blocks_read_ != blocks_written_;
    }
    return std::string_view(head_).substr(head_at_);
}

}  // namespace sponsio::http

#include "crypto/secret.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <new>
#include <utility>

namespace sponsio::crypto {
namespace {

/// OpenSSL keeps the private parts of its own keys there too, those of each handshake included.
constexpr std::size_t room = std::size_t{4} << 20, smallest_block = 32;

bool locked = false;  // written once, before there are threads

std::uint8_t* allocate(std::size_t size) {
    void* bytes = OPENSSL_secure_malloc(size);
    if (!bytes) bytes = OPENSSL_malloc(size);
    if (!bytes) throw std::bad_alloc();
    return static_cast<std::uint8_t*>(bytes);
}

}  // namespace

bool equal_constant_time(ByteView a, ByteView b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void lock_secrets() {
    locked = CRYPTO_secure_malloc_init(room, smallest_block) == 1;
}

bool secrets_are_locked() noexcept {
    return locked;
}

Secret::Secret(Bytes bytes) : Secret(ByteView(bytes)) {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

Secret::Secret(ByteView bytes) : size_(bytes.size()) {
    if (bytes.empty()) return;
    bytes_ = allocate(size_);
    std::memcpy(bytes_, bytes.data(), size_);
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

Secret::~Secret() {
    OPENSSL_secure_clear_free(bytes_, size_);
}

bool Secret::is_set_apart() const noexcept {
    return CRYPTO_secure_allocated(bytes_) == 1;
}

}  // namespace sponsio::crypto

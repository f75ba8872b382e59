#include "crypto/random.hpp"

#include "crypto/ossl.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <atomic>
#include <pthread.h>

namespace sponsio::crypto {
namespace {

/// The number of forks; a child does not use a buffer filled before the last one.
std::atomic<unsigned> generation{0};

[[maybe_unused]] int const fork_handler = pthread_atfork(nullptr, nullptr, [] { ++generation; });

struct Buffer {
    std::array<std::uint8_t, 1024> bytes{};
    std::size_t left = 0;
    unsigned filled_in = 0;

    ~Buffer() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

void generate(std::span<std::uint8_t> out) {
    ossl::check(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1, "random bytes");
}

}  // namespace

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    thread_local Buffer buffer;
    if (out.empty()) return;
    if (out.size() > buffer.bytes.size() / 4) {
        for (std::size_t done = 0; done < out.size(); done += 1 << 20)
            generate(out.subspan(done, std::min<std::size_t>(out.size() - done, 1 << 20)));
        return;
    }
    if (buffer.left < out.size() || buffer.filled_in != generation) {
        buffer.left = 0;
        generate(buffer.bytes);
        buffer.left = buffer.bytes.size();
        buffer.filled_in = generation;
    }
    // Bytes are taken from the end and wiped, so that memory never shows bytes already handed out.
    buffer.left -= out.size();
    std::span const taken(buffer.bytes.data() + buffer.left, out.size());
    std::copy(taken.begin(), taken.end(), out.begin());
    OPENSSL_cleanse(taken.data(), taken.size());
}

Entropy& system_entropy() {
    static SystemEntropy entropy;
    return entropy;
}

}  // namespace sponsio::crypto

#include "crypto/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sponsio::crypto {
namespace {

TEST(SystemEntropy, NeverRepeats) {
    std::set<std::array<std::uint8_t, 16>> seen;
    for (int i = 0; i != 2000; ++i) EXPECT_TRUE(seen.insert(system_entropy().array<16>()).second);
}

TEST(SystemEntropy, FillsEverySize) {
    for (std::size_t const size : {0U, 1U, 255U, 256U, 257U, 1024U, 5000U}) {
        Bytes bytes(size);
        std::set<std::uint8_t> values;
        for (int i = 0; i != 20; ++i) {
            system_entropy().fill(bytes);
            if (size != 0) values.insert(bytes.back());
        }
        EXPECT_EQ(values.size() > 1, size != 0) << size;
    }
    Bytes big((std::size_t{2} << 20) + 3);
    system_entropy().fill(big);
    EXPECT_NE(std::count(big.end() - 64, big.end(), 0), 64);
}

TEST(SystemEntropy, ThreadsDrawDifferentBytes) {
    std::array<std::array<std::uint8_t, 32>, 4> drawn;
    std::vector<std::thread> threads;
    for (auto& d : drawn) threads.emplace_back([&d] { d = system_entropy().array<32>(); });
    for (auto& t : threads) t.join();
    EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), drawn.size());
}

TEST(SystemEntropy, ParentAndChildDrawDifferentBytes) {
    (void)system_entropy().array<16>();  // so that there is a buffer that both would inherit
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ::pid_t const child = ::fork();
    if (child == 0) {
        auto const bytes = system_entropy().array<16>();
        ::_exit(::write(ends[1], bytes.data(), bytes.size()) == 16 ? 0 : 1);
    }
    auto const ours = system_entropy().array<16>();
    std::array<std::uint8_t, 16> theirs{};
    ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 16);
    int status = 1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_NE(ours, theirs);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace sponsio::crypto

#include "server/client/public_address.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <netinet/in.h>

namespace sponsio::client {
namespace {

struct Network4 {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) {
    return a << 24 | b << 16 | c << 8;
}

/// RFC 6890 table 1 to 16, RFC 6598, RFC 5771, RFC 1112.
constexpr Network4 closed4[] = {
    {ip(0, 0), 8},         {ip(10, 0), 8},     {ip(100, 64), 10},   {ip(127, 0), 8},
    {ip(169, 254), 16},    {ip(172, 16), 12},  {ip(192, 0, 0), 24}, {ip(192, 0, 2), 24},
    {ip(192, 88, 99), 24}, {ip(192, 168), 16}, {ip(198, 18), 15},   {ip(198, 51, 100), 24},
    {ip(203, 0, 113), 24}, {ip(224, 0), 3},
};

bool is_public4(std::uint32_t address) noexcept {
    return std::ranges::none_of(
        closed4, [&](Network4 const& one) { return (address ^ one.first) >> (32 - one.bits) == 0; });
}

using Bytes6 = std::array<std::uint8_t, 16>;

/// Global unicast (2000::/3), without Teredo and benchmarks (2001::/23), documentation (2001:db8::/32,
/// 3fff::/20) and 6to4 (2002::/16), through which a private IPv4 address could be meant.
bool is_public6(Bytes6 const& a) noexcept {
    if ((a[0] & 0xe0) != 0x20) return false;
    if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0) return false;
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return false;
    if (a[0] == 0x20 && a[1] == 0x02) return false;
    return !(a[0] == 0x3f && a[1] == 0xff && (a[2] & 0xf0) == 0);
}

}  // namespace

bool is_public(sockaddr const& address) noexcept {
    // Copied out, since the address need not lie as its own type demands.
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        auto const bytes = std::bit_cast<std::array<std::uint8_t, 4>>(in.sin_addr.s_addr);
        return is_public4(ip(bytes[0], bytes[1], bytes[2]) | bytes[3]);
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    Bytes6 bytes{};
    std::ranges::copy(in.sin6_addr.s6_addr, bytes.begin());
    return is_public6(bytes);
}

}  // namespace sponsio::client

#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// PostgreSQL's binary forms (the `*send`/`*recv` functions of its types): big-endian, exact, no escaping.
namespace sponsio::db {

using TypeId = std::uint32_t;  ///< libpq's Oid

/// Text that PostgreSQL keeps as jsonb.
struct Jsonb {
    std::string text;
};

namespace wire {

template <class Int>
void put_int(std::string& out, Int value) {
    auto rest = static_cast<std::make_unsigned_t<Int>>(value);
    char bytes[sizeof(Int)];
    for (std::size_t i = sizeof(Int); i-- != 0;) {
        bytes[i] = static_cast<char>(rest & 0xff);
        if constexpr (sizeof(Int) > 1) rest >>= 8;
    }
    out.append(bytes, sizeof(Int));
}

template <class Int>
Int take_int(std::string_view raw) {
    if (raw.size() != sizeof(Int)) throw std::logic_error("a number has another width in the database");
    std::make_unsigned_t<Int> value = 0;
    for (char c : raw)
        value = static_cast<std::make_unsigned_t<Int>>((value << 8) | static_cast<unsigned char>(c));
    return static_cast<Int>(value);
}

inline constexpr Instant epoch{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};

template <class Byte>
void put_bytes(std::string& out, std::span<Byte const> bytes) {
    if (!bytes.empty()) out.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
}

}  // namespace wire

/// The binary form of one C++ type: `id`, `array_id`, put(), and take() for types that are read.
template <class T>
struct Wire;

template <class Int, TypeId Self, TypeId Array>
struct IntWire {
    static constexpr TypeId id = Self, array_id = Array;

    static void put(std::string& out, Int value) { wire::put_int(out, value); }

    static Int take(std::string_view raw) { return wire::take_int<Int>(raw); }
};

template <>
struct Wire<std::int16_t> : IntWire<std::int16_t, 21, 1005> {};

template <>
struct Wire<std::int32_t> : IntWire<std::int32_t, 23, 1007> {};

template <>
struct Wire<std::int64_t> : IntWire<std::int64_t, 20, 1016> {};

template <>
struct Wire<bool> {
    static constexpr TypeId id = 16, array_id = 1000;

    static void put(std::string& out, bool value) { out += value ? '\1' : '\0'; }

    static bool take(std::string_view raw) { return raw == std::string_view("\1", 1); }
};

template <>
struct Wire<double> {
    static constexpr TypeId id = 701, array_id = 1022;

    static void put(std::string& out, double value) {
        wire::put_int(out, std::bit_cast<std::int64_t>(value));
    }

    static double take(std::string_view raw) {
        return std::bit_cast<double>(wire::take_int<std::int64_t>(raw));
    }
};

/// A string_view borrows from the Rows that it was read from.
template <>
struct Wire<std::string_view> {
    static constexpr TypeId id = 25, array_id = 1009;

    static void put(std::string& out, std::string_view value) { out += value; }

    static std::string_view take(std::string_view raw) { return raw; }
};

template <>
struct Wire<std::string> : Wire<std::string_view> {
    static std::string take(std::string_view raw) { return std::string(raw); }
};

template <>
struct Wire<char const*> : Wire<std::string_view> {};

template <std::size_t N>
struct Wire<char[N]> : Wire<std::string_view> {};

template <>
struct Wire<Uuid> {
    static constexpr TypeId id = 2950, array_id = 2951;

    static void put(std::string& out, Uuid const& value) { wire::put_bytes<std::uint8_t>(out, value.bytes); }

    static Uuid take(std::string_view raw) {
        Uuid uuid;
        if (raw.size() != uuid.bytes.size()) throw std::logic_error("a uuid has 16 bytes");
        for (std::size_t i = 0; i != raw.size(); ++i) uuid.bytes[i] = static_cast<std::uint8_t>(raw[i]);
        return uuid;
    }
};

template <class Tag>
struct Wire<Id<Tag>> {
    static constexpr TypeId id = Wire<Uuid>::id, array_id = Wire<Uuid>::array_id;

    static void put(std::string& out, Id<Tag> const& value) { Wire<Uuid>::put(out, value.raw()); }

    static Id<Tag> take(std::string_view raw) { return Id<Tag>{Wire<Uuid>::take(raw)}; }
};

template <>
struct Wire<Instant> {
    static constexpr TypeId id = 1184, array_id = 1185;

    static void put(std::string& out, Instant value) {
        wire::put_int<std::int64_t>(out, (value - wire::epoch).count());
    }

    static Instant take(std::string_view raw) {
        return wire::epoch + std::chrono::microseconds{wire::take_int<std::int64_t>(raw)};
    }
};

template <>
struct Wire<Date> {
    static constexpr TypeId id = 1082, array_id = 1182;

    static void put(std::string& out, Date value) {
        auto const days = std::chrono::sys_days{value} - std::chrono::floor<std::chrono::days>(wire::epoch);
        wire::put_int(out, static_cast<std::int32_t>(days.count()));
    }

    static Date take(std::string_view raw) {
        return Date{std::chrono::floor<std::chrono::days>(wire::epoch) +
                    std::chrono::days{wire::take_int<std::int32_t>(raw)}};
    }
};

template <>
struct Wire<Jsonb> {
    static constexpr TypeId id = 3802, array_id = 3807;

    static void put(std::string& out, Jsonb const& value) {
        out += '\1';  // the only version of the form there is
        out += value.text;
    }

    static Jsonb take(std::string_view raw) {
        if (raw.empty() || raw[0] != '\1') throw std::logic_error("an unknown version of jsonb");
        return Jsonb{std::string(raw.substr(1))};
    }
};

/// bytea, as any container of bytes.
template <class Byte>
concept ByteLike = std::same_as<Byte, std::byte> || std::same_as<Byte, std::uint8_t>;

template <ByteLike Byte>
struct Wire<std::span<Byte const>> {
    static constexpr TypeId id = 17, array_id = 1001;

    static void put(std::string& out, std::span<Byte const> value) { wire::put_bytes<Byte>(out, value); }

    /// The span borrows from the Rows that it was read from.
    static std::span<Byte const> take(std::string_view raw) {
        return {reinterpret_cast<Byte const*>(raw.data()), raw.size()};
    }
};

template <ByteLike Byte>
struct Wire<std::vector<Byte>> : Wire<std::span<Byte const>> {
    static std::vector<Byte> take(std::string_view raw) {
        auto const bytes = Wire<std::span<Byte const>>::take(raw);
        return {bytes.begin(), bytes.end()};
    }
};

template <ByteLike Byte, std::size_t N>
struct Wire<std::array<Byte, N>> : Wire<std::span<Byte const>> {
    static std::array<Byte, N> take(std::string_view raw) {
        if (raw.size() != N) throw std::logic_error("a bytea has another length in the database");
        std::array<Byte, N> out;
        for (std::size_t i = 0; i != N; ++i) out[i] = static_cast<Byte>(raw[i]);
        return out;
    }
};

/// Bytes held as characters, for code whose buffers are strings.
struct ByteString {
    std::string bytes;
};

template <>
struct Wire<ByteString> {
    static constexpr TypeId id = 17, array_id = 1001;

    static void put(std::string& out, ByteString const& value) { out += value.bytes; }

    static ByteString take(std::string_view raw) { return {std::string(raw)}; }
};

}  // namespace sponsio::db

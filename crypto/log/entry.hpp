#pragma once

#include "crypto/digest.hpp"
#include "text/result.hpp"

#include <string>
#include <string_view>

namespace sponsio::crypto {

/// The values of LogEntry::kind.
namespace log_kind {
inline constexpr std::string_view commitment = "commitment";
inline constexpr std::string_view record = "record";
inline constexpr std::string_view status = "status";
inline constexpr std::string_view draw = "draw";
inline constexpr std::string_view rules = "rules";
inline constexpr std::string_view key = "key";
inline constexpr std::string_view shard = "shard";      ///< a shard of the log goes on after an end or a move
inline constexpr std::string_view audit = "audit";      ///< the head of the chained history
inline constexpr std::string_view erasure = "erasure";  ///< what was known of a person in a case was erased
inline constexpr std::string_view assessment = "assessment";  ///< the figures of a quarter
}  // namespace log_kind

/// The code of LogEntry's errors, in Error::code.
inline constexpr std::string_view malformed_log_entry = "malformed_log_entry";

/// RFC 3339 §5.6 with "T" and "Z" in upper case, no leap second, and at most nine decimals.
bool is_utc_time(std::string_view text);

/// The public part of one entry: its kind, its time and the SHA-256 of its salted content object, which is
/// not in the log.
struct LogEntry {
    std::string kind;  ///< lower-case words with hyphens between them, at most 32 bytes
    std::string time;  ///< RFC 3339 in UTC: "2026-02-03T04:05:06.789Z", fraction optional
    Digest digest{};

    /// The bytes of the leaf: {"digest":"<hex>","kind":"..","time":".."} in canonical form (RFC 8785). Throws
    /// Failure for a kind or time of another form.
    [[nodiscard]] std::string text() const;
    /// Accepts exactly the bytes that text() writes. A kind that is not in log_kind is accepted, so that old
    /// readers can read new kinds.
    static Result<LogEntry> parse(ByteView entry);

    bool operator==(LogEntry const&) const = default;
};

}  // namespace sponsio::crypto

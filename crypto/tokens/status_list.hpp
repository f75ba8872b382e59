#pragma once

#include "crypto/tokens/jws.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Token Status List (draft-ietf-oauth-status-list-21) in its JWT form: one small number for each signed
/// token, in one list that is signed as a whole and published where the tokens point to.
namespace sponsio::crypto {

/// The words of status list errors, in Error::code; those of jws_error and json_error may come too.
namespace status_error {
inline constexpr std::string_view bad_claim = "bad_claim";  ///< a member is missing or has a wrong form
inline constexpr std::string_view bad_compression =
    "bad_compression";  ///< not one whole zlib stream and nothing else
inline constexpr std::string_view too_large = "status_list_too_large";  ///< unpacks to more than allowed
inline constexpr std::string_view wrong_list = "wrong_status_list";     ///< it is of another address
inline constexpr std::string_view not_yet_valid = "not_yet_valid";
inline constexpr std::string_view expired = "expired";
}  // namespace status_error

inline constexpr std::string_view status_list_type = "statuslist+jwt";  ///< draft §5.1

/// The registered values (draft §7.1 and §14.5).
namespace status_value {
inline constexpr std::uint8_t valid = 0x00;
inline constexpr std::uint8_t invalid = 0x01;    ///< revoked, annulled, taken back
inline constexpr std::uint8_t suspended = 0x02;  ///< for the time being not valid
/// What these five say is up to who issues the list.
inline constexpr std::uint8_t application_specific_03 = 0x03;
inline constexpr std::uint8_t application_specific_0c = 0x0C;
inline constexpr std::uint8_t application_specific_0d = 0x0D;
inline constexpr std::uint8_t application_specific_0e = 0x0E;
inline constexpr std::uint8_t application_specific_0f = 0x0F;
}  // namespace status_value

/// Statuses of 1, 2, 4 or 8 bits, packed into bytes from the least significant bit on (draft §4.1).
class StatusList {
  public:
    /// All valid. Entries are rounded up to a whole byte, since the packed form has no other length. Throws
    /// Failure for another number of bits.
    StatusList(std::size_t entries, unsigned bits);
    /// Throws Failure for another number of bits.
    static StatusList from_packed(Bytes packed, unsigned bits);
    /// Strict: one whole stream with a right checksum, of at most `max_bytes` unpacked.
    static Result<StatusList> from_compressed(ByteView zlib, unsigned bits, std::size_t max_bytes);

    [[nodiscard]] std::size_t size() const noexcept { return packed_.size() * 8 / bits_; }

    [[nodiscard]] unsigned bits() const noexcept { return bits_; }

    /// Throw Failure beyond size(), and for a status that does not fit the bits.
    [[nodiscard]] std::uint8_t get(std::size_t index) const;
    void set(std::size_t index, std::uint8_t status);
    /// Nothing beyond size(): for an index that somebody else gave.
    [[nodiscard]] std::optional<std::uint8_t> find(std::uint64_t index) const;

    [[nodiscard]] Bytes const& packed() const noexcept { return packed_; }

    /// DEFLATE at the highest level in a zlib stream (RFC 1951, RFC 1950).
    [[nodiscard]] Bytes compressed() const;

    friend bool operator==(StatusList const&, StatusList const&) = default;

  private:
    StatusList(Bytes packed, unsigned bits);

    Bytes packed_;
    unsigned bits_;
};

/// What a list says of itself beside the statuses.
struct StatusListClaims {
    std::string uri;  ///< `sub`: where the list is published
    std::chrono::sys_seconds issued;
    std::optional<std::chrono::sys_seconds> expires{};
    std::optional<std::chrono::seconds> ttl{};  ///< how long a copy may be kept; at least 1 s
};

/// The claims in canonical JSON: what is signed. Throws Failure for a ttl below 1 s.
std::string status_list_payload(StatusList const& list, StatusListClaims const& claims);
/// That, signed.
std::string status_list_token(StatusList const& list, StatusListClaims const& claims, Signer const& signer);

struct StatusListPolicy {
    std::string uri;  ///< the list the token must be: StatusReference::uri
    /// When given, exp and iat must allow this moment.
    std::optional<std::chrono::sys_seconds> now{};
    std::chrono::seconds leeway{60};
    std::size_t max_token_bytes = std::size_t{16} << 20;
    std::size_t max_list_bytes = std::size_t{16} << 20;  ///< unpacked
};

struct VerifiedStatusList {
    StatusListClaims claims;
    StatusList list;
};

/// Draft §8.3, from the signature to the unpacked list.
Result<VerifiedStatusList> verify_status_list(std::string_view token, KeyResolver const& keys,
                                              StatusListPolicy const& policy);

/// Where the status of a token stands (draft §6.2).
struct StatusReference {
    std::uint64_t index = 0;  ///< up to max_safe_integer
    std::string uri;

    /// The `status` claim: {"status_list":{"idx":...,"uri":...}}.
    [[nodiscard]] json::Object to_json() const;
    /// Of a `status` claim; other ways to state a status may stand beside `status_list`.
    static Result<StatusReference> parse(json::Value const& status);

    friend bool operator==(StatusReference const&, StatusReference const&) = default;
};

}  // namespace sponsio::crypto

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

/// The codes of status list errors, in Error::code; those of jws_error and json::error may come too.
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
/// The issuer of the list defines the meaning of these five.
inline constexpr std::uint8_t application_specific_03 = 0x03;
inline constexpr std::uint8_t application_specific_0c = 0x0C;
inline constexpr std::uint8_t application_specific_0d = 0x0D;
inline constexpr std::uint8_t application_specific_0e = 0x0E;
inline constexpr std::uint8_t application_specific_0f = 0x0F;
}  // namespace status_value

/// Statuses of 1, 2, 4 or 8 bits, packed into bytes from the least significant bit on (draft §4.1).
class StatusList {
  public:
    /// All entries are valid. Their number is rounded up to a whole byte, since the packed form has no other
    /// length. Throws Failure unless `bits` is 1, 2, 4 or 8.
    StatusList(std::size_t entries, unsigned bits);
    /// Throws Failure unless `bits` is 1, 2, 4 or 8.
    static StatusList from_packed(Bytes packed, unsigned bits);
    /// Accepts exactly one whole stream with a right checksum, of at most `max_bytes` unpacked.
    static Result<StatusList> from_compressed(ByteView zlib, unsigned bits, std::size_t max_bytes);

    [[nodiscard]] std::size_t size() const noexcept { return packed_.size() * 8 / bits_; }

    [[nodiscard]] unsigned bits() const noexcept { return bits_; }

    /// Both throw Failure beyond size(); set() also for a status that does not fit the bits.
    [[nodiscard]] std::uint8_t get(std::size_t index) const;
    void set(std::size_t index, std::uint8_t status);
    /// Nothing beyond size(); for an index from an untrusted token.
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

/// The claims of a list beside its statuses.
struct StatusListClaims {
    std::string uri;  ///< `sub`: where the list is published
    std::chrono::sys_seconds issued;
    std::optional<std::chrono::sys_seconds> expires{};
    std::optional<std::chrono::seconds> ttl{};  ///< how long a copy may be kept; at least 1 s
};

/// The claims in canonical JSON, to be signed. Throws Failure for a ttl below 1 s.
std::string status_list_payload(StatusList const& list, StatusListClaims const& claims);
/// The signed token of that payload.
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

/// Verifies a list as draft §8.3 says, from the signature to the unpacked list.
Result<VerifiedStatusList> verify_status_list(std::string_view token, KeyResolver const& keys,
                                              StatusListPolicy const& policy);

/// The position of a token's status (draft §6.2).
struct StatusReference {
    std::uint64_t index = 0;  ///< up to max_safe_integer
    std::string uri;

    /// The `status` claim: {"status_list":{"idx":...,"uri":...}}.
    [[nodiscard]] json::Object to_json() const;
    /// Reads a `status` claim; members beside `status_list` are ignored.
    static Result<StatusReference> parse(json::Value const& status);

    friend bool operator==(StatusReference const&, StatusReference const&) = default;
};

}  // namespace sponsio::crypto

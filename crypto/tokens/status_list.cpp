#define ZLIB_CONST

#include "crypto/tokens/status_list.hpp"

#include "crypto/keys/signer.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <zlib.h>

namespace sponsio::crypto {
namespace {

using Time = std::chrono::sys_seconds;

Error refuse(std::string_view code, char const* message, std::string where = {}) {
    return {.code = code, .message = message, .where = std::move(where)};
}

bool possible_bits(std::int64_t bits) {
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

unsigned checked_bits(unsigned bits) {
    if (!possible_bits(bits)) throw Failure("a status has 1, 2, 4 or 8 bits");
    return bits;
}

/// Unpacks in steps, so that a small stream that unpacks to much costs no more than the limit.
Result<Bytes> unpack(ByteView zlib, std::size_t max_bytes) {
    constexpr std::size_t step = std::size_t{1} << 16;
    z_stream stream{};
    if (zlib.size() > std::numeric_limits<uInt>::max())
        return refuse(status_error::too_large, "The list is too large.");
    if (inflateInit(&stream) != Z_OK) throw Failure("inflateInit");
    std::unique_ptr<z_stream, decltype(&inflateEnd)> const owned(&stream, inflateEnd);
    stream.next_in = zlib.data();
    stream.avail_in = static_cast<uInt>(zlib.size());
    Bytes out;
    for (int state = Z_OK; state != Z_STREAM_END;) {
        std::size_t const before = out.size();
        // One byte beyond the limit tells a list that is just as large from one that is larger.
        std::size_t const room = std::min(step, max_bytes - before) + 1;
        out.resize(before + room);
        stream.next_out = out.data() + before;
        stream.avail_out = static_cast<uInt>(room);
        state = inflate(&stream, Z_NO_FLUSH);
        if (state == Z_MEM_ERROR) throw Failure("inflate: out of memory");
        out.resize(out.size() - stream.avail_out);
        if (out.size() > max_bytes)
            return refuse(status_error::too_large, "The list unpacks to more than allowed.");
        bool const starved = state == Z_OK && stream.avail_out != 0;
        if ((state != Z_OK && state != Z_STREAM_END) || starved)
            return refuse(status_error::bad_compression, "The list is not a whole zlib stream.");
    }
    if (stream.avail_in != 0)
        return refuse(status_error::bad_compression, "Something follows the zlib stream.");
    return out;
}

/// A member that must be a whole number from `least` on; nothing when it is not.
std::optional<std::int64_t> number(json::Object const& of, std::string_view name, std::int64_t least = 0) {
    json::Value const* const member = of.find(name);
    std::int64_t const* const value = member ? member->if_int() : nullptr;
    if (!value || *value < least) return std::nullopt;
    return *value;
}

Error bad_claim(char const* message, std::string where) {
    return refuse(status_error::bad_claim, message, std::move(where));
}

Result<StatusListClaims> read_claims(json::Object const& payload) {
    json::Value const* const sub = payload.find("sub");
    if (!sub || !sub->is_string()) return bad_claim("The list does not say where it is published.", "/sub");
    auto const issued = number(payload, "iat");
    if (!issued) return bad_claim("The list does not say when it was made.", "/iat");
    StatusListClaims out{.uri = sub->as_string(), .issued = Time(std::chrono::seconds(*issued))};
    if (payload.contains("exp")) {
        auto const expires = number(payload, "exp");
        if (!expires) return bad_claim("A time is a whole number of seconds.", "/exp");
        out.expires = Time(std::chrono::seconds(*expires));
    }
    if (payload.contains("ttl")) {
        auto const ttl = number(payload, "ttl", 1);
        if (!ttl) return bad_claim("A time to live is a positive whole number of seconds.", "/ttl");
        out.ttl = std::chrono::seconds(*ttl);
    }
    return out;
}

Result<StatusList> read_list(json::Object const& payload, std::size_t max_bytes) {
    json::Value const* const list = payload.find("status_list");
    if (!list || !list->is_object()) return bad_claim("There is no status list.", "/status_list");
    auto const bits = number(list->as_object(), "bits");
    if (!bits || !possible_bits(*bits))
        return bad_claim("A status has 1, 2, 4 or 8 bits.", "/status_list/bits");
    json::Value const* const text = list->find("lst");
    auto const zlib = text && text->is_string() ? from_base64url(text->as_string()) : std::nullopt;
    if (!zlib) return bad_claim("The list is not strict base64url.", "/status_list/lst");
    return StatusList::from_compressed(*zlib, static_cast<unsigned>(*bits), max_bytes);
}

Result<void> check_times(StatusListClaims const& claims, Time now, std::chrono::seconds leeway) {
    if (claims.expires && now - leeway >= *claims.expires)
        return refuse(status_error::expired, "The list has expired.", "/exp");
    if (now + leeway < claims.issued)
        return refuse(status_error::not_yet_valid, "The list is of a later time.", "/iat");
    return {};
}

}  // namespace

StatusList::StatusList(Bytes packed, unsigned bits) : packed_(std::move(packed)), bits_(checked_bits(bits)) {}

StatusList::StatusList(std::size_t entries, unsigned bits) : bits_(checked_bits(bits)) {
    std::size_t const in_a_byte = 8 / bits;
    packed_.resize(entries / in_a_byte + (entries % in_a_byte != 0 ? 1 : 0));
}

StatusList StatusList::from_packed(Bytes packed, unsigned bits) {
    return {std::move(packed), bits};
}

Result<StatusList> StatusList::from_compressed(ByteView zlib, unsigned bits, std::size_t max_bytes) {
    auto packed = unpack(zlib, max_bytes);
    if (!packed) return packed.error();
    return StatusList(*std::move(packed), bits);
}

std::uint8_t StatusList::get(std::size_t index) const {
    auto const status = find(index);
    if (!status) throw Failure("a status beyond the list");
    return *status;
}

std::optional<std::uint8_t> StatusList::find(std::uint64_t index) const {
    if (index >= size()) return std::nullopt;
    std::size_t const in_a_byte = 8 / bits_;
    unsigned const shift = static_cast<unsigned>(index % in_a_byte) * bits_;
    unsigned const mask = (1U << bits_) - 1;
    return static_cast<std::uint8_t>((packed_[index / in_a_byte] >> shift) & mask);
}

void StatusList::set(std::size_t index, std::uint8_t status) {
    unsigned const mask = (1U << bits_) - 1;
    if (index >= size()) throw Failure("a status beyond the list");
    if (status > mask) throw Failure("a status that does not fit the bits of the list");
    std::size_t const in_a_byte = 8 / bits_;
    unsigned const shift = static_cast<unsigned>(index % in_a_byte) * bits_;
    std::uint8_t& byte = packed_[index / in_a_byte];
    byte = static_cast<std::uint8_t>((byte & ~(mask << shift)) | (unsigned{status} << shift));
}

Bytes StatusList::compressed() const {
    uLongf size = compressBound(packed_.size());
    Bytes out(size);
    if (compress2(out.data(), &size, packed_.data(), packed_.size(), Z_BEST_COMPRESSION) != Z_OK)
        throw Failure("compress2");
    out.resize(size);
    return out;
}

std::string status_list_payload(StatusList const& list, StatusListClaims const& claims) {
    json::Object payload{
        {"sub", claims.uri},
        {"iat", claims.issued.time_since_epoch().count()},
        {"status_list", json::Object{{"bits", list.bits()}, {"lst", to_base64url(list.compressed())}}}};
    if (claims.expires) payload.add("exp", claims.expires->time_since_epoch().count());
    if (claims.ttl) {
        if (claims.ttl->count() < 1) throw Failure("a list that nobody may keep");
        payload.add("ttl", claims.ttl->count());
    }
    return json::canonical(std::move(payload));
}

std::string status_list_token(StatusList const& list, StatusListClaims const& claims, Signer const& signer) {
    return jws_sign(status_list_type, status_list_payload(list, claims), signer);
}

Result<VerifiedStatusList> verify_status_list(std::string_view token, KeyResolver const& keys,
                                              StatusListPolicy const& policy) {
    if (token.size() > policy.max_token_bytes)
        return refuse(json::error::too_large, "The token is too large.");
    auto const jws = jws_verify(token, keys, {.typ = std::string(status_list_type)});
    if (!jws) return jws.error();
    auto const payload = json::parse(as_text(jws->payload), {.max_bytes = policy.max_token_bytes});
    if (!payload) return payload.error();
    if (!payload->is_object()) return bad_claim("The payload is not an object.", "");
    auto claims = read_claims(payload->as_object());
    if (!claims) return claims.error();
    if (claims->uri != policy.uri)
        return refuse(status_error::wrong_list, "The list is published elsewhere.", "/sub");
    if (policy.now)
        if (auto const good = check_times(*claims, *policy.now, policy.leeway); !good) return good.error();
    auto list = read_list(payload->as_object(), policy.max_list_bytes);
    if (!list) return list.error();
    return VerifiedStatusList{*std::move(claims), *std::move(list)};
}

json::Object StatusReference::to_json() const {
    return {{"status_list", json::Object{{"idx", index}, {"uri", uri}}}};
}

Result<StatusReference> StatusReference::parse(json::Value const& status) {
    json::Value const* const list = status.find("status_list");
    if (!list || !list->is_object())
        return bad_claim("The status does not stand in a status list.", "/status_list");
    auto const index = number(list->as_object(), "idx");
    if (!index) return bad_claim("The place in the list is no whole number from 0 on.", "/status_list/idx");
    json::Value const* const uri = list->find("uri");
    if (!uri || !uri->is_string() || uri->as_string().empty())
        return bad_claim("The status does not say where the list is.", "/status_list/uri");
    return StatusReference{static_cast<std::uint64_t>(*index), uri->as_string()};
}

}  // namespace sponsio::crypto

#include "server/service/sessions/assertion.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/der.hpp"
#include "text/json.hpp"

#include <algorithm>
#include <array>

namespace sponsio::service {
namespace {

constexpr std::uint8_t user_present = 0x01, user_verified = 0x04, has_credential = 0x40,
                       has_extensions = 0x80;
constexpr std::size_t fixed_size = 32 + 1 + 4, model_size = 16, coordinate = 32;
/// A longer name is no credential's (§4).
constexpr std::size_t longest_credential = 1023;

/// A COSE key of ES256 has one form in the CTAP2 canonical CBOR that authenticators write (§6.5.1.1): a map
/// of five, {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}, where x and y are strings of 32 bytes.
/// So it is compared and not parsed.
constexpr std::array<std::uint8_t, 10> before_x{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20};
constexpr std::array<std::uint8_t, 3> before_y{0x22, 0x58, 0x20};
constexpr std::size_t key_size = before_x.size() + coordinate + before_y.size() + coordinate;

std::size_t big_endian(ByteView bytes) {
    std::size_t number = 0;
    for (std::uint8_t const byte : bytes) number = number << 8 | byte;
    return number;
}

std::optional<crypto::PublicKey> key_of(ByteView cose) {
    ByteView const x = cose.subspan(before_x.size(), coordinate), y = cose.last(coordinate);
    if (!std::ranges::equal(cose.first(before_x.size()), before_x) ||
        !std::ranges::equal(cose.subspan(before_x.size() + coordinate, before_y.size()), before_y))
        return std::nullopt;
    Bytes point{0x04};
    point.insert(point.end(), x.begin(), x.end());
    point.insert(point.end(), y.begin(), y.end());
    auto key = crypto::PublicKey::from_raw(crypto::Algorithm::es256, point);
    if (!key) return std::nullopt;
    return std::move(*key);
}

/// Name and key of the passkey that is made, and what is left behind them; nothing if they are cut off.
std::optional<ByteView> read_credential(ByteView rest, AuthenticatorData& into) {
    if (rest.size() < model_size + 2) return std::nullopt;
    std::size_t const length = big_endian(rest.subspan(model_size, 2));
    rest = rest.subspan(model_size + 2);
    if (length == 0 || length > longest_credential || rest.size() < length + key_size) return std::nullopt;
    into.credential = to_base64url(rest.first(length));
    into.key = key_of(rest.subspan(length, key_size));
    return rest.subspan(length + key_size);
}

std::string text_at(json::Value const& object, std::string_view name) {
    json::Value const* member = object.find(name);
    return member && member->is_string() ? member->as_string() : std::string();
}

}  // namespace

std::optional<ClientData> ClientData::read(ByteView json) {
    auto const value = json::parse(as_text(json));
    if (!value || !value->is_object()) return std::nullopt;
    json::Value const* framed = value->find("crossOrigin");
    return ClientData{.type = text_at(*value, "type"),
                      .challenge = text_at(*value, "challenge"),
                      .origin = text_at(*value, "origin"),
                      .cross_origin = framed && !(framed->if_bool() && !framed->as_bool())};
}

std::optional<AuthenticatorData> AuthenticatorData::read(ByteView bytes) {
    if (bytes.size() < fixed_size) return std::nullopt;
    AuthenticatorData data;
    std::ranges::copy(bytes.first(data.rp_id_hash.size()), data.rp_id_hash.begin());
    std::uint8_t const flags = bytes[data.rp_id_hash.size()];
    data.present = (flags & user_present) != 0;
    data.verified = (flags & user_verified) != 0;
    data.sign_count = static_cast<std::uint32_t>(big_endian(bytes.subspan(fixed_size - 4, 4)));
    ByteView rest = bytes.subspan(fixed_size);
    if ((flags & has_credential) != 0) {
        auto const behind = read_credential(rest, data);
        if (!behind) return std::nullopt;
        rest = *behind;
    }
    // None was asked for; what they say is covered by the signature and not read.
    if (rest.empty() != ((flags & has_extensions) == 0)) return std::nullopt;
    return data;
}

bool signed_by(crypto::PublicKey const& key, ByteView authenticator_data, ByteView client_data,
               ByteView signature) {
    auto const raw = crypto::raw_es256(signature);
    if (!raw) return false;
    Bytes message = to_bytes(authenticator_data);
    std::ranges::copy(crypto::sha256(client_data), std::back_inserter(message));
    return key.verify(message, *raw);
}

}  // namespace sponsio::service

#include "crypto/keys/blind_index.hpp"

#include "crypto/digest.hpp"
#include "text/result.hpp"

#include <algorithm>

namespace sponsio::crypto {

BlindIndex::BlindIndex(std::vector<BlindKey> keys, std::size_t length) : length_(length) {
    if (keys.empty()) throw Failure("there is no blind index key");
    if (length != 16 && length != 32) throw Failure("a blind index term is 16 or 32 bytes long");
    for (BlindKey const& k : keys)
        if (k.key.size() != 32) throw Failure("a blind index key is not 32 bytes long");
    keys_ = std::make_shared<std::vector<BlindKey> const>(std::move(keys));
}

Bytes BlindIndex::compute(BlindKey const& key, std::string_view field, std::string_view value) const {
    // The length of the field comes first, so that no other pair of field and value gives the same bytes.
    auto const size = static_cast<std::uint32_t>(field.size());
    std::array<std::uint8_t, 4> const prefix{
        static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
        static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    Digest const mac = hmac_sha256(
        key.key.view(), {as_bytes("sponsio blind index 1"), prefix, as_bytes(field), as_bytes(value)});
    return to_bytes(ByteView(mac).first(length_));
}

BlindTerm BlindIndex::term(std::string_view field, std::string_view value) const {
    BlindKey const& key = keys_->back();
    return {key.id, compute(key, field, value)};
}

std::vector<BlindTerm> BlindIndex::terms(std::string_view field, std::string_view value) const {
    std::vector<BlindTerm> out;
    out.reserve(keys_->size());
    for (auto key = keys_->rbegin(); key != keys_->rend(); ++key)
        out.push_back({key->id, compute(*key, field, value)});
    return out;
}

std::string const& BlindIndex::current_id() const noexcept {
    return keys_->back().id;
}

}  // namespace sponsio::crypto

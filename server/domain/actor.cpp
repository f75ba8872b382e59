#include "server/domain/actor.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace sponsio::domain {

SubmitterId submitter_with(std::string_view key) {
    auto const digest = crypto::sha256({as_bytes("sponsio public submitter\n"), as_bytes(key)});
    Uuid id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
    return SubmitterId{id};
}

}  // namespace sponsio::domain

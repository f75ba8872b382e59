#include "server/service/vault.hpp"

namespace sponsio::service {

using crypto::as_bytes;

store::SealedColumns Vault::seal(crypto::ByteView plain, std::string_view place) const {
    crypto::SealedObject object = keys_.seal(plain, as_bytes(place));
    return {std::move(object.ciphertext), std::move(object.wrapped_key), std::move(object.master_key_id)};
}

store::SealedColumns Vault::seal(std::string_view plain, std::string_view place) const {
    return seal(as_bytes(plain), place);
}

Outcome<std::string> Vault::open(store::SealedColumns const& sealed, std::string_view place) const {
    if (!sealed.wrapped_key || !sealed.master_key_id)
        return fault(problem::gone, "This content was erased for good; only its digest is left.",
                     "该内容已被彻底销毁，仅保留摘要。");
    auto plain = keys_.open(sealed.content, *sealed.wrapped_key, *sealed.master_key_id, as_bytes(place));
    if (!plain)
        return Fault{.problem = &problem::internal,
                     .cause = "sealed value: " + std::string(plain.error().code)};
    return crypto::to_string(*plain);
}

Outcome<domain::Json> Vault::open_json(store::SealedColumns const& sealed, std::string_view place) const {
    auto text = open(sealed, place);
    if (!text) return text.error();
    return domain::parse_json(*text);
}

crypto::Bytes Vault::committer_index(domain::IdentityDocument const& document) const {
    std::string const what =
        std::string(domain::word(document.type())) + ":" + document.matching_number().reveal();
    return index_.term("committer", what).term;
}

}  // namespace sponsio::service

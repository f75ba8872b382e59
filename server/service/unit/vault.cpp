#include "server/service/unit/vault.hpp"

#include "server/base/internal.hpp"

namespace sponsio::service {

store::SealedColumns Vault::seal(ByteView plain, std::string_view label) const {
    crypto::SealedObject object = keys_.seal(plain, as_bytes(label));
    return {std::move(object.ciphertext), std::move(object.wrapped_key), std::move(object.master_key_id)};
}

store::SealedColumns Vault::seal(std::string_view plain, std::string_view label) const {
    return seal(as_bytes(plain), label);
}

Outcome<std::string> Vault::open(store::SealedColumns const& sealed, std::string_view label) const {
    if (!sealed.wrapped_key || !sealed.master_key_id)
        return fault(problem::gone, "This content was erased for good; only its digest is left.",
                     "该内容已被彻底销毁，仅保留摘要。");
    auto plain = keys_.open(sealed.content, *sealed.wrapped_key, *sealed.master_key_id, as_bytes(label));
    if (!plain) return internal("sealed value: " + std::string(plain.error().code));
    return to_string(*plain);
}

Outcome<domain::Json> Vault::open_json(store::SealedColumns const& sealed, std::string_view label) const {
    auto text = open(sealed, label);
    if (!text) return text.error();
    return domain::parse_json(*text);
}

Bytes Vault::committer_index(domain::IdentityDocument const& document) const {
    std::string const what =
        std::string(domain::word(document.type())) + ":" + document.matching_number().reveal();
    return index_.term("committer", what).term;
}

Bytes Vault::seal_beside(store::SealedColumns const& line, std::string_view plain,
                         std::string_view label) const {
    auto key = keys_.unwrap(line.wrapped_key.value(), line.master_key_id.value());
    return key.value().seal(as_bytes(plain), as_bytes(label));
}

Outcome<std::string> Vault::open_beside(store::SealedColumns const& line, ByteView sealed,
                                        std::string_view label) const {
    return open({to_bytes(sealed), line.wrapped_key, line.master_key_id}, label);
}

}  // namespace sponsio::service

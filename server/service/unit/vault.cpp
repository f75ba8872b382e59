#include "server/service/unit/vault.hpp"

#include "server/base/internal.hpp"

namespace sponsio::service {
namespace {

std::string spelt(domain::IdentityDocument const& document) {
    return std::string(domain::word(document.type())) + ":" + document.matching_number().reveal();
}

std::vector<Bytes> bare(std::vector<crypto::BlindTerm> terms) {
    std::vector<Bytes> list;
    for (crypto::BlindTerm& one : terms) list.push_back(std::move(one.term));
    return list;
}

}  // namespace

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
    return index_.term("committer", spelt(document)).term;
}

std::vector<Bytes> Vault::committer_terms(domain::IdentityDocument const& document) const {
    return bare(index_.terms("committer", spelt(document)));
}

std::vector<Bytes> Vault::official_terms(domain::IdentityDocument const& document) const {
    return bare(index_.terms("official", spelt(document)));
}

store::Proof Vault::prove(std::string_view what, std::string_view text) const {
    auto const made = index_.term("proof:" + std::string(what), text);
    store::Proof proof{.value = {}, .key = made.key_id};
    std::ranges::copy(made.term, proof.value.begin());
    return proof;
}

bool Vault::proves(store::Proof const& proof, std::string_view what, std::string_view text) const {
    for (crypto::BlindTerm const& made : index_.terms("proof:" + std::string(what), text))
        if (made.key_id == proof.key) return crypto::equal_constant_time(made.term, proof.value);
    return false;
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

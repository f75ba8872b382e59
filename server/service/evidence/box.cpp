#include "server/service/evidence/box.hpp"

#include "crypto/digest.hpp"
#include "server/base/internal.hpp"

namespace sponsio::service {
namespace {

std::string label_place(EvidenceId id) {
    return "evidence.label:" + id.text();
}

}  // namespace

std::string content_label(EvidenceId id) {
    return "evidence.content:" + id.text();
}

std::string chunk_label(EvidenceId id, std::int32_t number, bool last) {
    return "evidence_chunk.content:" + id.text() + ":" + std::to_string(number) + (last ? ":last" : "");
}

std::string exclusion_label(EvidenceId id) {
    return "evidence_exclusion.why:" + id.text();
}

SealedEvidence seal_evidence(Vault const& vault, EvidenceId id, EvidenceLabel const& label,
                             std::string_view bytes) {
    auto const fresh = vault.keys().new_data_key();
    return {.label = seal_label(fresh.key, fresh.wrapped, id, label),
            .content = fresh.key.seal(as_bytes(bytes), as_bytes(content_label(id)))};
}

store::SealedColumns seal_label(crypto::DataKey const& key, crypto::WrappedKey const& wrapped, EvidenceId id,
                                EvidenceLabel const& label) {
    std::string const text =
        json::write(domain::JsonObject{{"name", label.name}, {"content_type", label.content_type}});
    return {key.seal(as_bytes(text), as_bytes(label_place(id))), wrapped.wrapped, wrapped.master_key_id};
}

Outcome<EvidenceLabel> open_label(Vault const& vault, store::EvidenceRow const& row) {
    auto label = vault.open_json(row.label, label_place(row.id));
    if (!label) return label.error();
    return EvidenceLabel{label->at("name").as_string(), label->at("content_type").as_string()};
}

Outcome<std::string> open_content(Vault const& vault, store::EvidenceFile const& file) {
    store::SealedColumns const sealed{file.content.value(), file.row.label.wrapped_key,
                                      file.row.label.master_key_id};
    auto bytes = vault.open(sealed, content_label(file.row.id));
    if (!bytes) return bytes.error();
    // The seal protects against anybody without the key; the digest also against our own mistakes.
    if (crypto::sha256(as_bytes(*bytes)) != file.row.digest)
        return internal("evidence differs from its digest");
    return bytes;
}

Outcome<std::string> open_chunk(Vault const& vault, store::EvidenceRow const& row, std::int32_t number,
                                bool last, Bytes const& sealed) {
    return vault.open_beside(row.label, sealed, chunk_label(row.id, number, last));
}

}  // namespace sponsio::service

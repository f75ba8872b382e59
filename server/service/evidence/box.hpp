#pragma once

#include "server/service/unit/vault.hpp"
#include "server/store/evidence.hpp"

#include <string>

/// Sealing and opening of evidence. Label and bytes of a piece share one data key, so that they become
/// unreadable together.
namespace sponsio::service {

struct EvidenceLabel {
    std::string name;
    std::string content_type;
};

struct SealedEvidence {
    store::SealedColumns label;
    Bytes content;
};

/// Of bytes that are in memory.
SealedEvidence seal_evidence(Vault const& vault, EvidenceId id, EvidenceLabel const& label,
                             std::string_view bytes);
store::SealedColumns seal_label(crypto::DataKey const& key, crypto::WrappedKey const& wrapped, EvidenceId id,
                                EvidenceLabel const& label);

/// The seal label (Vault) of the bytes that lie with their row.
std::string content_label(EvidenceId id);
/// That of a chunk of larger ones: its place, and whether it is the last, so that none can be moved or left
/// out.
std::string chunk_label(EvidenceId id, std::int32_t number, bool last);
/// That of the reason why a piece no longer counts.
std::string exclusion_label(EvidenceId id);

/// Fault: problem::gone if the key was destroyed, problem::internal if the value was altered.
Outcome<EvidenceLabel> open_label(Vault const& vault, store::EvidenceRow const& row);
/// The bytes that lie with their row, compared with their stored digest.
Outcome<std::string> open_content(Vault const& vault, store::EvidenceFile const& file);
/// One chunk of larger ones. Who has them all compares their digest.
Outcome<std::string> open_chunk(Vault const& vault, store::EvidenceRow const& row, std::int32_t number,
                                bool last, Bytes const& sealed);

}  // namespace sponsio::service

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

SealedEvidence seal_evidence(Vault const& vault, EvidenceId id, EvidenceLabel const& label,
                             std::string_view bytes);

/// Fault: problem::gone if the key was destroyed, problem::internal if the value was altered.
Outcome<EvidenceLabel> open_label(Vault const& vault, store::EvidenceRow const& row);
/// The bytes, compared with their stored digest.
Outcome<std::string> open_content(Vault const& vault, store::EvidenceFile const& file);

}  // namespace sponsio::service

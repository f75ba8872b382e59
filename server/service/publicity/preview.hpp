#pragma once

#include "server/domain/publicity.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/store/publicity.hpp"

namespace sponsio::service {

/// How names and numbers are shown.
struct Masking {
    bool deidentify = true;  ///< `publicity.deidentify`: of a natural person no more than the surname
};

/// What everybody would read of a finding: never a whole number of a document, and no address, matter,
/// account, telephone, health or income.
domain::Json publicity_preview(OpenedFinding const& finding, Masking masking, Date counts_from,
                               Instant ends_at);
/// The notice by which the subject is told before it is published: what, where, how long, and the repair.
Bilingual publicity_notice(store::PublicityRow const& row, domain::Json const& preview,
                           std::string const& issuer);

}  // namespace sponsio::service

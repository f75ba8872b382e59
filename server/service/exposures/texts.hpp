#pragma once

#include "server/domain/catalogue.hpp"
#include "server/domain/exposure.hpp"
#include "server/store/exposures.hpp"

#include <optional>
#include <string>

/// The texts of the papers in the case of a unit that demands a proof: letters to it, what everybody reads,
/// and the slip with which a committee refuses.
namespace sponsio::service {

/// What a letter about a case is made of besides its row.
struct LetterFacts {
    std::string authority_name;
    std::string superior_name;  ///< empty where nothing is known above the unit
    std::string measures;       ///< of the order
};

/// That the unit is asked: what is said to be demanded, until when it answers and what it shows.
Bilingual question_letter(store::ExposureRow const& row, LetterFacts const& facts);
/// That it is ordered to leave it alone, with a copy to the superior.
Bilingual order_letter(store::ExposureRow const& row, LetterFacts const& facts);
/// That the unit is named, to those above it or to everybody.
Bilingual exposure_notice(store::ExposureRow const& row, LetterFacts const& facts);
/// That it was blamed wrongly.
Bilingual withdrawal_notice(store::ExposureRow const& row, LetterFacts const& facts);

/// What a refusal slip says: who asked for what, why a committee does not issue it, and where to go instead.
struct SlipFacts {
    RefusalSlipId id;
    std::string committee;
    std::string proof_name, unit_name, purpose;
    domain::ProofItem const* item = nullptr;  ///< null: no list has it
    Date made_on;
};

/// In the form that paper::paper_of() reads.
Bilingual refusal_slip(SlipFacts const& facts);

}  // namespace sponsio::service

#pragma once

#include "crypto/digest.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/publicity_lifecycle.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is said at the steps of a publication, and how names and numbers are masked (docs/law.md G).
namespace sponsio::domain {

/// What publishing does to the subject (PIPL art. 55, 56).
struct ImpactAssessment {
    std::string purpose;     ///< that it is lawful, legitimate and necessary
    std::string impact;      ///< on the subject, and the risks
    std::string safeguards;  ///< that fit the risks

    static ImpactAssessment read(Fields& fields);
    [[nodiscard]] Json to_json() const;
};

struct PublicityDraft {
    RecordId record;
    Severity severity;
    std::vector<LegalBasis> basis;  ///< that allows to publish it
    ImpactAssessment assessment;

    static PublicityDraft read(Fields& fields);
    [[nodiscard]] Json said() const;
};

/// What a second person says to a preview, which they name by its digest.
struct PublicityApproval {
    bool approved;
    std::string opinion;
    std::optional<crypto::Digest> preview{};  ///< exactly where it is approved, as the number
    std::optional<std::string> number{};      ///< of the notice to the subject

    static PublicityApproval read(Fields& fields);
};

/// The service of the notice on the subject, upon which it is published.
struct PublicityNotice {
    Instant served_at;
    ServiceMethod method;
    std::optional<crypto::Digest> digest{};  ///< of the notice that was served
    EvidenceId receipt;

    static PublicityNotice read(Fields& fields);
};

struct PublicityTakeDown {
    std::string why;
    std::string number;  ///< of the decision

    static PublicityTakeDown read(Fields& fields);
};

/// A name as everybody may read it: the first character and asterisks.
std::string masked_name(std::string_view name);
/// A number as everybody may read it: its first three and last two signs at most, and never all of it.
std::string masked_number(std::string_view number);

}  // namespace sponsio::domain

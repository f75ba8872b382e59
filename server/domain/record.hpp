#pragma once

#include "server/domain/finding.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The content of a credit record and the rules it must pass before a key may touch it.
namespace sponsio::domain {

/// Everything an effective finding says, gathered by the issuing service from the stored rows.
struct RecordFacts {
    RecordId record;
    std::string issuer;  ///< URL of this server (`iss`)
    Instant issued_at;
    std::string status_list;        ///< URI of the status list that says what the record's status is
    std::int64_t status_index = 0;  ///< and where in it
    std::string commitment_code;
    Date made_on;
    std::string matter_code;
    Bilingual matter_name;
    FindingKind kind;
    Severity severity;
    std::vector<LegalBasis> legal_basis;
    std::string decision_number;
    Instant decided_at;
    Instant served_at;
    Instant effective_at;
    AccountId drafted_by;
    AccountId reviewed_by;
    AccountId decided_by;
    std::string unit_name;  ///< the identifying unit
    std::string unit_uscc;
    std::string subject_kind;
    std::string subject_name;
    std::string subject_document_type;
    std::string subject_document_number;
    std::optional<Date> subject_birth_date;  ///< of a natural person
    std::chrono::years full_age;             ///< from which a person has full capacity: `capacity.full_age`
    Date retention_until;
    std::string retention_rule;
};

/// The type of the credential (SD-JWT VC `vct`), described at `<issuer>/.well-known/vct/false-commitment`.
std::string record_vct(std::string_view issuer);
/// That description: SD-JWT VC type metadata with the claims' names in both languages.
Json record_type_metadata(std::string_view issuer);

/// Where status list `list_no` of this server is published.
std::string status_list_uri(std::string_view issuer, std::int64_t list_no);

/// The claims, personal ones in clear: sd_jwt_prepare hides those of record_disclosable().
Json record_payload(RecordFacts const& facts);
/// RFC 6901 pointers of what only some readers may know: who it is, and what the matter was about.
std::vector<std::string> record_disclosable();

/// What will be signed, and what that says (null if it is no JSON).
struct SignedPayload {
    std::string_view text;
    Json claims;
};

/// A rule a record must pass. It looks at the facts and at the payload as it will be signed.
struct Lint {
    std::string_view id;      ///< stable, for instance "three_persons"
    std::string_view source;  ///< where the rule stands
    bool (*passes)(RecordFacts const& facts, SignedPayload const& payload);
};

std::span<Lint const> record_lints();
/// The first rule that is broken, if any.
Lint const* first_broken_lint(RecordFacts const& facts, std::string_view signed_payload);

}  // namespace sponsio::domain

#pragma once

#include "server/domain/finding.hpp"
#include "server/domain/person_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The content of a credit record and the rules it must pass before a key may touch it.
namespace sponsio::domain {

/// The facts of an effective finding, gathered by the issuing service from the stored rows.
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
    PersonId drafted_by;
    PersonId reviewed_by;
    PersonId decided_by;
    std::string unit_name;  ///< the identifying unit
    std::string unit_uscc;
    std::string subject_kind;
    std::string subject_name;
    std::string subject_document_type;
    std::string subject_document_number;
    std::optional<Date> subject_birth_date;  ///< of a natural person
    std::chrono::years full_age;  ///< from which a person is a subject of credit: `subject.min_age`
    Date retention_until;
    std::string retention_rule;
    /// Words that stand for data which may not be on record here, `record.forbidden` and
    /// `record.consent_bound`: nobody's written consent is kept, so the latter are refused too.
    std::vector<std::string> forbidden{};
};

/// How Chinese texts name a kind of data of those two rules; empty for a word that neither has.
std::string_view term_of_data(std::string_view kind);

/// The type of the credential (SD-JWT VC `vct`), described at `<issuer>/.well-known/vct/false-commitment`.
std::string record_vct(std::string_view issuer);
/// The SD-JWT VC type metadata behind that URL, with the claims' names in both languages.
Json record_type_metadata(std::string_view issuer);

/// Where a verifier finds the keys of a record's issuer (draft-ietf-oauth-sd-jwt-vc §5, JWT VC issuer
/// metadata).
Json issuer_metadata(std::string_view issuer);

/// The address at which status list `list_no` of this server is published.
std::string status_list_uri(std::string_view issuer, std::int64_t list_no);

/// The claims, personal ones in clear: sd_jwt_prepare hides those of record_disclosable().
Json record_payload(RecordFacts const& facts);
/// RFC 6901 pointers of the claims that only some readers may see: the subject and the content of the matter.
std::vector<std::string> record_disclosable();

/// The bytes to be signed, and their JSON (null if they are none).
struct SignedPayload {
    std::string_view text;
    Json claims;
};

/// A rule that a record must pass. It looks at the facts and at the payload as it will be signed.
struct Lint {
    std::string_view id;      ///< stable, for instance "three_persons"
    std::string_view source;  ///< where the rule stands
    bool (*passes)(RecordFacts const& facts, SignedPayload const& payload);
};

std::span<Lint const> record_lints();
/// The first rule that is broken; null if all hold.
Lint const* first_broken_lint(RecordFacts const& facts, std::string_view signed_payload);

}  // namespace sponsio::domain

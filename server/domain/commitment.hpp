#pragma once

#include "crypto/digest.hpp"
#include "server/base/sealed.hpp"
#include "server/domain/assent.hpp"
#include "server/domain/checked.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "text/bytes.hpp"

#include <optional>
#include <string>

/// The commitment itself (docs/law.md B).
namespace sponsio::domain {

enum class CommitterKind { natural_person, organisation, sole_trader };

constexpr auto words_of(CommitterKind) {
    using enum CommitterKind;
    return std::to_array<Word<CommitterKind>>(
        {{natural_person, "natural_person"}, {organisation, "organisation"}, {sole_trader, "sole_trader"}});
}

struct Committer {
    CommitterKind kind;
    Sealed<std::string> name;
    IdentityDocument document;
    std::optional<Date> birth_date;  ///< given only where the document number does not hold it
};

/// Reads {"committer": ...}; nothing, with the errors noted, if it is bad.
std::optional<Committer> read_committer(Fields& fields, Date today);

/// The agent of a committer, and the authority to act.
struct Agent {
    std::string name;
    IdentityDocument document;
    std::string authority;
};

struct CommitmentDraft {
    NoticeId notice;
    Committer committer;
    std::optional<Agent> agent;
    Date made_on;
    std::optional<Date> valid_until;
    std::string reason;
    std::optional<std::string> remarks;
    std::optional<std::string> late_reason{};       ///< why it is entered so long after it was made
    std::optional<std::string> client_reference{};  ///< the filer's own; unique in the organisation
    std::optional<IdentityCheck> identity_check{};
    std::optional<Assent> assent{};

    /// What an electronic signature is over.
    [[nodiscard]] std::string assent_text() const;
    /// A natural person who is not of age on the day of the promise and has no agent. Of unknown age nobody
    /// is.
    [[nodiscard]] bool needs_agent(std::int64_t full_age) const;

    /// Reads the body of POST /v1/commitments. `today` is the day in China; a later date is refused.
    static Outcome<CommitmentDraft> parse(Json const& body, Date today);
    /// Notes every bad field; nothing if the committer is bad. Where the notice is given in the same breath,
    /// the draft names none, and the promise is made today.
    static std::optional<CommitmentDraft> read(Fields& fields, Date today,
                                               std::optional<NoticeId> given_with_it = {});
};

/// The content of a commitment: the promise, the committer and the agency, everything that the receipt stands
/// for. Its canonical form is sealed in the database and returned to the filer;
/// its SHA-256 goes into the log.
struct CommitmentContent {
    /// The version of its members: 2 has `assent` and `identity_check` where they are given. Content without
    /// a version is from before.
    static constexpr int version = 2;

    std::string code;
    std::string matter_code;
    int matter_version;
    crypto::Digest matter_digest;
    crypto::Digest notice_digest;
    std::string accepted_by;  ///< USCC of the service agency
    Instant accepted_at;
    std::string salt;  ///< base64url of 16 random bytes: without it the digest could be found by guessing

    [[nodiscard]] Json to_json(CommitmentDraft const& draft) const;
};

/// Whether the draft says what the content of a commitment says that was filed before.
bool is_same_promise(Json const& content, CommitmentDraft const& draft);

/// The 20-digit commitment code: region of acceptance, date of the promise, serial (1 to 999999).
std::string commitment_code(std::string_view region, Date made_on, int serial);
bool is_commitment_code(std::string_view text);

/// The number that a filer's own system gives a commitment: 1 to 64 letters, digits and `.`, `_`, `:`, `/`,
/// `-`, beginning with a letter or digit. It is kept in clear, so a draft with one that holds an identity
/// number is refused.
Checked<std::string> parse_client_reference(std::string_view text);

/// Of a promise that is entered late without saying why.
extern Reason const late_without_reason;

}  // namespace sponsio::domain

#pragma once

#include "crypto/digest.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"

#include <optional>
#include <string>

/// That the committer took part: how they were known, and the act by which they promised (docs/law.md B2,
/// B8).
namespace sponsio::domain {

/// How it was made sure who promises.
enum class IdentityCheck {
    document_seen,       ///< the original of the document, at the counter
    chip_read,           ///< the chip of the identity card
    face_check,          ///< by the identity platform
    electronic_sign_in,  ///< with an account of the identity platform
    agent_document_seen  ///< the agent's document and authority, at the counter
};

constexpr auto words_of(IdentityCheck) {
    using enum IdentityCheck;
    return std::to_array<Word<IdentityCheck>>({{document_seen, "document_seen"},
                                               {chip_read, "chip_read"},
                                               {face_check, "face_check"},
                                               {electronic_sign_in, "electronic_sign_in"},
                                               {agent_document_seen, "agent_document_seen"}});
}

enum class AssentKind { electronic_signature, signed_paper };

constexpr auto words_of(AssentKind) {
    using enum AssentKind;
    return std::to_array<Word<AssentKind>>(
        {{electronic_signature, "electronic_signature"}, {signed_paper, "signed_paper"}});
}

/// What shows that the committer promised. Only what is `shown`, or was filed before it was asked for, may
/// lead to a finding.
enum class AssentState {
    not_asked,      ///< filed before assent was part of a commitment
    none,           ///< nothing shows it
    paper_missing,  ///< the digest of the signed paper was logged, its image is not here yet
    shown
};

constexpr auto words_of(AssentState) {
    using enum AssentState;
    return std::to_array<Word<AssentState>>(
        {{not_asked, "not_asked"}, {none, "none"}, {paper_missing, "paper_missing"}, {shown, "shown"}});
}

/// The committer's assent: an electronic signature, or the digest of the paper that they signed.
struct Assent {
    AssentKind kind;
    /// Of the notice that was signed for, or of the image of the signed paper (SHA-256).
    crypto::Digest digest{};
    Json key{};               ///< signature: the public key as a JWK
    std::string signature{};  ///< in base64url; its form is that of crypto::PublicKey::verify

    /// Reads {"assent": ...} if there is one; bad fields are noted.
    static std::optional<Assent> read(Fields& fields);
    /// Members in canonical order, as in the content of a commitment.
    [[nodiscard]] Json to_json() const;
};

/// What an electronic signature is over, in canonical JSON: the members of the commitment that the committer
/// states, as its content has them, and `notice_digest`.
std::string assent_text(Json const& content);

/// Of a commitment with that content. `paper_kept`: the image of its signed paper is here.
AssentState assent_state(Json const& content, bool paper_kept);

}  // namespace sponsio::domain

#pragma once

#include "crypto/digest.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/domain/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The to-be-signed bytes of a credit record, and the token that any use of the key requires.
namespace sponsio::service {

/// The document to be signed and its disclosures. Every byte follows from the facts, the key's name and 32
/// random bytes, so that a stored document can be derived again and compared.
class DraftDocument {
  public:
    /// The salts of the disclosures come from `seed`, which is stored (sealed) beside them and as secret.
    static DraftDocument derive(domain::RecordFacts const& facts, std::string kid,
                                crypto::Algorithm algorithm, ByteView seed);
    /// Nothing unless the text is exactly what canonical() returns.
    static std::optional<DraftDocument> parse(std::string_view canonical);

    bool operator==(DraftDocument const&) const = default;

    /// Canonical JSON {alg, disclosures, kid, seed, signing_input}, stored before any key is used.
    [[nodiscard]] std::string canonical() const;
    /// The payload as it will be signed: digests in place of the claims that only some readers may see.
    [[nodiscard]] std::string payload() const;

    [[nodiscard]] crypto::Algorithm algorithm() const noexcept { return algorithm_; }

    [[nodiscard]] std::string const& kid() const noexcept { return kid_; }

    [[nodiscard]] Bytes const& seed() const noexcept { return seed_; }

    /// Protected header and payload in the form of RFC 7515 §5.1: the bytes the key signs.
    [[nodiscard]] std::string const& signing_input() const noexcept { return signing_input_; }

    [[nodiscard]] std::vector<std::string> const& disclosures() const noexcept { return disclosures_; }

  private:
    DraftDocument() = default;

    crypto::Algorithm algorithm_{};
    std::string kid_;
    Bytes seed_;
    std::string signing_input_;
    std::vector<std::string> disclosures_;
};

/// A stored draft, decrypted.
struct StoredDraft {
    std::string document;
    crypto::Digest digest;
    std::string kid;
};

/// The reason why a stored draft is not signed.
struct DraftDoubt {
    enum class Kind {
        altered,        ///< it is not what was stored: a person has to look
        facts_changed,  ///< the database says something else now: another draft is made
        broken_rule     ///< a lint refuses it
    };
    Kind kind;
    std::string_view rule;  ///< a stable word
};

/// Proof that these very bytes passed every rule, valid for one signature.
class LintedDraft {
  public:
    LintedDraft(LintedDraft&& other) noexcept;
    LintedDraft& operator=(LintedDraft&&) = delete;
    LintedDraft(LintedDraft const&) = delete;
    LintedDraft& operator=(LintedDraft const&) = delete;
    ~LintedDraft() = default;

    [[nodiscard]] std::string const& kid() const noexcept { return document_.kid(); }

    [[nodiscard]] DraftDocument const& document() const noexcept { return document_; }

    [[nodiscard]] domain::RecordFacts const& facts() const noexcept { return facts_; }

    /// True for a moved-from token, which signs nothing.
    [[nodiscard]] bool spent() const noexcept { return spent_; }

  private:
    friend std::variant<LintedDraft, DraftDoubt> lint_draft(StoredDraft const& stored,
                                                            domain::RecordFacts facts);

    LintedDraft(DraftDocument document, domain::RecordFacts facts)
        : document_(std::move(document)), facts_(std::move(facts)) {}

    DraftDocument document_;
    domain::RecordFacts facts_;
    bool spent_ = false;
};

/// The only maker of tokens: compares the stored draft with its digest and with the document derived from the
/// present facts, then runs every lint.
std::variant<LintedDraft, DraftDoubt> lint_draft(StoredDraft const& stored, domain::RecordFacts facts);

struct SignedRecord {
    domain::RecordFacts facts;
    std::string sd_jwt;
};

/// Spends the token: signs its bytes, verifies the signature with the key in `published`, parses the result
/// and compares it with the facts and the stored bytes. Fault: problem::internal if anything differs; the
/// signature is then dropped. Throws crypto::Failure where the signer does.
Outcome<SignedRecord> sign_draft(LintedDraft token, crypto::Signer const& signer,
                                 crypto::KeyResolver const& published);

}  // namespace sponsio::service

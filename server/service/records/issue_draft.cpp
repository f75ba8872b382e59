#include "server/service/records/issue_draft.hpp"

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/base/internal.hpp"

#include <utility>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr std::size_t seed_size = 32;

/// HMAC-SHA-256 of a counter under the seed: unpredictable without the seed, repeatable with it.
class SeededEntropy final : public crypto::Entropy {
  public:
    explicit SeededEntropy(ByteView seed) : seed_(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& byte : out) {
            if (left_ == 0) refill();
            byte = block_[block_.size() - left_--];
        }
    }

  private:
    void refill() {
        std::string const label = "sponsio record salt " + std::to_string(counter_++);
        block_ = crypto::hmac_sha256(seed_, as_bytes(label));
        left_ = block_.size();
    }

    ByteView seed_;
    crypto::Digest block_{};
    std::size_t left_ = 0;
    std::uint64_t counter_ = 0;
};

/// A fixed number of decoys wherever claims are hidden, so that a record with one
/// hidden claim more looks the same.
crypto::SdJwtPlan const& plan() {
    static crypto::SdJwtPlan const plan{.disclosable = domain::record_disclosable(),
                                        .decoys = {{"", 2}, {"/subject", 2}}};
    return plan;
}

}  // namespace

DraftDocument DraftDocument::derive(domain::RecordFacts const& facts, std::string kid,
                                    crypto::Algorithm algorithm, ByteView seed) {
    SeededEntropy salts(seed);
    crypto::SdJwtDraft prepared =
        crypto::sd_jwt_prepare(domain::record_payload(facts), plan(), salts).value();
    DraftDocument document;
    document.algorithm_ = algorithm;
    document.seed_ = to_bytes(seed);
    document.signing_input_ =
        crypto::jws_signing_input(crypto::sd_jwt_vc_type, algorithm, kid, prepared.payload);
    document.disclosures_ = std::move(prepared.disclosures);
    document.kid_ = std::move(kid);
    return document;
}

std::optional<DraftDocument> DraftDocument::parse(std::string_view canonical) {
    auto const json = json::parse(canonical);
    if (!json || !json->is_object()) return std::nullopt;
    auto text = [&](char const* name) -> std::string {
        Json const* value = json->find(name);
        return value && value->is_string() ? value->as_string() : std::string();
    };
    auto const algorithm = crypto::algorithm_named(text("alg"));
    auto seed = from_base64url(text("seed"));
    Json const* disclosures = json->find("disclosures");
    if (!algorithm || !seed || seed->size() != seed_size || !disclosures || !disclosures->is_array())
        return std::nullopt;
    DraftDocument document;
    document.algorithm_ = *algorithm;
    document.kid_ = text("kid");
    document.seed_ = std::move(*seed);
    document.signing_input_ = text("signing_input");
    for (Json const& one : disclosures->as_array()) {
        if (!one.is_string()) return std::nullopt;
        document.disclosures_.push_back(one.as_string());
    }
    if (document.canonical() != canonical) return std::nullopt;
    return document;
}

std::string DraftDocument::canonical() const {
    return json::canonical(JsonObject{{"alg", crypto::name_of(algorithm_)},
                                      {"disclosures", json::Array(disclosures_.begin(), disclosures_.end())},
                                      {"kid", kid_},
                                      {"seed", to_base64url(seed_)},
                                      {"signing_input", signing_input_}});
}

std::string DraftDocument::payload() const {
    std::size_t const dot = signing_input_.find('.');
    if (dot == std::string::npos) return {};
    return to_string(from_base64url(std::string_view(signing_input_).substr(dot + 1)).value_or(Bytes{}));
}

LintedDraft::LintedDraft(LintedDraft&& other) noexcept
    : document_(std::move(other.document_)),
      facts_(std::move(other.facts_)),
      spent_(std::exchange(other.spent_, true)) {}

std::variant<LintedDraft, DraftDoubt> lint_draft(StoredDraft const& stored, domain::RecordFacts facts) {
    using enum DraftDoubt::Kind;
    auto document = DraftDocument::parse(stored.document);
    if (!document || crypto::sha256(as_bytes(stored.document)) != stored.digest ||
        document->kid() != stored.kid)
        return DraftDoubt{altered, "draft_altered"};
    DraftDocument const again =
        DraftDocument::derive(facts, document->kid(), document->algorithm(), document->seed());
    if (again != *document) return DraftDoubt{facts_changed, "facts_changed"};
    if (domain::Lint const* broken = domain::first_broken_lint(facts, document->payload()))
        return DraftDoubt{broken_rule, broken->id};
    return LintedDraft(std::move(*document), std::move(facts));
}

Outcome<SignedRecord> sign_draft(LintedDraft token, crypto::Signer const& signer,
                                 crypto::KeyResolver const& published) {
    if (token.spent()) return internal("token of a draft used twice");
    DraftDocument const& document = token.document();
    if (signer.kid() != document.kid() || signer.algorithm() != document.algorithm())
        return internal("draft names another key");
    crypto::SdJwt const parts{crypto::jws_attach(document.signing_input(), signer), document.disclosures(),
                              std::nullopt};
    std::string text = parts.text();
    // From here on verifies as a stranger would: with only the text and the published keys.
    auto const read = crypto::sd_jwt_verify(text, published, crypto::SdJwtPolicy{});
    if (!read) return internal("own signature does not verify");
    if (Json(read->payload) != domain::record_payload(token.facts()))
        return internal("signed record says something else");
    if (text.rfind(document.signing_input() + ".", 0) != 0)
        return internal("signed bytes are not the stored ones");
    return SignedRecord{token.facts(), std::move(text)};
}

}  // namespace sponsio::service

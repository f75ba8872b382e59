#include "crypto/log/tlog_proof.hpp"

#include "crypto/log/merkle.hpp"
#include "text/decimal.hpp"

namespace sponsio::crypto {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";
constexpr std::size_t max_hashes = 64;  // a tree's size has 64 bits

/// Reads a text line by line; text without a final newline is no line.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text), rest_(text) {}

    std::optional<std::string_view> next() {
        auto const end = rest_.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view const line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    [[nodiscard]] Error refuse(char const* message) const {
        return {proof_error::malformed, message, {}, text_.size() - rest_.size()};
    }

  private:
    std::string_view text_;
    std::string_view rest_;
};

}  // namespace

std::string TlogProof::text() const {
    std::string out(first_line);
    if (extra) out.append("\n").append(extra_word).append(to_base64(*extra));
    out.append("\n").append(index_word).append(std::to_string(index)).append("\n");
    for (Digest const& hash : hashes) out.append(to_base64(hash)).append("\n");
    return out.append("\n").append(checkpoint);
}

Result<TlogProof> TlogProof::parse(std::string_view text) {
    Lines lines(text);
    TlogProof proof;
    if (lines.next() != first_line) return lines.refuse("The text does not begin as a proof does.");
    auto line = lines.next();
    if (line && line->starts_with(extra_word)) {
        proof.extra = from_base64(line->substr(extra_word.size()));
        if (!proof.extra || proof.extra->empty()) return lines.refuse("The extra data is not base64.");
        line = lines.next();
    }
    if (!line || !line->starts_with(index_word)) return lines.refuse("There is no index.");
    auto const index = parse_decimal(line->substr(index_word.size()));
    if (!index) return lines.refuse("The index is not a decimal number without leading zeros.");
    proof.index = *index;

    while ((line = lines.next()) && !line->empty()) {
        auto const hash = as_digest(from_base64(*line));
        if (!hash) return lines.refuse("A hash of the proof is not 32 bytes in base64.");
        if (proof.hashes.size() == max_hashes) return lines.refuse("The proof has too many hashes.");
        proof.hashes.push_back(*hash);
    }
    if (!line || lines.rest().empty()) return lines.refuse("There is no checkpoint.");
    proof.checkpoint = lines.rest();
    return proof;
}

Result<Checkpoint> verify_tlog_proof(TlogProof const& proof, ByteView entry, NoteVerifier const& log,
                                     WitnessPolicy const& policy) {
    auto checkpoint = open_checkpoint(proof.checkpoint, log, policy);
    if (checkpoint &&
        !verify_inclusion(proof.index, checkpoint->size, leaf_hash(entry), proof.hashes, checkpoint->root))
        return Error{proof_error::not_included, "The hashes do not lead from the entry to the root.", {}, 0};
    return checkpoint;
}

}  // namespace sponsio::crypto

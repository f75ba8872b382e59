#include "crypto/log/witness.hpp"

#include "crypto/log/merkle.hpp"
#include "text/decimal.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

constexpr std::string_view old_word = "old ";
constexpr std::size_t max_hashes = 63;

std::optional<std::string_view> take_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view const line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

Error refusal(std::string_view code, char const* message) {
    return {code, message, {}, 0};
}

}  // namespace

std::string AddCheckpoint::text() const {
    std::string out = std::string(old_word) + std::to_string(old_size) + '\n';
    for (Digest const& hash : proof) out.append(to_base64(hash)).append(1, '\n');
    return out.append(1, '\n').append(checkpoint);
}

Result<AddCheckpoint> AddCheckpoint::parse(std::string_view text) {
    std::string_view rest = text;
    auto const refuse = [&](char const* message) {
        return Error{witness_error::malformed, message, {}, text.size() - rest.size()};
    };
    AddCheckpoint request;
    auto line = take_line(rest);
    if (!line || !line->starts_with(old_word)) return refuse("The request does not begin with an old size.");
    auto const size = parse_decimal(line->substr(old_word.size()));
    if (!size) return refuse("The old size is not a decimal number without leading zeros.");
    request.old_size = *size;
    while ((line = take_line(rest)) && !line->empty()) {
        auto const hash = as_digest(from_base64(*line));
        if (!hash) return refuse("A hash of the proof is not 32 bytes in base64.");
        if (request.proof.size() == max_hashes) return refuse("The proof has too many hashes.");
        request.proof.push_back(*hash);
    }
    if (!line || rest.empty()) return refuse("There is no checkpoint.");
    request.checkpoint = rest;
    return request;
}

Result<SignedCheckpoint> open_for_witness(std::string_view checkpoint, std::span<NoteVerifier const> logs) {
    auto note = Note::parse(checkpoint);
    if (!note) return refusal(witness_error::malformed, "The checkpoint is not a signed note.");
    auto head = Checkpoint::parse(note->text);
    if (!head) return refusal(witness_error::malformed, "The signed note is not a checkpoint.");

    bool known = false;
    std::vector<NoteSignature> good;
    for (NoteVerifier const& key : logs) {
        if (key.name() != head->origin) continue;
        known = true;
        if (!key.named_in(*note)) continue;
        if (!key.verified(*note))
            return refusal(witness_error::not_signed, "A signature of a known key of the log is wrong.");
        good.push_back(*std::ranges::find_if(note->signatures, [&](NoteSignature const& signature) {
            return signature.key_id == key.key_id() && signature.name == key.name();
        }));
    }
    if (!known) return refusal(witness_error::unknown_log, "This witness does not follow that log.");
    if (good.empty()) return refusal(witness_error::not_signed, "No known key of the log signed it.");
    note->signatures = std::move(good);
    return SignedCheckpoint{std::move(*head), std::move(*note)};
}

Result<void> check_growth(std::optional<Checkpoint> const& last, AddCheckpoint const& request,
                          Checkpoint const& head) {
    if (request.old_size > head.size)
        return refusal(witness_error::shrinks, "The old size is above that of the checkpoint.");
    if (request.old_size != (last ? last->size : 0))
        return refusal(witness_error::other_size, "The last cosigned checkpoint has another size.");
    if (head.size == 0 && head.root != empty_root())
        return refusal(witness_error::not_consistent, "The root is not that of an empty tree.");
    if (!verify_consistency(request.old_size, head.size, last ? last->root : empty_root(), head.root,
                            request.proof))
        return refusal(witness_error::not_consistent,
                       "The proof does not lead from the last cosigned checkpoint to this one.");
    return {};
}

}  // namespace sponsio::crypto

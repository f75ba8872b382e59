#include "crypto/log/checkpoint.hpp"

#include "text/decimal.hpp"

#include <algorithm>

namespace sponsio::crypto {
namespace {

Error malformed(char const* message) {
    return {checkpoint_error::malformed, message, {}, 0};
}

bool is_line(std::string_view text) {
    return !text.empty() && text.find('\n') == std::string_view::npos;
}

/// The lines of a text that ends with a newline.
std::optional<std::vector<std::string_view>> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

Error refused(NoteVerifier const& key, Note const& note) {
    if (key.named_in(note))
        return {note_error::bad_signature, "A signature of a trusted key is wrong.", {}, 0};
    return {note_error::not_signed, "There is no signature of the log's key.", {}, 0};
}

bool is_same_key(NoteVerifier const& a, NoteVerifier const& b) {
    return a.kind() == b.kind() && a.key() == b.key();
}

}  // namespace

std::string Checkpoint::text() const {
    std::string out;
    auto const add = [&out](std::string_view line) {
        if (!is_line(line)) throw Failure("not one line of a checkpoint");
        out.append(line).append(1, '\n');
    };
    add(origin);
    add(std::to_string(size));
    add(to_base64(root));
    for (std::string const& line : extensions) add(line);
    return out;
}

Result<Checkpoint> Checkpoint::parse(std::string_view note_text) {
    auto const lines = lines_of(note_text);
    if (!lines || lines->size() < 3) return malformed("A checkpoint has at least three whole lines.");
    if (std::any_of(lines->begin(), lines->end(), [](std::string_view line) { return line.empty(); }))
        return malformed("A line of the checkpoint is empty.");
    auto const size = parse_decimal((*lines)[1]);
    if (!size) return malformed("The tree size is not a decimal number without leading zeros.");
    auto const root = as_digest(from_base64((*lines)[2]));
    if (!root) return malformed("The root hash is not 32 bytes in base64.");
    return Checkpoint{std::string(lines->front()), *size, *root, {lines->begin() + 3, lines->end()}};
}

Result<Checkpoint> open_checkpoint(std::string_view signed_note, NoteVerifier const& log,
                                   WitnessPolicy const& policy) {
    auto const note = Note::parse(signed_note);
    if (!note) return note.error();
    if (!log.verified(*note)) return refused(log, *note);

    std::vector<NoteVerifier const*> cosigners;
    for (NoteVerifier const& witness : policy.witnesses) {
        if (!witness.named_in(*note)) continue;
        if (!witness.verified(*note)) return refused(witness, *note);
        // One key under two names counts as one witness: its signature does not cover the name.
        if (std::none_of(cosigners.begin(), cosigners.end(),
                         [&](NoteVerifier const* other) { return is_same_key(*other, witness); }))
            cosigners.push_back(&witness);
    }
    if (cosigners.size() < policy.quorum)
        return Error{checkpoint_error::no_quorum, "Too few witnesses have cosigned.", {}, 0};

    auto checkpoint = Checkpoint::parse(note->text);
    if (checkpoint && checkpoint->origin != log.name())
        return Error{checkpoint_error::wrong_origin, "The checkpoint is of another log.", {}, 0};
    return checkpoint;
}

}  // namespace sponsio::crypto

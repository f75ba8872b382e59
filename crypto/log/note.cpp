#include "crypto/log/note.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/signer.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace sponsio::crypto {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view dash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t id_size = 4;
constexpr std::size_t time_size = 8;
constexpr std::size_t ed25519_size = 64;
constexpr std::size_t ed25519_key_size = 32;

/// Whether the text is UTF-8 without control characters other than newline.
bool is_note_text(std::string_view text) {
    char const* const end = text.data() + text.size();
    for (char const* at = text.data(); at != end;) {
        auto const byte = static_cast<std::uint8_t>(*at);
        std::size_t const length = byte < 0x80 ? 1 : utf8_length(at, end);
        if (length == 0 || (byte < 0x20 && byte != '\n')) return false;
        at += length;
    }
    return true;
}

/// Whether the text holds a character of Unicode's White_Space property.
bool has_space(std::string_view text) {
    static constexpr std::array spaces{"\t"sv,           "\n"sv,           "\v"sv,
                                       "\f"sv,           "\r"sv,           " "sv,
                                       "\xC2\x85"sv,     "\xC2\xA0"sv,     "\xE1\x9A\x80"sv,
                                       "\xE2\x80\x80"sv, "\xE2\x80\x81"sv, "\xE2\x80\x82"sv,
                                       "\xE2\x80\x83"sv, "\xE2\x80\x84"sv, "\xE2\x80\x85"sv,
                                       "\xE2\x80\x86"sv, "\xE2\x80\x87"sv, "\xE2\x80\x88"sv,
                                       "\xE2\x80\x89"sv, "\xE2\x80\x8A"sv, "\xE2\x80\xA8"sv,
                                       "\xE2\x80\xA9"sv, "\xE2\x80\xAF"sv, "\xE2\x81\x9F"sv,
                                       "\xE3\x80\x80"sv};
    return std::any_of(spaces.begin(), spaces.end(),
                       [&](std::string_view space) { return text.find(space) != std::string_view::npos; });
}

template <std::size_t N>
void put_big_endian(Bytes& out, std::uint64_t value) {
    for (std::size_t i = N; i-- != 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (std::uint8_t const byte : bytes) value = value << 8 | byte;
    return value;
}

std::string hex_of(std::uint32_t key_id) {
    Bytes bytes;
    put_big_endian<id_size>(bytes, key_id);
    return to_hex(bytes);
}

Error malformed(char const* message, std::size_t offset) {
    return {note_error::malformed, message, {}, offset};
}

/// The line without its newline.
std::optional<NoteSignature> parse_signature(std::string_view line) {
    if (!line.starts_with(dash)) return std::nullopt;
    line.remove_prefix(dash.size());
    auto const space = line.find(' ');
    if (space == std::string_view::npos || !is_note_key_name(line.substr(0, space))) return std::nullopt;
    auto const bytes = from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= id_size) return std::nullopt;
    ByteView const view(*bytes);
    return NoteSignature{std::string(line.substr(0, space)),
                         static_cast<std::uint32_t>(big_endian(view.first(id_size))),
                         to_bytes(view.subspan(id_size))};
}

/// The signed message of a cosignature (tlog-cosignature, "Ed25519 signed message").
std::string cosigned_message(std::string_view text, std::uint64_t time) {
    return "cosignature/v1\ntime " + std::to_string(time) + '\n' + std::string(text);
}

/// Throws Failure for a key that cannot sign notes or a text that no note can have.
void check_signing(std::string_view text, std::string_view name, Signer const& signer) {
    if (signer.algorithm() != Algorithm::ed25519) throw Failure("notes are signed with Ed25519 keys only");
    if (!is_note_key_name(name)) throw Failure("not the name of a note key");
    if (!text.ends_with('\n') || !is_note_text(text)) throw Failure("not the text of a note");
}

}  // namespace

std::string Note::serialise() const {
    std::string out = text + '\n';
    for (NoteSignature const& s : signatures) {
        Bytes bytes;
        put_big_endian<id_size>(bytes, s.key_id);
        bytes.insert(bytes.end(), s.signature.begin(), s.signature.end());
        out.append(dash).append(s.name).append(1, ' ').append(to_base64(bytes)).append(1, '\n');
    }
    return out;
}

Result<Note> Note::parse(std::string_view text) {
    if (text.size() > max_note_size) return malformed("The note is too long.", 0);
    if (!is_note_text(text)) return malformed("The note is not UTF-8 or has control characters.", 0);
    auto const blank = text.rfind("\n\n");
    if (blank == std::string_view::npos) return malformed("The note has no line of signatures.", 0);

    Note note{std::string(text.substr(0, blank + 1)), {}};
    for (std::size_t at = blank + 2; at != text.size();) {
        auto const end = text.find('\n', at);
        auto signature =
            end == std::string_view::npos ? std::nullopt : parse_signature(text.substr(at, end - at));
        if (!signature) return malformed("A line of a signature has a wrong form.", at);
        if (note.signatures.size() == max_note_signatures)
            return Error{note_error::too_many, "The note has too many signatures.", {}, at};
        note.signatures.push_back(std::move(*signature));
        at = end + 1;
    }
    if (note.signatures.empty()) return malformed("The note has no line of signatures.", blank);
    return note;
}

bool is_note_key_name(std::string_view name) {
    return !name.empty() && is_note_text(name) && !has_space(name) &&
           name.find('+') == std::string_view::npos;
}

std::uint32_t note_key_id(std::string_view name, NoteKeyKind kind, PublicKey const& key) {
    std::array<std::uint8_t, 2> const separator{'\n', static_cast<std::uint8_t>(kind)};
    Digest const digest = sha256({as_bytes(name), separator, key.raw()});
    return static_cast<std::uint32_t>(big_endian(ByteView(digest).first(id_size)));
}

NoteVerifier::NoteVerifier(std::string name, PublicKey key, NoteKeyKind kind)
    : name_(std::move(name)), key_(std::move(key)), kind_(kind), key_id_(note_key_id(name_, kind_, key_)) {
    if (key_.algorithm() != Algorithm::ed25519) throw Failure("notes are verified with Ed25519 keys only");
    if (!is_note_key_name(name_)) throw Failure("not the name of a note key");
}

Result<NoteVerifier> NoteVerifier::from_vkey(std::string_view vkey) {
    Error const refusal{note_error::bad_verifier_key, "The verifier key has a wrong form.", {}, 0};
    auto const first = vkey.find('+');
    auto const second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
    if (second == std::string_view::npos || !is_note_key_name(vkey.substr(0, first))) return refusal;
    // Base64 may contain plus signs, so only the first two separate.
    auto const material = from_base64(vkey.substr(second + 1));
    if (!material || material->size() != 1 + ed25519_key_size) return refusal;
    auto const kind = static_cast<NoteKeyKind>(material->front());
    if (kind != NoteKeyKind::ed25519 && kind != NoteKeyKind::cosignature_v1) return refusal;
    auto key = PublicKey::from_raw(Algorithm::ed25519, ByteView(*material).subspan(1));
    if (!key) return refusal;
    NoteVerifier verifier(std::string(vkey.substr(0, first)), *key, kind);
    if (vkey.substr(first + 1, second - first - 1) != hex_of(verifier.key_id())) return refusal;
    return verifier;
}

std::string NoteVerifier::vkey() const {
    Bytes material{static_cast<std::uint8_t>(kind_)};
    Bytes const raw = key_.raw();
    material.insert(material.end(), raw.begin(), raw.end());
    return name_ + '+' + hex_of(key_id_) + '+' + to_base64(material);
}

bool NoteVerifier::is_own(NoteSignature const& signature) const noexcept {
    return signature.key_id == key_id_ && signature.name == name_;
}

bool NoteVerifier::is_good(std::string_view text, NoteSignature const& signature) const {
    if (kind_ == NoteKeyKind::ed25519) return key_.verify(as_bytes(text), signature.signature);
    ByteView const bytes(signature.signature);
    if (bytes.size() != time_size + ed25519_size) return false;
    std::uint64_t const time = big_endian(bytes.first(time_size));
    if (time > std::numeric_limits<std::int64_t>::max()) return false;
    return key_.verify(as_bytes(cosigned_message(text, time)), bytes.subspan(time_size));
}

bool NoteVerifier::named_in(Note const& note) const noexcept {
    return std::any_of(note.signatures.begin(), note.signatures.end(),
                       [this](NoteSignature const& s) { return is_own(s); });
}

bool NoteVerifier::verified(Note const& note) const {
    return named_in(note) &&
           std::all_of(note.signatures.begin(), note.signatures.end(),
                       [&](NoteSignature const& s) { return !is_own(s) || is_good(note.text, s); });
}

std::optional<std::chrono::sys_seconds> NoteVerifier::cosigned_at(Note const& note) const {
    if (kind_ != NoteKeyKind::cosignature_v1 || !verified(note)) return std::nullopt;
    std::uint64_t latest = 0;
    for (NoteSignature const& s : note.signatures)
        if (is_own(s)) latest = std::max(latest, big_endian(ByteView(s.signature).first(time_size)));
    return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(latest)));
}

NoteSignature sign_note(std::string_view text, std::string_view name, Signer const& signer) {
    check_signing(text, name, signer);
    return {std::string(name), note_key_id(name, NoteKeyKind::ed25519, signer.public_key()),
            signer.sign(as_bytes(text))};
}

NoteSignature cosign_note(std::string_view text, std::string_view name, Signer const& signer,
                          std::chrono::sys_seconds at) {
    check_signing(text, name, signer);
    auto const seconds = at.time_since_epoch().count();
    if (seconds < 0) throw Failure("a cosignature cannot be dated before 1970");
    auto const time = static_cast<std::uint64_t>(seconds);
    NoteSignature out{
        std::string(name), note_key_id(name, NoteKeyKind::cosignature_v1, signer.public_key()), {}};
    put_big_endian<time_size>(out.signature, time);
    Bytes const signature = signer.sign(as_bytes(cosigned_message(text, time)));
    out.signature.insert(out.signature.end(), signature.begin(), signature.end());
    return out;
}

}  // namespace sponsio::crypto

#pragma once

#include "crypto/keys/public_key.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Signed notes (C2SP signed-note) and the timestamped Ed25519 cosignatures on them (C2SP tlog-cosignature).
namespace sponsio::crypto {

class Signer;

/// The words of note errors, in Error::code.
namespace note_error {
inline constexpr std::string_view malformed = "malformed_note";
inline constexpr std::string_view too_many = "too_many_signatures";
inline constexpr std::string_view bad_verifier_key = "bad_verifier_key";
inline constexpr std::string_view not_signed = "not_signed";        ///< no signature of the trusted key
inline constexpr std::string_view bad_signature = "bad_signature";  ///< one of a trusted key that is wrong
}  // namespace note_error

inline constexpr std::size_t max_note_signatures = 100;
inline constexpr std::size_t max_note_size = std::size_t{1} << 20;  ///< bytes

/// A signature line: "— <name> base64(key id || signature)".
struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature;

    bool operator==(NoteSignature const&) const = default;
};

/// The text must be ignored until a trusted key's signature has been verified.
struct Note {
    std::string text;  ///< with its final newline
    std::vector<NoteSignature> signatures;

    [[nodiscard]] std::string serialise() const;
    /// Keeps signatures of unknown keys as they came. A note that parses serialises to the same bytes.
    static Result<Note> parse(std::string_view text);
};

/// The signature type byte.
enum class NoteKeyKind : std::uint8_t {
    ed25519 = 1,         ///< signed-note: over the text
    cosignature_v1 = 4,  ///< tlog-cosignature: over time and text of a checkpoint
};

/// Whether a key name is not empty and has no spaces, control characters or plus signs.
bool is_note_key_name(std::string_view name);

/// SHA-256(name || 0x0A || kind || 32-byte public key)[:4]
std::uint32_t note_key_id(std::string_view name, NoteKeyKind kind, PublicKey const& key);

/// One trusted Ed25519 key with the name and the kind under which it signs.
class NoteVerifier {
  public:
    /// <name>+<hex key id>+base64(kind || public key). Refuses a key id that does not follow from the rest.
    static Result<NoteVerifier> from_vkey(std::string_view vkey);
    /// Throws Failure for a bad name or a key that is not Ed25519.
    NoteVerifier(std::string name, PublicKey key, NoteKeyKind kind = NoteKeyKind::ed25519);

    [[nodiscard]] std::string const& name() const noexcept { return name_; }

    [[nodiscard]] std::uint32_t key_id() const noexcept { return key_id_; }

    [[nodiscard]] NoteKeyKind kind() const noexcept { return kind_; }

    [[nodiscard]] PublicKey const& key() const noexcept { return key_; }

    [[nodiscard]] std::string vkey() const;

    /// Whether the note has a signature line with this key's name and id.
    [[nodiscard]] bool named_in(Note const& note) const noexcept;
    /// Whether this key's signature is on the note, and no other line claims the key wrongly.
    [[nodiscard]] bool verified(Note const& note) const;
    /// The time of a verified cosignature, the latest if there are several. Nothing for kind ed25519.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> cosigned_at(Note const& note) const;

  private:
    [[nodiscard]] bool is_own(NoteSignature const& signature) const noexcept;
    [[nodiscard]] bool is_good(std::string_view text, NoteSignature const& signature) const;

    std::string name_;
    PublicKey key_;
    NoteKeyKind kind_;
    std::uint32_t key_id_;
};

/// These throw Failure for a signer that is not Ed25519, a bad name, and a text that no note can have.
NoteSignature sign_note(std::string_view text, std::string_view name, Signer const& signer);
/// `at`: not before 1970.
NoteSignature cosign_note(std::string_view text, std::string_view name, Signer const& signer,
                          std::chrono::sys_seconds at);

}  // namespace sponsio::crypto

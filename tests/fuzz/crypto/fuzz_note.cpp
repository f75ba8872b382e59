#include "crypto/log/checkpoint.hpp"

#include <cstdlib>

/// A note and a checkpoint that are taken are written as they came; an unknown key verifies nothing; a
/// verifier key that is taken has one spelling.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    static NoteVerifier const peter =
        NoteVerifier::from_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
    std::string_view const text = as_text({data, size});
    std::string_view const line = text.substr(0, text.find('\n'));
    if (auto const key = NoteVerifier::from_vkey(line); key && key->vkey() != line) std::abort();
    if (auto const checkpoint = Checkpoint::parse(text); checkpoint && checkpoint->text() != text)
        std::abort();

    auto const note = Note::parse(text);
    if (!note) {
        if (note.error().code.empty() || note.error().offset > size) std::abort();
        return 0;
    }
    if (note->serialise() != text || note->signatures.empty()) std::abort();
    if (auto const checkpoint = Checkpoint::parse(note->text); checkpoint && checkpoint->text() != note->text)
        std::abort();
    // Whoever finds one has broken Ed25519.
    if (open_checkpoint(text, peter)) std::abort();
    return 0;
}

#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/tokens/jws.hpp"
#include "crypto/verify/verdict.hpp"
#include "text/json.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is handed to a check: files, keys, times. It throws NotChecked.
namespace sponsio::verify {

inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// The bytes of a file, piece by piece.
void read_pieces(std::string const& path, std::function<void(std::string_view)> const& take);
/// The bytes of a file of at most that size.
std::string read_file(std::string const& path, std::size_t max_bytes = max_file_bytes);
/// The bytes of a text that was published or answered. NotChecked where plainly something else stands in its
/// place: nothing, a page or a refusal of a server, or a text that a program re-encoded (a byte order mark,
/// UTF-16).
std::string read_published(std::string const& path, std::size_t max_bytes = max_file_bytes);
/// That, without one final line end: for texts that editors and shells end with one.
std::string read_text(std::string const& path);

/// Whose signatures under a checkpoint count.
struct TrustOptions {
    /// Verifier keys of logs (C2SP signed-note) or files with one on each line: those a log had one after the
    /// other, those of several shards. Each of them is trusted for the log that it names.
    std::vector<std::string> vkeys;
    std::vector<std::string> witnesses;  ///< likewise, a witness each
    std::optional<std::size_t> quorum;   ///< all witnesses where absent
};

struct Trust {
    std::vector<crypto::NoteVerifier> log_keys;  ///< not empty
    crypto::WitnessPolicy witnesses;

    /// What check(key) gives for the first key that signed, or for the last one.
    template <class Check>
    [[nodiscard]] auto under_any_key(Check const& check) const {
        auto result = check(log_keys.front());
        for (std::size_t i = 1; i != log_keys.size(); ++i)
            if (!result && result.error().code == crypto::note_error::not_signed) result = check(log_keys[i]);
        return result;
    }
};

Trust trust_in(TrustOptions const& options);

/// The keys of an issuer.
crypto::Jwks read_jwks(std::string const& path);
/// Throws Refuted unless the key of that id was in use when `whose` signature says it was made.
void require_in_use(crypto::Jwks const& keys, std::string_view kid,
                    std::optional<std::chrono::sys_seconds> at, Sentence const& whose);

/// A signed tree head of that trust; throws Refuted. `where` says in the refutation which one it is.
crypto::Checkpoint open_head(std::string_view signed_note, Trust const& trust, std::string const& where);

/// What a checkpoint that stood under this trust shows, and what it cannot show.
void tell_witnesses(Findings& findings, Trust const& trust);

/// RFC 3339 in UTC, whole seconds: "2026-03-02T01:00:06Z".
std::chrono::sys_seconds parse_time(std::string const& text);
std::string time_text(std::chrono::sys_seconds time);

}  // namespace sponsio::verify

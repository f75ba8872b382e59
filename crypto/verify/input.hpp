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

/// The inputs of a check: files, keys, times. Functions here throw NotChecked unless they say otherwise.
namespace sponsio::verify {

inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// The bytes of a file, piece by piece.
void read_pieces(std::string const& path, std::function<void(std::string_view)> const& take);
/// The bytes of a file of at most that size.
std::string read_file(std::string const& path, std::size_t max_bytes = max_file_bytes);
/// The bytes of a text that was published or answered. Throws NotChecked where plainly something else stands
/// in its place: nothing, an HTML page, a server's refusal, or a text that a program
/// re-encoded (byte order mark, UTF-16).
std::string read_published(std::string const& path, std::size_t max_bytes = max_file_bytes);
/// The published text without one final line end, for texts that editors and shells end with one.
std::string read_text(std::string const& path);

/// The keys whose signatures under a checkpoint count.
struct TrustOptions {
    /// Verifier keys of logs (C2SP signed-note) or files with one key on each line: successive keys of one
    /// log, or keys of several shards. Each key is trusted for the log that it names.
    std::vector<std::string> vkeys;
    std::vector<std::string> witnesses;  ///< verifier keys of witnesses, or files of them
    std::optional<std::size_t> quorum;   ///< all witnesses where absent
};

struct Trust {
    std::vector<crypto::NoteVerifier> log_keys;  ///< not empty
    crypto::WitnessPolicy witnesses;

    /// The result of check(key) for the first key that signed, else the result for the last key.
    template <class Check>
    [[nodiscard]] auto under_any_key(Check const& check) const {
        auto result = check(log_keys.front());
        for (std::size_t i = 1; i != log_keys.size(); ++i)
            if (!result && result.error().code == crypto::note_error::not_signed) result = check(log_keys[i]);
        return result;
    }
};

Trust trust_in(TrustOptions const& options);

/// The key set of an issuer.
crypto::Jwks read_jwks(std::string const& path);
/// Throws Refuted unless the key of that id was in use at `at`, the time stated by `whose` signature.
void require_in_use(crypto::Jwks const& keys, std::string_view kid,
                    std::optional<std::chrono::sys_seconds> at, Sentence const& whose);

/// Opens a signed tree head under that trust; throws Refuted. `where` names the head in the refutation.
crypto::Checkpoint open_head(std::string_view signed_note, Trust const& trust, std::string const& where);

/// Adds to the findings what the witnesses of this trust show about a checkpoint, and what they cannot show.
void tell_witnesses(Findings& findings, Trust const& trust);

/// RFC 3339 in UTC, whole seconds: "2026-03-02T01:00:06Z".
std::chrono::sys_seconds parse_time(std::string const& text);
std::string time_text(std::chrono::sys_seconds time);

}  // namespace sponsio::verify

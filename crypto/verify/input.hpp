#pragma once

#include "crypto/checkpoint.hpp"
#include "crypto/json.hpp"
#include "crypto/verify/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is handed to a check: files, keys, times. It throws NotChecked.
namespace sponsio::verify {

inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// The bytes of a file of at most that size.
std::string read_file(std::string const& path, std::size_t max_bytes = max_file_bytes);
/// That, without one final line end: for texts that editors and shells end with one.
std::string read_text(std::string const& path);

/// Whose signatures under a checkpoint count.
struct TrustOptions {
    std::string vkey;                    ///< a verifier key (C2SP signed-note), or the file that holds one
    std::vector<std::string> witnesses;  ///< likewise
    std::optional<std::size_t> quorum;   ///< all witnesses where absent
};

struct Trust {
    crypto::NoteVerifier log;
    crypto::WitnessPolicy witnesses;
};

Trust trust_in(TrustOptions const& options);

/// A signed tree head of that trust; throws Refuted. `where` says in the refutation which one it is.
crypto::Checkpoint open_head(std::string_view signed_note, Trust const& trust, std::string const& where);

/// What a checkpoint that stood under this trust shows, and what it cannot show.
void tell_witnesses(Findings& findings, Trust const& trust);

/// RFC 3339 in UTC, whole seconds: "2026-03-02T01:00:06Z".
std::chrono::sys_seconds parse_time(std::string const& text);
std::string time_text(std::chrono::sys_seconds time);

}  // namespace sponsio::verify

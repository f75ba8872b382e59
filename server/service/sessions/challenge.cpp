#include "server/service/sessions/challenge.hpp"

#include "crypto/random.hpp"

#include <algorithm>
#include <charconv>

namespace sponsio::service {
namespace {

constexpr std::string_view proven_as = "sign-in challenge";

std::int64_t seconds_of(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

/// The text that is proven: "<seconds>.<random>"; the challenge is it with "<proof>.<id of the proof's key>"
/// behind.
struct Parts {
    std::string_view proven, seconds, proof, key;
};

std::optional<Parts> parts_of(std::string_view text) {
    std::size_t const first = text.find('.');
    std::size_t const second = first == text.npos ? first : text.find('.', first + 1);
    std::size_t const third = second == text.npos ? second : text.find('.', second + 1);
    if (third == text.npos) return std::nullopt;
    return Parts{text.substr(0, second), text.substr(0, first), text.substr(second + 1, third - second - 1),
                 text.substr(third + 1)};
}

}  // namespace

std::string make_challenge(Vault const& vault, Instant now) {
    std::string text =
        std::to_string(seconds_of(now)) + "." + to_base64url(crypto::system_entropy().array<16>());
    store::Proof const proof = vault.prove(proven_as, text);
    text += "." + to_base64url(proof.value) + "." + proof.key;
    return to_base64url(as_bytes(text));
}

bool is_challenge_of_ours(Vault const& vault, std::string_view challenge, Instant now) {
    auto const bytes = from_base64url(challenge);
    auto const parts = bytes ? parts_of(as_text(*bytes)) : std::nullopt;
    auto const value = parts ? from_base64url(parts->proof) : std::nullopt;
    store::Proof proof;
    if (!value || value->size() != proof.value.size()) return false;
    std::ranges::copy(*value, proof.value.begin());
    proof.key = parts->key;
    std::int64_t made = 0;
    auto const [end, wrong] =
        std::from_chars(parts->seconds.data(), parts->seconds.data() + parts->seconds.size(), made);
    if (wrong != std::errc{} || end != parts->seconds.data() + parts->seconds.size()) return false;
    std::int64_t const age = seconds_of(now) - made;
    return age >= 0 && age <= std::chrono::seconds(challenge_life).count() &&
           vault.proves(proof, proven_as, parts->proven);
}

}  // namespace sponsio::service

#pragma once

#include "server/domain/lifecycle.hpp"

#include <array>
#include <chrono>
#include <optional>

/// An integrator's wish to be told of records, and the pace at which a receiver that does not answer is
/// tried.
namespace sponsio::domain {

enum class SubscriptionState {
    active,
    disabled,  ///< the receiver failed for too long, or said that it is gone
    ended
};
enum class SubscriptionEvent { disable, resume, end };

constexpr auto words_of(SubscriptionState) {
    using enum SubscriptionState;
    return std::to_array<Word<SubscriptionState>>(
        {{active, "active"}, {disabled, "disabled"}, {ended, "ended"}});
}

constexpr auto words_of(SubscriptionEvent) {
    using enum SubscriptionEvent;
    return std::to_array<Word<SubscriptionEvent>>({{disable, "disable"}, {resume, "resume"}, {end, "end"}});
}

using SubscriptionLifecycle = Lifecycle<SubscriptionState, SubscriptionEvent, NoFacts>;
extern SubscriptionLifecycle const subscription_lifecycle;

/// How messages are signed, by the identifiers of Standard Webhooks 1.0.
enum class SignatureScheme {
    symmetric,  ///< HMAC-SHA256 under a secret that both sides have
    asymmetric  ///< Ed25519: the receiver has the public key only
};

constexpr auto words_of(SignatureScheme) {
    using enum SignatureScheme;
    return std::to_array<Word<SignatureScheme>>({{symmetric, "v1"}, {asymmetric, "v1a"}});
}

/// For so long at most an earlier secret signs beside the one that took its place.
inline constexpr std::chrono::hours longest_overlap{24 * 7};

/// What a message is about: its `type`.
enum class DeliveryKind { record_issued, status_changed, removal };

constexpr auto words_of(DeliveryKind) {
    using enum DeliveryKind;
    return std::to_array<Word<DeliveryKind>>({{record_issued, "record.issued"},
                                              {status_changed, "record.status_changed"},
                                              {removal, "record.removal"}});
}

enum class DeliveryState { waiting, delivered, given_up };

constexpr auto words_of(DeliveryState) {
    using enum DeliveryState;
    return std::to_array<Word<DeliveryState>>(
        {{waiting, "waiting"}, {delivered, "delivered"}, {given_up, "given_up"}});
}

/// The pause after so many attempts (from 1 on) that came to nothing; nothing: it is given up. Nine pauses
/// over three days (Standard Webhooks 1.0, "Deliverability and reliability").
std::optional<std::chrono::seconds> pause_after(int attempts);

/// A receiver that took nothing for so long is disabled.
inline constexpr std::chrono::days longest_failing{5};

}  // namespace sponsio::domain

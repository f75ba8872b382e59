#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"

#include <array>
#include <optional>
#include <string_view>

/// Who acts: an official with an account, the subject of a case, one of the public, or the system itself.
namespace sponsio::domain {

enum class ActorKind { official, subject, public_, system };

constexpr auto words_of(ActorKind) {
    using enum ActorKind;
    return std::to_array<Word<ActorKind>>(
        {{official, "official"}, {subject, "subject"}, {public_, "public"}, {system, "system"}});
}

/// The party to a case, without an account: the reference that the server made for it (UUIDv7).
using SubjectId = Id<struct SubjectTag>;
/// One of the public, of whom nothing is known but a key that they keep.
using SubmitterId = Id<struct SubmitterTag>;

/// The id of whoever keeps that key: the same for the same key. It is made of a digest, so a key that spells
/// the id of an account or of a subject gives another one (a UUID of version 8, RFC 9562 §5.8; theirs are of
/// version 7).
SubmitterId submitter_with(std::string_view key);

/// The server itself, by a rule or a clock.
struct System {};

/// Who did something, as its event tells it: an official by their account, all others by their kind alone, so
/// that what can never be changed nor erased leads to no resident.
class Actor {
  public:
    Actor(System) : kind_(ActorKind::system) {}

    Actor(AccountId account) : kind_(ActorKind::official), account_(account) {}

    /// An official, or the system where there is no account.
    Actor(std::optional<AccountId> account)
        : kind_(account ? ActorKind::official : ActorKind::system), account_(account) {}

    Actor(SubjectId) : kind_(ActorKind::subject) {}

    Actor(SubmitterId) : kind_(ActorKind::public_) {}

    [[nodiscard]] ActorKind kind() const { return kind_; }

    /// An official has one, nobody else.
    [[nodiscard]] std::optional<AccountId> const& account() const { return account_; }

    friend bool operator==(Actor const&, Actor const&) = default;

    /// As a row tells it. Without a kind: of an official, if there is an account, else of the system.
    static Actor recorded(std::optional<ActorKind> kind, std::optional<AccountId> account) {
        Actor actor(account);
        if (kind) actor.kind_ = *kind;
        return actor;
    }

  private:
    ActorKind kind_;
    std::optional<AccountId> account_;
};

}  // namespace sponsio::domain

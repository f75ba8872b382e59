#pragma once

#include "crypto/random.hpp"
#include "server/db/tx.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/service/unit/once.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/events.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Use of a session by the services: one transaction a request, each step with its event, each create once.
namespace sponsio::service {

/// Runs `Outcome<T> body(PgSession&)` in a transaction that is committed only if the outcome has a value. The
/// body is run again after a serialization failure or deadlock, so it must only read and write the database.
template <class Body>
auto in_transaction(db::PgSession& db, Body body) -> decltype(body(db)) {
    return db::retry([&] {
        db::Tx tx(db);
        auto outcome = body(db);
        if (outcome) tx.commit();
        return outcome;
    });
}

/// Runs `Outcome<T> body(PgSession&)`, which only reads, on one snapshot of the database.
template <class Body>
auto in_snapshot(db::PgSession& db, Body body) -> decltype(body(db)) {
    db::Tx tx(db, {.isolation = db::Isolation::repeatable_read, .read_only = true});
    auto outcome = body(db);
    tx.commit();
    return outcome;
}

template <class AnyId>
AnyId new_id(Instant now) {
    return AnyId{Uuid::v7(now, crypto::system_entropy().array<10>())};
}

/// The actor and subject of a step, for its event.
struct Move {
    std::string subject;
    domain::Actor actor;
    Instant now;
    std::optional<std::string> why{};
    std::optional<std::string> rule{};
    std::int16_t shard = 0;
    std::optional<OrganisationId> organisation{};  ///< whose it is, where the actor does not say it
};

/// Events of one transaction, for the caller to append in one go.
using Events = std::vector<store::Event>;

/// Asks the lifecycle for the next state and adds the event of the transition to `events`. The caller writes
/// the new state into the row, which it has locked, in the same transaction.
template <class L>
Outcome<typename L::State> step(Events& events, L const& lifecycle, typename L::State from,
                                typename L::Event event, typename L::Facts const& facts, Move const& move) {
    auto to = lifecycle.next(from, event, facts);
    if (!to) return to;
    events.push_back({.shard = move.shard,
                      .at = move.now,
                      .lifecycle = std::string(lifecycle.name),
                      .subject = move.subject,
                      .from = std::string(domain::word(from)),
                      .event = std::string(domain::word(event)),
                      .to = std::string(domain::word(*to)),
                      .actor = move.actor,
                      .why = move.why,
                      .rule = move.rule,
                      .organisation = move.organisation});
    return to;
}

/// Asks the lifecycle for the next state and writes the event at once.
template <class L>
Outcome<typename L::State> step(db::PgSession& db, L const& lifecycle, typename L::State from,
                                typename L::Event event, typename L::Facts const& facts, Move const& move) {
    Events events;
    auto to = step(events, lifecycle, from, event, facts, move);
    store::append(db, events);
    return to;
}

/// The event of a thing that begins in its lifecycle's first state.
template <class L>
store::Event birth(L const& lifecycle, Move const& move) {
    return {.shard = move.shard,
            .at = move.now,
            .lifecycle = std::string(lifecycle.name),
            .subject = move.subject,
            .from = std::nullopt,
            .event = "created",
            .to = std::string(domain::word(lifecycle.initial)),
            .actor = move.actor,
            .why = move.why,
            .rule = move.rule,
            .organisation = move.organisation};
}

template <class L>
void born(db::PgSession& db, L const& lifecycle, Move const& move) {
    store::append(db, birth(lifecycle, move));
}

/// The result of the first use of a key.
struct Made {
    std::string location;
    domain::Json answer;
    bool secret = false;  ///< it is shown this once: its answer is not kept, and a repetition is told so
};

/// Does `make` (Outcome<Made>(PgSession&)) once per owner and key, all in one transaction with the memory
/// of it, which ends after store::key_lifetime. The same key with the same request gets the first answer
/// again, with another request problem::idempotency_key_reused.
template <class Make>
Outcome<Created> create_once(db::PgSession& db, Vault const& vault, KeyOwner const& owner,
                             RequestOnce const& once, Instant now, Make make);

namespace detail {
Outcome<std::optional<Created>> replay(db::PgSession& db, Vault const& vault, KeyOwner const& owner,
                                       RequestOnce const& once, Instant now);
void remember(db::PgSession& db, Vault const& vault, KeyOwner const& owner, RequestOnce const& once,
              Created const& created, int status, Instant now);
bool is_race_on_key(db::DbError const& error);

/// Tries once more where a filing, which waits for nobody, used the key in the meantime.
template <class Attempt>
auto despite_race(Attempt attempt) -> decltype(attempt()) {
    try {
        return attempt();
    } catch (db::DbError const& error) {
        if (!is_race_on_key(error)) throw;
    }
    return attempt();
}
}  // namespace detail

template <class Make>
Outcome<Created> create_once(db::PgSession& db, Vault const& vault, KeyOwner const& owner,
                             RequestOnce const& once, Instant now, Make make) {
    return detail::despite_race([&] {
        return in_transaction(db, [&](db::PgSession& session) -> Outcome<Created> {
            auto earlier = detail::replay(session, vault, owner, once, now);
            if (!earlier) return earlier.error();
            if (*earlier) return std::move(**earlier);
            Outcome<Made> made = make(session);
            if (!made) return made.error();
            Created created{json::write(made->answer), std::move(made->location), false};
            detail::remember(session, vault, owner, once,
                             made->secret ? Created{"", created.location} : created, 201, now);
            return created;
        });
    });
}

/// Runs a step that `caller` asked for: `Outcome<Answer> body(PgSession&)`, whose answer is what the caller
/// will get. If the request came with an Idempotency-Key, the answer is stored with its effect, and whoever
/// repeats the request gets it again without a second effect. What was refused is not stored: it may be
/// allowed later. A signature of the caller is stored with the step.
template <class Body>
auto in_transaction(db::PgSession& db, Caller<Official> const& caller, Body body) -> decltype(body(db)) {
    using Step = decltype(body(db));
    auto const with_signature = [&](db::PgSession& session) -> Step {
        Step answer = body(session);
        if (answer && caller.signature) store::insert(session, *caller.signature);
        return answer;
    };
    if (!caller.once) return in_transaction(db, with_signature);
    Once& once = *caller.once;
    return detail::despite_race([&] {
        return in_transaction(db, [&](db::PgSession& session) -> Step {
            auto earlier = once.earlier(session, *caller.who);
            if (!earlier) return earlier.error();
            if (*earlier) return KeptAnswer<typename Step::value_type>::read(std::move(**earlier));
            Step answer = with_signature(session);
            if (answer)
                once.keep(session, *caller.who, KeptAnswer<typename Step::value_type>::write(*answer));
            return answer;
        });
    });
}

}  // namespace sponsio::service

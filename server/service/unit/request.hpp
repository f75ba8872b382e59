#pragma once

#include "server/service/unit/transaction.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/request.hpp"

#include <string>
#include <string_view>
#include <utility>

/// One person asks, another decides: recusals, reopenings, rectifications. The row is a store::Request; that
/// the decider is another is a guard of the lifecycle (domain::second_person).
namespace sponsio::service {

/// Seal labels (Vault) of the two texts of a request.
struct RequestLabels {
    std::string why;
    std::string decision;
};

/// What somebody says to a request, and where it is kept.
struct Said {
    Vault const& vault;
    std::string const& why;
    RequestLabels const& labels;
};

/// Who asks: the part of the row that all requests share.
template <class Key>
store::Request<Key> request_of(Key id, Said const& said, AccountId by, Instant now) {
    return {.id = id,
            .asked_by = by,
            .asked_at = now,
            .why = said.vault.seal(said.why, said.labels.why),
            .decision = std::nullopt};
}

inline store::Decision decision_of(Said const& said, AccountId by, Instant now) {
    return {.by = by, .at = now, .why = said.vault.seal(said.why, said.labels.decision)};
}

/// Stores a request, which begins its lifecycle. `waits` if such a one waits for its decision already.
template <class L, class Row>
Outcome<void> ask(db::PgSession& db, L const& lifecycle, Row const& row, Fault waits, Move const& move) {
    if (!insert(db, row)) return waits;
    born(db, lifecycle, move);
    return {};
}

/// Decides about a locked request, if its lifecycle lets this person do so now.
template <class L, class Row>
Outcome<void> decide(db::PgSession& db, L const& lifecycle, Row& row, typename L::Event event,
                     typename L::Facts const& facts, Said const& said, Move const& move) {
    auto const to = step(db, lifecycle, row.state, event, facts, move);
    if (!to) return to.error();
    row.state = *to;
    row.decision = decision_of(said, move.actor.account().value(), move.now);
    decide(db, row);
    return {};
}

}  // namespace sponsio::service

#pragma once

#include "server/domain/access.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/transaction.hpp"

#include <optional>
#include <string>
#include <utility>

/// How an official acts on an objection, a repair or a publication: the row of its own unit is locked, moved
/// by its lifecycle with what was said, stored and shown, all in one transaction.
namespace sponsio::service {

/// A locked row in one transaction, with who acts on it.
template <class Row>
struct Opened {
    db::PgSession& db;
    Row row;
    domain::Official const& who;
    Instant now;
};

/// Runs `Outcome<void> act(Opened<Row>&)` on what `lock(db)` finds (an optional row), stores the row and
/// returns `show(Opened<Row> const&)`. Somebody else's is as if it were not there.
template <class Lock, class Act, class Show>
Outcome<domain::Json> act_on_own(db::PgSession& session, Caller<Official> const& caller, Instant now,
                                 Lock const& lock, Act const& act, Show const& show) {
    using Row = typename decltype(lock(session))::value_type;
    return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<domain::Json> {
        auto row = lock(db);
        if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
        Opened<Row> open{db, std::move(*row), *caller.who, now};
        if (Outcome<void> done = act(open); !done) return done.error();
        update(db, open.row);  // that of its repository
        return show(open);
    });
}

/// An event of the caller, with its reason and its rule for the trail.
template <class Event>
struct Taken {
    Event event;
    domain::Json const& said;
    std::optional<std::string> why{};
    std::optional<std::string> rule{};
};

/// Moves the row by its lifecycle, and keeps what was said.
template <class Row, class L>
Outcome<void> advance(Opened<Row>& open, Vault const& vault, L const& lifecycle,
                      typename L::Facts const& facts, Taken<typename L::Event> taken) {
    auto const to = step(open.db, lifecycle, open.row.state, taken.event, facts,
                         {.subject = open.row.id.text(),
                          .actor = open.who.account,
                          .now = open.now,
                          .why = std::move(taken.why),
                          .rule = std::move(taken.rule)});
    if (!to) return to.error();
    open.row.state = *to;
    say(open.db, vault, {open.row.id.raw(), open.who.account, open.now}, domain::word(taken.event),
        taken.said);
    return {};
}

/// The path of a row of the caller's own unit, for its files.
template <class Row>
Outcome<std::string> reached_at(char const* root, std::optional<Row> const& row,
                                domain::Official const& who) {
    if (!row || row->organisation != who.organisation) return fault(problem::not_found);
    return root + row->id.text();
}

}  // namespace sponsio::service

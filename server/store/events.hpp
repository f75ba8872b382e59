#pragma once

#include "server/db/session.hpp"
#include "server/domain/actor.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The append-only history of everything that changes state.
namespace sponsio::store {

struct Event {
    std::int16_t shard = 0;
    Instant at;
    std::string lifecycle;
    std::string subject;  ///< commitment code, or the UUID of a task, finding, record; batch or record number
    std::optional<std::string> from;
    std::string event;
    std::string to;
    domain::Actor actor;
    std::optional<std::string> why;   ///< a word or a document number, never personal text
    std::optional<std::string> rule;  ///< rule, pack and calendar, where a clock was set or ran out
    /// Whose it is; nothing: of the actor's organisation.
    std::optional<OrganisationId> organisation{};
};

void append(db::PgSession& db, Event const& event);
/// Appends the events in their order.
void append(db::PgSession& db, std::span<Event const> events);
std::vector<Event> history(db::PgSession& db, std::string const& subject);

struct EventPage {
    struct Row {
        std::int64_t id;
        Event event;
    };

    std::vector<Row> rows;
    std::int64_t looked;  ///< all up to this number were looked at
};

/// What auditors ask for.
struct EventList {
    std::int64_t after = 0;
    std::optional<std::string> subject{};             ///< nothing: whatever it is about
    std::optional<std::vector<OrganisationId>> of{};  ///< nothing: whosever it is
    int limit;
};

/// By number. A reader that goes on from `looked` misses none (store::settled).
EventPage events_after(db::PgSession& db, EventList const& list);
/// Events above `after` and up to `last`, by number, at most `limit`; `organisation` is only what stands in
/// their rows. Whether more will come below `last`, only store::settled says.
std::vector<EventPage::Row> events_between(db::PgSession& db, std::int64_t after, std::int64_t last,
                                           int limit);

}  // namespace sponsio::store

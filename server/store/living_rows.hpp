#pragma once

#include "server/store/events.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The rows of things that have a lifecycle, held against the history: a row's state is the one that its last
/// event led to, and who took a step, and when, is what that step's event says. Whoever changes such a column
/// past the program would have to change the chained history as well. What has no lifecycle, but is told, is
/// held against it too.
namespace sponsio::store {

/// A row that says something else than its events.
struct UntoldRow {
    std::string table;
    std::string key;      ///< of a request: what it is about
    std::string columns;  ///< "state", or "decided_by, decided_at"

    bool operator==(UntoldRow const&) const = default;
};

/// Those among the rows which these events are about. Only the last event that could have written a column
/// counts, so the events of the whole history, stretch by stretch, look at every row. A row that is gone is
/// one too. Reads one snapshot: rows and events must not change in between.
std::vector<UntoldRow> untold_rows(db::PgSession& db, std::span<EventPage::Row const> events);

/// The same of texts that are written once: knowledge that was given, versions of matters, notices.
std::vector<UntoldRow> untold_documents(db::PgSession& db, std::span<EventPage::Row const> events);

/// A lifecycle whose rows untold_rows looks at, and the events that write columns of theirs besides the
/// state.
struct ToldLifecycle {
    std::string_view name;
    std::vector<std::string_view> events;
};

std::vector<ToldLifecycle> told_lifecycles();

}  // namespace sponsio::store

#include "server/store/living_rows.hpp"

#include "server/store/columns.hpp"
#include "server/store/living_tables.hpp"

#include <algorithm>
#include <map>

namespace sponsio::store {
namespace {

using db::Params;

using Rows = std::vector<EventPage::Row const*>;

bool is_among(EventNames const& events, std::string_view event) {
    return std::ranges::find(events, event) != events.end();
}

/// Of each subject the last event that `matters`.
template <class Matters>
Rows last_of_each(Rows const& events, Matters matters) {
    std::map<std::string_view, EventPage::Row const*> last;
    for (EventPage::Row const* row : events)
        if (matters(row->event)) last.insert_or_assign(row->event.subject, row);
    Rows rows;
    for (auto const& [subject, row] : last) rows.push_back(row);
    return rows;
}

/// A refusal changes nothing, and may be about what was never made. Whoever only reminds of a task looked at
/// its state without a lock, so that the step of another may have gone before.
bool changes(Event const& event) {
    return event.from != event.to;
}

bool has_row(LivingTable const& table, EventPage::Row const* row) {
    return !table.key_is_uuid || Uuid::parse(row->event.subject);
}

/// The parameters that all statements begin with.
Params subjects_of(LivingTable const& table, Rows const& rows) {
    Params params(table.lifecycle);
    if (table.key_is_uuid) {
        db::Array<Uuid> keys;
        for (EventPage::Row const* row : rows) keys.push(Uuid::parse(row->event.subject).value());
        return params.add(keys);
    }
    db::Array<std::string> keys;
    for (EventPage::Row const* row : rows) keys.push(row->event.subject);
    return params.add(keys);
}

/// Who took the steps, when, and the numbers of the events, as the statements take them.
struct Actors {
    explicit Actors(Rows const& rows) {
        for (EventPage::Row const* row : rows) {
            who.push(row->event.actor.account());
            at.push(row->event.at);
            numbers.push(row->id);
        }
    }

    db::Array<AccountId> who;
    db::Array<Instant> at;
    db::Array<std::int64_t> numbers;
};

db::Array<std::string> states_of(Rows const& rows) {
    db::Array<std::string> states;
    for (EventPage::Row const* row : rows) states.push(row->event.to);
    return states;
}

std::vector<std::string> with_other_state(db::PgSession& db, LivingTable const& table, Rows const& events) {
    Rows const rows = last_of_each(events, changes);
    if (rows.empty()) return {};
    Params params = subjects_of(table, rows);
    params.add(states_of(rows)).add(Actors(rows).numbers);
    return column_of<std::string>(db.exec(table.query, params));
}

/// Each event has its row.
std::vector<std::string> without_request(db::PgSession& db, LivingTable const& table, Rows rows) {
    std::erase_if(rows, [](EventPage::Row const* row) { return !changes(row->event); });
    if (rows.empty()) return {};
    db::Array<bool> asks;
    for (EventPage::Row const* row : rows) asks.push(!row->event.from);
    Actors const actors(rows);
    Params params = subjects_of(table, rows);
    params.add(states_of(rows)).add(actors.who).add(actors.at).add(actors.numbers).add(asks);
    return column_of<std::string>(db.exec(table.query, params));
}

std::vector<std::string> with_other_mark(db::PgSession& db, LivingTable const& table, MarkedStep const& step,
                                         Rows const& events) {
    Rows rows = last_of_each(events, [&](Event const& event) {
        return is_among(step.set_by, event.event) || is_among(step.unset_by, event.event);
    });
    std::erase_if(rows, [&](EventPage::Row const* row) { return !is_among(step.set_by, row->event.event); });
    if (rows.empty()) return {};
    db::Array<std::string> either;
    for (EventNames const& names : {step.set_by, step.unset_by})
        for (std::string_view const event : names) either.push(event);
    Actors const actors(rows);
    Params params = subjects_of(table, rows);
    params.add(actors.who).add(actors.at).add(actors.numbers).add(either);
    return column_of<std::string>(db.exec(step.query, params));
}

}  // namespace

std::vector<UntoldRow> untold_rows(db::PgSession& db, std::span<EventPage::Row const> events) {
    std::map<std::string_view, Rows> by_lifecycle;
    for (EventPage::Row const& row : events) by_lifecycle[row.event.lifecycle].push_back(&row);
    std::vector<UntoldRow> found;
    for (LivingTable const& table : living_tables()) {
        auto const about = by_lifecycle.find(table.lifecycle);
        if (about == by_lifecycle.end()) continue;
        Rows& rows = about->second;
        auto const tell = [&](std::string key, std::string_view columns) {
            found.push_back({std::string(table.name), std::move(key), std::string(columns)});
        };
        auto const tell_all = [&](std::vector<std::string> keys, std::string_view columns) {
            for (std::string& key : keys) tell(std::move(key), columns);
        };
        for (EventPage::Row const* row : rows)
            if (changes(row->event) && !has_row(table, row)) tell(row->event.subject, "state");
        std::erase_if(rows, [&](EventPage::Row const* row) { return !has_row(table, row); });
        if (table.requests)
            tell_all(without_request(db, table, rows),
                     "requested_by, requested_at, state, decided_by, decided_at");
        else
            tell_all(with_other_state(db, table, rows), "state");
        for (MarkedStep const& step : table.steps)
            tell_all(with_other_mark(db, table, step, rows), step.columns);
    }
    return found;
}

std::vector<ToldLifecycle> told_lifecycles() {
    std::vector<ToldLifecycle> all;
    for (LivingTable const& table : living_tables()) {
        ToldLifecycle& one = all.emplace_back(ToldLifecycle{table.lifecycle, {}});
        for (MarkedStep const& step : table.steps)
            for (EventNames const& events : {step.set_by, step.unset_by})
                one.events.insert(one.events.end(), events.begin(), events.end());
    }
    return all;
}

}  // namespace sponsio::store

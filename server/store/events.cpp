#include "server/store/events.hpp"

namespace sponsio::store {
namespace {

constexpr db::BinaryQuery insert_event{
    "events.insert",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr db::BinaryQuery select_history{
    "events.history",
    "select event_id, shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule "
    "from event where subject = $1 order by event_id"};
constexpr db::BinaryQuery select_after{
    "events.after",
    "select event_id, shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule "
    "from event where event_id > $1 and ($2::text is null or subject = $2) order by event_id limit $3"};

Event event_of(db::Rows::Row const& row) {
    return {.shard = row.get<std::int16_t>(1),
            .at = row.get<Instant>(2),
            .lifecycle = row.get<std::string>(3),
            .subject = row.get<std::string>(4),
            .from = row.get<std::optional<std::string>>(5),
            .event = row.get<std::string>(6),
            .to = row.get<std::string>(7),
            .actor = row.get<std::optional<AccountId>>(8),
            .why = row.get<std::optional<std::string>>(9),
            .rule = row.get<std::optional<std::string>>(10)};
}

}  // namespace

void append(db::PgSession& db, Event const& e) {
    db.exec(insert_event,
            db::Params(e.shard, e.at, e.lifecycle, e.subject, e.from, e.event, e.to, e.actor, e.why, e.rule));
}

std::vector<Event> history(db::PgSession& db, std::string const& subject) {
    std::vector<Event> events;
    for (auto const& row : db.exec(select_history, db::Params(subject))) events.push_back(event_of(row));
    return events;
}

EventPage events_after(db::PgSession& db, std::int64_t after, std::optional<std::string> const& subject,
                       int limit) {
    EventPage page;
    for (auto const& row : db.exec(select_after, db::Params(after, subject, std::int32_t{limit})))
        page.rows.push_back({row.get<std::int64_t>(0), event_of(row)});
    return page;
}

}  // namespace sponsio::store

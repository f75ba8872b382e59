#include "server/store/events.hpp"

#include "server/store/columns.hpp"
#include "server/store/feeds.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

constexpr db::BinaryQuery insert_events{
    "events.insert",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, "
    "actor_kind) "
    "select q.shard, q.at, q.lifecycle, q.subject, q.from_state, q.event, q.to_state, q.actor, q.why, "
    "q.rule, q.actor_kind "
    "from unnest($1::int2[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "$8::uuid[], $9::text[], $10::text[], $11::text[]) with ordinality as "
    "q(shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, actor_kind, place) "
    "order by q.place"};
constexpr SqlPiece event_rows{
    "select event_id, shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, "
    "actor_kind from event "};
constexpr db::BinaryQuery select_history{"events.history",
                                         sql<event_rows, "where subject = $1 order by event_id">};
// One query for each index, so that the cost of a page does not depend on other rows.
constexpr db::BinaryQuery select_between{"events.between", sql<event_rows,
                                                               "where event_id > $1 and event_id <= $3 "
                                                               "order by event_id limit $2">};
constexpr db::BinaryQuery select_of_subject_after{
    "events.of_subject_after",
    sql<event_rows, "where subject = $4 and event_id > $1 and event_id <= $3 order by event_id limit $2">};

Event event_of(db::Rows::Row const& row) {
    return {.shard = row.get<std::int16_t>(1),
            .at = row.get<Instant>(2),
            .lifecycle = row.get<std::string>(3),
            .subject = row.get<std::string>(4),
            .from = row.get<std::optional<std::string>>(5),
            .event = row.get<std::string>(6),
            .to = row.get<std::string>(7),
            .actor = domain::Actor::recorded(optional_word_at<domain::ActorKind>(row, 11),
                                             row.get<std::optional<AccountId>>(8)),
            .why = row.get<std::optional<std::string>>(9),
            .rule = row.get<std::optional<std::string>>(10)};
}

EventPage::Row numbered_event_of(db::Rows::Row const& row) {
    return {row.get<std::int64_t>(0), event_of(row)};
}

/// The kind of an actor, unless the account, or that there is none, says it.
std::optional<std::string> untold_kind(domain::Actor const& actor) {
    if (actor == domain::Actor::recorded(std::nullopt, actor.account())) return std::nullopt;
    return std::string(domain::word(actor.kind()));
}

}  // namespace

void append(db::PgSession& db, Event const& event) {
    append(db, std::span(&event, 1));
}

void append(db::PgSession& db, std::span<Event const> events) {
    if (events.empty()) return;
    db::Array<std::int16_t> shards;
    db::Array<Instant> times;
    db::Array<std::string> lifecycles, subjects, from, names, to, whys, rules, kinds;
    db::Array<AccountId> actors;
    for (Event const& e : events) {
        shards.push(e.shard);
        times.push(e.at);
        lifecycles.push(e.lifecycle);
        subjects.push(e.subject);
        from.push(e.from);
        names.push(e.event);
        to.push(e.to);
        actors.push(e.actor.account());
        kinds.push(untold_kind(e.actor));
        whys.push(e.why);
        rules.push(e.rule);
    }
    db.exec(insert_events, db::Params()
                               .add(shards)
                               .add(times)
                               .add(lifecycles)
                               .add(subjects)
                               .add(from)
                               .add(names)
                               .add(to)
                               .add(actors)
                               .add(whys)
                               .add(rules)
                               .add(kinds));
}

std::vector<Event> history(db::PgSession& db, std::string const& subject) {
    return all_of(db.exec(select_history, db::Params(subject)), event_of);
}

EventPage events_after(db::PgSession& db, std::int64_t after, std::optional<std::string> const& subject,
                       int limit) {
    std::int64_t const last = settled(db, Feed::events);
    if (!subject) return {events_between(db, after, last, limit)};
    return {all_of(db.exec(select_of_subject_after, db::Params(after, std::int32_t{limit}, last, *subject)),
                   numbered_event_of)};
}

std::vector<EventPage::Row> events_between(db::PgSession& db, std::int64_t after, std::int64_t last,
                                           int limit) {
    return all_of(db.exec(select_between, db::Params(after, std::int32_t{limit}, last)), numbered_event_of);
}

}  // namespace sponsio::store

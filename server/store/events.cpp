#include "server/store/events.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

constexpr db::BinaryQuery insert_events{
    "events.insert",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule) "
    "select q.shard, q.at, q.lifecycle, q.subject, q.from_state, q.event, q.to_state, q.actor, q.why, q.rule "
    "from unnest($1::int2[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "$8::uuid[], $9::text[], $10::text[]) with ordinality as "
    "q(shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, place) order by "
    "q.place"};
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

void append(db::PgSession& db, Event const& event) {
    append(db, std::span(&event, 1));
}

void append(db::PgSession& db, std::span<Event const> events) {
    if (events.empty()) return;
    db::Array<std::int16_t> shards;
    db::Array<Instant> times;
    db::Array<std::string> lifecycles, subjects, from, names, to, whys, rules;
    db::Array<AccountId> actors;
    for (Event const& e : events) {
        shards.push(e.shard);
        times.push(e.at);
        lifecycles.push(e.lifecycle);
        subjects.push(e.subject);
        from.push(e.from);
        names.push(e.event);
        to.push(e.to);
        actors.push(e.actor);
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
                               .add(rules));
}

std::vector<Event> history(db::PgSession& db, std::string const& subject) {
    return all_of(db.exec(select_history, db::Params(subject)), event_of);
}

EventPage events_after(db::PgSession& db, std::int64_t after, std::optional<std::string> const& subject,
                       int limit) {
    EventPage page;
    for (auto const& row : db.exec(select_after, db::Params(after, subject, std::int32_t{limit})))
        page.rows.push_back({row.get<std::int64_t>(0), event_of(row)});
    return page;
}

}  // namespace sponsio::store

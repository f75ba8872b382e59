#include "server/store/events.hpp"

#include "server/store/columns.hpp"
#include "server/store/feeds.hpp"
#include "server/store/sql.hpp"

#include <algorithm>
#include <iterator>

namespace sponsio::store {
namespace {

// What moves by itself belongs to whom it belonged to before.
constexpr db::BinaryQuery insert_events{
    "events.insert",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, "
    "actor_kind, organisation_id) "
    "select q.shard, q.at, q.lifecycle, q.subject, q.from_state, q.event, q.to_state, q.actor, q.why, "
    "q.rule, q.actor_kind, coalesce(q.organisation, "
    "(select a.organisation_id from account a where a.account_id = q.actor), "
    "(select coalesce(e.organisation_id, a.organisation_id) from event e left join account a on "
    "a.account_id = e.actor where e.subject = q.subject order by e.event_id limit 1)) "
    "from unnest($1::int2[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "$8::uuid[], $9::text[], $10::text[], $11::text[], $12::uuid[]) with ordinality as "
    "q(shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, actor_kind, "
    "organisation, place) order by q.place"};
// Filing leaves the organisation out, as did earlier versions; it is that of the actor.
constexpr SqlPiece event_rows{
    "select e.event_id, e.shard, e.at, e.lifecycle, e.subject, e.from_state, e.event, e.to_state, e.actor, "
    "e.why, e.rule, e.actor_kind, coalesce(e.organisation_id, a.organisation_id) from event e "
    "left join account a on a.account_id = e.actor "};
constexpr SqlPiece of_organisations{"and ($4 or coalesce(e.organisation_id, a.organisation_id) = any($5)) "};
constexpr db::BinaryQuery select_history{"events.history",
                                         sql<event_rows, "where e.subject = $1 order by e.event_id">};
// One query for each index. No index tells organisations apart, so a look ends after so many numbers.
constexpr std::int64_t numbers_a_look = 100'000;
constexpr db::BinaryQuery select_after{
    "events.after", sql<event_rows, "where e.event_id > $1 and e.event_id <= $3 ", of_organisations,
                        "order by e.event_id limit $2">};
// Of the events themselves, whatever became of their actors.
constexpr db::BinaryQuery select_between{
    "events.between",
    "select event_id, shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule, "
    "actor_kind, organisation_id from event where event_id > $1 and event_id <= $3 order by event_id "
    "limit $2"};
constexpr db::BinaryQuery select_of_subject_after{
    "events.of_subject_after",
    sql<event_rows, "where e.subject = $6 and e.event_id > $1 and e.event_id <= $3 ", of_organisations,
        "order by e.event_id limit $2">};

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
            .rule = row.get<std::optional<std::string>>(10),
            .organisation = row.get<std::optional<OrganisationId>>(12)};
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
    db::Array<OrganisationId> organisations;
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
        organisations.push(e.organisation);
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
                               .add(kinds)
                               .add(organisations));
}

std::vector<Event> history(db::PgSession& db, std::string const& subject) {
    return all_of(db.exec(select_history, db::Params(subject)), event_of);
}

EventPage events_after(db::PgSession& db, EventList const& list) {
    std::int64_t const all = settled(db, Feed::events);
    EventPage page{.rows = {}, .looked = list.subject ? all : std::min(all, list.after + numbers_a_look)};
    db::Params params(list.after, std::int32_t{list.limit}, page.looked, !list.of);
    params.add(array_of(list.of.value_or(std::vector<OrganisationId>{})));
    if (list.subject) params.add(*list.subject);
    page.rows =
        all_of(db.exec(list.subject ? select_of_subject_after : select_after, params), numbered_event_of);
    if (std::ssize(page.rows) == list.limit) page.looked = page.rows.back().id;
    return page;
}

std::vector<EventPage::Row> events_between(db::PgSession& db, std::int64_t after, std::int64_t last,
                                           int limit) {
    return all_of(db.exec(select_between, db::Params(after, std::int32_t{limit}, last)), numbered_event_of);
}

}  // namespace sponsio::store

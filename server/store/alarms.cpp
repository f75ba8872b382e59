#include "server/store/alarms.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

#include <algorithm>

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;
using domain::AlarmAction;

constexpr BinaryQuery insert_alarms{
    "alarms.insert",
    "insert into task_alarm (organisation_id, due_at, alarm, rule, action, recipient, region_code, run_at, "
    "waits_for) "
    "select q.o, q.due, q.alarm, q.rule, q.action, q.recipient, q.region, q.run_at, q.waits_for "
    "from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "$8::timestamptz[], $9::int4[]) with ordinality as "
    "q(o, due, alarm, rule, action, recipient, region, run_at, waits_for, place) order by q.place "
    "on conflict do nothing"};
// Locked in the order of the key, so that two writers cannot deadlock.
constexpr BinaryQuery update_again{
    "alarms.again",
    sql<"with behind as materialized (select a.organisation_id, a.due_at, a.alarm, q.first from "
        "unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as q(o, due, first) join task_alarm a on "
        "a.organisation_id = q.o and a.due_at = q.due where a.waits_for is null and a.run_at <= $5 and "
        "(a.action = ",
        quoted<AlarmAction::escalate>,
        " or a.run_at > $4) order by a.organisation_id, a.due_at, a.alarm for update of a) update task_alarm "
        "a set done_at = null, again = true, from_task = least(a.from_task, b.first) from behind b where "
        "a.organisation_id = b.organisation_id and a.due_at = b.due_at and a.alarm = b.alarm">};
constexpr BinaryQuery select_times{"alarms.times",
                                   "select a.organisation_id, a.due_at, a.run_at, a.action "
                                   "from unnest($1::uuid[], $2::timestamptz[]) as q(o, due) "
                                   "join task_alarm a on a.organisation_id = q.o and a.due_at = q.due"};
constexpr BinaryQuery select_of_buckets{
    "alarms.of_buckets",
    "select organisation_id, due_at, alarm, rule, action, recipient, region_code, run_at, waits_for "
    "from task_alarm where organisation_id = $1 and due_at = any($2::timestamptz[]) order by due_at, run_at, "
    "alarm"};
constexpr BinaryQuery lock_due{
    "alarms.lock_due",
    "select organisation_id, due_at, alarm, rule, action, recipient, region_code, run_at, waits_for, "
    "from_task, again "
    "from task_alarm where done_at is null and run_at <= $1 order by run_at limit 1 for update skip locked"};

// One statement a page. Tasks that existed when the alarm began cannot have had it yet; for later ones the
// history tells. A warning is left out for tasks that came (or came back) after its time.
constexpr BinaryQuery insert_page{
    "alarms.sound",
    sql<"with page as materialized (select ahead.*, row_number() over (order by task_id) as place from "
        "(select shard, task_id, state, coalesce(reopened_at, created_at) as since from verification_task "
        "where organisation_id = $1 and due_at = $2 and closed_at is null and task_id >= $3 order by task_id "
        "limit $4 + 1) as ahead), fresh as materialized (select p.shard, p.task_id, p.state from page p "
        "where p.place <= $4 and ($5 = ",
        quoted<AlarmAction::escalate>,
        " or p.since < $6) and (not $7 or not exists (select 1 from event e where e.subject = "
        "p.task_id::text and e.event = $8 and e.rule = $9))), told as (insert into event (shard, at, "
        "lifecycle, subject, from_state, event, to_state, rule, organisation_id) select shard, $10, "
        "'verification task', task_id::text, state, $8, state, $9, $1 from fresh order by task_id), raised "
        "as (insert into "
        "task_escalation (task_id, alarm, to_organisation, level, due_at, at, rule) select task_id, $11, "
        "$12, $13, $2, $10, $9 from fresh where $12 is not null on conflict do nothing) select (select "
        "count(*) from fresh), (select task_id from page where place = $4 + 1), (select task_id from page "
        "where place <= $4 order by place desc limit 1)">};
constexpr BinaryQuery update_progress{"alarms.progress",
                                      "update task_alarm set from_task = $4, done_at = $5 "
                                      "where organisation_id = $1 and due_at = $2 and alarm = $3"};
constexpr BinaryQuery update_time{"alarms.set_time",
                                  "update task_alarm set rule = $4, run_at = $5, waits_for = $6 "
                                  "where organisation_id = $1 and due_at = $2 and alarm = $3"};
constexpr BinaryQuery count_escalated{"alarms.escalated",
                                      "select count(distinct task_id) from task_escalation where open"};
// The task's own state decides: it may have ended while the alarm was going off.
constexpr BinaryQuery select_escalated{
    "alarms.escalated_to",
    "select e.task_id, e.to_organisation, e.level, e.due_at, e.at, e.rule from task_escalation e "
    "where e.to_organisation = $1 and e.open and (e.due_at, e.task_id) > ($2, $3) "
    "and exists (select 1 from verification_task t where t.task_id = e.task_id and t.closed_at is null) "
    "order by e.due_at, e.task_id limit $4"};
constexpr BinaryQuery select_escalations{
    "alarms.escalations_of",
    "select task_id, to_organisation, level, due_at, at, rule from task_escalation "
    "where task_id = any($1::uuid[]) and open order by task_id, level"};

AlarmRow alarm_of(db::Rows::Row const& row) {
    return {.organisation = row.get<OrganisationId>(0),
            .due_at = row.get<Instant>(1),
            .alarm = row.get<std::string>(2),
            .rule = row.get<std::string>(3),
            .action = word_at<domain::AlarmAction>(row, 4),
            .recipient = word_at<domain::AlarmTo>(row, 5),
            .region = row.get<std::string>(6),
            .run_at = row.get<Instant>(7),
            .waits_for = row.get<std::optional<std::int32_t>>(8)};
}

EscalationRow escalation_of(db::Rows::Row const& row) {
    return {.task = row.get<TaskId>(0),
            .to = row.get<OrganisationId>(1),
            .level = row.get<std::int16_t>(2),
            .due_at = row.get<Instant>(3),
            .at = row.get<Instant>(4),
            .rule = row.get<std::string>(5)};
}

}  // namespace

void add_alarms(db::Pipeline& pipeline, std::vector<AlarmRow> alarms) {
    std::ranges::sort(alarms, {},
                      [](AlarmRow const& a) { return std::tuple(a.organisation, a.due_at, a.alarm); });
    Array<OrganisationId> organisations;
    Array<Instant> due, run;
    Array<std::string> names, rules, actions, recipients, regions;
    Array<std::int32_t> years;
    for (AlarmRow const& a : alarms) {
        organisations.push(a.organisation);
        due.push(a.due_at);
        names.push(a.alarm);
        rules.push(a.rule);
        actions.push(domain::word(a.action));
        recipients.push(domain::word(a.recipient));
        regions.push(a.region);
        run.push(a.run_at);
        years.push(a.waits_for);
    }
    pipeline.add(insert_alarms, Params()
                                    .add(organisations)
                                    .add(due)
                                    .add(names)
                                    .add(rules)
                                    .add(actions)
                                    .add(recipients)
                                    .add(regions)
                                    .add(run)
                                    .add(years));
}

void rearm(db::Pipeline& pipeline, std::span<BucketTasks const> tasks, Instant now, Instant horizon) {
    Array<OrganisationId> organisations;
    Array<Instant> due;
    Array<TaskId> first;
    for (BucketTasks const& bucket : tasks) {
        organisations.push(bucket.organisation);
        due.push(bucket.due_at);
        first.push(bucket.first);
    }
    pipeline.add(update_again, Params().add(organisations).add(due).add(first).add(now).add(horizon));
}

void ask_alarm_times(db::Pipeline& pipeline, std::span<BucketTasks const> buckets) {
    Array<OrganisationId> organisations;
    Array<Instant> due;
    for (BucketTasks const& bucket : buckets) {
        organisations.push(bucket.organisation);
        due.push(bucket.due_at);
    }
    pipeline.add(select_times, Params().add(organisations).add(due));
}

std::vector<AlarmTime> read_alarm_times(db::Rows const& answer) {
    std::vector<AlarmTime> times;
    for (auto const& row : answer)
        times.push_back({row.get<OrganisationId>(0), row.get<Instant>(1), row.get<Instant>(2),
                         word_at<domain::AlarmAction>(row, 3)});
    return times;
}

std::vector<AlarmRow> alarms_of(db::PgSession& db, OrganisationId organisation,
                                std::vector<Instant> const& due_at) {
    return all_of(db.exec(select_of_buckets, Params().add(organisation).add(array_of(due_at))), alarm_of);
}

std::optional<DueAlarm> lock_due_alarm(db::PgSession& db, Instant now) {
    auto const rows = db.exec(lock_due, Params(now));
    if (rows.empty()) return std::nullopt;
    return DueAlarm{alarm_of(rows[0]), rows[0].get<TaskId>(9), rows[0].get<bool>(10)};
}

AlarmPage sound(db::PgSession& db, DueAlarm const& alarm, std::optional<OrganisationId> to, Instant now,
                int limit) {
    AlarmRow const& row = alarm.row;
    bool const escalate = row.action == domain::AlarmAction::escalate;
    std::int16_t const level = row.recipient == domain::AlarmTo::superior ? 2 : 1;
    auto const rows = db.exec(insert_page, Params()
                                               .add(row.organisation)
                                               .add(row.due_at)
                                               .add(alarm.from_task)
                                               .add(std::int32_t{limit})
                                               .add(domain::word(row.action))
                                               .add(row.run_at)
                                               .add(alarm.again)
                                               .add(escalate ? "escalated" : "warned")
                                               .add(row.rule)
                                               .add(now)
                                               .add(row.alarm)
                                               .add(escalate ? to : std::nullopt)
                                               .add(level));
    return {.told = rows[0].get<std::int64_t>(0),
            .next = rows[0].get<std::optional<TaskId>>(1),
            .last = rows[0].get<std::optional<TaskId>>(2)};
}

void keep_progress(db::PgSession& db, DueAlarm const& alarm, AlarmPage const& page, Instant now) {
    // The end of the bucket: a later task has a larger id, or arms the alarm again by itself.
    TaskId const from = page.next ? *page.next : page.last.value_or(alarm.from_task);
    db.exec(update_progress, Params(alarm.row.organisation, alarm.row.due_at, alarm.row.alarm, from,
                                    page.next ? std::nullopt : std::optional(now)));
}

void set_time(db::PgSession& db, AlarmRow const& row) {
    db.exec(update_time,
            Params(row.organisation, row.due_at, row.alarm, row.rule, row.run_at, row.waits_for));
}

std::int64_t escalated_tasks(db::PgSession& db) {
    return db.exec(count_escalated)[0].get<std::int64_t>(0);
}

std::vector<EscalationRow> escalated_to(db::PgSession& db, OrganisationId organisation,
                                        std::optional<std::pair<Instant, TaskId>> const& after, int limit) {
    return all_of(
        db.exec(select_escalated, Params(organisation, after ? after->first : long_ago,
                                         after ? after->second : TaskId{Uuid{}}, std::int32_t{limit})),
        escalation_of);
}

std::vector<EscalationRow> escalations_of(db::PgSession& db, std::vector<TaskId> const& tasks) {
    return all_of(db.exec(select_escalations, Params().add(array_of(tasks))), escalation_of);
}

}  // namespace sponsio::store

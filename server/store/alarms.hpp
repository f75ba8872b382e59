#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/domain/rules.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The alarms around the deadlines of verification tasks. The tasks of a unit that are due at one instant
/// form a bucket; each alarm of the rule pack is stored once for a bucket, however many tasks it has.
namespace sponsio::store {

struct AlarmRow {
    OrganisationId organisation;  ///< the verifying unit
    Instant due_at;
    std::string alarm;  ///< id of the rule
    std::string rule;   ///< rule, pack and calendar that gave run_at
    domain::AlarmAction action;
    domain::AlarmTo recipient;
    std::string region;                     ///< whose rules these are
    Instant run_at;                         ///< with waits_for: when to look for that calendar again
    std::optional<std::int32_t> waits_for;  ///< the year whose calendar is missing
};

/// Tasks that are added to a bucket, or return to it.
struct BucketTasks {
    OrganisationId organisation;
    Instant due_at;
    TaskId first;  ///< the smallest id among them
};

/// Stores the alarms that do not exist yet; in the order of their keys, so that two writers cannot deadlock.
void add_alarms(db::Pipeline& pipeline, std::vector<AlarmRow> alarms);

/// Arms again, for these tasks, the alarms that may already have passed them: those that ran before
/// `horizon`. A warning whose time was over before `now` is left out, since these tasks came after it. The
/// caller's transaction adds or opens the tasks.
void rearm(db::Pipeline& pipeline, std::span<BucketTasks const> tasks, Instant now, Instant horizon);

/// The run times of some buckets' alarms, for a cache.
struct AlarmTime {
    OrganisationId organisation;
    Instant due_at;
    Instant run_at;
    domain::AlarmAction action;
};

void ask_alarm_times(db::Pipeline& pipeline, std::span<BucketTasks const> buckets);
std::vector<AlarmTime> read_alarm_times(db::Rows const& answer);

/// The alarms of buckets, for the reasons that a queue shows: those with run_at <= now have gone off for
/// every task of their bucket.
std::vector<AlarmRow> alarms_of(db::PgSession& db, OrganisationId organisation,
                                std::vector<Instant> const& due_at);

// ---- going off
struct DueAlarm {
    AlarmRow row;
    TaskId from_task;
    bool again;  ///< armed again: some of the tasks ahead may have had it
};

/// Locks the first alarm whose time has come, passing over alarms that others hold.
std::optional<DueAlarm> lock_due_alarm(db::PgSession& db, Instant now);

/// The result of one page of a bucket.
struct AlarmPage {
    std::int64_t told = 0;       ///< tasks that have the event now
    std::optional<TaskId> next;  ///< where to go on; nothing: the bucket is at its end
    std::optional<TaskId> last;  ///< the last task there was
};

/// Writes the event, and the escalation, of the next at most `limit` open tasks of a locked alarm's bucket.
/// `to` is the organisation escalated to; nothing for an alarm that only warns the assignee.
AlarmPage sound(db::PgSession& db, DueAlarm const& alarm, std::optional<OrganisationId> to, Instant now,
                int limit);
/// Stores the progress of a locked alarm; it is done if the page was the last.
void keep_progress(db::PgSession& db, DueAlarm const& alarm, AlarmPage const& page, Instant now);
/// Writes rule, run_at and waits_for of `row`, once a calendar was announced or has to be looked for again.
void set_time(db::PgSession& db, AlarmRow const& row);

/// The number of open tasks that are escalated. Reads a partial index of just those.
std::int64_t escalated_tasks(db::PgSession& db);

/// The organisation that a task is escalated to, and the rule for it.
struct EscalationRow {
    TaskId task;
    OrganisationId to;
    int level;  ///< 1: the unit's own supervisor, 2: the superior authority
    Instant due_at;
    Instant at;
    std::string rule;
};

/// Open tasks escalated to an organisation, by (due_at, task), after `after`.
std::vector<EscalationRow> escalated_to(db::PgSession& db, OrganisationId organisation,
                                        std::optional<std::pair<Instant, TaskId>> const& after, int limit);
/// The escalations of these tasks, to any organisation.
std::vector<EscalationRow> escalations_of(db::PgSession& db, std::vector<TaskId> const& tasks);

}  // namespace sponsio::store

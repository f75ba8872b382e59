#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/domain/rules.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// What happens around the deadlines of verification tasks. The tasks of a unit that are due at one instant
/// are a bucket; each alarm of the rule pack is kept once for a bucket, however many tasks lie in it.
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

/// Tasks that come into a bucket, or back into it.
struct BucketTasks {
    OrganisationId organisation;
    Instant due_at;
    TaskId first;  ///< the smallest id among them
};

/// Stores those that are not there yet; in the order of their keys, so that two writers cannot block each
/// other.
void add_alarms(db::Pipeline& pipeline, std::vector<AlarmRow> alarms);

/// Alarms that may already have passed these tasks go over them as well: those that ran before `horizon`.
/// A warning whose time was over before `now` is left out: it is not for tasks that came after it. The
/// caller's transaction adds or opens the tasks.
void rearm(db::Pipeline& pipeline, std::span<BucketTasks const> tasks, Instant now, Instant horizon);

/// When the alarms of some buckets run, for whoever remembers it.
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

/// Locks the first alarm whose time has come, passing over those that others hold.
std::optional<DueAlarm> lock_due_alarm(db::PgSession& db, Instant now);

/// What one page of a bucket came to.
struct AlarmPage {
    std::int64_t told = 0;       ///< tasks that have the event now
    std::optional<TaskId> next;  ///< where to go on; nothing: the bucket is at its end
    std::optional<TaskId> last;  ///< the last task there was
};

/// Writes the event, and the escalation, of the next at most `limit` open tasks of a locked alarm's bucket.
/// To whom: nothing for an alarm that only warns the assignee.
AlarmPage sound(db::PgSession& db, DueAlarm const& alarm, std::optional<OrganisationId> to, Instant now,
                int limit);
/// Keeps how far a locked alarm has come; done if the page was the last.
void keep_progress(db::PgSession& db, DueAlarm const& alarm, AlarmPage const& page, Instant now);
/// A calendar has been announced, or is to be looked for again: rule, run_at and waits_for of `row`.
void set_time(db::PgSession& db, AlarmRow const& row);

/// Open tasks that somebody above has to look after. Reads the part of an index that holds only those.
std::int64_t escalated_tasks(db::PgSession& db);

/// Who has to look after a task, and by which rule.
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
/// Those of these tasks, whoever they went to.
std::vector<EscalationRow> escalations_of(db::PgSession& db, std::vector<TaskId> const& tasks);

}  // namespace sponsio::store

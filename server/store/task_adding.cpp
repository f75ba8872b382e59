#include "server/store/columns.hpp"
#include "server/store/events.hpp"
#include "server/store/tasks.hpp"

#include <algorithm>
#include <set>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

/// Locked so that no account is closed before the tasks are stored: a closed account gets no task.
constexpr BinaryQuery lock_open_accounts{"tasks.lock_inspectors",
                                         "select account_id from account where account_id = any($1) and "
                                         "closed_at is null order by account_id for share"};
constexpr BinaryQuery insert_tasks{
    "tasks.insert",
    "insert into verification_task (shard, task_id, commitment_code, organisation_id, source, mode, "
    "created_at, due_at, "
    "rule, state, assignee, draw_id, inspectors_needed, waits_for) "
    "select q.* from unnest($1::int2[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], "
    "$7::timestamptz[], "
    "$8::timestamptz[], $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::int2[], $14::int4[]) as q"};
constexpr BinaryQuery insert_inspectors{
    "tasks.insert_inspectors",
    "insert into task_inspector (task_id, seat, account_id, ref, due_at, assigned_at, how, left_at, "
    "left_why) "
    "select q.task, q.seat, q.account, q.ref, q.due, q.at, q.how, q.left_at, q.left_why "
    "from unnest($1::uuid[], $2::int2[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], "
    "$7::text[], "
    "$8::timestamptz[], $9::text[]) as q(task, seat, account, ref, due, at, how, left_at, left_why)"};

struct TaskColumns {
    db::Array<std::int16_t> shard, needed;
    db::Array<TaskId> id;
    db::Array<std::string> code, source, mode, rule, state;
    db::Array<OrganisationId> organisation;
    db::Array<Instant> created, due;
    db::Array<AccountId> lead;
    db::Array<DrawId> draw;
    db::Array<std::int32_t> waits;

    void add(TaskToAdd const& t, std::optional<AccountId> const& leads) {
        shard.push(t.shard);
        id.push(t.id);
        code.push(t.commitment_code);
        organisation.push(t.organisation);
        source.push(domain::word(t.source));
        mode.push(t.mode);
        created.push(t.created_at);
        due.push(t.due_at);
        rule.push(t.rule);
        waits.push(t.waits_for);
        state.push(domain::word(leads ? domain::TaskState::assigned : domain::TaskState::created));
        lead.push(leads);
        draw.push(t.draw);
        needed.push(static_cast<std::int16_t>(t.inspectors_needed));
    }

    [[nodiscard]] Params params() const {
        return Params(shard, id, code, organisation, source, mode, created, due, rule, state, lead, draw,
                      needed, waits);
    }
};

struct SeatColumns {
    db::Array<TaskId> task;
    db::Array<std::int16_t> seat;
    db::Array<AccountId> account;
    db::Array<std::string> ref, how, left_why;
    db::Array<Instant> due, at, left;

    void add(TaskToAdd const& t, Seating const& s, bool gone) {
        task.push(t.id);
        seat.push(static_cast<std::int16_t>(s.seat));
        account.push(s.account);
        if (s.ref.empty())
            ref.push_null();
        else
            ref.push(s.ref);
        due.push(t.due_at);
        at.push(t.created_at);
        how.push(t.draw ? "draw" : "reassign");
        left.push(gone ? std::optional(t.created_at) : std::nullopt);
        left_why.push(gone ? std::optional(std::string("account_closed")) : std::nullopt);
    }

    [[nodiscard]] Params params() const {
        return Params(task, seat, account, ref, due, at, how, left, left_why);
    }
};

/// The inspectors whose accounts are open.
std::set<AccountId> lock_present(db::PgSession& db, std::span<TaskToAdd const> tasks) {
    std::set<AccountId> named;
    for (TaskToAdd const& t : tasks)
        for (Seating const& s : t.inspectors) named.insert(s.account);
    if (named.empty()) return {};
    std::set<AccountId> present;
    for (auto const& row : db.exec(lock_open_accounts, Params(array_of(named))))
        present.insert(row.get<AccountId>(0));
    return present;
}

std::optional<AccountId> lead_of(TaskToAdd const& task, std::set<AccountId> const& present) {
    for (Seating const& s : task.inspectors)
        if (s.seat == 1 && present.contains(s.account)) return s.account;
    return std::nullopt;
}

Event assignment_of(TaskToAdd const& t, std::optional<AccountId> actor) {
    return {.shard = t.shard,
            .at = t.created_at,
            .lifecycle = std::string(domain::task_lifecycle.name),
            .subject = t.id.text(),
            .from = std::string(domain::word(domain::TaskState::created)),
            .event = std::string(domain::word(domain::TaskEvent::assign)),
            .to = std::string(domain::word(domain::TaskState::assigned)),
            .actor = actor,
            .why = std::nullopt,
            .rule = std::nullopt,
            .organisation = t.organisation};
}

Event birth_of(TaskToAdd const& t, std::optional<AccountId> actor) {
    return {.shard = t.shard,
            .at = t.created_at,
            .lifecycle = std::string(domain::task_lifecycle.name),
            .subject = t.id.text(),
            .from = std::nullopt,
            .event = "created",
            .to = std::string(domain::word(domain::TaskState::created)),
            .actor = actor,
            .why = std::string(domain::word(t.source)),
            .rule = t.rule,
            .organisation = t.organisation};
}

/// The number of rows of one statement: a hundred thousand at once would be in memory several times.
constexpr std::size_t tasks_at_once = 5'000;

void add_some(db::PgSession& db, std::span<TaskToAdd const> tasks, std::optional<AccountId> actor) {
    TaskColumns rows;
    SeatColumns seats;
    std::vector<Event> events;
    auto const present = lock_present(db, tasks);
    for (TaskToAdd const& t : tasks) {
        auto const lead = lead_of(t, present);
        rows.add(t, lead);
        for (Seating const& s : t.inspectors) seats.add(t, s, !present.contains(s.account));
        events.push_back(birth_of(t, actor));
        if (lead) events.push_back(assignment_of(t, actor));
    }
    db.exec(insert_tasks, rows.params());
    if (seats.task.size() != 0) db.exec(insert_inspectors, seats.params());
    append(db, events);
}

}  // namespace

void add_tasks(db::PgSession& db, std::span<TaskToAdd const> tasks, std::optional<AccountId> actor) {
    for (std::size_t at = 0; at < tasks.size(); at += tasks_at_once)
        add_some(db, tasks.subspan(at, std::min(tasks_at_once, tasks.size() - at)), actor);
}

}  // namespace sponsio::store

#include "server/service/unit/refusals.hpp"
#include "tests/service/inspection_world.hpp"

#include <atomic>
#include <thread>

namespace sponsio::testing {
namespace {

using service::Pressing;
using service::QueueFilter;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Queue : public InspectionWorld {
  protected:
    std::vector<std::string> queue(std::string const& who, QueueFilter const& question) {
        std::vector<std::string> ids;
        for (Json const& item : await(verifications->list(as(who), question)).value().items)
            ids.push_back(item.at("task_id").as_string());
        return ids;
    }

    Json item(std::string const& who, TaskId id) {
        for (Json const& one : await(verifications->list(as(who), {})).value().items)
            if (one.at("task_id").as_string() == id.text()) return one;
        throw std::runtime_error("not in the queue");
    }

    /// Arms the alarms of what is due then.
    void arm(Filed const& filed, Instant due) {
        store::BucketTasks const bucket{as("verifier").who->organisation, due, filed.task};
        service::in_transaction(db(), [&](db::PgSession& db) -> Outcome<void> {
            service::arm_alarms(db, {*rules, *calendar}, {&bucket, 1}, clock.now());
            return {};
        }).value();
    }
};

TEST_F(Queue, MineIsEverySeatOfMine) {
    Filed const two = file_for_two();
    Filed const one = file_commitment(china("2026-04-09T00:00:00"));
    ASSERT_EQ(claim("verifier", two.task), "ok");
    ASSERT_EQ(claim("verifier2", two.task), "ok");
    ASSERT_EQ(claim("verifier2", one.task), "ok");
    EXPECT_THAT(queue("verifier2", {.mine = true}), ElementsAre(two.task.text(), one.task.text()));
    EXPECT_THAT(queue("verifier", {.mine = true}), ElementsAre(two.task.text()));
    ASSERT_EQ(start("verifier", two.task), "ok");
    ASSERT_EQ(conclude("verifier", two.task), "ok");
    ASSERT_EQ(sign("verifier2", two.task), "ok");
    ASSERT_EQ(close("verifier", two.task), "ok");
    EXPECT_THAT(queue("verifier2", {.mine = true}), ElementsAre(one.task.text()));
    EXPECT_THAT(queue("verifier2", {.mine = true, .state = domain::TaskState::closed}),
                ElementsAre(two.task.text()));
}

TEST_F(Queue, MineInAStateIsWhatIHoldOrHeldToItsEnd) {
    using enum domain::TaskState;
    Filed const taken = file_commitment(), begun = file_commitment(), done = file_commitment();
    Filed const dropped = file_commitment(), left = file_commitment();
    for (Filed const& filed : {taken, begun, done, dropped, left})
        ASSERT_EQ(claim("verifier", filed.task), "ok");
    for (Filed const& filed : {begun, done}) ASSERT_EQ(start("verifier", filed.task), "ok");
    ASSERT_EQ(conclude("verifier", done.task), "ok");
    ASSERT_EQ(close("verifier", done.task), "ok");
    ASSERT_EQ(said(await(verifications->hand_back(as("verifier"), left.task))), "ok");
    service::in_transaction(db(), [&](db::PgSession& db) -> Outcome<void> {
        service::TaskCase check(db, store::lock_task(db, dropped.task).value(), std::nullopt, clock.now());
        auto moved = check.move(domain::TaskEvent::cancel);
        check.task.closed_at = clock.now();
        check.save();
        return moved;
    }).value();
    auto const mine = [&](domain::TaskState state) {
        return queue("verifier", {.mine = true, .state = state});
    };
    EXPECT_THAT(mine(assigned), ElementsAre(taken.task.text()));
    EXPECT_THAT(mine(in_progress), ElementsAre(begun.task.text()));
    EXPECT_THAT(mine(closed), ElementsAre(done.task.text()));
    EXPECT_THAT(mine(cancelled), ElementsAre(dropped.task.text()));
    EXPECT_THAT(mine(concluded), IsEmpty());
    // An ended check that goes on is among the open ones again.
    service::in_transaction(db(), [&](db::PgSession& db) -> Outcome<void> {
        service::TaskCase check(db, store::lock_task(db, done.task).value(), std::nullopt, clock.now());
        auto moved = check.move(domain::TaskEvent::reopen);
        check.task.result.reset();
        check.task.closed_at.reset();
        check.save();
        return moved;
    }).value();
    EXPECT_THAT(mine(closed), IsEmpty());
    EXPECT_THAT(mine(in_progress), ::testing::UnorderedElementsAre(begun.task.text(), done.task.text()));
}

/// Row and seats are read one after the other, while somebody takes the task and gives it back.
TEST_F(Queue, NeverShowsAStateThatNeverWas) {
    Filed const filed = file_commitment();
    std::atomic<bool> over = false;
    std::thread busy([&] {
        for (int i = 0; i != 200; ++i) {
            EXPECT_EQ(claim("verifier", filed.task), "ok");
            EXPECT_EQ(said(await(verifications->hand_back(as("verifier"), filed.task))), "ok");
        }
        over = true;
    });
    int taken = 0, free = 0;
    while (!over) {
        Json const seen = item("supervisor", filed.task);
        bool const led = !seen.at("assignee").is_null();
        EXPECT_EQ(led, !seen.at("inspectors").as_array().empty()) << json::write(seen);
        ++(led ? taken : free);
    }
    busy.join();
    EXPECT_GT(taken, 0);
    EXPECT_GT(free, 0);
}

TEST_F(Queue, TellsWhatIsDueSoonAndWhatIsOverdue) {
    Instant const early = china("2026-03-10T00:00:00"), later = china("2026-03-20T00:00:00");
    Filed const first = file_commitment(early), second = file_commitment(later);
    arm(first, early);
    arm(second, later);
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::due_soon}), IsEmpty());
    // Three working days before the last day (9 March): the warning has gone off.
    clock.set(china("2026-03-05T09:00:00"));
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::due_soon}), ElementsAre(first.task.text()));
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::overdue}), IsEmpty());
    Json const soon = item("verifier", first.task);
    EXPECT_THAT(reasons(soon), ElementsAre("deadline", "due_soon"));
    EXPECT_THAT(soon.at("reasons").as_array()[1].at("rule").as_string(), HasSubstr("verify.alarm.due_soon"));
    EXPECT_THAT(reasons(item("verifier", second.task)), ElementsAre("deadline"));

    clock.set(early);
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::due_soon}), IsEmpty());
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::overdue}), ElementsAre(first.task.text()));
    EXPECT_THAT(reasons(item("verifier", first.task)), Contains("overdue"));
    check(first, domain::CheckResult::consistent);
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::overdue}), IsEmpty());
}

TEST_F(Queue, PagesThroughWhatPresses) {
    std::vector<std::string> expected;
    for (int day = 1; day <= 5; ++day)
        expected.push_back(
            file_commitment(china("2026-03-0" + std::to_string(day + 2) + "T00:00:00")).task.text());
    clock.set(china("2026-03-07T00:00:00"));
    std::vector<std::string> paged;
    QueueFilter question{.pressing = Pressing::overdue, .limit = 2};
    for (;;) {
        auto const page = await(verifications->list(as("verifier"), question)).value();
        for (Json const& one : page.items) paged.push_back(one.at("task_id").as_string());
        if (page.items.size() < 2) break;
        question.after = page.last_key;
    }
    EXPECT_EQ(paged, expected);
}

TEST_F(Queue, ShowsTheSuperiorWhatWasEscalatedToItOnce) {
    Filed const filed = file_commitment();
    Filed const other = file_commitment();
    std::string const above = as("stranger").who->organisation.text();
    for (char const* alarm : {"verify.alarm.overdue", "verify.alarm.long_overdue"})
        admin().command(
            "insert into task_escalation (task_id, alarm, to_organisation, level, due_at, at, rule) "
            "select task_id, '" +
            std::string(alarm) + "', '" + above +
            "', 2, due_at, now(), 'verify.alarm.overdue 0 working_days; cn-national 2026.1; cn-2026' "
            "from verification_task where task_id = '" +
            filed.task.text() + "'");
    EXPECT_THAT(queue("stranger", {.pressing = Pressing::escalated}), ElementsAre(filed.task.text()));
    EXPECT_THAT(queue("verifier", {.pressing = Pressing::escalated}), IsEmpty());
    EXPECT_THAT(reasons(item("verifier", filed.task)), ElementsAre("deadline", "escalated"));
    EXPECT_THAT(reasons(item("verifier", other.task)), ElementsAre("deadline"));
    // The superior sees that it waits, and not whom it is about.
    EXPECT_EQ(said(await(verifications->task(as("stranger"), filed.task))), "not-found");
    check(filed, domain::CheckResult::consistent);
    EXPECT_THAT(queue("stranger", {.pressing = Pressing::escalated}), IsEmpty());
}

TEST_F(Queue, ShowsWhatOthersHaveNoted) {
    Filed const filed = file_commitment();
    store::add_reason(db(), filed.task, {domain::TaskReason::department_mismatch, clock.now(), std::nullopt});
    store::add_reason(db(), filed.task, {domain::TaskReason::department_mismatch, clock.now(), std::nullopt});
    store::add_reason(
        db(), filed.task,
        {domain::TaskReason::assist_open, clock.now(), "assist.reply 5 working_days; cn-national 1"});
    EXPECT_THAT(reasons(item("verifier", filed.task)),
                ElementsAre("deadline", "department_mismatch", "assist_open"));
    store::end_reason(db(), filed.task, domain::TaskReason::department_mismatch, clock.now());
    EXPECT_THAT(reasons(item("verifier", filed.task)), ElementsAre("deadline", "assist_open"));
}

TEST_F(Queue, ManyTasksAreAddedAtOnce) {
    OrganisationId const unit = as("verifier").who->organisation;
    std::vector<store::TaskToAdd> tasks;
    for (int i = 0; i != 12'000; ++i)
        tasks.push_back({.id = service::new_id<TaskId>(clock.now()),
                         .shard = 1,
                         .commitment_code = "11010120260302000001",
                         .organisation = unit,
                         .source = domain::TaskSource::draw,
                         .mode = "written",
                         .created_at = clock.now(),
                         .due_at = china("2026-04-01T00:00:00"),
                         .rule = "verify.matter 20 working_days; GZF-1 1; cn-2026",
                         .draw = draw,
                         .inspectors_needed = 2,
                         .inspectors = {{1, account("verifier"), "a"}, {2, account("verifier2"), "b"}}});
    service::in_transaction(db(), [&](db::PgSession& db) -> Outcome<void> {
        store::add_tasks(db, tasks);
        return {};
    }).value();
    EXPECT_EQ(count("tasks"), 12'000);
    EXPECT_EQ(queue("verifier2", {.mine = true, .limit = 200}).size(), 200u);
    EXPECT_THAT(moves(tasks.back().id.text()), ElementsAre(">created", "created>assigned"));
}

TEST_F(Queue, ARefusalIsKeptAsAnEvent) {
    Filed const filed = file_commitment();
    Fault const why = fault(problem::too_few_inspectors, "Nobody is left.", "无可用核查人员。");
    service::record_refusal(db(), domain::task_lifecycle.name, filed.task.text(), "created",
                            account("verifier"), service::refusal_text(why), clock.now());
    auto const history = store::history(db(), filed.task.text());
    EXPECT_EQ(history.back().event, "refused");
    EXPECT_EQ(history.back().from, "created");
    EXPECT_EQ(history.back().to, "created");
    EXPECT_EQ(history.back().why, "too-few-inspectors: Nobody is left.");
    EXPECT_EQ(service::refusal_text(bad_field("/ratio", reason::out_of_range)), "invalid /ratio");
}

}  // namespace
}  // namespace sponsio::testing

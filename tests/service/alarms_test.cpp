#include "server/service/tasks/clock_service.hpp"
#include "server/store/commitments.hpp"
#include "server/store/events.hpp"
#include "server/work/clocks.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/support/invented_calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;
using domain::AlarmAction;
using service::AlarmBook;
using service::ClockService;

/// Tasks that are due on 30 March 2026: warned from the 26th on, overdue from the 31st, and with the superior
/// when five more working days have passed.
class Alarms : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        clocks = std::make_unique<ClockService>(ground(), 2);
    }

    void TearDown() override {
        clocks.reset();
        FindingWorld::TearDown();
    }

    service::Ground ground_of(db::DbExecutor& on, domain::WorkingCalendar const& by) {
        return {
            .db = on, .vault = *vault, .matters = matters, .rules = *rules, .calendar = by, .clock = clock};
    }

    static Deadline soon() { return std::chrono::steady_clock::now() + 30s; }

    std::size_t sound(int pages = 100) { return clocks->sound_alarms(soon(), pages).value(); }

    /// Tasks filed now, with their alarms.
    std::vector<TaskId> add(int tasks, Instant due = china("2026-03-31T00:00:00")) {
        std::vector<TaskId> ids;
        for (int i = 0; i != tasks; ++i) ids.push_back(file_commitment(due).task);
        arm(*std::ranges::min_element(ids), due);
        return ids;
    }

    void arm(TaskId first, Instant due = china("2026-03-31T00:00:00")) {
        store::BucketTasks const bucket{as("verifier").who->organisation, due, first};
        db::Tx tx(db());
        service::arm_alarms(db(), AlarmBook{*rules, *calendar}, {&bucket, 1}, clock.now());
        tx.commit();
    }

    /// The alarms in a task's history: "warned verify.alarm.due_soon -3 working_days; ...".
    std::vector<std::string> told(TaskId task) {
        std::vector<std::string> list;
        for (auto const& event : store::history(db(), task.text()))
            if (event.event == "warned" || event.event == "escalated") {
                EXPECT_EQ(event.from, event.to);
                EXPECT_EQ(event.actor, domain::System{});
                list.push_back(event.event + " " + event.rule.value());
            }
        return list;
    }

    std::int64_t alarm_events() {
        static constexpr db::BinaryQuery query{"test.alarm_events",
                                               "select count(*), count(distinct (subject, rule)) from event "
                                               "where event in ('warned', 'escalated')"};
        auto const rows = db().exec(query);
        EXPECT_EQ(rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1)) << "one was told twice";
        return rows[0].get<std::int64_t>(0);
    }

    [[nodiscard]] OrganisationId unit() const { return as("verifier").who->organisation; }

    std::unique_ptr<ClockService> clocks;
};

std::string const by_pack = "; " + national_pack() + "; cn-2026.1";

TEST_F(Alarms, GoOffInTheirTimeAndNameTheirRule) {
    auto const tasks = add(3);
    EXPECT_EQ(sound(), 0u);
    clock.set(china("2026-03-25T23:59:59"));
    EXPECT_EQ(sound(), 0u);
    clock.set(china("2026-03-26T00:00:00"));
    EXPECT_EQ(sound(), 2u);  // two pages of two
    EXPECT_EQ(told(tasks[0]),
              std::vector<std::string>{"warned verify.alarm.due_soon -3 working_days" + by_pack});
    EXPECT_TRUE(store::escalated_to(db(), unit(), {}, 10).empty());

    clock.set(china("2026-03-31T00:00:00"));
    EXPECT_EQ(sound(), 2u);
    clock.set(china("2026-04-07T23:59:59"));  // 6 April is a day off
    EXPECT_EQ(sound(), 0u);
    clock.set(china("2026-04-08T00:00:00"));
    EXPECT_EQ(sound(), 2u);
    for (TaskId const task : tasks)
        EXPECT_EQ(told(task), (std::vector<std::string>{
                                  "warned verify.alarm.due_soon -3 working_days" + by_pack,
                                  "escalated verify.alarm.overdue 0 working_days; " + national_pack(),
                                  "escalated verify.alarm.long_overdue 5 working_days" + by_pack}));
    EXPECT_EQ(sound(), 0u);
}

TEST_F(Alarms, EscalateToWhomThePackSays) {
    admin().command(
        "update organisation set superior_id = (select organisation_id from organisation where uscc = "
        "'11110105000000027U') where uscc = '111101050000000191'");
    OrganisationId const superior = as("stranger").who->organisation;
    auto const tasks = add(3);
    clock.set(china("2026-03-31T00:00:00"));
    sound();
    auto const mine = store::escalated_to(db(), unit(), {}, 2);
    ASSERT_EQ(mine.size(), 2u);
    EXPECT_EQ(mine[0].level, 1);
    EXPECT_EQ(mine[0].at, clock.now());
    EXPECT_EQ(mine[0].rule, "verify.alarm.overdue 0 working_days; " + national_pack());
    auto const rest = store::escalated_to(db(), unit(), std::pair{mine[1].due_at, mine[1].task}, 2);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_TRUE(store::escalated_to(db(), superior, {}, 10).empty());
    EXPECT_EQ(store::escalated_tasks(db()), 3);

    clock.set(china("2026-04-08T00:00:00"));
    sound();
    EXPECT_EQ(store::escalated_to(db(), superior, {}, 10).size(), 3u);
    EXPECT_EQ(store::escalations_of(db(), {tasks[0]}).size(), 2u);
    EXPECT_EQ(store::escalated_tasks(db()), 3);
}

TEST_F(Alarms, PassOverWhatHasEnded) {
    auto const tasks = add(3);
    admin().command(
        "update verification_task set state = 'cancelled', closed_at = now() where task_id = (select "
        "min(task_id::text)::uuid from verification_task)");
    TaskId const ended = *std::ranges::min_element(tasks);
    clock.set(china("2026-03-31T00:00:00"));
    sound();
    EXPECT_TRUE(told(ended).empty());
    EXPECT_EQ(store::escalated_tasks(db()), 2);

    // What ends after its escalation leaves the queue above, and comes back with the task.
    db().command(
        "update verification_task set state = 'cancelled', closed_at = now() where closed_at is null");
    EXPECT_EQ(store::escalated_tasks(db()), 0);
    EXPECT_TRUE(store::escalated_to(db(), unit(), {}, 10).empty());
    db().command("update verification_task set state = 'created', closed_at = null");
    EXPECT_EQ(store::escalated_tasks(db()), 2);
    arm(ended);  // as whoever opens it again does
    sound();
    EXPECT_EQ(store::escalated_tasks(db()), 3);
    EXPECT_EQ(alarm_events(), 2 + 3);  // the one that came back came after the time of the warning
}

TEST_F(Alarms, AreArmedAgainForTasksBehindThem) {
    Instant const due = china("2026-03-31T00:00:00");
    auto const early = add(3, due);
    clock.set(china("2026-03-26T08:00:00"));
    EXPECT_EQ(sound(), 2u);
    // After its time: a warning is not for tasks that came later, so nothing runs again.
    auto const late = add(3, due);
    EXPECT_EQ(sound(), 0u);
    EXPECT_TRUE(told(late[0]).empty());

    clock.set(due + 1h);
    EXPECT_EQ(sound(), 3u);
    auto const overdue = add(1, due);
    EXPECT_EQ(sound(), 1u);
    EXPECT_EQ(told(overdue[0]).size(), 1u);
    EXPECT_EQ(told(early[0]).size(), 2u);
    EXPECT_EQ(alarm_events(), 3 + 6 + 1);
}

TEST_F(Alarms, ATaskThatIsBeingAddedWhenTheyGoOffIsNotMissed) {
    Instant const due = china("2026-03-31T00:00:00");
    auto const first = add(1, due);
    clock.set(china("2026-03-25T23:59:30"));
    TaskId const second = service::new_id<TaskId>(clock.now());
    static constexpr db::BinaryQuery one_more{
        "test.one_more",
        "insert into verification_task (shard, task_id, commitment_code, organisation_id, source, mode, "
        "created_at, "
        "due_at, rule) select shard, $1, commitment_code, organisation_id, source, mode, $2, due_at, rule "
        "from verification_task"};
    db::PgSession filer(app());
    db::Tx tx(filer);
    filer.exec(one_more, db::Params(second, clock.now()));
    store::BucketTasks const bucket{unit(), due, second};
    service::arm_alarms(filer, AlarmBook{*rules, *calendar}, {&bucket, 1}, clock.now());

    clock.set(china("2026-03-26T00:00:10"));
    EXPECT_EQ(sound(), 0u);  // the filer holds the alarm until its task is there to be seen
    tx.commit();
    EXPECT_EQ(sound(), 1u);
    for (TaskId const task : {first[0], second}) EXPECT_EQ(told(task).size(), 1u);
    EXPECT_EQ(alarm_events(), 2);
}

TEST_F(Alarms, AKillBetweenPagesLosesAndDoublesNothing) {
    auto const tasks = add(7);
    clock.set(china("2026-03-31T00:00:00"));
    EXPECT_EQ(sound(2), 2u);  // then the process is gone
    EXPECT_EQ(alarm_events(), 4);
    {
        // Another one dies in the middle of a page: its transaction goes with it.
        db::PgSession dying(app());
        dying.command("begin");
        auto const alarm = store::lock_due_alarm(dying, clock.now()).value();
        EXPECT_EQ(store::sound(dying, alarm, std::nullopt, clock.now(), 2).told, 2);
        // Meanwhile nobody waits for it: the other alarm of the bucket is free.
        EXPECT_NE(store::lock_due_alarm(db(), clock.now()).value().row.alarm, alarm.row.alarm);
    }
    EXPECT_EQ(alarm_events(), 4);
    clocks = std::make_unique<ClockService>(ground(), 3);
    sound();
    EXPECT_EQ(alarm_events(), 14);
    for (TaskId const task : tasks) EXPECT_EQ(told(task).size(), 2u);
}

TEST_F(Alarms, ManyProcessesTellEachTaskOnce) {
    for (int day = 0; day != 4; ++day) add(9, china("2026-03-31T00:00:00") + day * 24h);
    clock.set(china("2026-06-01T00:00:00"));
    db::DbExecutor elsewhere({.connection = app(), .threads = 2});
    ClockService other(ground_of(elsewhere, *calendar), 2);
    auto const run = [](ClockService& service) {
        while (service.sound_alarms(soon(), 1).value() != 0) {
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i != 2; ++i) {
        threads.emplace_back([&] { run(*clocks); });
        threads.emplace_back([&] { run(other); });
    }
    for (std::thread& thread : threads) thread.join();
    sound();
    EXPECT_EQ(alarm_events(), 4 * 9 * 3);
    EXPECT_EQ(store::escalated_tasks(db()), 36);
}

TEST_F(Alarms, AnUnknownYearIsLookedForDayByDay) {
    clock.set(china("2026-12-08T09:00:00"));
    Instant const due = china("2027-01-05T00:00:00");
    auto const tasks = add(1, due);
    auto const waiting = store::alarms_of(db(), unit(), {due});
    ASSERT_EQ(waiting.size(), 3u);
    EXPECT_EQ(waiting[0].waits_for, 2027);
    EXPECT_THAT(waiting[0].rule, ::testing::HasSubstr("; unknown"));
    EXPECT_EQ(sound(), 0u);
    clock.advance(24h);
    EXPECT_EQ(sound(), 2u);  // both that count working days, in vain
    EXPECT_EQ(sound(), 0u);
    EXPECT_TRUE(told(tasks[0]).empty());

    // The calendar is announced, and the server started with it.
    clock.set(china("2027-01-04T08:00:00"));
    std::string const text = invented_calendar(2027, "t");
    Resource const announced{"cn-2027.json", text};
    auto known = domain::WorkingCalendar::from_resources({&announced, 1});
    ASSERT_TRUE(known) << known.error().cause;
    ClockService informed(ground_of(*executor, *known));
    EXPECT_GE(informed.sound_alarms(soon(), 10).value(), 2u);
    EXPECT_EQ(told(tasks[0]), std::vector<std::string>{
                                  "warned verify.alarm.due_soon -3 working_days; " + national_pack() + "; " +
                                  calendar->version(std::chrono::year{2026}).value() + "+cn-2027.t"});
}

TEST_F(Alarms, RunInTheBackground) {
    auto const tasks = add(5);
    clock.set(china("2026-03-31T00:00:00"));
    auto round = work::alarm_rounds(*clocks);
    while (round().value() != 0) {
    }
    EXPECT_EQ(told(tasks[4]).size(), 2u);
}

class Expiry : public Alarms {
  protected:
    void make_valid_until(std::string const& code, std::string const& day) {
        static constexpr db::BinaryQuery query{
            "test.valid_until", "update commitment set valid_until = $2::date where code = $1"};
        admin().exec(query, db::Params(code, day));
    }

    std::size_t expire() { return clocks->expire_commitments(soon()).value(); }
};

TEST_F(Expiry, EndsWhatNobodyBeganToCheckWhenItsLastDayIsOver) {
    auto const waiting = file_commitment(), begun = file_commitment(), endless = file_commitment();
    await(verifications->claim(as("verifier"), begun.task)).value();
    await(verifications->start(as("verifier"), begun.task)).value();
    for (auto const& filed : {waiting, begun}) make_valid_until(filed.code, "2026-03-10");
    clock.set(china("2026-03-10T23:59:59"));
    EXPECT_EQ(expire(), 0u);
    clock.set(china("2026-03-11T00:00:00"));
    EXPECT_EQ(expire(), 1u);
    EXPECT_EQ(expire(), 0u);
    EXPECT_EQ(commitment_state(waiting.code), "expired");
    EXPECT_EQ(commitment_state(begun.code), "under_verification");
    EXPECT_EQ(commitment_state(endless.code), "effective");
    auto const event = store::history(db(), waiting.code).back();
    EXPECT_EQ(event.event, "expire");
    EXPECT_EQ(event.from, "effective");
    EXPECT_EQ(event.rule, "commitment.valid_until 2026-03-10");
    EXPECT_EQ(event.at, clock.now());

    // Its check is still owed, and goes the whole way.
    check(waiting, domain::CheckResult::consistent);
    EXPECT_EQ(commitment_state(waiting.code), "fulfilled");
}

TEST_F(Expiry, GoesPageByPageAndPassesOverWhatOthersHold) {
    std::vector<std::string> codes;
    for (int i = 0; i != 5; ++i) {
        codes.push_back(file_commitment().code);
        make_valid_until(codes.back(), "2026-03-10");
    }
    clock.set(china("2026-03-11T00:00:00"));
    {
        db::Tx tx(db());
        ASSERT_TRUE(store::lock_commitment(db(), codes[0]));
        EXPECT_EQ(expire(), 2u);  // a page
        EXPECT_EQ(expire(), 2u);
        EXPECT_EQ(expire(), 0u);
    }
    auto round = work::expiry_rounds(*clocks);
    EXPECT_EQ(round().value(), 1u);
    for (std::string const& code : codes) EXPECT_EQ(commitment_state(code), "expired");
}

}  // namespace
}  // namespace sponsio::testing

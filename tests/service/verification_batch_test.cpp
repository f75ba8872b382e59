#include "server/service/tasks/absence_service.hpp"
#include "server/service/tasks/batch_service.hpp"
#include "server/store/draw_pool.hpp"
#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using service::HandOver;
using service::TaskClaims;
using service::TaskClosures;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Steps of many tasks at once, and people who are away.
class Batches : public InspectionWorld {
  protected:
    void SetUp() override {
        InspectionWorld::SetUp();
        batches = std::make_unique<service::BatchService>(service::OversightParts{ground()});
        absences = std::make_unique<service::AbsenceService>(ground());
    }

    void TearDown() override {
        absences.reset();
        batches.reset();
        InspectionWorld::TearDown();
    }

    static service::TellRefusal slug() {
        return [](Fault const& refused) -> Json {
            std::string text(refused.problem->slug);
            for (FieldError const& field : refused.fields) text += " " + field.pointer;
            return text;
        };
    }

    std::vector<TaskId> file(int count) {
        std::vector<TaskId> tasks;
        for (int i = 0; i != count; ++i) tasks.push_back(file_commitment().task);
        return tasks;
    }

    Outcome<service::Created> claim_all(std::string const& who, std::vector<TaskId> tasks,
                                        bool all_or_none = false) {
        return await(batches->claim(as(who), fresh_key(),
                                    {.tasks = std::move(tasks), .all_or_none = all_or_none}, slug()));
    }

    Outcome<service::Created> close_all(std::string const& who, std::vector<TaskId> const& tasks,
                                        bool all_or_none = false) {
        TaskClosures wish{.all_or_none = all_or_none};
        for (TaskId const& id : tasks)
            wish.items.push_back({id, {CheckResult::consistent, china_date(clock.now()), "一致。"}});
        return await(batches->close(as(who), fresh_key(), std::move(wish), slug()));
    }

    /// "200", or the refusal, of each item.
    static std::vector<std::string> words(Outcome<service::Created> const& outcome) {
        std::vector<std::string> list;
        Json const answer = json::parse(outcome.value().body).value();
        for (Json const& item : answer.at("items").as_array()) {
            Json const* problem = item.find("problem");
            list.push_back(problem ? problem->as_string() : std::to_string(item.at("status").as_int()));
        }
        return list;
    }

    static std::int64_t number(Outcome<service::Created> const& outcome, char const* name) {
        return json::parse(outcome.value().body)->at(name).as_int();
    }

    std::string away(std::string const& who, std::optional<std::string> of = {}, int days = 5) {
        service::AbsenceDraft draft{
            .until = Date{std::chrono::sys_days{china_date(clock.now())} + std::chrono::days{days - 1}}};
        if (of) draft.account = account(*of);
        auto const made = await(absences->enter(as(who), fresh_key(), draft));
        if (!made) return said(made);
        return json::parse(made->body)->at("absence_id").as_string();
    }

    std::unique_ptr<service::BatchService> batches;
    std::unique_ptr<service::AbsenceService> absences;
};

// --------------------------------------------------------------------------------------------------- claims
TEST_F(Batches, EachClaimHasItsOwnOutcomeAndItsOwnEvent) {
    auto tasks = file(3);
    ASSERT_EQ(claim("verifier2", tasks[1]), "ok");
    TaskId const nothing = service::new_id<TaskId>(clock.now());
    auto const made = claim_all("verifier", {tasks[0], tasks[1], nothing, tasks[2]});
    EXPECT_THAT(words(made), ElementsAre("200", "wrong-step", "not-found", "200"));
    EXPECT_EQ(number(made, "done"), 2);
    EXPECT_EQ(number(made, "refused"), 2);
    EXPECT_THAT(sitting(tasks[0]), ElementsAre("verifier"));
    EXPECT_THAT(sitting(tasks[1]), ElementsAre("verifier2"));
    EXPECT_THAT(moves(tasks[2].text()), ElementsAre(">created", "created>assigned"));
    Json const first = json::parse(made->body)->at("items").at(0).at("task");
    EXPECT_EQ(first.at("assignee").as_string(), account("verifier").text());
    EXPECT_THAT(words(claim_all("stranger", {tasks[0]})), ElementsAre("not-found"));
    EXPECT_THAT(words(claim_all("clerk", {file(1)[0]})), ElementsAre("same-person"));
}

TEST_F(Batches, AllOrNoneLeavesNothingBehind) {
    auto tasks = file(2);
    ASSERT_EQ(claim("verifier2", tasks[1]), "ok");
    auto const events = count("events");
    auto const once = fresh_key();
    TaskClaims const wish{.tasks = tasks, .all_or_none = true};
    auto const made = await(batches->claim(as("verifier"), once, wish, slug()));
    EXPECT_THAT(words(made), ElementsAre("conflict", "wrong-step"));
    EXPECT_EQ(number(made, "done"), 0);
    EXPECT_EQ(count("events"), events);
    EXPECT_THAT(sitting(tasks[0]), IsEmpty());
    // Nothing was done, so nothing is remembered: what is possible now is done under the same key.
    ASSERT_EQ(said(await(verifications->hand_back(as("verifier2"), tasks[1]))), "ok");
    EXPECT_THAT(words(await(batches->claim(as("verifier"), once, wish, slug()))), Each("200"));
}

TEST_F(Batches, TheSameKeyGivesTheSameAnswer) {
    auto const tasks = file(2);
    auto const once = fresh_key();
    auto const first = await(batches->claim(as("verifier"), once, {.tasks = tasks}, slug()));
    auto const again = await(batches->claim(as("verifier"), once, {.tasks = tasks}, slug()));
    EXPECT_FALSE(first->replayed);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->body, first->body);
    EXPECT_THAT(moves(tasks[0].text()), SizeIs(2));
}

TEST_F(Batches, TheQueueGivesTheEarliestThatOneMayTake) {
    TaskId const late = file_commitment(china("2026-04-10T00:00:00")).task;
    TaskId const early = file_commitment(china("2026-03-10T00:00:00")).task;
    TaskId const middle = file_commitment(china("2026-03-20T00:00:00")).task;
    auto const made = await(batches->claim(as("verifier"), fresh_key(), {.count = 2}, slug()));
    EXPECT_THAT(words(made), ElementsAre("200", "200"));
    EXPECT_THAT(sitting(early), ElementsAre("verifier"));
    EXPECT_THAT(sitting(middle), ElementsAre("verifier"));
    EXPECT_THAT(sitting(late), IsEmpty());
    TaskClaims soon{.count = 5, .due_before = std::chrono::year{2026} / 4 / 1};
    EXPECT_THAT(words(await(batches->claim(as("verifier"), fresh_key(), soon, slug()))), IsEmpty());
    // Who filed it is not given it, and drawn checks are not in it.
    file_drawn({}, 1);
    EXPECT_THAT(words(await(batches->claim(as("clerk"), fresh_key(), {.count = 5}, slug()))), IsEmpty());
    EXPECT_EQ(
        said(await(batches->claim(as("verifier"), fresh_key(), {.count = 2, .all_or_none = true}, slug()))),
        "conflict");
    EXPECT_THAT(sitting(late), IsEmpty());
    EXPECT_THAT(words(await(batches->claim(as("verifier"), fresh_key(), {.count = 2}, slug()))),
                ElementsAre("200"));
}

TEST_F(Batches, TwoWhoAskTheQueueAtOnceGetDifferentTasks) {
    auto const tasks = file(40);
    std::vector<boost::asio::awaitable<Outcome<service::Created>>> asked;
    for (char const* who : {"verifier", "verifier2"})
        asked.push_back(batches->claim(as(who), fresh_key(), {.count = 20}, slug()));
    for (auto const& outcome : await_all(std::move(asked))) EXPECT_EQ(number(outcome, "refused"), 0);
    std::map<std::string, int> held;
    for (TaskId const& id : tasks)
        for (std::string const& login : sitting(id)) ++held[login];
    EXPECT_LE(held["verifier"], 20);
    EXPECT_LE(held["verifier2"], 20);
    EXPECT_GE(held["verifier"] + held["verifier2"], 20);
}

// ------------------------------------------------------------------------------------------------- closures
TEST_F(Batches, ClosingLeavesTheEventsOfEveryStep) {
    auto const tasks = file(2);
    claim_all("verifier", tasks);
    ASSERT_EQ(start("verifier", tasks[1]), "ok");
    EXPECT_THAT(words(close_all("verifier", tasks)), Each("200"));
    for (TaskId const& id : tasks) {
        EXPECT_THAT(moves(id.text()), ElementsAre(">created", "created>assigned", "assigned>in_progress",
                                                  "in_progress>concluded", "concluded>closed"));
        Json const whole = task(id);
        EXPECT_EQ(whole.at("result").as_string(), "consistent");
        EXPECT_EQ(whole.at("summary").as_string(), "一致。");
        EXPECT_EQ(commitment_state(whole.at("commitment_code").as_string()), "fulfilled");
    }
    EXPECT_THAT(words(close_all("verifier", tasks)), Each("wrong-step"));
}

TEST_F(Batches, ClosingHasNoShortcutAroundAnyGuard) {
    Filed const two = begun();
    TaskId const unclaimed = file_commitment().task, others = file_commitment().task;
    TaskId const otherwise = file_commitment().task, mine = file_commitment().task;
    ASSERT_EQ(claim("verifier2", others), "ok");
    claim_all("verifier", {otherwise, mine});
    ASSERT_EQ(start("verifier", otherwise), "ok");
    ASSERT_EQ(conclude("verifier", otherwise, CheckResult::cannot_verify), "ok");
    auto const closed = close_all("verifier", {two.task, unclaimed, others, otherwise, mine});
    EXPECT_THAT(words(closed), ElementsAre("sign-off-missing", "wrong-step", "forbidden", "conflict", "200"));
    // What was refused was not concluded either.
    EXPECT_EQ(state_of(two.task), "in_progress");
    EXPECT_EQ(commitment_state(two.code), "under_verification");
    EXPECT_THAT(moves(two.task.text()), Not(Contains("in_progress>concluded")));
    // Concluded by itself and signed by the other, it may be closed with the rest.
    ASSERT_EQ(conclude("verifier", two.task), "ok");
    EXPECT_THAT(words(close_all("verifier", {two.task})), ElementsAre("sign-off-missing"));
    ASSERT_EQ(sign("verifier2", two.task), "ok");
    EXPECT_THAT(words(close_all("verifier", {two.task})), ElementsAre("200"));
    // A day that cannot be is refused for its task alone.
    TaskId const fresh = file_commitment().task;
    claim_all("verifier", {fresh});
    TaskClosures tomorrow;
    tomorrow.items.push_back(
        {fresh,
         {CheckResult::consistent,
          Date{std::chrono::sys_days{china_date(clock.now())} + std::chrono::days{1}}, "x"}});
    EXPECT_THAT(words(await(batches->close(as("verifier"), fresh_key(), tomorrow, slug()))),
                ElementsAre("invalid /checked_on"));
    EXPECT_EQ(state_of(fresh), "assigned");
}

TEST_F(Batches, AllOrNoneClosesNothingIfOneIsRefused) {
    auto const tasks = file(2);
    ASSERT_EQ(claim("verifier", tasks[0]), "ok");
    EXPECT_THAT(words(close_all("verifier", tasks, true)), ElementsAre("conflict", "wrong-step"));
    EXPECT_EQ(state_of(tasks[0]), "assigned");
}

// ------------------------------------------------------------------------------------------------ hand over
TEST_F(Batches, ASupervisorHandsOverAnothersWork) {
    auto const tasks = file(3);
    claim_all("verifier", tasks);
    ASSERT_EQ(start("verifier", tasks[0]), "ok");
    HandOver wish{.from = account("verifier"), .to = account("verifier2"), .why = "原承办人休假"};
    EXPECT_EQ(said(await(batches->hand_over(as("verifier3"), fresh_key(), wish, slug()))), "forbidden");
    EXPECT_EQ(said(await(batches->hand_over(as("stranger"), fresh_key(), wish, slug()))), "forbidden");
    auto const made = await(batches->hand_over(as("supervisor"), fresh_key(), wish, slug()));
    EXPECT_THAT(words(made), Each("200"));
    EXPECT_EQ(number(made, "remaining"), 0);
    for (TaskId const& id : tasks) {
        EXPECT_THAT(sitting(id), ElementsAre("verifier2"));
        EXPECT_EQ(task(id).at("notes").at(0).at("text").as_string(), "原承办人休假");
        EXPECT_THAT(reasons(task(id)), Contains("reassigned"));
    }
    EXPECT_EQ(state_of(tasks[0]), "in_progress");
    wish = {.from = account("verifier2"), .to = std::nullopt, .why = "退回队列"};
    EXPECT_THAT(words(await(batches->hand_over(as("supervisor"), fresh_key(), wish, slug()))), Each("200"));
    EXPECT_THAT(sitting(tasks[0]), IsEmpty());
    EXPECT_EQ(state_of(tasks[0]), "created");
}

TEST_F(Batches, AVerifierHandsOverTheirOwn) {
    auto const tasks = file(2);
    claim_all("verifier", tasks);
    ASSERT_EQ(start("verifier", tasks[0]), "ok");
    TaskId const drawn = file_drawn({"verifier"}, 1).task;
    auto const back = await(batches->hand_over(as("verifier"), fresh_key(), {.why = "出差"}, slug()));
    EXPECT_EQ(number(back, "done"), 2);
    EXPECT_EQ(number(back, "remaining"), 1);
    EXPECT_THAT(words(back), Contains("forbidden"));  // chance put them there
    EXPECT_THAT(sitting(tasks[0]), IsEmpty());
    EXPECT_THAT(sitting(drawn), ElementsAre("verifier"));
    claim_all("verifier", tasks);
    HandOver to_clerk{.to = account("clerk"), .why = "出差"},
        to_reviewer{.to = account("reviewer"), .why = "x"};
    // The clerk filed them, so each is refused, and stays; who is no verifier is refused at once.
    EXPECT_THAT(words(await(batches->hand_over(as("verifier"), fresh_key(), to_clerk, slug()))),
                Contains("same-person"));
    EXPECT_THAT(sitting(tasks[0]), ElementsAre("verifier"));
    EXPECT_EQ(said(await(batches->hand_over(as("verifier"), fresh_key(), to_reviewer, slug()))),
              "invalid /to");
}

TEST_F(Batches, WhatIsDrawnGoesToAPersonAndIsPublished) {
    batches = std::make_unique<service::BatchService>(service::OversightParts{
        ground(), {}, [this](db::PgSession&, service::DrawnReseating const& given, Instant) -> Outcome<void> {
            reseated.push_back(given.seat);
            return {};
        }});
    TaskId const drawn = file_drawn({"verifier"}, 1).task;
    HandOver wish{.from = account("verifier"), .why = "病假"};
    EXPECT_THAT(words(await(batches->hand_over(as("supervisor"), fresh_key(), wish, slug()))),
                ElementsAre("conflict"));
    wish.to = account("verifier2");
    EXPECT_THAT(words(await(batches->hand_over(as("supervisor"), fresh_key(), wish, slug()))),
                ElementsAre("200"));
    EXPECT_THAT(sitting(drawn), ElementsAre("verifier2"));
    EXPECT_THAT(reseated, ElementsAre(1));
}

// -------------------------------------------------------------------------------------------------- absence
TEST_F(Batches, WhoIsAwayGetsNoCheckAndComesBackByItself) {
    auto const tasks = file(2);
    ASSERT_EQ(claim("verifier", tasks[0]), "ok");
    std::string const id = away("supervisor", "verifier", 5);
    EXPECT_EQ(claim("verifier", tasks[1]), "conflict");
    EXPECT_THAT(words(claim_all("verifier", {tasks[1]})), ElementsAre("conflict"));
    EXPECT_EQ(said(await(batches->claim(as("verifier"), fresh_key(), {.count = 1}, slug()))), "conflict");
    EXPECT_EQ(reassign(tasks[1], std::nullopt, "verifier"), "conflict");
    EXPECT_EQ(said(await(batches->hand_over(
                  as("supervisor"), fresh_key(),
                  {.from = account("verifier2"), .to = account("verifier"), .why = "x"}, slug()))),
              "conflict");
    auto const here = store::verifiers_of(db(), {as("verifier").who->organisation}, clock.now());
    EXPECT_TRUE(
        std::ranges::none_of(here, [&](auto const& one) { return one.account == account("verifier"); }));

    auto const absence = *service::AbsenceId::parse(id);
    Json const shown = await(absences->one(as("supervisor"), absence)).value();
    EXPECT_EQ(shown.at("state").as_string(), "running");
    EXPECT_EQ(shown.at("name").as_string(), "李四");
    EXPECT_EQ(shown.at("until").as_string(), "2026-03-06");
    EXPECT_EQ(shown.at("open_tasks").as_int(), 1);
    EXPECT_EQ(shown.at("tasks").at(0).at("task_id").as_string(), tasks[0].text());
    EXPECT_EQ(said(await(absences->one(as("stranger"), absence))), "not-found");
    EXPECT_EQ(said(await(absences->one(as("verifier2"), absence))), "not-found");

    clock.set(china("2026-03-06T23:59:59"));
    EXPECT_EQ(claim("verifier", tasks[1]), "conflict");
    clock.set(china("2026-03-07T00:00:00"));
    EXPECT_EQ(await(absences->one(as("verifier"), absence)).value().at("state").as_string(), "over");
    EXPECT_EQ(claim("verifier", tasks[1]), "ok");
}

TEST_F(Batches, AnAbsenceIsEnteredForOneselfOrByASupervisorAndEndedEarly) {
    EXPECT_EQ(away("verifier2", "verifier"), "forbidden");
    EXPECT_EQ(away("supervisor", "stranger"), "invalid /account_id");
    EXPECT_EQ(away("verifier", std::nullopt, 0), "invalid /until");
    EXPECT_EQ(away("verifier", std::nullopt, 400), "invalid /until");
    std::string const id = away("verifier");
    away("verifier2");
    EXPECT_THAT(await(absences->list(as("supervisor"), {}, 50))->items, SizeIs(2));
    EXPECT_THAT(await(absences->list(as("verifier"), {}, 50))->items, SizeIs(1));
    EXPECT_THAT(await(absences->list(as("stranger"), {}, 50))->items, IsEmpty());
    TaskId const task = file_commitment().task;
    EXPECT_EQ(claim("verifier", task), "conflict");
    auto const absence = *service::AbsenceId::parse(id);
    EXPECT_EQ(said(await(absences->end(as("verifier2"), absence))), "not-found");
    Json const ended = await(absences->end(as("verifier"), absence)).value();
    EXPECT_EQ(ended.at("state").as_string(), "over");
    EXPECT_EQ(ended.at("ended_by").as_string(), account("verifier").text());
    EXPECT_EQ(await(absences->end(as("verifier"), absence)).value(), ended);
    EXPECT_EQ(claim("verifier", task), "ok");
    EXPECT_THAT(moves(id), ElementsAre(">entered", "entered>ended"));
}

TEST_F(Batches, AreReadStrictly) {
    auto const claim_of = [](char const* text) {
        return said(domain::decode(domain::parse_json(text).value(), TaskClaims::read));
    };
    std::string const id = "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10";
    EXPECT_EQ(claim_of(R"({"from_queue":{"count":100}})"), "ok");
    EXPECT_EQ(claim_of(R"({"from_queue":{"count":101}})"), "invalid /from_queue/count");
    EXPECT_EQ(claim_of(R"({})"), "invalid /task_ids");
    EXPECT_EQ(claim_of(R"({"task_ids":[]})"), "invalid /task_ids");
    EXPECT_EQ(claim_of(("{\"task_ids\":[\"" + id + "\",\"" + id + "\"]}").c_str()), "invalid /task_ids/1");
    EXPECT_EQ(claim_of(("{\"from_queue\":{\"count\":1},\"task_ids\":[\"" + id + "\"]}").c_str()),
              "invalid /task_ids");
    std::string many = "{\"checked_on\":\"2026-03-02\",\"summary\":\"x\",\"items\":[";
    for (int i = 0; i != 101; ++i) many += (i ? ",{}" : "{}");
    EXPECT_EQ(said(domain::decode(domain::parse_json(many + "]}").value(), TaskClosures::read)),
              "invalid /items");
}

}  // namespace
}  // namespace sponsio::testing

#include "tests/service/finding_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using domain::TaskState;
using service::QueueFilter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class Verification : public FindingWorld {
  protected:
    service::Conclusion conclusion(CheckResult result) {
        return {result, china_date(clock.now()), "登记信息与承诺不一致。"};
    }

    std::vector<std::string> queue(std::string const& who, QueueFilter const& question) {
        std::vector<std::string> ids;
        for (Json const& item : await(verifications->list(as(who), question)).value().items)
            ids.push_back(item.at("task_id").as_string());
        return ids;
    }

    std::string state_of(TaskId task) {
        return await(verifications->task(as("supervisor"), task)).value().at("state").as_string();
    }
};

/// Where the region asks for it, nobody clears alone and empty-handed what they chose themselves.
TEST_F(Verification, ClearedAloneAndByChoiceNeedsEvidenceWhereThePackSaysSo) {
    rules->become(
        rules_with(
            region_pack(as("clerk").who->region_code,
                        R"({"id":"verify.consistent.evidence","kind":"flag","value":true,)"
                        R"("note":{"zh":"注","en":"note"},"source":{"key":"k","text":"t","address":null},)"
                        R"("grade":"proposal","effective_from":"2020-01-01","effective_to":null})"))
            .value());
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->start(as("verifier"), filed.task)).value();
    auto const clear = [&] {
        return said(
            await(verifications->conclude(as("verifier"), filed.task, conclusion(CheckResult::consistent))));
    };
    EXPECT_EQ(clear(), "conflict");
    add_evidence(filed.task);
    EXPECT_EQ(clear(), "ok");
}

TEST_F(Verification, RunsFromTheQueueToTheClosureAndTakesTheCommitmentAlong) {
    Filed const filed = file_commitment();
    clock.advance(24h);
    Json task = await(verifications->claim(as("verifier"), filed.task)).value();
    EXPECT_EQ(task.at("state").as_string(), "assigned");
    EXPECT_EQ(task.at("assignee").as_string(), account("verifier").text());
    EXPECT_EQ(commitment_state(filed.code), "effective");

    task = await(verifications->start(as("verifier"), filed.task)).value();
    EXPECT_EQ(task.at("state").as_string(), "in_progress");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");

    EvidenceId const evidence = add_evidence(filed.task, "第一份");
    task = await(verifications->conclude(as("verifier"), filed.task, conclusion(CheckResult::inconsistent)))
               .value();
    EXPECT_EQ(task.at("result").as_string(), "inconsistent");
    EXPECT_EQ(task.at("checked_on").as_string(), "2026-03-03");
    EXPECT_EQ(task.at("summary").as_string(), "登记信息与承诺不一致。");
    EXPECT_EQ(commitment_state(filed.code), "in_question");

    clock.advance(1h);
    task = await(verifications->close(as("verifier"), filed.task)).value();
    EXPECT_EQ(task.at("state").as_string(), "closed");
    EXPECT_EQ(task.at("closed_at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(task.at("evidence").at(0).at("evidence_id").as_string(), evidence.text());
    EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created", "created>assigned", "assigned>in_progress",
                                                      "in_progress>concluded", "concluded>closed"));
    EXPECT_THAT(moves(filed.code), ElementsAre("notified>effective", "effective>under_verification",
                                               "under_verification>in_question"));
    EXPECT_EQ(task.at("history").as_array().size(), 5u);
    EXPECT_EQ(task.at("history").at(3).at("why").as_string(), "inconsistent");
    EXPECT_EQ(task.at("history").at(3).at("by").as_string(), account("verifier").text());
}

TEST_F(Verification, ShowsWhatIsToBeCheckedAndWhyItIsDue) {
    Filed const filed = file_commitment();
    Json const task = await(verifications->task(as("supervisor"), filed.task)).value();
    EXPECT_EQ(task.at("due_on").as_string(), "2026-03-30");
    EXPECT_EQ(task.at("due_at").as_string(), "2026-03-30T15:59:59.999999Z");
    EXPECT_EQ(task.at("rule").as_string(), "verify.matter 20 working_days");
    EXPECT_EQ(task.at("rule_pack").as_string(), "GZF-1 1");
    EXPECT_EQ(task.at("calendar").as_string(), "cn-2026");
    Json const& commitment = task.at("commitment");
    EXPECT_EQ(commitment.at("commitment_code").as_string(), filed.code);
    EXPECT_EQ(commitment.at("committer").at("name").as_string(), "欧阳示例");
    EXPECT_EQ(commitment.at("content").at("zh").as_string(), "本人名下无住房。");
    EXPECT_EQ(commitment.at("matter_name").at("zh").as_string(), "公租房资格确认");
    EXPECT_TRUE(task.at("assignee").is_null());
    EXPECT_TRUE(task.at("result").is_null());
    EXPECT_TRUE(task.at("summary").is_null());
}

TEST_F(Verification, WhoFiledCannotVerify) {
    Filed const filed = file_commitment();
    EXPECT_EQ(said(await(verifications->claim(as("clerk"), filed.task))), "same-person");
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created"));
}

TEST_F(Verification, OnlyWhoHoldsTheTaskWorksOnIt) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    EXPECT_EQ(said(await(verifications->start(as("verifier2"), filed.task))), "forbidden");
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier2"), filed.task))), "forbidden");
    await(verifications->start(as("verifier"), filed.task)).value();
    EXPECT_EQ(said(await(verifications->add_evidence(as("verifier2"), fresh_key(), filed.task, a_file()))),
              "forbidden");
    auto const consistent = conclusion(CheckResult::consistent);
    EXPECT_EQ(said(await(verifications->conclude(as("verifier2"), filed.task, consistent))), "forbidden");
    await(verifications->conclude(as("verifier"), filed.task, consistent)).value();
    EXPECT_EQ(said(await(verifications->close(as("verifier2"), filed.task))), "forbidden");
    EXPECT_EQ(count("evidence"), 0);
}

TEST_F(Verification, RefusesEveryStepThatIsNotTheNext) {
    Filed const filed = file_commitment();
    using Take = std::function<std::string()>;
    std::map<std::string, Take> const steps{
        {"claim", [&] { return said(await(verifications->claim(as("verifier"), filed.task))); }},
        {"hand_back", [&] { return said(await(verifications->hand_back(as("verifier"), filed.task))); }},
        {"start", [&] { return said(await(verifications->start(as("verifier"), filed.task))); }},
        {"evidence",
         [&] {
             return said(
                 await(verifications->add_evidence(as("verifier"), fresh_key(), filed.task, a_file())));
         }},
        {"conclude",
         [&] {
             return said(await(
                 verifications->conclude(as("verifier"), filed.task, conclusion(CheckResult::consistent))));
         }},
        {"close", [&] { return said(await(verifications->close(as("verifier"), filed.task))); }},
    };
    std::vector<std::pair<std::string, std::vector<std::string>>> const path{
        {"claim", {"claim"}},
        {"start", {"hand_back", "start"}},
        {"conclude", {"evidence", "conclude"}},
        {"close", {"close"}},
        {"", {}}};
    for (auto const& [next, allowed] : path) {
        for (auto const& [name, take] : steps) {
            if (std::ranges::find(allowed, name) != allowed.end()) continue;
            auto const events = count("events");
            EXPECT_EQ(take(), "wrong-step") << name << " in " << state_of(filed.task);
            EXPECT_EQ(count("events"), events);
        }
        if (!next.empty()) {
            EXPECT_EQ(steps.at(next)(), "ok") << next;
        }
    }
}

TEST_F(Verification, HandedBackItIsAnybodysAgain) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    Json const task = await(verifications->hand_back(as("verifier"), filed.task)).value();
    EXPECT_EQ(task.at("state").as_string(), "created");
    EXPECT_TRUE(task.at("assignee").is_null());
    EXPECT_EQ(said(await(verifications->claim(as("verifier2"), filed.task))), "ok");
    EXPECT_EQ(commitment_state(filed.code), "effective");
}

TEST_F(Verification, OfTwoWhoClaimAtOnceOneWins) {
    for (int round = 0; round != 20; ++round) {
        Filed const filed = file_commitment();
        std::vector<boost::asio::awaitable<Outcome<Json>>> claims;
        claims.push_back(verifications->claim(as("verifier"), filed.task));
        claims.push_back(verifications->claim(as("verifier2"), filed.task));
        std::vector<std::string> words;
        for (auto const& outcome : await_all(std::move(claims))) words.push_back(said(outcome));
        EXPECT_THAT(words, ::testing::UnorderedElementsAre("ok", "wrong-step"));
        EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created", "created>assigned"));
    }
}

TEST_F(Verification, IsNotThereForAnotherUnit) {
    Filed const filed = file_commitment();
    EvidenceId const evidence = check(filed);
    EXPECT_EQ(said(await(verifications->task(as("stranger"), filed.task))), "not-found");
    EXPECT_EQ(said(await(verifications->claim(as("stranger"), filed.task))), "not-found");
    EXPECT_EQ(said(await(verifications->hand_back(as("stranger"), filed.task))), "not-found");
    EXPECT_EQ(said(await(verifications->start(as("stranger"), filed.task))), "not-found");
    EXPECT_EQ(said(await(verifications->close(as("stranger"), filed.task))), "not-found");
    EXPECT_EQ(
        said(await(verifications->conclude(as("stranger"), filed.task, conclusion(CheckResult::consistent)))),
        "not-found");
    EXPECT_EQ(said(await(verifications->add_evidence(as("stranger"), fresh_key(), filed.task, a_file()))),
              "not-found");
    EXPECT_EQ(said(await(verifications->evidence(as("stranger"), filed.task, evidence))), "not-found");
    EXPECT_THAT(queue("stranger", {}), IsEmpty());
    EXPECT_THAT(queue("stranger", {.state = TaskState::closed}), IsEmpty());
}

// --------------------------------------------------------------------------------------------- conclusions
struct Consequence {
    CheckResult result;
    char const* commitment;
};

class Conclusions : public Verification, public ::testing::WithParamInterface<Consequence> {};

TEST_P(Conclusions, DecideWhatBecomesOfTheCommitment) {
    Filed const filed = file_commitment();
    check(filed, GetParam().result);
    EXPECT_EQ(commitment_state(filed.code), GetParam().commitment);
}

INSTANTIATE_TEST_SUITE_P(Results, Conclusions,
                         ::testing::Values(Consequence{CheckResult::consistent, "fulfilled"},
                                           Consequence{CheckResult::inconsistent, "in_question"},
                                           Consequence{CheckResult::cannot_verify, "supervised"},
                                           Consequence{CheckResult::non_cooperation, "in_question"}),
                         [](auto const& row) { return std::string(domain::word(row.param.result)); });

TEST_F(Verification, NothingSpeaksAgainstSomebodyWithoutEvidence) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->start(as("verifier"), filed.task)).value();
    auto const result = conclusion(CheckResult::inconsistent);
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), filed.task, result))), "conflict");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    add_evidence(filed.task);
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), filed.task, result))), "ok");
}

TEST_F(Verification, IsCheckedBetweenItsBeginningAndToday) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->start(as("verifier"), filed.task)).value();
    clock.set(china("2026-03-05T23:59:59"));
    auto result = conclusion(CheckResult::consistent);
    result.checked_on = std::chrono::year{2026} / 3 / 6;
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), filed.task, result))),
              "invalid /checked_on");
    result.checked_on = std::chrono::year{2026} / 3 / 1;
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), filed.task, result))),
              "invalid /checked_on");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    result.checked_on = std::chrono::year{2026} / 3 / 5;
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), filed.task, result))), "ok");
}

TEST_F(Verification, DoesNotBeginOnWhatWasWithdrawn) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    ASSERT_TRUE(store::set_commitment_state(db(), filed.code, 0, domain::CommitmentState::effective,
                                            domain::CommitmentState::withdrawn));
    EXPECT_EQ(said(await(verifications->start(as("verifier"), filed.task))), "wrong-step");
    EXPECT_EQ(state_of(filed.task), "assigned");
}

// ----------------------------------------------------------------------------------------------- the queue
TEST_F(Verification, QueuesByDueTimePageByPage) {
    std::vector<std::string> expected;
    for (int day = 1; day <= 5; ++day)
        expected.push_back(
            file_commitment(china("2026-04-0" + std::to_string(day) + "T00:00:00")).task.text());
    // Two that are due together: by their ids.
    auto const first = file_commitment(china("2026-04-09T00:00:00")).task;
    auto const second = file_commitment(china("2026-04-09T00:00:00")).task;
    expected.push_back(std::min(first, second).text());
    expected.push_back(std::max(first, second).text());
    EXPECT_EQ(queue("verifier", {}), expected);

    std::vector<std::string> paged;
    QueueFilter question{.limit = 2};
    for (;;) {
        auto const page = await(verifications->list(as("verifier"), question)).value();
        for (Json const& item : page.items) paged.push_back(item.at("task_id").as_string());
        if (page.items.size() < 2) break;
        question.after = page.last_key;
    }
    EXPECT_EQ(paged, expected);
}

TEST_F(Verification, QueuesWhatIsAskedFor) {
    Filed const a = file_commitment(china("2026-04-01T00:00:00"));
    Filed const b = file_commitment(china("2026-04-02T00:00:00"));
    Filed const c = file_commitment(china("2026-04-03T00:00:00"));
    await(verifications->claim(as("verifier"), a.task)).value();
    await(verifications->claim(as("verifier2"), b.task)).value();
    EXPECT_THAT(queue("verifier", {.mine = true}), ElementsAre(a.task.text()));
    EXPECT_THAT(queue("verifier2", {.mine = true}), ElementsAre(b.task.text()));
    EXPECT_THAT(queue("supervisor", {.mine = true}), IsEmpty());
    EXPECT_THAT(queue("supervisor", {.state = TaskState::assigned}),
                ElementsAre(a.task.text(), b.task.text()));
    EXPECT_THAT(queue("supervisor", {.state = TaskState::created}), ElementsAre(c.task.text()));
    EXPECT_THAT(queue("verifier", {.mine = true, .state = TaskState::created}), IsEmpty());
    // Periods that end before 2 April end with 1 April (b's last day) at the latest.
    EXPECT_THAT(queue("verifier", {.due_before = std::chrono::year{2026} / 4 / 2}),
                ElementsAre(a.task.text(), b.task.text()));
    EXPECT_THAT(queue("verifier", {.due_before = std::chrono::year{2026} / 4 / 1}),
                ElementsAre(a.task.text()));
    EXPECT_THAT(queue("verifier", {.due_before = std::chrono::year{2026} / 3 / 31}), IsEmpty());
}

TEST_F(Verification, KeepsWhatIsClosedOutOfTheQueueUnlessAskedFor) {
    Filed const open = file_commitment();
    Filed const done = file_commitment();
    check(done, CheckResult::consistent);
    EXPECT_THAT(queue("verifier", {}), ElementsAre(open.task.text()));
    EXPECT_THAT(queue("verifier", {.mine = true}), IsEmpty());
    EXPECT_THAT(queue("verifier", {.state = TaskState::closed}), ElementsAre(done.task.text()));
    EXPECT_THAT(queue("verifier", {.mine = true, .state = TaskState::closed}), ElementsAre(done.task.text()));
    EXPECT_THAT(queue("verifier2", {.mine = true, .state = TaskState::closed}), IsEmpty());
}

TEST_F(Verification, RefusesACursorThatIsNone) {
    for (char const* cursor : {"x", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z x", " "}) {
        QueueFilter question;
        question.after = cursor;
        EXPECT_EQ(said(await(verifications->list(as("verifier"), question))), "invalid query:cursor")
            << cursor;
    }
}

}  // namespace
}  // namespace sponsio::testing

#include "tests/service/department_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using client::DepartmentReply;
using domain::InquiryAnswer;
using domain::InquiryState;
using domain::TicketState;
using service::TicketAnswer;
using service::TicketSide;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class Assistance : public DepartmentWorld {
  protected:
    TicketId ticket_of(Json const& view) { return *TicketId::parse(view.at("ticket_id").as_string()); }

    Outcome<Json> say(std::string const& who, Json const& ticket, InquiryAnswer answer) {
        return await(
            assist->answer(as(who), ticket_of(ticket), {answer, "经查档案。", "示例民函〔2026〕8号"}));
    }

    void tend() {
        while (assist->tend().value()) {
        }
    }

    /// A ticket that a question became, because nothing is held.
    Json open_ticket() {
        answer_always(InquiryAnswer::not_held);
        filed = file_commitment();
        EXPECT_TRUE(checks->round());
        auto const list = tickets();
        EXPECT_THAT(list, SizeIs(1));
        return list.at(0);
    }

    void start_check() {
        filed = file_commitment();
        await(verifications->claim(as("verifier"), filed.task)).value();
        await(verifications->start(as("verifier"), filed.task)).value();
    }

    Outcome<Json> send(std::string const& who, service::AssistRequest request) {
        auto made = await(assist->send(as(who), fresh_key(), filed.task, std::move(request)));
        if (!made) return made.error();
        return domain::parse_json(made->body);
    }

    Filed filed{"", TaskId{Uuid{}}};
};

TEST_F(Assistance, WhatIsNotHeldIsAskedOfAPerson) {
    Json const ticket = open_ticket();
    EXPECT_EQ(ticket.at("state").as_string(), "open");
    EXPECT_EQ(ticket.at("unit").at("uscc").as_string(), "11110105000000027U");
    EXPECT_EQ(ticket.at("department").as_string(), "civil_affairs");
    EXPECT_EQ(ticket.at("check_id").as_string(), inquiry_of(filed).id.text());
    EXPECT_EQ(ticket.at("question").at("subject").at("document").at("number").as_string(),
              "11010519491231002X");
    EXPECT_EQ(ticket.at("question").at("query").as_string(), "marriage_status");
    EXPECT_EQ(ticket.at("due_at").as_string(), "2026-03-09T15:59:59.999999Z") << "five working days";
    EXPECT_EQ(ticket.at("rule").as_string(), "assist.reply 5 working_days");
    EXPECT_EQ(ticket.at("calendar").as_string(), "cn-2026.1");
    EXPECT_THAT(reasons_of(filed), UnorderedElementsAre("department_not_held", "assist_open"));
    EXPECT_EQ(task_state(filed), "created") << "nobody has begun, so nobody waits";
    EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created", "created>created"));
}

TEST_F(Assistance, APersonAnswersAndAPersonDecides) {
    Json const ticket = open_ticket();
    clock.advance(24h);
    EXPECT_EQ(said(say("verifier", ticket, InquiryAnswer::match)), "not-found")
        << "the asking unit does not answer";
    Json const answered = say("stranger", ticket, InquiryAnswer::match).value();
    EXPECT_EQ(answered.at("state").as_string(), "answered");
    EXPECT_EQ(answered.at("reply").at("note").as_string(), "经查档案。");
    EXPECT_EQ(answered.at("answered_by").as_string(), account("stranger").text());
    EXPECT_EQ(task_state(filed), "created") << "a person's word closes nothing by itself";
    EXPECT_EQ(evidence_of(filed), 2u) << "the machine's answer and the person's";
    EXPECT_THAT(reasons_of(filed), UnorderedElementsAre("department_not_held", "department_match"));
    EXPECT_EQ(said(say("stranger", ticket, InquiryAnswer::mismatch)), "wrong-step");
    EXPECT_THAT(tickets({.side = TicketSide::outgoing}, "verifier"), SizeIs(1)) << "the asking unit sees it";
    EXPECT_THAT(tickets({.side = TicketSide::incoming}, "verifier"), IsEmpty());
    EXPECT_THAT(tickets({.state = TicketState::open}), IsEmpty());
}

TEST_F(Assistance, AMismatchOfAPersonDecidesNothingEither) {
    Json const ticket = open_ticket();
    ASSERT_TRUE(say("stranger", ticket, InquiryAnswer::mismatch));
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    EXPECT_EQ(rows("finding"), 0);
}

TEST_F(Assistance, SilenceBecomesATicketAfterTwoWorkingDays) {
    fall_silent();
    filed = file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(inquiry_of(filed).wait_rule,
              "assist.online_wait 2 working_days; " + national_pack() + "; cn-2026.1");
    clock.set(china("2026-03-04T23:59:59"));
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(tickets(), IsEmpty()) << "Monday to the end of Wednesday";
    clock.set(china("2026-03-05T00:00:00"));
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(inquiry_of(filed).state, InquiryState::unanswered);
    ASSERT_THAT(tickets(), SizeIs(1));
    EXPECT_THAT(reasons_of(filed), UnorderedElementsAre("department_silent", "assist_open"));
    ASSERT_TRUE(say("stranger", tickets().front(), InquiryAnswer::match));
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_match"));
}

TEST_F(Assistance, WhatNobodyCouldTryYetIsTriedOnceBeforeItIsGivenUp) {
    filed = file_commitment();
    clock.set(china("2026-03-20T09:00:00"));
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(filed), "closed") << "the server was down, the department was not";
}

TEST_F(Assistance, TheQueueSaysWhenADepartmentIsSilent) {
    fall_silent();
    filed = file_commitment();
    for (int i = 0; i != 3; ++i) {
        ASSERT_TRUE(checks->ask().value());
        clock.advance(60s);
    }
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_silent"));
    answer_always(InquiryAnswer::mismatch);
    ASSERT_TRUE(checks->ask().value());
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_mismatch"));
}

TEST_F(Assistance, WithoutAUnitTheReasonStands) {
    known.front().assist_unit_uscc.reset();
    checks = another();
    answer_always(InquiryAnswer::not_held);
    filed = file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(tickets(), IsEmpty());
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_not_held"));
}

TEST_F(Assistance, WhatWasAgreedWithADepartmentGoesBeforeThePack) {
    known.front().assist_days = 2;
    checks = another();
    Json const ticket = open_ticket();
    EXPECT_EQ(ticket.at("due_at").as_string(), "2026-03-04T15:59:59.999999Z");
    EXPECT_EQ(ticket.at("rule").as_string(), "assist.agreed 2 working_days");
    EXPECT_EQ(ticket.at("rule_pack").as_string(), "agreed-with civil_affairs");
}

TEST_F(Assistance, ATicketRunsOutAndALateAnswerIsTaken) {
    Json const ticket = open_ticket();
    clock.set(china("2026-03-09T23:59:59"));
    tend();
    EXPECT_EQ(tickets().front().at("state").as_string(), "open");
    clock.set(china("2026-03-10T00:00:00"));
    tend();
    EXPECT_EQ(tickets().front().at("state").as_string(), "overdue");
    EXPECT_THAT(reasons_of(filed), UnorderedElementsAre("department_not_held", "assist_overdue"));
    auto const history = store::history(db(), filed.task.text());
    EXPECT_EQ(history.back().event, "assist_overdue");
    EXPECT_EQ(history.back().rule, "assist.reply 5 working_days; " + national_pack() + "; cn-2026.1");
    ASSERT_TRUE(say("stranger", ticket, InquiryAnswer::match));
    EXPECT_THAT(reasons_of(filed), UnorderedElementsAre("department_not_held", "department_match"));
}

TEST_F(Assistance, ATicketIsWithdrawnWhenItsCheckEnds) {
    Json const ticket = open_ticket();
    check(filed, domain::CheckResult::consistent);
    tend();
    EXPECT_EQ(tickets().front().at("state").as_string(), "withdrawn");
    EXPECT_EQ(said(say("stranger", ticket, InquiryAnswer::match)), "wrong-step");
}

TEST_F(Assistance, AnInspectorAsksByHandAndTheCheckWaits) {
    start_check();
    Json const ticket =
        send("verifier", {.unit_uscc = "11110105000000027U", .question = "请核对档案。"}).value();
    EXPECT_EQ(task_state(filed), "waiting_assist");
    EXPECT_EQ(ticket.at("question").at("words").as_string(), "请核对档案。");
    EXPECT_TRUE(ticket.at("question").at("query").is_null());
    EXPECT_EQ(said(send("verifier", {.unit_uscc = "11110105000000027U", .question = "再问。"})),
              "wrong-step");
    EXPECT_EQ(said(await(verifications->conclude(
                  as("verifier"), filed.task,
                  {domain::CheckResult::consistent, china_date(clock.now()), "等不及了。"}))),
              "wrong-step");
    ASSERT_TRUE(say("stranger", ticket, InquiryAnswer::match));
    EXPECT_EQ(task_state(filed), "in_progress");
    EXPECT_EQ(evidence_of(filed), 1u);
}

TEST_F(Assistance, ACheckGoesOnWhenNobodyAnswersByHand) {
    start_check();
    ASSERT_TRUE(send("verifier", {.department = "civil_affairs", .question = "请核对。"}));
    clock.set(china("2026-03-10T00:00:00"));
    tend();
    EXPECT_EQ(task_state(filed), "in_progress");
    EXPECT_THAT(reasons_of(filed), ElementsAre("assist_overdue"));
    ASSERT_TRUE(say("stranger", tickets().front(), InquiryAnswer::not_held));
    EXPECT_EQ(task_state(filed), "in_progress");
}

TEST_F(Assistance, OnlyWhoLeadsACheckThatGoesOnAsksByHand) {
    start_check();
    service::AssistRequest const good{.unit_uscc = "11110105000000027U", .question = "请核对。"};
    EXPECT_EQ(said(send("stranger", good)), "not-found");
    EXPECT_EQ(said(send("verifier2", good)), "forbidden");
    EXPECT_EQ(said(send("verifier", {.unit_uscc = "111101050000000191", .question = "问自己。"})),
              "invalid /unit_uscc");
    EXPECT_EQ(said(send("verifier", {.department = "health", .question = "无此部门。"})),
              "invalid /department");
    EXPECT_EQ(task_state(filed), "in_progress");
    Filed const other = file_commitment();
    filed = other;
    EXPECT_EQ(said(send("verifier", good)), "wrong-step") << "it has not begun";
}

TEST_F(Assistance, AMachinesTicketAndOneByHandDoNotCross) {
    Json const machines = open_ticket();
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->start(as("verifier"), filed.task)).value();
    Json const by_hand =
        send("verifier", {.unit_uscc = "11110105000000027U", .question = "请核对。"}).value();
    ASSERT_TRUE(say("stranger", machines, InquiryAnswer::match));
    EXPECT_EQ(task_state(filed), "waiting_assist") << "the answer that it waits for has not come";
    ASSERT_TRUE(say("stranger", by_hand, InquiryAnswer::match));
    EXPECT_EQ(task_state(filed), "in_progress");
}

TEST_F(Assistance, TheListSaysWhatWasAskedAndAnswered) {
    gateway->script = [&](domain::InquiryQuestion const& q) {
        return gateway->answered(q, InquiryAnswer::mismatch, [](domain::InquiryReply& r) {
            r.note = "登记为已婚";
            r.held_as_of = std::chrono::year{2026} / 3 / 1;
        });
    };
    filed = file_commitment();
    file_commitment();
    ASSERT_TRUE(checks->round());
    auto const page = await(assist->checks(as("verifier"), filed.task, "", 50)).value();
    ASSERT_THAT(page.items, SizeIs(1));
    Json const& check = page.items.front();
    EXPECT_EQ(check.at("answer").as_string(), "mismatch");
    EXPECT_EQ(check.at("note").as_string(), "登记为已婚");
    EXPECT_EQ(check.at("held_as_of").as_string(), "2026-03-01");
    EXPECT_EQ(check.at("question").at("subject").at("name").as_string(), "欧阳示例");
    EXPECT_EQ(check.at("rule").as_string(), "assist.online_wait 2 working_days");
    auto const first = await(assist->checks(as("verifier"), std::nullopt, "", 1)).value();
    auto const second = await(assist->checks(as("verifier"), std::nullopt, first.last_key, 1)).value();
    ASSERT_THAT(second.items, SizeIs(1));
    EXPECT_NE(second.items.front().at("check_id").as_string(),
              first.items.front().at("check_id").as_string());
    EXPECT_THAT(await(assist->checks(as("stranger"), std::nullopt, "", 50)).value().items, IsEmpty());
}

TEST_F(Assistance, AYearThatNobodyAnnouncedLeavesEndsOpen) {
    clock.set(china("2026-12-30T09:00:00"));
    fall_silent();
    filed = file_commitment(china("2027-02-01T00:00:00"));
    ASSERT_TRUE(checks->round());
    EXPECT_FALSE(inquiry_of(filed).wait_until) << "31 December is one day; the second is of 2027";
    answer_always(InquiryAnswer::not_held);
    clock.advance(60s);
    ASSERT_TRUE(checks->round());
    Json const ticket = tickets().at(0);
    EXPECT_TRUE(ticket.at("due_at").is_null());
    EXPECT_EQ(ticket.at("calendar").as_string(), "unknown");
    clock.set(china("2027-03-01T09:00:00"));
    tend();
    EXPECT_EQ(tickets().at(0).at("state").as_string(), "open") << "no end is guessed";
}

}  // namespace
}  // namespace sponsio::testing

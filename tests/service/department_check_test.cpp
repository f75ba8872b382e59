#include "tests/service/department_world.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using client::DepartmentReply;
using domain::InquiryAnswer;
using domain::InquiryQuestion;
using domain::InquiryReply;
using domain::InquiryState;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Checks : public DepartmentWorld {};

class ChecksWithoutClosing : public DepartmentWorld {
  protected:
    ChecksWithoutClosing() { auto_close = false; }
};

TEST_F(Checks, AMatchIsEvidenceAndClosesWhatNobodyHasTaken) {
    Filed const filed = file_commitment();
    EXPECT_EQ(checks->round().value(), 2u) << "one wait counted, one question asked";
    EXPECT_EQ(task_state(filed), "closed");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_THAT(moves(filed.task.text()), ElementsAre(">created", "created>closed"));
    EXPECT_THAT(moves(filed.code), ElementsAre("notified>effective", "effective>under_verification",
                                               "under_verification>fulfilled"));
    auto const task = store::task_by_id(db(), filed.task).value();
    EXPECT_EQ(task.result, domain::CheckResult::consistent);
    EXPECT_FALSE(task.assignee) << "no person did";
    auto const row = inquiry_of(filed);
    EXPECT_EQ(row.state, InquiryState::answered);
    EXPECT_EQ(row.answer, InquiryAnswer::match);
    ASSERT_TRUE(row.evidence);
    auto const file = await(verifications->evidence(as("verifier"), filed.task, *row.evidence)).value();
    EXPECT_EQ(file.content_type, "application/jose");
    auto const jws =
        crypto::jws_verify(file.bytes, [&](std::string_view) { return std::optional(gateway->key()); },
                           {.typ = std::string(domain::inquiry_reply_type)});
    EXPECT_TRUE(jws) << "the answer as it came, signature and all";
    EXPECT_EQ(checks->round().value(), 0u) << "nothing is asked twice";
    EXPECT_THAT(gateway->asked, SizeIs(1));
}

TEST_F(Checks, AsksWhatTheMatterSaysAboutWhoPromisedIt) {
    Filed const filed = file_commitment();
    ASSERT_TRUE(checks->round());
    ASSERT_THAT(gateway->asked, SizeIs(1));
    domain::InquiryContent const& content = gateway->asked.front().content;
    EXPECT_EQ(content.jti, inquiry_of(filed).id.text());
    EXPECT_EQ(content.issuer, "https://sponsio.example");
    EXPECT_EQ(content.query, "marriage_status");
    EXPECT_EQ(content.subject_name, "欧阳示例");
    EXPECT_EQ(content.document_type, "citizen_id");
    EXPECT_EQ(content.document_number, "11010519491231002X");
    EXPECT_EQ(content.matter_code, "GZF-1");
    EXPECT_EQ(content.claim, "本人名下无住房。");
    EXPECT_EQ(gateway->asked.front().expires_at - gateway->asked.front().issued_at, 120s);
}

TEST_F(ChecksWithoutClosing, AMatchStandsInTheQueue) {
    Filed const filed = file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_match"));
    EXPECT_EQ(evidence_of(filed), 1u);
}

TEST_F(Checks, AMatchDoesNotCloseWhatSomebodyHasTaken) {
    Filed const filed = file_commitment();
    await(verifications->claim(as("verifier"), filed.task)).value();
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(filed), "assigned");
    EXPECT_EQ(evidence_of(filed), 1u) << "but is of use to them";
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_match"));
}

TEST_F(Checks, AMismatchNeverDecides) {
    answer_always(InquiryAnswer::mismatch);
    Filed const filed = file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_mismatch"));
    EXPECT_EQ(evidence_of(filed), 1u);
    EXPECT_EQ(rows("finding"), 0);
    EXPECT_EQ(rows("assist_ticket"), 0);
}

TEST_F(Checks, NothingIsAskedOnceTheTaskHasEnded) {
    Filed const filed = file_commitment();
    db().command("update verification_task set state = 'cancelled', closed_at = now()");
    EXPECT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, IsEmpty());
    EXPECT_EQ(inquiry_of(filed).state, InquiryState::dropped);
}

TEST_F(Checks, AnErasedCommitmentAsksNobody) {
    Filed const filed = file_commitment();
    db().command("update commitment set wrapped_key = null, master_key_id = null");
    EXPECT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, IsEmpty());
    EXPECT_EQ(inquiry_of(filed).state, InquiryState::dropped);
}

TEST_F(Checks, WhatIdentifiesSomebodyLiesSealed) {
    answer_always(InquiryAnswer::ask_in_writing);
    file_commitment();
    ASSERT_TRUE(checks->round());
    for (char const* const table : {"department_check", "assist_ticket", "event", "evidence"})
        for (char const* const secret : {"11010519491231002X", "欧阳示例"})
            EXPECT_EQ(
                rows(std::string(table) + " t where t::text like '%" + secret +
                     "%' or t::text like '%' || encode(convert_to('" + secret + "', 'UTF8'), 'hex') || '%'"),
                0)
                << table;
}

// ---------------------------------------------------------------------------------------------- bad answers
struct BadAnswer {
    char const* why;
    std::function<DepartmentReply(ScriptedDepartment const&, InquiryQuestion const&)> make;
};

DepartmentReply spoiled(ScriptedDepartment const& gateway, InquiryQuestion const& question,
                        std::function<void(InquiryReply&)> const& change) {
    return gateway.answered(question, InquiryAnswer::match, change);
}

crypto::KeySigner const& stranger_key() {
    static crypto::KeySigner const key(crypto::PrivateKey::generate(crypto::Algorithm::es256));
    return key;
}

class BadAnswers : public DepartmentWorld, public ::testing::WithParamInterface<BadAnswer> {};

TEST_P(BadAnswers, AreRefusedAndRecordedAndNothingIsHalfDone) {
    gateway->script = [&](InquiryQuestion const& q) { return GetParam().make(*gateway, q); };
    Filed const filed = file_commitment();
    ASSERT_TRUE(checks->count());
    ASSERT_TRUE(checks->ask().value());
    auto const row = inquiry_of(filed);
    EXPECT_EQ(row.state, InquiryState::queued) << "it is asked again";
    EXPECT_EQ(row.last_error, GetParam().why);
    EXPECT_FALSE(row.answer);
    EXPECT_EQ(evidence_of(filed), 0u);
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_THAT(reasons_of(filed), IsEmpty());
    EXPECT_THAT(moves(row.id.text()),
                ElementsAre(">queued", "queued>asking", "asking>queued", "queued>queued"))
        << "the last is the refusal";
    EXPECT_EQ(rows("event where event = 'refused' and why like 'invalid: %'"), 1);
    // And a good one afterwards is taken.
    answer_always(InquiryAnswer::match);
    clock.advance(10s);
    ASSERT_TRUE(checks->ask().value());
    EXPECT_EQ(task_state(filed), "closed");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadAnswers,
    ::testing::Values(BadAnswer{"bad_signature",
                                [](auto const& gateway, auto const& q) {
                                    DepartmentReply good = gateway.answered(q, InquiryAnswer::match);
                                    std::string const body = good.body.substr(0, good.body.rfind('.') + 1);
                                    std::string const other = gateway.signed_by(stranger_key(), "{}").body;
                                    good.body = body + other.substr(other.rfind('.') + 1);
                                    return good;
                                }},
                      BadAnswer{"bad_signature",
                                [](auto const& gateway, auto const& q) {
                                    auto const good = gateway.answered(q, InquiryAnswer::match);
                                    auto const payload = crypto::jws_parse(good.body).value().payload;
                                    return gateway.signed_by(stranger_key(), to_string(payload));
                                }},
                      BadAnswer{"wrong_typ",
                                [](auto const& gateway, auto const& q) {
                                    auto const good = gateway.answered(q, InquiryAnswer::match);
                                    auto const payload = crypto::jws_parse(good.body).value().payload;
                                    return gateway.signed_by(stranger_key(), to_string(payload), "jwt");
                                }},
                      BadAnswer{"malformed_jws",
                                [](auto const&, auto const&) {
                                    return DepartmentReply{Kind::answered, "match", {}, {}};
                                }},
                      BadAnswer{"wrong_iss",
                                [](auto const& g, auto const& q) {
                                    return spoiled(g, q, [](InquiryReply& r) { r.issuer = "health"; });
                                }},
                      BadAnswer{"wrong_aud",
                                [](auto const& g, auto const& q) {
                                    return spoiled(
                                        g, q, [](InquiryReply& r) { r.audience = "https://other.example"; });
                                }},
                      BadAnswer{"wrong_in_reply_to",
                                [](auto const& g, auto const& q) {
                                    return spoiled(g, q, [](InquiryReply& r) { r.in_reply_to = r.jti; });
                                }},
                      BadAnswer{"stale_iat",
                                [](auto const& g, auto const& q) {
                                    return spoiled(g, q, [](InquiryReply& r) { r.issued_at -= 61s; });
                                }},
                      BadAnswer{"future_iat", [](auto const& g, auto const& q) {
                                    return spoiled(g, q, [](InquiryReply& r) { r.issued_at += 61s; });
                                }}));

TEST_F(Checks, AnUnknownWordOrMemberIsNoAnswer) {
    crypto::KeySigner const department(crypto::PrivateKey::generate(crypto::Algorithm::es256));
    known.front().key = department.public_key();
    checks = another();
    Filed const filed = file_commitment();
    for (auto const& [from, to] : {std::pair{"\"match\"", "\"maybe\""}, std::pair{"{", "{\"more\":1,"}}) {
        gateway->script = [&](InquiryQuestion const& q) {
            auto const good = gateway->answered(q, InquiryAnswer::match);
            std::string payload = to_string(crypto::jws_parse(good.body).value().payload);
            payload.replace(payload.find(from), std::string_view(from).size(), to);
            return gateway->signed_by(department, payload);
        };
        clock.advance(10s);
        ASSERT_TRUE(checks->ask().value());
        EXPECT_EQ(inquiry_of(filed).last_error, "unreadable_answer");
    }
    EXPECT_EQ(evidence_of(filed), 0u);
}

TEST_F(Checks, AnAnswerIsNotGivenTwiceToDifferentQuestions) {
    Filed const first = file_commitment();
    std::string used;
    gateway->script = [&](InquiryQuestion const& q) {
        return gateway->answered(q, InquiryAnswer::match, [&](InquiryReply& r) { used = r.jti; });
    };
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(first), "closed");
    Filed const second = file_commitment();
    gateway->script = [&](InquiryQuestion const& q) {
        return gateway->answered(q, InquiryAnswer::match, [&](InquiryReply& r) { r.jti = used; });
    };
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(second), "created");
    EXPECT_EQ(inquiry_of(second).last_error, "replayed_jti");
}

// ---------------------------------------------------------------------------------- silence, crashes, crowds
TEST_F(Checks, AFailedQuestionIsTriedAgainWithGrowingPauses) {
    fall_silent();
    Filed const filed = file_commitment();
    ASSERT_TRUE(checks->ask().value());
    EXPECT_EQ(inquiry_of(filed).last_error, "connect");
    EXPECT_FALSE(checks->ask().value()) << "not at once";
    auto const first = inquiry_of(filed).next_try_at - clock.now();
    EXPECT_GE(first, 750ms);
    EXPECT_LE(first, 1250ms);
    clock.advance(1300ms);
    ASSERT_TRUE(checks->ask().value());
    auto const second = inquiry_of(filed).next_try_at - clock.now();
    EXPECT_GE(second, 1500ms);
    EXPECT_LE(second, 2500ms);
    EXPECT_EQ(gateway->asked[0].content, gateway->asked[1].content) << "the same question under the same id";
    EXPECT_NE(gateway->asked[0].issued_at, gateway->asked[1].issued_at) << "signed anew";
    answer_always(InquiryAnswer::match);
    clock.advance(3s);
    ASSERT_TRUE(checks->ask().value());
    EXPECT_EQ(task_state(filed), "closed");
}

TEST_F(Checks, ADepartmentThatFailsIsLeftAloneForAWhile) {
    fall_silent();
    for (int i = 0; i != 5; ++i) file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(3)) << "as many failures as open the breaker";
    EXPECT_EQ(checks->breaker(), client::Breaker::State::open);
    clock.advance(29s);
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(3));
    clock.advance(2s);
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(4)) << "one probe";
    answer_always(InquiryAnswer::match);
    clock.advance(31s);
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(checks->breaker(), client::Breaker::State::closed);
    EXPECT_EQ(rows("verification_task where state = 'closed'"), 5);
}

TEST_F(Checks, RetryAfterIsObeyed) {
    gateway->script = [](InquiryQuestion const&) {
        return DepartmentReply{Kind::busy, {}, "status_429", std::chrono::seconds{120}};
    };
    file_commitment();
    file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(1)) << "nor is anything else asked";
    answer_always(InquiryAnswer::match);
    clock.advance(119s);
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(1));
    checks = another();
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(1)) << "nor by a process that did not hear it";
    clock.advance(2s);
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(rows("verification_task where state = 'closed'"), 2);
}

TEST_F(Checks, AtMostSoManyQuestionsASecond) {
    known.front().max_per_second = 2;
    checks = another();
    for (int i = 0; i != 5; ++i) file_commitment();
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(2));
    clock.advance(1s);
    ASSERT_TRUE(checks->round());
    EXPECT_THAT(gateway->asked, SizeIs(4));
}

struct Died {};

/// Whether a process comes to the end of what it does: in a transaction its death is a fault, beside one it
/// flies.
bool outlives(std::function<Outcome<bool>()> const& act) {
    try {
        return act().has_value();
    } catch (Died const&) {
        return false;
    }
}

TEST_F(Checks, WhoDiesAnywhereLeavesAQuestionThatIsAskedAgainAndAnsweredOnce) {
    using service::ErrandPoint;
    for (ErrandPoint const at : {ErrandPoint::claiming, ErrandPoint::claimed, ErrandPoint::exchanged,
                                 ErrandPoint::settling, ErrandPoint::finished}) {
        SCOPED_TRACE(static_cast<int>(at));
        gateway->asked.clear();
        Filed const filed = file_commitment();
        auto const dying = another({.reached = [&](ErrandPoint point) {
            if (point == at) throw Died{};
        }});
        EXPECT_FALSE(outlives([&] { return dying->ask(); }));
        EXPECT_EQ(evidence_of(filed), at == ErrandPoint::finished ? 1u : 0u) << "all or nothing";
        clock.advance(70s);
        ASSERT_TRUE(checks->round());
        EXPECT_EQ(task_state(filed), "closed");
        EXPECT_EQ(commitment_state(filed.code), "fulfilled");
        EXPECT_EQ(evidence_of(filed), 1u);
        for (InquiryQuestion const& question : gateway->asked)
            EXPECT_EQ(question.content, gateway->asked.front().content);
    }
}

TEST_F(Checks, AnAnswerThatComesTooLateForItsLeaseChangesNothing) {
    Filed const filed = file_commitment();
    auto const other = another();
    bool again = false;
    gateway->script = [&](InquiryQuestion const& q) {
        if (!again) {
            again = true;
            clock.advance(70s);
            EXPECT_TRUE(other->ask().value()) << "somebody else goes on with it";
        }
        return gateway->answered(q, InquiryAnswer::match);
    };
    ASSERT_TRUE(checks->ask().value());
    EXPECT_EQ(evidence_of(filed), 1u);
    EXPECT_EQ(inquiry_of(filed).attempts, 2);
    EXPECT_EQ(task_state(filed), "closed");
}

TEST_F(Checks, ManyProcessesAskEachQuestionOnce) {
    for (int i = 0; i != 40; ++i) file_commitment();
    std::vector<std::unique_ptr<service::InquiryService>> processes;
    for (int i = 0; i != 4; ++i) processes.push_back(another());
    std::vector<std::thread> threads;
    for (auto const& process : processes) threads.emplace_back([&process] { EXPECT_TRUE(process->round()); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(gateway->asked, SizeIs(40));
    EXPECT_EQ(rows("verification_task where state = 'closed'"), 40);
    EXPECT_EQ(rows("evidence"), 40);
}

}  // namespace
}  // namespace sponsio::testing

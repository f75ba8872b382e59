#include "tests/service/submission_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using client::PlatformReply;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// What the platform answered is kept and shown, and a batch can be tried at once.
class Exchanges : public SubmissionWorld {
  protected:
    json::Array exchanges() { return view(batches().at(0).batch_no).at("exchanges").as_array(); }

    std::string only_state() { return batches().at(0).state; }

    Outcome<Json> retry(std::string const& who = "supervisor") {
        return await(reports->retry(as(who), batches().at(0).batch_no));
    }

    PlatformReply refused(std::string body, std::string type = "application/problem+json") {
        return {.kind = PlatformReply::Kind::refused,
                .body = std::move(body),
                .cause = "status_422",
                .status = 422,
                .content_type = std::move(type)};
    }
};

TEST_F(Exchanges, KeepThePlatformsOwnWords) {
    write_text(folder->path() / "registry.json", R"({"units":[]})");  // no key to check our signature with
    queue_reports(1);
    auto const sender = delivery(*road);
    run(*sender);
    auto const seen = exchanges();
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].at("attempt"), Json(1));
    EXPECT_EQ(seen[0].at("at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(seen[0].at("method").as_string(), "PUT");
    EXPECT_EQ(seen[0].at("outcome").as_string(), "refused");
    EXPECT_EQ(seen[0].at("cause").as_string(), "status_422");
    EXPECT_EQ(seen[0].at("status"), Json(422));
    EXPECT_EQ(seen[0].at("content_type").as_string(), "application/problem+json");
    EXPECT_EQ(domain::parse_json(seen[0].at("body").as_string()).value().at("status"), Json(422));
    EXPECT_EQ(seen[0].at("truncated"), Json(false));
}

TEST_F(Exchanges, TellWhereNothingCameBack) {
    stop_platform();
    queue_reports(1);
    auto const sender = delivery(*road);
    run(*sender);
    auto const seen = exchanges();
    EXPECT_EQ(seen[0].at("outcome").as_string(), "not_sent");
    EXPECT_EQ(seen[0].at("cause").as_string(), "connect");
    for (char const* nothing : {"status", "content_type", "body"}) EXPECT_TRUE(seen[0].at(nothing).is_null());
}

TEST_F(Exchanges, GoOnFromAttemptToAttemptUpToTheAnswer) {
    queue_reports(1);
    ScriptedPlatform first;
    first.reply = refused(R"({"title":"no"})");
    run(*delivery(first));
    clock.advance(2s);
    run(*delivery(*road));
    auto const seen = exchanges();
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[1].at("attempt"), Json(2));
    EXPECT_EQ(seen[1].at("outcome").as_string(), "answered");
    EXPECT_TRUE(seen[1].at("body").is_null());  // it is the batch's answer
}

TEST_F(Exchanges, AreCutAndAlwaysText) {
    queue_reports(1);
    ScriptedPlatform odd;
    odd.reply = refused("\xFF" + std::string(8190, 'a') + "张", "text/html\n");
    run(*delivery(odd));
    auto const seen = exchanges();
    EXPECT_EQ(seen[0].at("truncated"), Json(true));
    std::string const body = seen[0].at("body").as_string();
    EXPECT_EQ(body, "\xEF\xBF\xBD" + std::string(8189, 'a'));
    EXPECT_TRUE(seen[0].at("content_type").is_null());
}

TEST_F(Exchanges, LieSealed) {
    queue_reports(1);
    ScriptedPlatform echo;
    echo.reply = refused(R"({"detail":"名称 欧阳示例 不符"})");
    run(*delivery(echo));
    EXPECT_THAT(exchanges()[0].at("body").as_string(), HasSubstr("欧阳示例"));
    static constexpr db::BinaryQuery bodies{"test.exchanges",
                                            "select encode(body, 'hex') from submission_exchange"};
    EXPECT_THAT(admin().exec(bodies)[0].get<std::string>(0),
                Not(HasSubstr(to_hex(as_bytes(std::string_view("欧阳示例"))))));
    for (char const* change :
         {"update submission_exchange set status = 200", "delete from submission_exchange"})
        EXPECT_THROW(db().command(change), db::DbError) << change;
}

TEST_F(Exchanges, ABatchIsTriedAtOnceOnceItsCauseIsGone) {
    write_text(folder->path() / "registry.json", R"({"units":[]})");
    queue_reports(1);
    auto const sender = delivery(*road);
    for (int i = 0; i != 4; ++i) {
        run(*sender);
        clock.set(batches().at(0).next_try_at);
    }
    run(*sender);  // the fifth: the next would be ten minutes away
    register_units();
    run(*sender);
    EXPECT_EQ(only_state(), "queued");
    Json const waiting = retry().value();
    EXPECT_EQ(waiting.at("next_try_at").as_string(), to_rfc3339(clock.now()));
    Json const& event = waiting.at("history").as_array().back();
    EXPECT_EQ(event.at("event").as_string(), "retry");
    EXPECT_EQ(event.at("by").as_string(), account("supervisor").text());
    run(*sender);
    EXPECT_EQ(only_state(), "answered");
    EXPECT_EQ(said(retry()), "wrong-step");
}

TEST_F(Exchanges, AskingIsHurriedToo) {
    queue_reports(1);
    ScriptedPlatform lost;  // the answer never comes back
    run(*delivery(lost));
    EXPECT_EQ(only_state(), "unknown");
    EXPECT_EQ(said(retry()), "ok");
    run(*delivery(*road));
    EXPECT_EQ(only_state(), "answered");
}

TEST_F(Exchanges, AreNobodyElsesBusiness) {
    queue_reports(1);
    ScriptedPlatform lost;
    run(*delivery(lost));
    EXPECT_EQ(said(retry("stranger")), "not-found");
    EXPECT_EQ(said(await(reports->retry(as("supervisor"), "none"))), "not-found");
}

/// Nobody hurries a batch that is on its way at this moment.
TEST_F(Exchanges, NotWhileItIsBeingSent) {
    queue_reports(1);
    std::string meanwhile;
    road->on_the_way = [&] { meanwhile = said(retry()); };
    run(*delivery(*road));
    EXPECT_EQ(meanwhile, "wrong-step");
    EXPECT_EQ(only_state(), "answered");
}

}  // namespace
}  // namespace sponsio::testing

#include "tests/service/submission_world.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>

namespace sponsio::testing {
namespace {

using client::PlatformReply;
using service::ReportService;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Fate = FaultyRoad::Fate;
using namespace std::chrono_literals;

class Delivery : public SubmissionWorld {
  protected:
    /// The fates of the next calls; after them everything arrives.
    void fates(std::vector<Fate> list) {
        road->fate = [list = std::move(list), next = std::size_t{0}]() mutable {
            return next == list.size() ? Fate::arrives : list[next++];
        };
    }

    std::int64_t only_the_answered() {
        return std::ranges::count(batches(), std::string("answered"), &Batch::state);
    }

    std::string only_state() {
        auto const all = batches();
        return all.size() == 1 ? all[0].state : std::to_string(all.size()) + " batches";
    }
};

TEST_F(Delivery, BringsReportsToThePlatform) {
    auto const numbers = queue_reports(3);
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("accepted", "accepted", "accepted"));
    EXPECT_EQ(copies().size(), 3u);
    EXPECT_THAT(road->calls, ElementsAre("PUT"));
    auto const batch = batches().at(0);
    EXPECT_EQ(batch.batch_no, "111101050000000191-20261016-000001");
    EXPECT_THAT(moves(batch.batch_no), ElementsAre(">queued", "queued>sent", "sent>answered"));
    EXPECT_THAT(moves(numbers[0]), ElementsAre(">queued", "queued>batched", "batched>accepted"));
    EXPECT_EQ(view(batch.batch_no).at("records").as_array().size(), 3u);
}

/// Nothing is delivered that was not first logged.
TEST_F(Delivery, WaitsForTheRecordsPlaceInTheLog) {
    auto const logged = queue_reports(1);
    records_are_logged = false;
    auto const waiting = queue_reports(1);
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("accepted", "queued"));
    run(*sender);
    EXPECT_EQ(copies().size(), 1u);
    EXPECT_THAT(moves(waiting[0]), ElementsAre(">queued"));
    log_record(RecordId::parse(waiting[0].substr(0, waiting[0].rfind('-'))).value());
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("accepted", "accepted"));
    EXPECT_EQ(copies().size(), 2u);
}

TEST_F(Delivery, IsSignedSoThatOpensslAgrees) {
    queue_reports(2);
    auto const sender = delivery(*road);
    run(*sender);
    std::string const number = batches().at(0).batch_no;
    auto const file = [&](char const* name) { return folder->path() / name; };
    write_text(file("manifest.json"), part(number, ReportService::Part::manifest));
    write_text(file("records.jsonl"), part(number, ReportService::Part::records));
    write_text(file("manifest.sm2"), part(number, ReportService::Part::signature));
    write_text(file("public.pem"), signer->public_key().to_pem());
    auto const shell = [&](std::string const& command) {
        int const status = std::system(("cd " + folder->path().string() + " && " + command).c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    std::string const verify = "openssl dgst -sm3 -verify public.pem -signature manifest.sm2 ";
    EXPECT_EQ(shell(verify + "-sigopt distid:1234567812345678 manifest.json >out 2>&1"), 0)
        << read_text(file("out"));
    EXPECT_NE(shell(verify + "-sigopt distid:8765432187654321 manifest.json >out 2>&1"), 0);
    ASSERT_EQ(shell("openssl dgst -sm3 -r records.jsonl | cut -c1-64 >digest"), 0);
    auto const manifest = domain::parse_json(part(number, ReportService::Part::manifest)).value();
    EXPECT_EQ(manifest.at("digest_sm3").as_string() + "\n", read_text(file("digest")));
}

TEST_F(Delivery, AsksForALostAnswer) {
    queue_reports(1);
    fates({Fate::lost_returning});
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_EQ(only_state(), "unknown");
    EXPECT_EQ(copies().size(), 1u);
    clock.advance(2s);
    run(*sender);
    EXPECT_EQ(only_state(), "answered");
    EXPECT_THAT(states(), Each("accepted"));
    EXPECT_THAT(road->calls, ElementsAre("PUT", "GET"));
    EXPECT_EQ(copies().size(), 1u);
}

TEST_F(Delivery, SendsTheSameBytesAgainWhenTheyNeverArrived) {
    queue_reports(1);
    fates({Fate::lost_going, Fate::lost_going, Fate::arrives, Fate::lost_going});
    auto const sender = delivery(*road);
    run_to_the_end(*sender);
    EXPECT_THAT(road->calls, ElementsAre("PUT", "GET", "GET", "PUT", "GET", "PUT"));
    EXPECT_THAT(road->bodies, SizeIs(1));
    EXPECT_EQ(copies().size(), 1u);
    EXPECT_THAT(moves(batches().at(0).batch_no),
                ElementsAre(">queued", "queued>sent", "sent>unknown", "unknown>queued", "queued>sent",
                            "sent>unknown", "unknown>queued", "queued>sent", "sent>answered"));
}

TEST_F(Delivery, OutlivesADeadPlatform) {
    queue_reports(2);
    stop_platform();
    auto const sender = delivery(*road);
    for (int attempt = 1; attempt <= 8; ++attempt) {
        Instant const before = clock.now();
        run(*sender);
        auto const batch = batches().at(0);
        EXPECT_EQ(batch.state, "queued");
        EXPECT_EQ(batch.attempts, attempt);
        EXPECT_EQ(batch.last_error, "connect");
        // attempt^4 seconds, at most an hour, give or take a tenth.
        double const whole = std::min(3600.0, std::pow(attempt, 4.0));
        double const pause = std::chrono::duration<double>(batch.next_try_at - before).count();
        EXPECT_GE(pause, whole * 0.9 - 0.001);
        EXPECT_LE(pause, whole * 1.1 + 0.001);
        clock.set(batch.next_try_at - 1us);
        run(*sender);
        EXPECT_EQ(batches().at(0).attempts, attempt) << "tried before its time";
        clock.set(batch.next_try_at);
    }
    start_platform();
    run(*sender);
    EXPECT_EQ(only_state(), "answered");
    EXPECT_EQ(copies().size(), 2u);
}

/// RFC 9110 §10.2.3: said once, heeded for every batch, by every process and after a restart.
TEST_F(Delivery, ComesBackWhenThePlatformSaid) {
    queue_reports(2);
    ScriptedPlatform busy;
    busy.reply = {client::PlatformReply::Kind::unavailable, {}, "status_429", 120s};
    auto const sender = delivery(busy, {.max_records = 1});
    Instant const before = clock.now();
    run(*sender);
    EXPECT_THAT(busy.bodies, SizeIs(1)) << "nor is another batch sent";
    busy.reply.retry_after.reset();
    auto const restarted = delivery(busy, {.max_records = 1});
    clock.set(before + 119s);
    run(*restarted);
    EXPECT_THAT(busy.bodies, SizeIs(1));
    clock.set(before + 120s);
    auto const through = delivery(*road, {.max_records = 1});
    run_to_the_end(*through);
    EXPECT_EQ(only_the_answered(), 2);
}

TEST_F(Delivery, LivesThroughAPlatformThatDropsItsAnswers) {
    stop_platform();
    start_platform(2);  // a real cut of a real connection, twice
    auto const sender = delivery(*road, {.max_records = 1});
    queue_reports(3);
    run(*sender);
    auto const after = batches();
    EXPECT_EQ(std::ranges::count(after, "unknown", &Batch::state), 2);
    EXPECT_EQ(copies().size(), 3u);
    run_to_the_end(*sender);
    EXPECT_THAT(road->calls, ElementsAre("PUT", "PUT", "PUT", "GET", "GET"));
    EXPECT_EQ(copies().size(), 3u);
}

TEST_F(Delivery, KeepsWhatThePlatformRefusesAndTriesLater) {
    write_text(folder->path() / "registry.json", R"({"units":[]})");
    queue_reports(1);
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_EQ(only_state(), "queued");
    EXPECT_EQ(batches().at(0).last_error, "status_422");
    EXPECT_THAT(copies(), IsEmpty());
    register_units();
    run_to_the_end(*sender);
    EXPECT_THAT(road->bodies, SizeIs(1));
    EXPECT_EQ(copies().size(), 1u);
}

TEST_F(Delivery, DoesNotBelieveAnotherBatchsAnswer) {
    queue_reports(1);
    ScriptedPlatform liar;
    auto const sender = delivery(liar);
    std::vector<std::string> wrong{"", "<html>", "{}", R"({"batch_no":"x"})"};
    run(*sender);
    auto const manifest = domain::BatchManifest::parse(batches().at(0).manifest).value();
    domain::BatchAnswer answer{
        manifest.batch_no, clock.now(), manifest.digest_sm3, {{"somebody-else", true, {}}}};
    wrong.push_back(json::write(answer.to_json()));
    answer.records[0].record_no = domain::parse_json(part(manifest.batch_no, ReportService::Part::records))
                                      ->at("record_no")
                                      .as_string();
    answer.digest_sm3[0] ^= 1;
    wrong.push_back(json::write(answer.to_json()));
    for (std::string const& body : wrong) {
        clock.advance(2h);
        liar.reply = {PlatformReply::Kind::answered, body, {}};
        run(*sender);
        EXPECT_EQ(only_state(), "unknown") << body;
        EXPECT_THAT(states(), Each("batched"));
    }
    answer.digest_sm3[0] ^= 1;
    liar.reply.body = json::write(answer.to_json());
    clock.advance(2h);
    run(*sender);
    EXPECT_EQ(only_state(), "answered");
}

TEST_F(Delivery, LeavesABatchToWhoeverTookItOver) {
    queue_reports(1);
    auto const slow = delivery(*road);
    auto const second = delivery(*https);
    bool once = false;
    // While the first waits for its answer its lease runs out, and somebody else goes through with it.
    road->on_the_way = [&] {
        if (std::exchange(once, true)) return;
        clock.advance(10min);
        run(*second);
        clock.advance(10min);
        run(*second);
    };
    run(*slow);
    EXPECT_EQ(only_state(), "answered");
    EXPECT_THAT(states(), ElementsAre("accepted"));
    EXPECT_EQ(copies().size(), 1u);
    EXPECT_THAT(moves(batches().at(0).batch_no),
                ElementsAre(">queued", "queued>sent", "sent>unknown", "unknown>queued", "queued>sent",
                            "sent>answered"));
}

TEST_F(Delivery, SignsWithTheKeyThatTheStoredManifestNames) {
    queue_reports(1);
    auto const sender = delivery(*road);
    ASSERT_TRUE(sender->gather().value());
    std::string const first = batches().at(0).manifest;
    signer = sm2_signer();
    register_units();
    run(*sender);
    std::string const second = batches().at(0).manifest;
    EXPECT_NE(first, second);
    auto manifest = domain::BatchManifest::parse(second).value();
    EXPECT_EQ(manifest.kid, signer->kid());
    EXPECT_EQ(only_state(), "answered");
    manifest.kid = domain::BatchManifest::parse(first)->kid;
    EXPECT_EQ(manifest.bytes(), first) << "more than the key was changed";
}

TEST_F(Delivery, SendsWhatIsSignedThoughNothingCanBeSigned) {
    queue_reports(1);
    auto const sender = delivery(*road);
    ASSERT_TRUE(sender->gather().value());
    ASSERT_TRUE(sender->sign().value());
    queue_reports(1);
    service::SubmissionDelivery without_key(*executor, *vault, *road,
                                            []() -> std::shared_ptr<crypto::Signer const> {
                                                throw FaultError(fault(problem::unavailable, "no key"));
                                            },
                                            clock, crypto::system_entropy(), nullptr, {});
    auto const done = without_key.round();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().problem, &problem::unavailable);
    EXPECT_THAT(states(), ::testing::UnorderedElementsAre("accepted", "queued"));
}

TEST_F(Delivery, PassesOverALineThatNobodyCanReadAnyMore) {
    auto const numbers = queue_reports(3);
    admin().command(
        "update submission_record set wrapped_key = null, master_key_id = null "
        "where record_no = '" +
        numbers[1] + "'");
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("accepted", "rejected", "accepted"));
    EXPECT_EQ(copies().size(), 2u);
    auto const held = await(reports->held(as("supervisor"), "", 50)).value();
    ASSERT_EQ(held.items.size(), 1u);
    EXPECT_EQ(held.items[0].at("record_no").as_string(), numbers[1]);
}

TEST_F(Delivery, KeepsBatchesWithinTheirLimits) {
    queue_reports(7, [](domain::ReportLine& line) { line.content = std::string(3000, 'a'); });
    auto const sender = delivery(*road, {.max_records = 3, .max_bytes = 9'000});
    run(*sender);
    std::vector<int> sizes;
    for (auto const& batch : batches()) sizes.push_back(batch.record_count);
    EXPECT_THAT(sizes, ElementsAre(2, 2, 2, 1));
    EXPECT_EQ(copies().size(), 7u);
}

TEST_F(Delivery, FiveThousandWithOneBadRecord) {
    auto const numbers = queue_reports(5'000);
    // What passed here and is refused there: another name was registered for one unit only.
    auto const bad = queue_reports(1, [](domain::ReportLine& line) { line.accept_unit = "示例区旧单位"; });
    auto const started = std::chrono::steady_clock::now();
    auto const sender = delivery(*road);
    run(*sender);
    auto const took = std::chrono::steady_clock::now() - started;
    RecordProperty("milliseconds", static_cast<int>(took / 1ms));
    auto const all = states();
    EXPECT_EQ(std::ranges::count(all, "accepted"), 5'000);
    EXPECT_EQ(std::ranges::count(all, "rejected"), 1);
    EXPECT_EQ(copies().size(), 5'000u);
    ASSERT_EQ(batches().size(), 2u);
    EXPECT_EQ(batches()[0].record_count, 5'000);
    EXPECT_THAT(moves(bad[0]), ElementsAre(">queued", "queued>batched", "batched>rejected"));
}

TEST_F(Delivery, SignedAndAnsweredRowsDoNotChange) {
    queue_reports(1);
    auto const sender = delivery(*road);
    run(*sender);
    auto const refused = [&](char const* sql) {
        try {
            db().command(sql);
            return std::string("done");
        } catch (db::DbError const& error) {
            return error.constraint().empty() ? error.sqlstate() : error.constraint();
        }
    };
    EXPECT_EQ(refused("update submission_batch set manifest = 'x'"), "submission_batch_stays");
    EXPECT_EQ(refused("update submission_batch set signature = 'x'"), "submission_batch_stays");
    EXPECT_EQ(refused("update submission_batch set state = 'unknown', answer = null, answered_at = null"),
              "submission_batch_stays");
    EXPECT_EQ(refused("update submission_batch set records = 'x'"), "42501");
    EXPECT_EQ(refused("update submission_record set line = 'x'"), "42501");
    EXPECT_EQ(refused("delete from submission_record"), "42501");
    EXPECT_EQ(refused("delete from submission_batch"), "42501");
}

TEST_F(Delivery, NothingPersonalLiesInClear) {
    queue_reports(1, [](domain::ReportLine& line) { line.accept_unit = "示例区旧单位"; });
    auto const sender = delivery(*road);
    run(*sender);
    EXPECT_THAT(states(), ElementsAre("rejected"));
    static constexpr db::BinaryQuery bytes{
        "test.bytes",
        "select b.manifest || b.records || b.answer || r.line || r.errors from submission_batch b "
        "join submission_record r using (batch_no)"};
    std::string const stored = db().exec(bytes)[0].get<db::ByteString>(0).bytes;
    for (char const* word : {"阿卜杜拉", "11010519491231002X", "本人名下无住房", "unit_name_mismatch"})
        EXPECT_EQ(stored.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace sponsio::testing

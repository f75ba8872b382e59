#include "server/db/pipeline.hpp"

#include "server/db/tx.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace sponsio::db {
namespace {

constexpr BinaryQuery put{"put", "INSERT INTO cell (id) VALUES ($1) RETURNING id"};
constexpr BinaryQuery count{"count", "SELECT count(*) FROM cell"};
constexpr BinaryQuery echo{"echo", "SELECT $1::text"};
constexpr BinaryQuery take_lock{"take_lock", "SELECT pg_advisory_xact_lock(7)::text"};
constexpr BinaryQuery give_lock{"give_lock", "SELECT pg_advisory_unlock(7)"};
constexpr BinaryQuery waiting{"waiting",
                              "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"};
constexpr BinaryQuery backend_id{"backend_id", "SELECT pg_backend_pid()"};

class PipelineTest : public testing::EmptyPgFixture {
  protected:
    void SetUp() override {
        EmptyPgFixture::SetUp();
        admin().command("CREATE TABLE cell (id int8 CONSTRAINT cell_once PRIMARY KEY)");
    }

    static Params id(std::int64_t n) { return Params(n); }

    std::int64_t rows() { return PgSession(superuser()).exec(count)[0].get<std::int64_t>(0); }
};

TEST_F(PipelineTest, AnswersEveryStatementInOrder) {
    Pipeline pipeline;
    pipeline.add(put, id(1)).add(put, id(2)).add(count);
    auto const answers = pipeline.run(admin());
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[1][0].get<std::int64_t>(0), 2);
    EXPECT_EQ(answers[2][0].get<std::int64_t>(0), 2);
    EXPECT_TRUE(Pipeline().run(admin()).empty());
}

TEST_F(PipelineTest, AFailureNamesItsStatementAndLeavesTheSessionUsable) {
    Pipeline pipeline;
    pipeline.add(put, id(1)).add(put, id(1)).add(count);
    try {
        pipeline.run(admin());
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::unique);
        EXPECT_EQ(error.constraint(), "cell_once");
    }
    EXPECT_TRUE(admin().usable());
    EXPECT_TRUE(admin().tidy());
    EXPECT_EQ(rows(), 0) << "without BEGIN a pipeline is one implicit transaction";
}

TEST_F(PipelineTest, MoreThanAllBuffersHoldInBothDirections) {
    std::string const large(1 << 20, 'x');
    Pipeline pipeline;
    for (int i = 0; i != 32; ++i) pipeline.add(echo, Params(large));
    auto const answers = pipeline.run(admin());
    ASSERT_EQ(answers.size(), 32U);
    for (auto const& answer : answers) EXPECT_EQ(answer[0].get<std::string_view>(0), large);
}

TEST_F(PipelineTest, AWholeTransactionInOneRoundTrip) {
    Tx tx(admin(), {.begin_with_first_pipeline = true});
    Pipeline pipeline;
    pipeline.add(put, id(1)).add(put, id(2));
    auto const answers = tx.commit_with(pipeline);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0][0].get<std::int64_t>(0), 1);
    EXPECT_EQ(rows(), 2);
}

TEST_F(PipelineTest, ATransactionInTwoRoundTrips) {
    Tx tx(admin(), {.begin_with_first_pipeline = true});
    Pipeline first, second;
    first.add(put, id(1)).add(count);
    EXPECT_EQ(tx.run(first)[1][0].get<std::int64_t>(0), 1);
    EXPECT_EQ(rows(), 0);
    second.add(put, id(2));
    tx.commit_with(second);
    EXPECT_EQ(rows(), 2);
}

TEST_F(PipelineTest, MeanwhileTheServerIsAtWork) {
    PgSession other(superuser());
    other.command("SELECT pg_advisory_lock(7)");
    Tx tx(admin(), {.begin_with_first_pipeline = true});
    Pipeline pipeline;
    pipeline.add(take_lock).add(put, id(1));
    bool given = false;
    auto const answers = tx.run(pipeline, [&] {
        while (other.exec(waiting)[0].get<std::int64_t>(0) == 0) std::this_thread::yield();
        given = other.exec(give_lock)[0].get<bool>(0);
    });
    EXPECT_TRUE(given);
    EXPECT_EQ(answers.size(), 2U);
    tx.commit();
    EXPECT_EQ(rows(), 1);
}

TEST_F(PipelineTest, WhatFailsMeanwhileRollsBack) {
    Pipeline pipeline;
    pipeline.add(put, id(1));
    auto const attempt = [&] {
        Tx tx(admin(), {.begin_with_first_pipeline = true});
        tx.run(pipeline, [] { throw std::runtime_error("meanwhile"); });
        tx.commit();
    };
    EXPECT_THROW(attempt(), std::runtime_error);
    EXPECT_TRUE(admin().usable());
    EXPECT_EQ(rows(), 0);
    pipeline.run(admin());
    EXPECT_EQ(rows(), 1);
}

TEST_F(PipelineTest, AFailedTransactionIsRolledBack) {
    {
        Tx tx(admin(), {.begin_with_first_pipeline = true});
        Pipeline pipeline;
        pipeline.add(put, id(1)).add(put, id(1));
        EXPECT_THROW(tx.commit_with(pipeline), DbError);
    }
    EXPECT_EQ(rows(), 0);
    Tx tx(admin());
    admin().exec(put, id(3));
    tx.commit();
    EXPECT_EQ(rows(), 1);
}

TEST_F(PipelineTest, CommitOfAnAbortedTransactionThrows) {
    Tx tx(admin());
    EXPECT_THROW(admin().command("SELECT 1/0"), DbError);
    Pipeline pipeline;
    pipeline.add(count);
    EXPECT_THROW(tx.commit_with(pipeline), DbError);
    EXPECT_EQ(rows(), 0);
}

TEST_F(PipelineTest, ABrokenConnectionLeavesTheOutcomeUnknown) {
    Pipeline pipeline;
    pipeline.add(put, id(1));
    pipeline.run(admin());
    Tx tx(admin());
    auto const pid = admin().exec(backend_id)[0].get<std::int32_t>(0);
    PgSession(superuser()).command("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    Pipeline last;
    last.add(put, id(2));
    try {
        tx.commit_with(last);
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::unknown_outcome) << error.what();
    }
    EXPECT_FALSE(admin().usable());
    EXPECT_EQ(rows(), 1);
}

TEST_F(PipelineTest, WhatWasSentAheadIsAnsweredBeforeWhatFollows) {
    Tx tx(admin());
    Pipeline first, second, last;
    first.add(put, id(1)).send_ahead(admin());
    second.add(put, id(2)).add(put, id(3)).send_ahead(admin());
    last.add(count);
    auto const answers = tx.commit_with(last);
    ASSERT_EQ(answers.size(), 1U) << "only the answers to what was asked with it";
    EXPECT_EQ(answers[0][0].get<std::int64_t>(0), 3);
    EXPECT_EQ(rows(), 3);
}

TEST_F(PipelineTest, AfterWhatWasSentAheadTheSessionCanBeUsedInEveryWay) {
    for (int way = 0; way != 3; ++way) {
        Pipeline ahead, pipeline;
        ahead.add(put, id(way)).send_ahead(admin());
        if (way == 0) {
            EXPECT_EQ(admin().exec(count)[0].get<std::int64_t>(0), 1);
        } else if (way == 1) {
            admin().command("SELECT 1");
        } else {
            pipeline.add(echo, Params(std::string("not prepared before")));
            EXPECT_EQ(pipeline.run(admin()).size(), 1U);
        }
    }
    EXPECT_EQ(rows(), 3);
}

TEST_F(PipelineTest, AFailureOfWhatWasSentAheadIsThrownByWhatFollows) {
    Pipeline ahead, last;
    {
        Tx tx(admin());
        ahead.add(put, id(1)).add(put, id(1)).send_ahead(admin());
        last.add(count);
        EXPECT_THROW(tx.commit_with(last), DbError);
    }
    {
        Tx tx(admin());
        ahead.send_ahead(admin());
        EXPECT_THROW(admin().exec(count), DbError);
    }
    EXPECT_TRUE(admin().usable());
    EXPECT_EQ(rows(), 0);
}

TEST_F(PipelineTest, AnAbandonedTransactionTakesWhatWasSentAheadWithIt) {
    {
        Tx tx(admin());
        Pipeline ahead;
        ahead.add(put, id(1)).send_ahead(admin());
    }
    EXPECT_TRUE(admin().usable());
    EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace sponsio::db

#include "server/base/metrics.hpp"
#include "server/service/log/audit_chain.hpp"
#include "server/service/log/check.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A log of some bundles, leaves of other transactions among them, that a fault of the disk comes to.
class LogDamage : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        start();
        for (int i = 0; i != 3; ++i) file_many("before" + std::to_string(i) + "-", 190);
        leave(R"({"kid":"k1","salt":"c2FsdA"})");
        leave(R"({"kid":"k2","salt":"c2FsdB"})");
        file_many("last", 3);
        ASSERT_EQ(damage(), std::vector<std::string>{});
    }

    void leave(std::string const& content) {
        crypto::LogEntry const entry{"key", to_rfc3339(clock.now()), crypto::sha256(as_bytes(content))};
        store::insert_leaf(db(), {"key", "k" + std::to_string(++leaves_), entry.text(), content},
                           clock.now());
        filing->log_waiting();
    }

    /// What no role of the server can do.
    void strike(std::string const& sql) {
        admin().command("set session_replication_role = replica");  // past the triggers
        admin().command(sql);
        admin().command("set session_replication_role = default");
    }

    /// Looks until the check has gone round once from now, and tells what it froze.
    std::vector<std::string> look() {
        service::LogCheck check(*executor, walk_parts(), &metrics);
        std::vector<std::string> frozen;
        for (int i = 0; i != 100; ++i) {
            auto const seen = check.look(std::chrono::steady_clock::now() + std::chrono::seconds(30)).value();
            for (auto const& one : seen.mismatches) frozen.push_back(one.what.en);
            if (seen.end) return frozen;
        }
        ADD_FAILURE() << "the walk does not end";
        return frozen;
    }

    /// A fault that only the check sees: it is found, told, and nobody signs any more, now and after a start.
    void is_found(std::string const& sql, std::string const& what) {
        std::uint64_t const size = store::log_head(db(), 1)->size;
        strike(sql);
        auto const frozen = look();
        ASSERT_FALSE(frozen.empty()) << sql;
        EXPECT_THAT(frozen.front(), HasSubstr(what));
        EXPECT_EQ(store::log_head(db(), 1)->frozen_why, frozen.front());
        EXPECT_THAT(metrics.text(), HasSubstr("log_frozen_shards 1"));
        EXPECT_THAT(metrics.text(), HasSubstr("log_mismatches_total " + std::to_string(1)));
        EXPECT_EQ(said(file("after")), "unavailable");
        try_start();  // refuses already, or signs nothing
        if (filing) EXPECT_EQ(said(file("after")), "unavailable");
        EXPECT_EQ(store::log_head(db(), 1)->size, size);
    }

    /// A fault at the log's right edge: a start does not get past it.
    void start_refuses(std::string const& sql, std::string const& what) {
        strike(sql);
        auto const started = try_start();
        ASSERT_FALSE(started);
        EXPECT_THAT(started.error().detail.en, HasSubstr("The log of shard 1 is not signed: "));
        EXPECT_THAT(started.error().detail.en, HasSubstr(what));
        EXPECT_THAT(started.error().detail.zh, HasSubstr("第 1 号日志分片停止签署"));
    }

    Metrics metrics{"test"};

  private:
    int leaves_ = 0;
};

TEST_F(LogDamage, ASoundLogIsNotFrozen) {
    EXPECT_EQ(look(), std::vector<std::string>{});
    EXPECT_THAT(metrics.text(), HasSubstr("log_frozen_shards 0"));
    EXPECT_THAT(metrics.text(), ::testing::Not(HasSubstr("log_check_ended_seconds 0")));
    file_many("on", 5);
    verify_everything();
}

TEST_F(LogDamage, ABitInATile) {
    is_found(
        "update log_tile set hashes = set_bit(hashes, 40001, 1 - get_bit(hashes, 40001)) where level = 0 "
        "and index = 0",
        "tile/0/000 is not what its entries give");
}

TEST_F(LogDamage, ABitInATilesRoot) {
    is_found(
        "update log_tile set root = set_bit(root, 9, 1 - get_bit(root, 9)) where level = 0 and index = 0",
        "tile/0/000 is not what its entries give");
}

TEST_F(LogDamage, ABitInATilesRootStopsAStart) {
    start_refuses("update log_tile set root = set_bit(root, 9, 1 - get_bit(root, 9)) where level = 0",
                  "its stored tiles give another root than the one that was signed");
}

TEST_F(LogDamage, ATileThatIsGone) {
    is_found("delete from log_tile where level = 0 and index = 1", "tile/0/001 is not what its entries give");
}

TEST_F(LogDamage, ABitInAnEntry) {
    is_found(
        "update log_run set entries = set_bit(entries, 8 * 30, 1 - get_bit(entries, 8 * 30)) "
        "where first_index = 0",
        "is not signed by a known key over the tree of its entries");
}

TEST_F(LogDamage, ABitInTheLastEntryStopsAStart) {
    start_refuses(
        "update log_run set entries = set_bit(entries, 8 * 30, 1 - get_bit(entries, 8 * 30)) "
        "where first_index = (select max(first_index) from log_run)",
        "its stored tiles give another root than the one that was signed");
}

TEST_F(LogDamage, AnEntryThatIsGone) {
    is_found("delete from log_run where first_index = 256", "the entries from");
}

TEST_F(LogDamage, ABitInTheSignatureOfAnEarlierCheckpoint) {
    is_found(
        "update log_run set checkpoint = overlay(checkpoint placing "
        "case substr(checkpoint, length(checkpoint) - 8, 1) when 'A' then 'B' else 'A' end "
        "from length(checkpoint) - 8) where first_index = (select min(first_index) from log_run "
        "where checkpoint is not null)",
        "is not signed by a known key over the tree of its entries");
}

TEST_F(LogDamage, ABitInTheSignatureOfTheHead) {
    std::string const flip =
        "update log_shard set checkpoint = overlay(checkpoint placing "
        "case substr(checkpoint, length(checkpoint) - 8, 1) when 'A' then 'B' else 'A' end "
        "from length(checkpoint) - 8)";
    is_found(flip, "the signature of its last checkpoint is wrong");
    admin().command("update log_shard set frozen_why = null");
    auto const started = try_start();
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().detail.en, HasSubstr("the signature of its last checkpoint is wrong"));
}

TEST_F(LogDamage, ABitInTheRootOfTheHead) {
    start_refuses("update log_shard set root = set_bit(root, 9, 1 - get_bit(root, 9))",
                  "its stored tiles give another root than the one that was signed");
}

TEST_F(LogDamage, ABitInALeafsRow) {
    is_found(
        "update log_leaf set entry = replace(entry, '2026-03-02', '2026-03-03') where leaf_id = "
        "(select min(leaf_id) from log_leaf)",
        "does not say what the row of key k1 says");
}

TEST_F(LogDamage, ABitInPublicContent) {
    is_found("update log_leaf set content = replace(content, 'k2', 'k3')",
             "the leaf of key k2 does not fit what it is about");
}

TEST_F(LogDamage, ABitInADigest) {
    is_found(
        "update commitment set content_digest = set_bit(content_digest, 3, 1 - get_bit(content_digest, 3)) "
        "where leaf_index = 300",
        "entry 300 does not say what the row of ");
}

TEST_F(LogDamage, AnotherTimeInARow) {
    is_found("update commitment set accepted_at = accepted_at - interval '1 day' where leaf_index = 300",
             "entry 300 does not say what the row of ");
}

/// The columns by which a commitment is found, counted and decided about repeat what is sealed of it.
TEST_F(LogDamage, AnotherPromiseInTheColumns) {
    std::pair<std::string, std::string> const changes[] = {
        {"notice_id = gen_random_uuid()", "notice_id"},
        {"matter_id = gen_random_uuid()", "matter_code"},
        {"matter_version = matter_version + 1", "matter_version"},
        {"organisation_id = gen_random_uuid()", "accepted_by"},
        {"valid_until = coalesce(valid_until, '2026-12-31') + 1", "valid_until"},
        {"committer_kind = 'organisation'", "committer_kind"},
        {"committer_index = set_byte(committer_index, 0, get_byte(committer_index, 0) # 1)",
         "committer_index"},
        {"client_reference = coalesce(client_reference, '') || 'x'", "client_reference"},
    };
    strike("create table kept as select * from commitment where leaf_index = 300");
    for (auto const& [change, column] : changes) {
        strike("update commitment set " + change + " where leaf_index = 300");
        auto const found = damage();
        EXPECT_THAT(found, Contains(HasSubstr("the column " + column + " of "))) << change;
        strike("delete from commitment where leaf_index = 300");
        strike("insert into commitment select * from kept");
    }
    EXPECT_EQ(damage(), std::vector<std::string>{});
}

TEST_F(LogDamage, ABitInWhatIsSealed) {
    is_found(
        "update commitment set sealed = set_bit(sealed, 801, 1 - get_bit(sealed, 801)) where leaf_index = 7",
        "does not open (not_authentic)");
}

TEST_F(LogDamage, ABitInTheKeyOfWhatIsSealed) {
    is_found(
        "update commitment set wrapped_key = set_bit(wrapped_key, 1, 1 - get_bit(wrapped_key, 1)) "
        "where leaf_index = 7",
        "does not open (bad_wrapped_key)");
}

TEST_F(LogDamage, ARowThatIsGone) {
    is_found("delete from commitment where leaf_index = 7", "entries have");
}

/// A text that everybody was told of is that of its digest, and of its event.
TEST_F(LogDamage, AnotherTextOfAMatterOrANotice) {
    auto const history = [&] {
        service::AuditChain(
            {.db = *executor,
             .clock = clock,
             .before_first = [](db::PgSession&) -> Outcome<std::size_t> { return std::size_t{0}; },
             .leaves_waiting = [this] { filing->log_waiting(); }})
            .round(as("clerk").deadline)
            .value();
    };
    history();
    ASSERT_EQ(damage(), std::vector<std::string>{});
    strike("update notice set content = replace(content, '内容', '另外')");
    EXPECT_THAT(damage(), Contains(HasSubstr("says something else than the history (content")));
}

/// A destroyed key is no damage: the proof stays, the content goes.
TEST_F(LogDamage, WhatWasErasedOnPurposeIsSound) {
    strike("update commitment set wrapped_key = null, master_key_id = null where leaf_index = 7");
    EXPECT_EQ(look(), std::vector<std::string>{});
    file_many("on", 2);
}

TEST_F(LogDamage, EverythingIsListedAtOnce) {
    strike("update commitment set accepted_at = accepted_at - interval '1 day' where leaf_index in (5, 500)");
    strike("delete from log_tile where level = 0 and index = 1");
    EXPECT_EQ(damage().size(), 3u);
    auto parts = walk_parts();
    parts.shard = 2;
    EXPECT_EQ(service::check_whole_log(db(), parts).size(), 0u);
    EXPECT_EQ(store::log_head(db(), 1)->frozen_why, std::nullopt);
}

TEST_F(LogDamage, APersonLetsItGoOn) {
    strike("update commitment set accepted_at = accepted_at - interval '1 day' where leaf_index = 300");
    ASSERT_FALSE(look().empty());
    strike("update commitment set accepted_at = accepted_at + interval '1 day' where leaf_index = 300");
    EXPECT_EQ(look(), std::vector<std::string>{});
    EXPECT_EQ(said(file("after")), "unavailable");
    store::thaw_log(db(), 1);
    EXPECT_EQ(said(file("after")), "ok");
    verify_everything();
}

/// One look is not enough: the key may be one that this process has not heard of yet.
TEST_F(LogDamage, AKeyThatIsHeardOfLateFreezesNothing) {
    auto parts = walk_parts();
    int asked = 0;
    parts.keys.known = [&, known = parts.keys.known] {
        return ++asked == 1 ? std::vector<crypto::PublicKey>{} : known();
    };
    service::LogCheck check(*executor, parts);
    for (int i = 0; i != 100; ++i) {
        auto const seen = check.look(std::chrono::steady_clock::now() + std::chrono::seconds(30)).value();
        EXPECT_TRUE(seen.mismatches.empty());
        if (seen.end) break;
    }
    EXPECT_GT(asked, 1);
    EXPECT_EQ(store::log_head(db(), 1)->frozen_why, std::nullopt);
}

}  // namespace
}  // namespace sponsio::testing

#include "crypto/slot_file.hpp"
#include "server/base/metrics.hpp"
#include "server/db/tx.hpp"
#include "server/service/log/check.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

namespace sponsio::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr std::streamoff slot = crypto::SlotFile::slot_size;

/// A database that is put back to what it was, while the checkpoint outside it stays as it is.
class LogRestore : public LogFixture {
  protected:
    /// The shard and all that was filed in it as it was under an earlier head, as from a backup.
    void put_back(store::LogHead const& head) {
        std::string const size = std::to_string(head.size);
        admin().command("set session_replication_role = replica");
        for (std::string const& table :
             {"verification_task where commitment_code", "event where subject", "used_key where resource"})
            admin().command("delete from " + table +
                            " in (select code from commitment where leaf_index >= " + size + ")");
        admin().command("delete from commitment where leaf_index >= " + size);
        admin().command("delete from log_run where first_index >= " + size);
        admin().command("delete from log_tile where ((index + 1) << (8 * (level + 1))) > " + size);
        admin().command("update log_shard set size = " + size + ", root = '\\x" + to_hex(head.root) +
                        "', checkpoint = '" + head.checkpoint + "'");
        admin().command("set session_replication_role = default");
    }

    store::LogHead head() { return store::log_head(db(), 1).value(); }

    [[nodiscard]] std::filesystem::path head_file() const {
        return log->service.heads().directories.front() / "1.head";
    }

    /// As another process would, in place of whatever is there.
    void keep(std::string const& checkpoint) {
        auto const place = service::make_head_file(head_file().parent_path(), 1);
        place->swap({.shard = 1, .origin = "", .checkpoint = checkpoint}).value();
    }

    service::KnownHeads known() {
        return service::make_head_file(head_file().parent_path(), 1)->read("").value();
    }

    /// Waits until the writer has come to say so.
    std::string frozen_why() {
        for (int i = 0; i != 400 && !head().frozen_why; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        return head().frozen_why.value_or("");
    }

    /// As a write that was cut off leaves a slot.
    void tear(std::streamoff at) const {
        std::fstream file(head_file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at + 70);
        file << std::string(900, '\0');
        ASSERT_TRUE(file.good());
    }

    void start_is_refused(std::string const& what) {
        auto const started = try_start();
        ASSERT_FALSE(started);
        EXPECT_THAT(started.error().problem->slug, AnyOf("unavailable", "conflict"));
        EXPECT_THAT(started.error().detail.en, HasSubstr(what));
        EXPECT_FALSE(started.error().detail.zh.empty());
        EXPECT_FALSE(filing);
    }
};

TEST_F(LogRestore, AStartOnAnOlderDatabaseIsRefused) {
    start();
    file_many("before", 300);
    auto const backup = head();
    file_many("after", 300);
    filing.reset();
    put_back(backup);
    ASSERT_EQ(head().size, 300u);
    start_is_refused(
        "its database is older than what was published: it has 300 entries and a checkpoint over "
        "600 is known outside");
    EXPECT_EQ(head(), backup);
}

TEST_F(LogRestore, ARunningWriterRefusesAnOlderDatabase) {
    start();
    file_many("before", 30);
    auto const backup = head();
    file_many("after", 30);
    put_back(backup);
    auto const refused = file("on the old one");
    ASSERT_EQ(said(refused), "unavailable");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("its database is older than what was published"));
    EXPECT_TRUE(refused.error().retry_after);
    EXPECT_EQ(said(file("and again")), "unavailable");
    // Frozen for everybody, so that every process is seen not to be ready.
    EXPECT_THAT(frozen_why(), HasSubstr("its database is older than what was published"));
    EXPECT_EQ(head().checkpoint, backup.checkpoint);
}

/// The check sees it too, should nobody be filing.
TEST_F(LogRestore, TheCheckTellsOfAnOlderDatabase) {
    start();
    file_many("before", 30);
    auto const backup = head();
    file_many("after", 30);
    put_back(backup);
    auto const found = damage();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_THAT(found.front(), HasSubstr("its database is older than what was published"));
}

/// Grown again somewhere else, without the file outside: another log under the same name.
TEST_F(LogRestore, AForkIsRefused) {
    start();
    file_many("before", 30);
    auto const backup = head();
    file_many("after", 30);
    filing.reset();
    std::filesystem::rename(head_file(), log->directory.path() / "kept");
    keep(backup.checkpoint);
    put_back(backup);
    acknowledged_.clear();
    start();
    file_many("elsewhere", 40);
    filing.reset();
    std::filesystem::rename(log->directory.path() / "kept", head_file());
    start_is_refused("its first 60 entries are not those that were published");
    EXPECT_THAT(damage(), ::testing::Contains(HasSubstr("entries are not those that were published")));
}

constexpr char const* nobody = "nobody outside the database confirms that its";

TEST_F(LogRestore, ALogWithoutItsHeadFileIsRefused) {
    start();
    file_many("before", 5);
    filing.reset();
    std::filesystem::remove(head_file());
    start_is_refused(nobody);
    start_is_refused("1.head knows nothing of it");
    EXPECT_FALSE(std::filesystem::exists(head_file()));
}

/// Database and head file from one backup fit each other perfectly.
TEST_F(LogRestore, ABackupOfBothIsRefused) {
    start();
    file_many("before", 20);
    filing.reset();
    auto const backup = head();
    auto const copy = log->directory.path() / "backup";
    std::filesystem::copy_file(head_file(), copy);
    start();
    file_many("after", 5);
    filing.reset();
    put_back(backup);
    std::filesystem::remove(head_file());
    std::filesystem::copy_file(copy, head_file());
    start_is_refused("1.head is a copy, and where it was copied from the log may have gone on");
}

/// cp over the file that is there: the same inode, and other words in it.
TEST_F(LogRestore, ABackupWrittenOverTheFileIsRefused) {
    start();
    file_many("before", 20);
    filing.reset();
    auto const backup = head();
    auto const copy = log->directory.path() / "backup";
    std::filesystem::copy_file(head_file(), copy);
    start();
    file_many("after", 5);
    filing.reset();
    put_back(backup);
    std::ofstream(head_file(), std::ios::binary) << std::ifstream(copy, std::ios::binary).rdbuf();
    start_is_refused("1.head is a copy");
}

/// Its slots did not say which file they were written to.
TEST_F(LogRestore, AFileOfTheVersionBeforeIsTaken) {
    start();
    file_many("before", 20);
    filing.reset();
    std::string const said = "7\n" + head().checkpoint;
    std::string half = to_hex(crypto::sha256(as_bytes(said))) + " " + said;
    half.resize(crypto::SlotFile::slot_size, '\0');
    std::filesystem::remove(head_file());
    std::ofstream(head_file(), std::ios::binary) << half << half;
    start();
    file_many("after", 3);
    filing.reset();
    std::filesystem::copy_file(head_file(), log->directory.path() / "copy");
    std::filesystem::rename(log->directory.path() / "copy", head_file());
    start_is_refused("1.head is a copy");
}

TEST_F(LogRestore, AFileThatIsRemovedWhileItIsUsedIsMadeAnew) {
    start();
    file_many("before", 5);
    std::filesystem::remove(head_file());
    file_many("after", 5);
    EXPECT_EQ(known().checkpoints.front(), head().checkpoint);
    start();
    verify_everything();
}

/// A spare process with a state directory of its own cannot know what was published.
TEST_F(LogRestore, AnotherProcessWithPlacesOfItsOwnIsRefused) {
    start();
    file_many("before", 5);
    filing.reset();
    LogWorld spare(*executor, clock, 1);
    spare.signer = log->signer;
    auto const prepared = spare.prepare();
    ASSERT_FALSE(prepared);
    EXPECT_THAT(prepared.error().detail.en, HasSubstr(nobody));

    // Nor does one sign that has begun on the empty log and takes the lease over later.
    db::PgSession session(app());
    service::LogWriter writer(spare.writer_parts(), 1);
    for (int i = 0; i != 500 && !writer.ready(session); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    db::Tx tx(session, {.begin_with_first_pipeline = true});
    db::Pipeline look;
    writer.ask(look);
    auto const answers = tx.run(look);
    EXPECT_THROW((void)writer.begin(session, answers), FaultError);
}

/// Somebody who signs elsewhere, on a copy of the database, and shares the directory.
TEST_F(LogRestore, AHeadThatSomebodyElseKeptStopsTheWriter) {
    start();
    file_many("before", 5);
    auto const fork =
        service::sign_head("test.example/log/1", 9, crypto::empty_root(), log->keys(), clock.now());
    keep(fork.value());
    EXPECT_EQ(said(file("next")), "outcome-unknown");
    EXPECT_EQ(said(file("and again")), "unavailable");
    EXPECT_THAT(frozen_why(), HasSubstr("a checkpoint over 9 is known outside"));
}

TEST_F(LogRestore, AShardThatIsGoneIsNotBegunAnew) {
    start();
    file_many("before", 3);
    filing.reset();
    admin().command("set session_replication_role = replica");
    for (char const* table : {"log_leaf", "log_run", "log_tile", "log_shard"})
        admin().command(std::string("delete from ") + table);
    start_is_refused("and the database does not have it. Put the database back");
    EXPECT_FALSE(store::log_head(db(), 1));
}

TEST_F(LogRestore, ATornSlotIsNoLoss) {
    start();
    for (std::streamoff const at : {std::streamoff{0}, slot}) {
        file_many("before" + std::to_string(at), 20);
        file_many("more" + std::to_string(at), 20);
        filing.reset();
        tear(at);
        start();
        file_many("after" + std::to_string(at), 20);
    }
    verify_everything();
}

/// Whichever slot is torn, the other is not older than the round before the last.
TEST_F(LogRestore, ATornSlotStillTellsOfAnOlderDatabase) {
    start();
    file_many("before", 20);
    auto const backup = head();
    for (int i = 0; i != 4; ++i) file_many("after" + std::to_string(i), 5);
    filing.reset();
    put_back(backup);
    tear(0);
    start_is_refused("its database is older than what was published");
}

TEST_F(LogRestore, BothSlotsDamagedIsRefused) {
    start();
    file_many("before", 20);
    file_many("more", 20);
    filing.reset();
    tear(0);
    tear(slot);
    start_is_refused("1.head cannot be read (The file cannot be read, or both its slots are damaged.)");
}

TEST_F(LogRestore, TheFileOfAnotherLogIsRefused) {
    start();
    file_many("before", 5);
    filing.reset();
    auto const other = service::sign_head("other.example/log/1", 5, head().root, log->keys(), clock.now());
    keep(other.value());
    start_is_refused("is of another log (other.example/log/1)");
}

/// What a crash between the commit and the file leaves behind: the file is behind, and is brought up.
TEST_F(LogRestore, AFileThatIsBehindIsBroughtUp) {
    start();
    file_many("before", 20);
    auto const early = head();
    file_many("after", 20);
    filing.reset();
    std::filesystem::remove(head_file());
    keep(early.checkpoint);
    start();
    file_many("on", 1);
    EXPECT_EQ(known().checkpoints.front(), head().checkpoint);
    verify_everything();
}

}  // namespace
}  // namespace sponsio::testing

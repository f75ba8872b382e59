#include "server/service/unit/errand.hpp"

#include "server/db/migrate.hpp"
#include "server/store/columns.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gmock/gmock.h>

#include <map>

namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;
using db::BinaryQuery;
using db::Params;
using service::ErrandPoint;

/// The peer does a thing once under each name, and says the same of it however often it is told.
struct Peer {
    std::map<std::string, int> told;
    int done = 0;
    std::optional<std::chrono::seconds> wants_peace;

    std::string tell(std::string const& name) {
        if (told[name]++ == 0) ++done;
        return "done as number " + std::to_string(done);
    }
};

struct Claim {
    std::string name;
    int attempt;
};

struct Row {
    std::string name;
};

struct Reply {
    std::string answer;
    std::optional<std::chrono::seconds> retry_after;
};

constexpr std::chrono::seconds lease{60};

class Courier final : service::Errand<Claim, Row, Reply> {
  public:
    Courier(db::DbExecutor& db, Clock const& clock, Peer& peer, service::Reached<ErrandPoint> reached = {})
        : Errand(db, clock, {.peer = "https://peer.example", .reached = std::move(reached)}), peer_(peer) {}

    Outcome<bool> run() { return run_errand(); }

    std::function<void()> on_the_way = [] {};

  private:
    Outcome<std::optional<Claim>> claim(db::PgSession& db, Instant now) override {
        static constexpr BinaryQuery take{
            "test_errand.take",
            "update errand set attempts = attempts + 1, due_at = $2 where name = (select name from errand "
            "where answer is null and due_at <= $1 order by due_at for update skip locked limit 1) "
            "returning name, attempts"};
        return store::first_of(db.exec(take, Params(now, now + lease)), [](db::Rows::Row const& row) {
            return Claim{row.get<std::string>(0), row.get<std::int32_t>(1)};
        });
    }

    Outcome<Reply> exchange(Claim const& claim) override {
        on_the_way();
        return Reply{peer_.tell(claim.name), peer_.wants_peace};
    }

    std::optional<Row> lock_again(db::PgSession& db, Claim const& claim) override {
        static constexpr BinaryQuery lock{
            "test_errand.lock", "select name from errand where name = $1 and attempts = $2 for update"};
        return store::first_of(db.exec(lock, Params(claim.name, claim.attempt)),
                               [](db::Rows::Row const& row) { return Row{row.get<std::string>(0)}; });
    }

    Outcome<void> settle(db::PgSession& db, Row& row, Claim&, Reply const& reply, Instant) override {
        static constexpr BinaryQuery keep{
            "test_errand.keep", "update errand set answer = $2, answers = answers + 1 where name = $1"};
        db.exec(keep, Params(row.name, reply.answer));
        return {};
    }

    Peer& peer_;
};

class Errands : public PgFixture {
  protected:
    void SetUp() override {
        PgFixture::SetUp();
        admin().command(
            "create table errand (name text primary key, attempts integer not null default 0, due_at "
            "timestamptz not null default '-infinity', answer text, answers integer not null default 0)");
        admin().command("grant select, update on errand to " + std::string(db::app_role));
        executor = std::make_unique<db::DbExecutor>(db::ExecutorOptions{.connection = app(), .threads = 2});
    }

    void TearDown() override {
        executor.reset();
        PgFixture::TearDown();
    }

    void add(std::string const& name) {
        admin().command("insert into errand (name) values ('" + name + "')");
    }

    /// The answer that was stored, and how often one was; nothing: none yet.
    std::optional<std::pair<std::string, int>> stored(std::string const& name) {
        static constexpr BinaryQuery read{"test_errand.read",
                                          "select answer, answers from errand where name = $1"};
        auto const rows = admin().exec(read, Params(name));
        if (rows[0].is_null(0)) return std::nullopt;
        return std::pair{rows[0].get<std::string>(0), rows[0].get<std::int32_t>(1)};
    }

    ManualClock clock{Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}}};
    std::unique_ptr<db::DbExecutor> executor;
    Peer peer;
};

struct Died {};

/// False if the process dies there: within a transaction its death becomes a fault, beside one it flies.
bool outlives(Courier& courier) {
    try {
        return courier.run().has_value();
    } catch (Died const&) {
        return false;
    }
}

class ErrandThatDies : public Errands, public ::testing::WithParamInterface<ErrandPoint> {};

TEST_P(ErrandThatDies, IsDoneOnceAndItsAnswerKeptOnce) {
    add("one");
    ErrandPoint const at = GetParam();
    Courier mortal(*executor, clock, peer, [at](ErrandPoint point) {
        if (point == at) throw Died{};
    });
    EXPECT_FALSE(outlives(mortal));
    EXPECT_EQ(stored("one").has_value(), at == ErrandPoint::finished) << "all of it or nothing";

    Courier heir(*executor, clock, peer);
    bool const leased = at != ErrandPoint::claiming && at != ErrandPoint::finished;
    if (leased) {
        EXPECT_FALSE(heir.run().value()) << "nobody else takes it before the lease is over";
        clock.advance(lease);
    }
    EXPECT_EQ(heir.run().value(), at != ErrandPoint::finished);
    EXPECT_EQ(stored("one"), std::pair(std::string("done as number 1"), 1));
    EXPECT_EQ(peer.done, 1);
    EXPECT_FALSE(heir.run().value());
}

INSTANTIATE_TEST_SUITE_P(Each, ErrandThatDies,
                         ::testing::Values(ErrandPoint::claiming, ErrandPoint::claimed,
                                           ErrandPoint::exchanged, ErrandPoint::settling,
                                           ErrandPoint::finished));

TEST_F(Errands, WhoIsSlowerThanTheLeaseStoresNothing) {
    add("one");
    Courier slow(*executor, clock, peer);
    Courier other(*executor, clock, peer);
    slow.on_the_way = [&] {
        clock.advance(lease);
        EXPECT_TRUE(other.run().value());
    };
    EXPECT_TRUE(slow.run().value());
    EXPECT_EQ(stored("one")->second, 1);
    EXPECT_EQ(peer.told.at("one"), 2);
    EXPECT_EQ(peer.done, 1);
}

TEST_F(Errands, APeerThatWantsPeaceIsNotAskedByAnybody) {
    add("one");
    add("two");
    peer.wants_peace = 30s;
    Courier courier(*executor, clock, peer);
    Courier other(*executor, clock, peer);
    EXPECT_TRUE(courier.run().value());
    EXPECT_FALSE(other.run().value());
    clock.advance(30s);
    EXPECT_TRUE(other.run().value());
    EXPECT_EQ(peer.done, 2);
}

TEST_F(Errands, APauseIsSpreadAndBounded) {
    for (int i = 0; i != 200; ++i) {
        auto const pause = service::spread_pause(100s, 10s, 250, crypto::system_entropy());
        EXPECT_GE(pause, 7500ms);
        EXPECT_LE(pause, 12500ms);
    }
}

}  // namespace
}  // namespace sponsio::testing

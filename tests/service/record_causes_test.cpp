#include "server/db/migrate.hpp"
#include "server/db/tx.hpp"
#include "server/service/records/case.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <random>

namespace sponsio::testing {
namespace {

using domain::OpenCauses;
using domain::RecordCause;
using domain::RecordState;
using domain::RecordStatus;
using service::RecordCase;
using store::StatusChange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;
using enum RecordCause;

constexpr RecordCause that_end[] = {objection, remedy, repair, suspension};

class RecordCauses : public RecordFixture {
  protected:
    using Step = std::function<Outcome<void>(RecordCase&)>;

    RecordId issued() {
        FindingId const finding = effective();
        round();
        return record_of(finding).id;
    }

    /// One step with its save, in a transaction of its own. Nothing: the status shown is what it was.
    Outcome<std::optional<StatusChange>> take(RecordId record, Step const& step,
                                              std::string const& why = "法院判决") {
        return service::in_transaction(
            db(), [&](db::PgSession& session) -> Outcome<std::optional<StatusChange>> {
                auto found = RecordCase::lock(
                    session, *vault,
                    {.record = record, .why = why, .actor = account("decider"), .now = clock.now()});
                if (!found) return found.error();
                if (auto taken = step(*found); !taken) return taken.error();
                return found->save();
            });
    }

    Outcome<std::optional<StatusChange>> open(RecordId record, RecordCause cause) {
        return take(record, [cause](RecordCase& found) { return found.open(cause); });
    }

    Outcome<std::optional<StatusChange>> end(RecordId record, RecordCause cause) {
        return take(record, [cause](RecordCase& found) { return found.end(cause); });
    }

    Outcome<std::optional<StatusChange>> show(RecordId record, RecordStatus status) {
        return take(record, [status](RecordCase& found) { return found.show(status); });
    }

    RecordStatus shown(RecordId record) { return store::status_of(db(), record).value().status; }

    OpenCauses open_now(RecordId record) {
        OpenCauses open;
        for (auto const& row : store::causes_of(db(), record))
            if (!row.ended) open = open.with(row.cause);
        return open;
    }

    RecordState state(RecordId record) { return store::record_by_id(db(), record).value().state; }

    /// What must hold after every step, however it ended: the list says what the causes give, each change of
    /// it has a leaf, and the record's state follows.
    void expect_whole(RecordId record) {
        EXPECT_EQ(shown(record), domain::status_of(open_now(record)));
        EXPECT_EQ(state(record), domain::state_of(open_now(record)));
        auto const changes = store::status_changes(db(), record);
        EXPECT_EQ(shown(record), changes.empty() ? RecordStatus::valid : changes.back().status);
        EXPECT_EQ(store::leaves_about(db(), "status", record.text()).size(), changes.size());
    }
};

TEST_F(RecordCauses, TwoHoldAtOnceAndEndInEitherOrder) {
    RecordId const record = issued();
    for (RecordCause const first : that_end) {
        for (RecordCause const second : that_end) {
            if (first == second) continue;
            for (RecordCause const leaving : {first, second}) {
                RecordCause const staying = leaving == first ? second : first;
                RecordStatus const both = domain::status_of(OpenCauses{}.with(first).with(second));
                ASSERT_TRUE(open(record, first));
                EXPECT_EQ(shown(record), domain::rule_of(first).status);
                ASSERT_TRUE(open(record, second));
                EXPECT_EQ(shown(record), both);
                auto const change = end(record, leaving).value();
                EXPECT_EQ(shown(record), domain::rule_of(staying).status);
                // Where the weaker one leaves, nobody is told of a change.
                EXPECT_EQ(change.has_value(), both != domain::rule_of(staying).status);
                ASSERT_TRUE(end(record, staying));
                EXPECT_EQ(shown(record), RecordStatus::valid);
                expect_whole(record);
            }
        }
    }
    EXPECT_EQ(state(record), RecordState::active);
}

TEST_F(RecordCauses, EachTellsWhoOpenedItAndWhoEndedItAndWhy) {
    RecordId const record = issued();
    Instant const begun = clock.now();
    ASSERT_TRUE(take(
        record, [](RecordCase& found) { return found.open(objection); }, "异议1号"));
    clock.advance(1h);
    ASSERT_TRUE(take(
        record, [](RecordCase& found) { return found.open(suspension); }, "中止2号"));
    clock.advance(1h);
    ASSERT_TRUE(take(
        record, [](RecordCase& found) { return found.end(objection); }, "答复3号"));
    auto const causes = store::causes_of(db(), record);
    ASSERT_EQ(causes.size(), 2u);
    EXPECT_EQ(causes[0].cause, objection);
    EXPECT_EQ(causes[0].opened.at, begun);
    EXPECT_EQ(causes[0].opened.by, account("decider"));
    EXPECT_EQ(causes[0].opened.why, "异议1号");
    EXPECT_EQ(causes[0].ended->at, begun + 2h);
    EXPECT_EQ(causes[0].ended->why, "答复3号");
    EXPECT_EQ(causes[1].cause, suspension);
    EXPECT_FALSE(causes[1].ended);
    // The history names every step, also one that changed nothing of what is shown.
    EXPECT_THAT(moves(record.text()),
                ElementsAre(">drafted", "drafted>drafted", "drafted>issued", ">active", "valid>objected",
                            "objected>suspended", "suspended>suspended"));
    auto const events = store::history(db(), record.text());
    EXPECT_EQ(events.back().event, "end_objection");
    EXPECT_EQ(events.back().lifecycle, "record status");
    EXPECT_EQ(events.back().actor, account("decider"));
}

TEST_F(RecordCauses, AWithdrawalIsFinal) {
    RecordId const record = issued();
    ASSERT_TRUE(open(record, objection));
    ASSERT_TRUE(open(record, withdrawal));
    EXPECT_EQ(shown(record), RecordStatus::invalid);
    EXPECT_EQ(state(record), RecordState::withdrawn);
    auto const before = store::history(db(), record.text()).size();
    for (auto const& cause : domain::words_of(RecordCause{})) {
        EXPECT_EQ(said(open(record, cause.value)), "wrong-step") << cause.text;
        EXPECT_EQ(said(end(record, cause.value)), "wrong-step") << cause.text;
    }
    for (auto const& status : domain::words_of(RecordStatus{}))
        EXPECT_EQ(said(show(record, status.value)),
                  status.value == RecordStatus::invalid ? "conflict" : "wrong-step")
            << status.text;
    EXPECT_EQ(store::history(db(), record.text()).size(), before);
    expect_whole(record);
    // Everybody who reads it is told.
    EXPECT_EQ(await(records->one(as("supervisor"), record, service::Disclose::none))
                  .value()
                  ->record.to_json()
                  .at("state")
                  .as_string(),
              "withdrawn");
}

TEST_F(RecordCauses, ShowingAStatusEndsOnlyWhatWouldHideIt) {
    RecordId const record = issued();
    ASSERT_TRUE(open(record, objection));
    ASSERT_TRUE(open(record, repair));
    ASSERT_TRUE(open(record, suspension));
    ASSERT_TRUE(show(record, RecordStatus::remedy_pending));
    EXPECT_EQ(open_now(record), OpenCauses{}.with(objection).with(remedy));
    EXPECT_EQ(shown(record), RecordStatus::remedy_pending);
    EXPECT_EQ(said(show(record, RecordStatus::remedy_pending)), "conflict");
    ASSERT_TRUE(show(record, RecordStatus::suspended));
    ASSERT_TRUE(show(record, RecordStatus::objected));
    EXPECT_EQ(open_now(record), OpenCauses{}.with(objection));
    ASSERT_TRUE(show(record, RecordStatus::valid));
    EXPECT_EQ(open_now(record), OpenCauses{});
    // One change of the list for each of the last four, and none of a status in between.
    std::vector<RecordStatus> told;
    for (auto const& change : store::status_changes(db(), record)) told.push_back(change.status);
    EXPECT_THAT(told, ElementsAre(RecordStatus::objected, RecordStatus::repaired, RecordStatus::suspended,
                                  RecordStatus::remedy_pending, RecordStatus::suspended,
                                  RecordStatus::objected, RecordStatus::valid));
    expect_whole(record);
}

/// From every set of causes, every status that may be asked for is the one that is shown then.
TEST_F(RecordCauses, WhatIsAskedForIsShown) {
    RecordId const record = issued();
    for (unsigned bits = 0; bits != 16; ++bits) {
        for (auto const& status : domain::words_of(RecordStatus{})) {
            if (status.value == RecordStatus::invalid) continue;
            (void)show(record, RecordStatus::valid);
            for (unsigned i = 0; i != std::size(that_end); ++i)
                if (bits >> i & 1u) ASSERT_TRUE(open(record, that_end[i]));
            bool const already = shown(record) == status.value;
            EXPECT_EQ(show(record, status.value).has_value(), !already) << bits << " " << status.text;
            EXPECT_EQ(shown(record), status.value) << bits;
        }
    }
    expect_whole(record);
}

TEST_F(RecordCauses, RefusesWhatCannotBe) {
    RecordId const record = issued();
    ASSERT_TRUE(open(record, repair));
    EXPECT_EQ(said(open(record, repair)), "conflict");
    EXPECT_EQ(said(end(record, objection)), "conflict");
    EXPECT_EQ(said(take(
                  record, [](RecordCase& found) { return found.open(remedy); }, "")),
              "invalid /why");
    EXPECT_EQ(said(open(service::new_id<RecordId>(clock.now()), repair)), "not-found");
    // A status that was written past the causes is never built upon.
    admin().command("update status_entry set status = 2");
    EXPECT_EQ(said(open(record, remedy)), "internal");
}

TEST_F(RecordCauses, TheStatusShownIsThatOfTheCausesAfterAnySequence) {
    std::mt19937 random(20260401);
    for (int run = 0; run != 4; ++run) {
        RecordId const record = issued();
        int taken = 0;
        for (int n = 0; n != 60; ++n) {
            clock.advance(1min);
            RecordCause const cause = that_end[random() % std::size(that_end)];
            auto const& statuses = domain::words_of(RecordStatus{});
            switch (random() % 5) {
                case 0:
                case 1: taken += open(record, cause).has_value(); break;
                case 2:
                case 3: taken += end(record, cause).has_value(); break;
                default: {
                    auto const status = statuses[random() % statuses.size()].value;
                    if (status != RecordStatus::invalid) taken += show(record, status).has_value();
                }
            }
            expect_whole(record);
        }
        EXPECT_GT(taken, 20);
        ASSERT_TRUE(open(record, withdrawal));
        expect_whole(record);
    }
}

TEST_F(RecordCauses, ACrashLeavesNothingHalf) {
    RecordId const record = issued();
    ASSERT_TRUE(open(record, objection));
    auto const events = store::history(db(), record.text()).size();
    // The process dies before it has written anything, and after it has written all but has not committed.
    for (bool const written : {false, true}) {
        auto const die = [&](db::PgSession& session) -> Outcome<int> {
            auto found = RecordCase::lock(
                session, *vault,
                {.record = record, .why = "x", .actor = account("decider"), .now = clock.now()});
            EXPECT_TRUE(found.value().end(objection));
            EXPECT_TRUE(found->open(withdrawal));
            if (written) EXPECT_TRUE(found->save());
            throw Killed{};
        };
        EXPECT_THROW((void)service::in_transaction(db(), die), Killed);
        EXPECT_EQ(open_now(record), OpenCauses{}.with(objection)) << written;
        EXPECT_EQ(shown(record), RecordStatus::objected);
        EXPECT_EQ(store::history(db(), record.text()).size(), events);
        expect_whole(record);
    }
    // The session breaks while it writes: after the causes, before the status.
    admin().command(
        "create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; "
        "end $$; create trigger broken before insert on status_change for each row execute function "
        "broken()");
    EXPECT_THROW((void)end(record, objection), db::DbError);
    expect_whole(record);
    EXPECT_EQ(open_now(record), OpenCauses{}.with(objection));
    admin().command("drop trigger broken on status_change");
    ASSERT_TRUE(end(record, objection));
    expect_whole(record);
}

TEST_F(RecordCauses, TheDatabaseHoldsACauseOnceAndOnlyItsEndChanges) {
    RecordId const record = issued();
    ASSERT_TRUE(open(record, remedy));
    EXPECT_THROW(store::open_cause(db(), record, remedy, {clock.now(), std::nullopt, "x"}), db::DbError);
    for (auto const* sql :
         {"update record_cause set opened_why = 'x'", "update record_cause set cause = 'repair'",
          "delete from record_cause", "update record_cause set ended_at = now()"})
        EXPECT_THROW(db().command(sql), db::DbError) << sql;
    ASSERT_TRUE(end(record, remedy));
    EXPECT_THROW(
        admin().command("update record_cause set ended_at = null, ended_by = null, ended_why = null"),
        db::DbError);
    expect_whole(record);
}

/// A database of before, in which statuses were set one after the other, brought up to date.
class RecordCausesOfBefore : public EmptyPgFixture {
  protected:
    static RecordId record(int n) {
        return RecordId::parse("00000000-0000-7000-8000-00000000000" + std::to_string(n)).value();
    }

    void add(int n, std::vector<int> const& statuses) {
        std::string const id = "'" + record(n).text() + "'";
        admin().command(
            "insert into credit_record (record_id, position, organisation_id, sd_jwt, digest, issued_at) "
            "values (" +
            id + ", " + std::to_string(n) + ", " + id + ", '', sha256('x'), '2026-03-01T00:00:00Z')");
        int serial = 0;
        for (int const status : statuses) {
            std::string const number = std::to_string(++serial), at = "'2026-03-0" + number + "T01:00:00Z'";
            admin().command(
                "insert into status_change (record_id, serial, status, changed_at, content, digest) values "
                "(" +
                id + ", " + number + ", " + std::to_string(status) + ", " + at + ", '', sha256('x'))");
            admin().command(
                "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why) "
                "values (0, " +
                at + ", 'record status', " + id + ", 'x', 'set', 'x', " + (serial % 2 == 1 ? id : "null") +
                ", 'paper " + number + "')");
        }
        admin().command("insert into status_entry (list_no, idx, record_id, status, changed_at) values (1, " +
                        std::to_string(n) + ", " + id + ", " + std::to_string(statuses.back()) + ", now())");
    }
};

TEST_F(RecordCausesOfBefore, AreMadeOfTheStatusesThatWereSet) {
    db::MigrateOptions all = db::embedded_migrations(superuser().uri).value();
    db::MigrateOptions before = all;
    before.migrations.erase(std::ranges::find(before.migrations, "record_causes", &db::Migration::name),
                            before.migrations.end());
    ASSERT_TRUE(db::migrate(before));
    admin().command("set session_replication_role = replica");
    add(1, {12, 2, 0, 13});
    add(2, {3, 1});
    add(3, {1, 0});
    ASSERT_TRUE(db::migrate(all));

    auto const causes = store::causes_of(db(), record(1));
    ASSERT_EQ(causes.size(), 3u);
    EXPECT_EQ(causes[0].cause, objection);
    EXPECT_EQ(causes[0].opened.why, "paper 1");
    EXPECT_EQ(causes[0].opened.by, AccountId{record(1).raw()});
    EXPECT_EQ(causes[0].ended->why, "paper 2");
    EXPECT_EQ(causes[0].ended->by, std::nullopt);
    EXPECT_EQ(to_rfc3339(causes[0].ended->at), "2026-03-02T01:00:00.000000Z");
    EXPECT_EQ(causes[1].cause, suspension);
    EXPECT_EQ(causes[1].ended->why, "paper 3");
    EXPECT_EQ(causes[2].cause, remedy);
    EXPECT_EQ(causes[2].serial, 3);
    EXPECT_FALSE(causes[2].ended);
    for (int const n : {1, 2, 3}) {
        OpenCauses open;
        for (auto const& row : store::causes_of(db(), record(n)))
            if (!row.ended) open = open.with(row.cause);
        EXPECT_EQ(store::status_of(db(), record(n))->status, domain::status_of(open)) << n;
        EXPECT_EQ(store::record_by_id(db(), record(n))->state, domain::state_of(open)) << n;
    }
    EXPECT_EQ(store::record_by_id(db(), record(2))->state, RecordState::withdrawn);
}

}  // namespace
}  // namespace sponsio::testing

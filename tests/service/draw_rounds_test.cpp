#include "server/service/tasks/clock_service.hpp"
#include "tests/service/draw_world.hpp"
#include "tests/support/invented_calendar.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;

/// The background work on several draws, or on one that has to wait.
class DrawWork : public DrawWorld {
  protected:
    void SetUp() override {
        DrawWorld::SetUp();
        matter_ = add_matter("S-1");
        add_commitments(*matter_, 40);
        add_verifiers(3);
    }

    /// Ten objects, two inspectors each.
    static domain::DrawRequest request() {
        domain::DrawRequest asked = simple_request();
        asked.strata[0].minimum = 10;
        asked.inspectors_per_object = 2;
        return asked;
    }

    std::optional<MatterId> matter_;
};

TEST_F(DrawWork, TwoProcessesAtOnceMakeOneResult) {
    std::vector<DrawId> ids;
    for (std::string const& code : {"S-2", "S-3", "S-4"}) {
        add_commitments(add_matter(code), 40);
        domain::DrawRequest one = request();
        one.strata[0].matters = {code};
        ids.push_back(hold(one));
    }
    service::DrawRounds other(parts());
    auto both = [&] {
        std::size_t mine = 0, theirs = 0;
        std::thread second([&] {
            while (std::size_t const done = round_of(other)) theirs += done;
        });
        while (std::size_t const done = round()) mine += done;
        second.join();
        return mine + theirs;
    };
    EXPECT_EQ(both(), 3u);
    place_leaves();
    for (DrawId const id : ids) give(id).value();
    EXPECT_EQ(both(), 3u);
    place_leaves();
    for (DrawId const id : ids) replayed(id);
    EXPECT_EQ(count("tasks"), 30);
}

TEST_F(DrawWork, IsRevealedWhereNoCalendarKnowsTheEndsOfItsChecks) {
    clock.set(china("2026-12-29T09:00:00"));
    add_commitments(*matter_, 10);
    DrawId const id = committed(request());
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    replayed(id);
    auto const object = store::objects_of(db(), id).front();
    auto const open = store::task_by_id(db(), object.task.value()).value();
    EXPECT_EQ(open.waits_for, 2027);
    EXPECT_EQ(open.rule, "verify.matter 20 working_days; S-1 1; unknown");
    static constexpr db::BinaryQuery alarms{"test.alarms", "select count(*) from task_alarm"};
    EXPECT_EQ(admin().exec(alarms)[0].get<std::int64_t>(0), 0) << "no clock runs towards a day nobody knows";

    std::string const year = invented_calendar(2027);
    Resource const file{"cn-test.json", year};
    calendar->become(domain::WorkingCalendar::from_resources({&file, 1}).value());
    EXPECT_EQ(service::ClockService(ground()).set_open_ends(as("clerk").deadline, 10).value(), 10u);
    auto const known = store::task_by_id(db(), open.id).value();
    EXPECT_EQ(known.rule, "verify.matter 20 working_days; S-1 1; cn-2026.1+cn-2027.test");
    EXPECT_FALSE(known.waits_for);
    for (auto const& seat : store::inspectors_of(db(), open.id)) EXPECT_EQ(seat.task, open.id);
}

TEST_F(DrawWork, ADrawThatCannotGoOnHoldsUpNoOther) {
    DrawId const stuck = committed(request());
    add_commitments(add_matter("S-2"), 40);
    domain::DrawRequest other = request();
    other.strata[0].matters = {"S-2"};
    DrawId const fine = committed(other);
    give(stuck).value();
    give(fine).value();
    static constexpr db::BinaryQuery spoil{"test.spoil",
                                           "update draw set sealed_seed = 'x' where draw_id = $1"};
    admin().command("alter table draw disable trigger draw_stays");
    admin().exec(spoil, db::Params(stuck));
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(round(), 1u);
    place_leaves();
    EXPECT_EQ(state(stuck), "input_given");
    EXPECT_EQ(await(draws->draw(as("supervisor"), stuck)).value().at("waits_why").as_string(), "internal");
    EXPECT_EQ(state(fine), "revealed");
}

}  // namespace
}  // namespace sponsio::testing

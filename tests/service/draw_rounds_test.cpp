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

TEST_F(DrawWork, WaitsForACalendarThatNobodyKnowsYet) {
    clock.set(china("2026-12-29T09:00:00"));
    add_commitments(*matter_, 10);
    DrawId const id = committed(request());
    give(id).value();
    EXPECT_EQ(round(), 1u);
    Json view = await(draws->draw(as("supervisor"), id)).value();
    EXPECT_EQ(view.at("state").as_string(), "input_given");
    EXPECT_EQ(view.at("waits_why").as_string(), "calendar-unknown");
    EXPECT_EQ(round(), 0u) << "not again at once";
    EXPECT_EQ(count("tasks"), 0);

    // The server is started anew, with the calendar of that year.
    std::string const year = invented_calendar(2027);
    Resource const file{"cn-test.json", year};
    auto const announced = domain::WorkingCalendar::from_resources({&file, 1}).value();
    service::DrawParts const old = parts();
    service::DrawRounds started({{.db = old.db,
                                  .vault = old.vault,
                                  .matters = old.matters,
                                  .rules = old.rules,
                                  .calendar = announced,
                                  .clock = old.clock},
                                 old.sign,
                                 old.leaves_waiting});
    clock.advance(61s);
    EXPECT_EQ(round_of(started), 1u);
    place_leaves();
    replayed(id);
    auto const object = store::objects_of(db(), id).front();
    EXPECT_EQ(store::task_by_id(db(), object.task.value())->rule,
              "verify.matter 20 working_days; S-1 1; cn-2026.1+cn-2027.test");
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

#include "server/service/log/head_register.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace sponsio::testing {
namespace {

using service::HeadPlace;
using service::HeadRegister;
using service::KnownHeads;
using ::testing::HasSubstr;

enum class Mood : std::uint8_t { well, away, taken_but_reported_failed, somebody_else_wrote, hangs };

/// What a place of a test knows and how it behaves; the test keeps it when the register has it no more.
struct Script {
    std::mutex mutex;
    std::condition_variable released;
    Mood mood = Mood::well;
    KnownHeads known{};
    bool release = false;

    Mood now() {
        std::unique_lock lock(mutex);
        if (mood == Mood::hangs) released.wait(lock, [this] { return release; });
        return mood;
    }
};

class ScriptedPlace final : public HeadPlace {
  public:
    ScriptedPlace(std::string name, std::shared_ptr<Script> script)
        : name_(std::move(name)), script_(std::move(script)) {}

    std::string name() const override { return name_; }

    Outcome<KnownHeads> read(std::string const&) override {
        if (script_->now() == Mood::away) return fault(problem::unavailable);
        std::lock_guard const lock(script_->mutex);
        return script_->known;
    }

    Outcome<void> swap(store::LogHead const& head) override {
        Mood const mood = script_->now();
        if (mood == Mood::away) return fault(problem::unavailable);
        if (mood == Mood::somebody_else_wrote) return fault(problem::conflict);
        std::lock_guard const lock(script_->mutex);
        script_->known = {{head.checkpoint}};
        if (mood == Mood::taken_but_reported_failed) return fault(problem::unavailable);
        return {};
    }

  private:
    std::string name_;
    std::shared_ptr<Script> script_;
};

class HeadRegisterTest : public ::testing::Test {
  protected:
    HeadRegister& of(std::vector<Mood> const& moods) {
        std::vector<std::unique_ptr<HeadPlace>> places;
        for (Mood const mood : moods) {
            scripts.push_back(std::make_shared<Script>());
            scripts.back()->mood = mood;
            places.push_back(
                std::make_unique<ScriptedPlace>("place" + std::to_string(scripts.size()), scripts.back()));
        }
        all = std::make_unique<HeadRegister>(std::move(places));
        return *all;
    }

    void TearDown() override {
        for (auto const& script : scripts) {
            std::lock_guard const lock(script->mutex);
            script->release = true;
            script->released.notify_all();
        }
        all.reset();
    }

    static store::LogHead head(std::uint64_t size) {
        return {.shard = 1, .origin = "o", .size = size, .checkpoint = std::to_string(size)};
    }

    /// "kept", or the problem.
    std::string keep(std::uint64_t size) {
        auto const kept = all->keep(head(size));
        return kept ? "kept" : std::string(kept.error().problem->slug);
    }

    /// "" if the places confirm a log of that size; a checkpoint is its size in digits, and one above 90 is
    /// of a fork.
    std::string doubt(std::uint64_t size) {
        auto const confirmed = service::confirm_head(
            head(size), all->look("o"), [&](std::string const& checkpoint) -> Outcome<void> {
                std::uint64_t const published = std::stoull(checkpoint);
                if (published > 90) return fault(problem::conflict, "a fork", "分叉");
                if (published > size) return fault(problem::conflict, "an older database", "旧数据库");
                return {};
            });
        return confirmed ? "" : confirmed.error().detail.en;
    }

    std::unique_ptr<HeadRegister> all;
    std::vector<std::shared_ptr<Script>> scripts;
};

TEST_F(HeadRegisterTest, OnePlaceIsAskedAtOnce) {
    of({Mood::well});
    EXPECT_EQ(keep(3), "kept");
    EXPECT_EQ(scripts[0]->known.checkpoints.front(), "3");
    EXPECT_EQ(doubt(3), "");
    scripts[0]->mood = Mood::away;
    EXPECT_EQ(keep(4), "unavailable");
    scripts[0]->mood = Mood::somebody_else_wrote;
    EXPECT_EQ(keep(4), "conflict");
}

TEST_F(HeadRegisterTest, AMajorityIsEnoughAndLessIsNot) {
    for (auto const& [moods, said] : std::vector<std::pair<std::vector<Mood>, std::string>>{
             {{Mood::well, Mood::well}, "kept"},
             {{Mood::well, Mood::away}, "unavailable"},
             {{Mood::well, Mood::well, Mood::away}, "kept"},
             {{Mood::away, Mood::well, Mood::well}, "kept"},
             {{Mood::well, Mood::well, Mood::hangs}, "kept"},
             {{Mood::well, Mood::away, Mood::away}, "unavailable"},
             // Two that took it and could not say so are two that may not have.
             {{Mood::well, Mood::taken_but_reported_failed, Mood::taken_but_reported_failed}, "unavailable"},
             {{Mood::well, Mood::well, Mood::taken_but_reported_failed}, "kept"},
             {{Mood::somebody_else_wrote, Mood::away, Mood::away}, "conflict"}}) {
        of(moods);
        EXPECT_EQ(keep(5), said);
        TearDown();
        scripts.clear();
    }
}

TEST_F(HeadRegisterTest, WhatWasTakenAndReportedFailedIsKeptByTheNextTry) {
    of({Mood::taken_but_reported_failed, Mood::taken_but_reported_failed, Mood::well});
    EXPECT_EQ(keep(5), "unavailable");
    EXPECT_EQ(doubt(5), "");
    EXPECT_EQ(doubt(4), "an older database");
    for (auto const& script : scripts) script->mood = Mood::well;
    EXPECT_EQ(keep(5), "kept");
}

TEST_F(HeadRegisterTest, AMajorityThatKnowsTheLogConfirmsIt) {
    of({Mood::well, Mood::well, Mood::well});
    EXPECT_THAT(doubt(5), HasSubstr("place1 knows nothing of it; place2 knows nothing of it; place3"));
    EXPECT_EQ(doubt(0), "");  // a new one
    scripts[0]->known = {{"5", "4"}};
    EXPECT_THAT(doubt(5), HasSubstr("nobody outside the database confirms that its 5 entries"));
    scripts[1]->known = {{"3"}};  // was away when the last ones were kept
    EXPECT_EQ(doubt(5), "");
    scripts[1]->known.copied = true;
    EXPECT_THAT(doubt(5), HasSubstr("place2 is a copy"));
    scripts[2]->known = {{"5"}};
    EXPECT_EQ(doubt(5), "");
    EXPECT_EQ(doubt(4), "an older database");
    scripts[1]->known = {{"99"}};  // one voice is enough, be it of a copy
    scripts[1]->known.copied = true;
    EXPECT_EQ(doubt(5), "a fork");
}

TEST_F(HeadRegisterTest, APlaceThatCannotBeReadConfirmsNothing) {
    of({Mood::well, Mood::away, Mood::well});
    scripts[0]->known = {{"5"}};
    EXPECT_THAT(doubt(5), HasSubstr("place2 cannot be read"));
    scripts[2]->known = {{"5"}};
    EXPECT_EQ(doubt(5), "");
}

}  // namespace
}  // namespace sponsio::testing

#include "server/store/absences.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/log.hpp"
#include "tests/service/draw_world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sponsio::testing {
namespace {

using service::DrawPoint;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

struct Killed : std::runtime_error {
    Killed() : std::runtime_error("killed") {}
};

class DrawReveal : public DrawWorld {
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

    /// Another process, which dies at that point.
    void round_that_dies_at(DrawPoint point) {
        service::DrawParts mortal = parts();
        mortal.reached = [point](DrawPoint at) {
            if (at == point) throw Killed();
        };
        service::DrawRounds dying(std::move(mortal));
        EXPECT_EQ(said(dying.round(as("clerk").deadline)), "internal");
    }

    /// Recuses whoever has that seat, as a verification would, in one transaction.
    Outcome<std::optional<service::Replacement>> recuse(TaskId task, int seat) {
        db::Tx tx(db());
        auto const row = store::lock_task(db(), task).value();
        std::optional<store::InspectorRow> sits;
        for (auto const& inspector : store::inspectors_of(db(), task))
            if (inspector.sits() && inspector.seat == seat) sits = inspector;
        auto next = service::DrawRedraw(parts())(
            db(),
            {.task = row, .seat = seat, .account = sits.value().account, .decided_by = account("supervisor")},
            clock.now());
        if (!next) return next;
        store::unseat_inspector(db(), sits->place, store::LeftBecause::recused, clock.now());
        if (*next)
            store::seat_inspector(db(), row, {seat, (*next)->account, (*next)->ref}, store::SeatedBy::draw,
                                  clock.now());
        tx.commit();
        return next;
    }

    /// A supervisor gives that seat to somebody, in one transaction.
    void reassign(TaskId task, int seat, AccountId to) {
        db::Tx tx(db());
        auto const row = store::lock_task(db(), task).value();
        for (auto const& sits : store::inspectors_of(db(), task))
            if (sits.sits() && sits.seat == seat)
                store::unseat_inspector(db(), sits.place, store::LeftBecause::reassigned, clock.now());
        store::seat_inspector(db(), row, {seat, to, {}}, store::SeatedBy::reassign, clock.now());
        service::DrawRedraw(parts())
            .reseated(db(), {.task = row, .seat = seat, .decided_by = account("supervisor")}, clock.now())
            .value();
        tx.commit();
    }

    std::vector<AccountId> sitting(TaskId task) {
        std::vector<AccountId> people;
        for (auto const& one : store::inspectors_of(db(), task))
            if (one.sits()) people.push_back(one.account);
        return people;
    }

    /// Whom the result has on that seat of the object, as the pool calls them.
    std::string seat_in(draw::StatementFile const& file, store::DrawObject const& object, std::size_t seat) {
        for (Json const& row : file.result.as_array())
            if (row.at("object").as_string() == to_hex(object.lot.value())) {
                Json const& sits = row.at("inspectors").at(seat);
                return sits.is_null() ? "nobody"
                                      : behind(DrawId::parse(file.said.draw_id).value(), object,
                                               draw::InspectorRef::parse(sits.as_string()).value());
            }
        return "no such object";
    }

    /// Everybody whom the result seats anywhere, as the pool calls them.
    std::set<std::string> seated_in(draw::StatementFile const& file) {
        std::set<std::string> all;
        for (auto const& object : store::objects_of(db(), DrawId::parse(file.said.draw_id).value()))
            for (std::size_t seat : {0U, 1U}) all.insert(seat_in(file, object, seat));
        return all;
    }

    /// Whom a recusal of the statement is about, as the pool calls them.
    std::string recused_in(draw::StatementFile const& file, draw::Recusal const& recusal) {
        DrawId const id = DrawId::parse(file.said.draw_id).value();
        for (auto const& object : store::objects_of(db(), id))
            if (to_hex(object.lot.value()) == recusal.object) return behind(id, object, recusal.inspector);
        return "no such object";
    }

    /// Somebody opened a check of that commitment on a clue.
    void add_task_for(std::int64_t leaf) {
        static constexpr db::BinaryQuery query{"test.code",
                                               "select code from commitment where leaf_index = $1"};
        auto const code = db().exec(query, db::Params(leaf))[0].get<std::string>(0);
        store::TaskToAdd const task{.id = service::new_id<TaskId>(clock.now()),
                                    .shard = 1,
                                    .commitment_code = code,
                                    .organisation = agency(),
                                    .source = domain::TaskSource::clue,
                                    .mode = "online",
                                    .created_at = clock.now(),
                                    .due_at = clock.now() + 240h,
                                    .rule = "verify.clue"};
        db::Tx tx(db());
        store::add_tasks(db(), {&task, 1});
        tx.commit();
    }

    std::optional<MatterId> matter_;
};

TEST_F(DrawReveal, APoolThatWasChangedAfterTheCommitmentVoidsTheDraw) {
    DrawId const id = committed(request());
    give(id).value();
    // One digit of one object's weight, by somebody who may do anything in the database.
    admin().command("update draw_pool_chunk set content = replace(content, ' all 1', ' all 2')");
    EXPECT_EQ(round(), 1u);
    Json const view = public_view(id);
    EXPECT_EQ(view.at("state").as_string(), "void");
    EXPECT_EQ(view.at("void_why").as_string(), "pool_changed");
    EXPECT_TRUE(view.at("seed").is_null());
    EXPECT_EQ(store::newest_revision(db(), id), 0) << "nothing is signed";
    EXPECT_THAT(store::objects_of(db(), id), IsEmpty());
    EXPECT_EQ(count("tasks"), 0);
    EXPECT_THAT(moves(id.text()).back(), "input_given>void");
    auto const leaves = store::leaves_about(db(), "draw", id.text());
    ASSERT_THAT(leaves, SizeIs(2));
    EXPECT_NE(leaves[1].leaf.content->find(R"("why":"pool_changed")"), std::string::npos);
    place_leaves();
    EXPECT_EQ(said(await(public_draws->statement(id, as("clerk").deadline))), "not-found");
    EXPECT_EQ(round(), 0u) << "it is over";
}

TEST_F(DrawReveal, ASecondPoolInPlaceOfTheLoggedOneVoidsTheDrawToo) {
    DrawId const id = committed(request());
    give(id).value();
    // Pool and digest changed together, against the trigger: the log still knows the first digest.
    admin().command("alter table draw disable trigger draw_stays");
    admin().command("update draw_pool_chunk set content = replace(content, ' all 1', ' all 2')");
    admin().command(
        "update draw set full_digest = (select sha256(string_agg(content, '' order by chunk_no)"
        "::bytea) from draw_pool_chunk)");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "pool_changed");
    EXPECT_EQ(count("tasks"), 0);
}

TEST_F(DrawReveal, AListThatWasChangedVoidsTheDrawAsWell) {
    DrawId const id = committed(request());
    give(id).value();
    admin().command("update draw_list_chunk set content = replace(content, 'weight 1 40', 'weight 1 41')");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "pool_changed");
}

TEST_F(DrawReveal, AKillAtAnyMomentLeadsToTheSameEnd) {
    DrawId const id = hold(request());
    round_that_dies_at(DrawPoint::before_commitment);
    EXPECT_EQ(state(id), "preparing");
    EXPECT_EQ(pool(id), "");
    round_that_dies_at(DrawPoint::after_commitment);
    EXPECT_EQ(state(id), "committed");
    std::string const fixed = pool(id);
    EXPECT_EQ(round(), 0u) << "nothing is done twice";
    place_leaves();
    give(id).value();
    round_that_dies_at(DrawPoint::before_reveal);
    EXPECT_EQ(count("tasks"), 0);
    EXPECT_THAT(store::objects_of(db(), id), IsEmpty());
    round_that_dies_at(DrawPoint::after_reveal);
    EXPECT_EQ(round(), 0u);
    place_leaves();
    EXPECT_EQ(pool(id), fixed);
    EXPECT_THAT(replayed(id).result.as_array(), SizeIs(10));
    EXPECT_EQ(count("tasks"), 10);
    EXPECT_THAT(store::leaves_about(db(), "draw", id.text()), SizeIs(2));
}

TEST_F(DrawReveal, TheNextInTheRankingTakesTheSeatOfWhoIsRecusedTwice) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).at(3);
    std::string const first = seat_in(replayed(id), object, 1);
    std::string const lead = seat_in(replayed(id), object, 0);

    auto const second = recuse(object.task.value(), 2).value();
    place_leaves();
    draw::StatementFile file = replayed(id);
    EXPECT_EQ(file.said.revision, 2u);
    EXPECT_EQ(seat_in(file, object, 1), second.value().ref);
    EXPECT_EQ(seat_in(file, object, 0), lead) << "the others keep their seats";

    auto const third = recuse(object.task.value(), 2).value();
    place_leaves();
    file = replayed(id);
    EXPECT_EQ(file.said.revision, 3u);
    EXPECT_THAT(file.said.recusals, SizeIs(2));
    EXPECT_EQ(recused_in(file, file.said.recusals[0]), first);
    EXPECT_EQ(recused_in(file, file.said.recusals[1]), second->ref);
    EXPECT_EQ(seat_in(file, object, 1), third.value().ref);
    EXPECT_EQ((std::set{lead, first, second->ref, third->ref}).size(), 4u);
    EXPECT_THAT(moves(id.text()).back(), "revealed>revealed");
    EXPECT_EQ(public_view(id).at("revision").as_int(), 3);
}

TEST_F(DrawReveal, ASeatStaysEmptyWhenNobodyIsLeft) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).front();
    TaskId const task = object.task.value();
    // One of all filed it, two have a seat: the others can come after them.
    std::size_t const others = people() - 3;
    for (std::size_t i = 0; i != others; ++i) ASSERT_TRUE(recuse(task, 1).value()) << i;
    EXPECT_FALSE(recuse(task, 1).value());
    place_leaves();
    draw::StatementFile const file = replayed(id);
    EXPECT_EQ(seat_in(file, object, 0), "nobody");
    EXPECT_NE(seat_in(file, object, 1), "nobody");
    EXPECT_THAT(file.said.recusals, SizeIs(others + 1));
}

TEST_F(DrawReveal, ASeatThatWasReassignedSaysSoAndGoesOnByTheSameChance) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).at(3);
    TaskId const task = object.task.value();
    std::string const first = seat_in(replayed(id), object, 1);
    AccountId const chosen = add_verifier("chosen");
    reassign(task, 2, chosen);
    reassign(task, 2, add_verifier("chosen-next"));
    EXPECT_EQ(statement(id).said.revision, 1u) << "not before it is in the log";
    place_leaves();
    draw::StatementFile file = replayed(id);
    EXPECT_EQ(file.said.revision, 3u);
    draw::Reassignment const told{
        to_hex(object.lot.value()), 2,
        hider(id).seen(to_hex(object.lot.value()), *draw::InspectorRef::parse(first))};
    EXPECT_THAT(file.said.reassigned, ElementsAre(told, told)) << "of whom is not said";
    EXPECT_EQ(seat_in(file, object, 1), first) << "whom chance had there";
    EXPECT_THAT(file.said.recusals, IsEmpty());

    auto const next = recuse(task, 2).value();
    place_leaves();
    file = replayed(id);
    EXPECT_EQ(file.said.revision, 4u);
    EXPECT_THAT(file.said.reassigned, SizeIs(2));
    ASSERT_THAT(file.said.recusals, SizeIs(1));
    EXPECT_EQ(recused_in(file, file.said.recusals[0]), first);
    EXPECT_EQ(seat_in(file, object, 1), next.value().ref);
    EXPECT_NE(next->account, chosen);
    EXPECT_THAT(sitting(task), Contains(next->account));
    EXPECT_THAT(moves(id.text()), Contains("revealed>revealed").Times(3));
}

/// Who was chosen may be in the pool as well: the seat does not come back to them.
TEST_F(DrawReveal, ChancePassesOverWhomASupervisorHadChosen) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).front();
    TaskId const task = object.task.value();
    auto const seated = sitting(task);
    std::set<AccountId> tried;
    // Everybody in turn is put into seat 1 and recused: nobody comes twice, and at last nobody comes.
    for (auto const& inspector : store::draw_inspectors(db(), id)) {
        bool const barred = std::ranges::find(object.barred, inspector.ref) != object.barred.end();
        if (barred || tried.contains(inspector.account)) continue;
        auto const now = sitting(task);
        if (std::ranges::find(now, inspector.account) != now.end()) continue;
        if (now.size() == 2) reassign(task, 1, inspector.account);
        tried.insert(inspector.account);
        auto const next = recuse(task, 1).value();
        if (!next) break;
        EXPECT_FALSE(tried.contains(next->account));
        EXPECT_NE(next->account, seated[1]);
    }
    place_leaves();
    draw::StatementFile const file = replayed(id);
    EXPECT_FALSE(file.said.reassigned.empty());
    EXPECT_GE(file.said.recusals.size(), file.said.reassigned.size());
}

TEST_F(DrawReveal, WhereNobodyIsLeftASupervisorsChoiceIsStatedAndChanceHasNoNext) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).front();
    TaskId const task = object.task.value();
    while (recuse(task, 1).value()) {
    }
    reassign(task, 1, add_verifier("chosen"));
    place_leaves();
    draw::StatementFile file = replayed(id);
    draw::Reassignment const told{to_hex(object.lot.value()), 1, std::nullopt};
    EXPECT_THAT(file.said.reassigned, ElementsAre(told));
    auto const revision = file.said.revision;
    EXPECT_FALSE(recuse(task, 1).value());
    place_leaves();
    EXPECT_EQ(replayed(id).said.revision, revision) << "nothing changed that is public";
}

TEST_F(DrawReveal, ARevisionIsShownOnceItIsInTheLog) {
    DrawId const id = revealed(request());
    auto const object = store::objects_of(db(), id).front();
    recuse(object.task.value(), 1).value();
    EXPECT_EQ(statement(id).said.revision, 1u);
    place_leaves();
    EXPECT_EQ(statement(id).said.revision, 2u);
}

TEST_F(DrawReveal, WhoLeftBeforeTheRevealIsPassedOver) {
    DrawId const id = committed(request());
    admin().command("update account set closed_at = now() where login in ('v0', 'v1')");
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    draw::StatementFile const file = replayed(id);
    std::set<std::string> gone;
    static constexpr db::BinaryQuery closed{"test.closed",
                                            "select account_id from account where closed_at is not null"};
    for (auto const& row : db().exec(closed)) gone.insert(ref_of(id, row.get<AccountId>(0)));
    EXPECT_THAT(gone, SizeIs(2));
    for (std::string const& ref : seated_in(file)) EXPECT_TRUE(ref != "nobody" && !gone.contains(ref));
    EXPECT_FALSE(file.said.recusals.empty());
    for (auto const& recusal : file.said.recusals) EXPECT_TRUE(gone.contains(recused_in(file, recusal)));

    // Nor does the chain of chance lead to somebody who left later.
    admin().command("update account set closed_at = now() where login = 'v2'");
    auto const object = store::objects_of(db(), id).front();
    for (int seat : {1, 2}) {
        auto const next = recuse(object.task.value(), seat).value();
        if (next)
            EXPECT_THAT(next->account,
                        AnyOf(account("verifier"), account("verifier2"), account("verifier3")));
    }
    place_leaves();
    replayed(id);
}

TEST_F(DrawReveal, WhoIsAwayIsNotDrawn) {
    auto const away = [&](std::string const& login) {
        AccountId const who = store::accounts_by_login(db(), login).at(0).id;
        store::insert(db(), store::AbsenceRow{.id = service::new_id<store::AbsenceId>(clock.now()),
                                              .account = who,
                                              .organisation = agency(),
                                              .from = clock.now(),
                                              .until = clock.now() + std::chrono::hours{72},
                                              .entered_by = account("supervisor"),
                                              .entered_at = clock.now()});
        return who;
    };
    auto const before = people();
    AccountId const first = away("v0");
    EXPECT_EQ(people(), before - 1);
    DrawId const id = committed(request());
    EXPECT_EQ(ref_of(id, first), "");  // not even in the pool
    // Who goes away after the pool was fixed is passed over, as everybody can replay.
    std::string const second = ref_of(id, away("v1"));
    ASSERT_NE(second, "");
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    draw::StatementFile const file = replayed(id);
    for (std::string const& ref : seated_in(file)) EXPECT_TRUE(ref != "nobody" && ref != second);
    clock.set(clock.now() + std::chrono::hours{72});
    EXPECT_EQ(people(), before);
}

TEST_F(DrawReveal, WhatWasWithdrawnOrIsBeingCheckedIsSetAside) {
    DrawId const id = committed(request());
    add_task_for(7);
    admin().command("update commitment set state = 'withdrawn' where leaf_index between 8 and 30");
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    replayed(id);
    for (auto const& object : store::objects_of(db(), id)) {
        int const leaf = std::stoi(object.object.substr(2));
        auto const expected = leaf == 7                 ? std::optional(store::NotChecked::open_task)
                              : leaf >= 8 && leaf <= 30 ? std::optional(store::NotChecked::not_effective)
                                                        : std::nullopt;
        EXPECT_EQ(object.set_aside, expected) << object.object;
        EXPECT_EQ(object.task.has_value(), !expected.has_value());
    }
}

TEST_F(DrawReveal, ChecksAskTheDepartmentThatTheirMatterNames) {
    MatterId const asking = add_matter("S-2", [](domain::VerificationPlan& plan) {
        plan.department = "civil_affairs";
        plan.auto_close = true;
    });
    add_commitments(asking, 20);
    domain::DrawRequest both = request();
    both.strata.push_back({.name = "asking", .matters = {"S-2"}, .ratio = {}, .minimum = 7});
    DrawId const id = revealed(both);
    std::map<std::string, TaskId> drawn;
    for (auto const& object : store::objects_of(db(), id))
        if (object.stratum == "asking") drawn.emplace(object.commitment_code, object.task.value());
    EXPECT_THAT(drawn, SizeIs(7));
    auto const questions = store::checks_in(db(), {.organisation = agency()});
    EXPECT_THAT(questions, SizeIs(7)) << "and none about what names no department";
    for (store::InquiryRow const& question : questions) {
        EXPECT_EQ(question.task, drawn.at(question.commitment_code));
        EXPECT_EQ(question.department, "civil_affairs");
        EXPECT_EQ(question.shard, 1);
        EXPECT_EQ(question.state, domain::InquiryState::queued);
        EXPECT_THAT(moves(question.id.text()), ElementsAre(">queued"));
    }
}

}  // namespace
}  // namespace sponsio::testing

#include "tests/service/draw_world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sponsio::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Draw : public DrawWorld {};

TEST_F(Draw, RunsFromTheRequestToChecksThatAnyoneCanReplay) {
    add_commitments(add_matter("S-1"), 5000);
    add_commitments(add_matter("S-2"), 3000);
    add_commitments(add_matter("S-3"), 2000);
    add_verifiers(10);
    domain::DrawRequest request = simple_request();
    request.strata = {{.name = "large", .matters = {"S-1"}, .ratio = {}},
                      {.name = "middle", .matters = {"S-2"}, .ratio = domain::Ratio{15, 100}},
                      {.name = "small", .matters = {"S-3"}, .ratio = domain::Ratio{20, 100}, .minimum = 450}};
    request.inspectors_per_object = 2;
    DrawId const id = hold(request);
    EXPECT_EQ(state(id), "preparing");

    EXPECT_EQ(round(), 1u);
    Json view = public_view(id);
    EXPECT_EQ(view.at("state").as_string(), "committed");
    EXPECT_EQ(view.at("pool").at("objects").as_int(), 10'000);
    EXPECT_EQ(view.at("pool").at("inspectors"), Json(people()));
    EXPECT_EQ(view.at("pool").at("digest_sha256").as_string(), to_hex(crypto::sha256(as_bytes(pool(id)))));
    EXPECT_EQ(view.at("reveal_by").as_string(), to_rfc3339(clock.now() + 24h));
    EXPECT_TRUE(view.at("seed").is_null());

    place_leaves();
    clock.advance(1h);
    EXPECT_EQ(give(id).value().at("public_input").as_string(), "dice=3,5,1,6,2,2,4,1");
    EXPECT_EQ(round(), 1u);
    // Not before it is in the log.
    view = public_view(id);
    EXPECT_EQ(view.at("state").as_string(), "input_given");
    EXPECT_TRUE(view.at("seed").is_null());
    EXPECT_THAT(view.at("outcomes").as_array(), IsEmpty());
    EXPECT_EQ(said(await(public_draws->statement(id, as("clerk").deadline))), "not-found");
    EXPECT_EQ(said(await(public_draws->pool(id, as("clerk").deadline))), "not-found");

    place_leaves();
    EXPECT_EQ(state(id), "revealed");
    draw::StatementFile const file = replayed(id);
    EXPECT_EQ(file.said.revision, 1u);
    json::Array const& result = file.result.as_array();
    ASSERT_THAT(result, SizeIs(500 + 450 + 450));
    EXPECT_THAT(moves(id.text()), ElementsAre(">preparing", "preparing>committed", "committed>input_given",
                                              "input_given>revealed"));

    // Every drawn commitment has a check by exactly the people whom chance named.
    std::map<std::string, AccountId> people;
    for (auto const& inspector : store::draw_inspectors(db(), id))
        people.emplace(inspector.ref, inspector.account);
    auto const objects = store::objects_of(db(), id);
    ASSERT_THAT(objects, SizeIs(result.size()));
    for (std::size_t i = 0; i < objects.size(); i += 100) {
        EXPECT_EQ(result[i].at("object").as_string(), objects[i].object);
        auto const task = store::task_by_id(db(), objects[i].task.value()).value();
        EXPECT_EQ(task.commitment_code, objects[i].commitment_code);
        EXPECT_EQ(task.source, domain::TaskSource::draw);
        EXPECT_EQ(task.draw, id);
        EXPECT_EQ(task.state, domain::TaskState::assigned);
        EXPECT_EQ(task.rule, "verify.matter 20 working_days; " +
                                 std::string(i < 500   ? "S-1"
                                             : i < 950 ? "S-2"
                                                       : "S-3") +
                                 " 1; cn-2026.1");
        auto const seats = store::inspectors_of(db(), task.id);
        ASSERT_THAT(seats, SizeIs(2));
        for (auto const& seat : seats) {
            auto const& ref = result[i].at("inspectors").at(static_cast<std::size_t>(seat.seat) - 1);
            EXPECT_EQ(seat.ref, ref.as_string());
            EXPECT_EQ(seat.account, people.at(ref.as_string()));
        }
    }
}

TEST_F(Draw, CountsWhatTheChecksSaid) {
    add_commitments(add_matter("S-1"), 50);
    DrawId const id = revealed();
    EXPECT_EQ(json::canonical(public_view(id).at("outcomes")),
              R"([{"cannot_verify":0,"consistent":0,"drawn":5,"inconsistent":0,"non_cooperation":0,"open":5,)"
              R"("set_aside":0,"stratum":"all"}])");
    admin().command(
        "update verification_task set state = 'closed', result = 'consistent', closed_at = now() "
        "where task_id in (select task_id from draw_object order by place limit 2)");
    admin().command(
        "update verification_task set state = 'cancelled', closed_at = now() "
        "where task_id in (select task_id from draw_object order by place desc limit 1)");
    EXPECT_EQ(json::canonical(public_view(id).at("outcomes")),
              R"([{"cannot_verify":0,"consistent":2,"drawn":5,"inconsistent":0,"non_cooperation":0,"open":2,)"
              R"("set_aside":1,"stratum":"all"}])");
}

TEST_F(Draw, NobodyIsDrawnTwiceOrWhileBeingChecked) {
    MatterId const matter = add_matter("S-1");
    add_commitments(matter, 20);
    admin().command("update commitment set state = 'withdrawn' where leaf_index = 1");
    admin().command("update commitment set coverage = 'complaint_driven' where leaf_index = 2");
    admin().command(
        "update commitment set accepted_at = accepted_at - interval '2 days' where leaf_index = 3");
    domain::DrawRequest request = simple_request();
    request.strata[0].minimum = 7;
    request.accepted_from = china_date(clock.now());
    DrawId const first = revealed(request);
    EXPECT_THAT(objects_in(first), SizeIs(17));
    std::set<std::string> drawn;
    for (auto const& object : store::objects_of(db(), first)) drawn.insert(object.object);
    EXPECT_THAT(drawn, SizeIs(7));

    DrawId const second = committed(simple_request());
    EXPECT_THAT(objects_in(second), SizeIs(11)) << "the ten that were not drawn, and the older one";
    for (auto const& object : objects_in(second)) EXPECT_FALSE(drawn.contains(object[1])) << object[1];
}

TEST_F(Draw, BarsWhoFiledItWhoDeclaredItAndTheOwnAgency) {
    MatterId const matter = add_matter("S-1");
    add_commitments(matter, 3, "sampled", 1000, "clerk");  // who is a verifier as well
    add_commitments(matter, 2, "sampled", 2000, "verifier2");
    Json const relative = domain::parse_json(R"({"kind": "relative", "note": "兄弟",
        "document": {"type": "citizen_id", "number": "11010519491231002X"}})")
                              .value();
    await(conflicts->declare(as("verifier"), fresh_key(), relative)).value();
    auto const index =
        vault->committer_index(domain::IdentityDocument::parse(domain::DocumentType::citizen_id,
                                                               "11010519491231002X", china_date(clock.now()))
                                   .value());
    static constexpr db::BinaryQuery name_one{
        "test.name_one", "update commitment set committer_index = $1 where leaf_index = 5"};
    admin().exec(name_one, db::Params(index));

    DrawId const id = committed();
    auto const objects = objects_in(id);
    ASSERT_THAT(objects, SizeIs(5));
    auto barred = [&](std::size_t n) {
        return std::set<std::string>(objects[n].begin() + 4, objects[n].end());
    };
    std::set<std::string> const clerk{ref_of(id, account("clerk"))};
    for (std::size_t const n : {0U, 1U, 2U}) EXPECT_EQ(barred(n), clerk);
    EXPECT_EQ(barred(3), std::set{ref_of(id, account("verifier2"))});
    EXPECT_EQ(barred(4), (std::set{ref_of(id, account("verifier2")), ref_of(id, account("verifier"))}));

    // Ended, it bars nobody from the next pool; and nobody but who declared it may end it.
    Json const mine = await(conflicts->list(as("verifier"), {}, 10)).value().items.at(0);
    EXPECT_EQ(mine.at("note").as_string(), "兄弟");
    auto const conflict = ConflictId::parse(mine.at("conflict_id").as_string()).value();
    EXPECT_EQ(said(await(conflicts->end(as("verifier2"), conflict))), "not-found");
    EXPECT_EQ(await(conflicts->end(as("verifier"), conflict)).value().at("ended_at").as_string(),
              to_rfc3339(clock.now()));
    DrawId const next = committed();
    EXPECT_THAT(objects_in(next)[4], SizeIs(5));

    domain::DrawRequest forbidden = simple_request();
    forbidden.forbid_own_organisation = true;
    DrawId const strict = committed(forbidden);
    for (auto const& object : objects_in(strict))
        EXPECT_THAT(object, SizeIs(4 + people())) << "all are of it";
}

TEST_F(Draw, OnlyTheVerifyingUnitChecksUnlessUnitsAreNamed) {
    add_commitments(add_matter("S-1"), 2);
    auto const stranger_unit = as("stranger").who->organisation;
    add_commitments(add_matter("S-2", [&](auto& policy) { policy.unit_uscc = "11110105000000027U"; }), 1);
    domain::DrawRequest request = simple_request();
    request.strata[0].matters = {"S-1", "S-2"};
    DrawId const id = committed(request);
    std::string const stranger = ref_of(id, account("stranger"));
    auto const objects = objects_in(id);
    ASSERT_THAT(objects, SizeIs(3));
    EXPECT_EQ(std::ranges::count(objects[0], stranger), 1);
    EXPECT_EQ(std::ranges::count(objects[2], stranger), 0);
    EXPECT_THAT(objects[2], SizeIs(4 + people()));
    EXPECT_NE(stranger_unit, agency());

    request.units = {"111101050000000191", "11110105000000027U"};
    DrawId const free = committed(request);
    EXPECT_THAT(objects_in(free)[2], SizeIs(4 + 1)) << "only who filed it is barred";

    // Whom chance sends to another unit's check may work on it; nobody else of their unit sees it.
    request.strata[0].minimum = 3;
    request.inspectors_per_object = static_cast<int>(people());
    for (auto const& object : store::objects_of(db(), revealed(request)))
        EXPECT_EQ(said(await(verifications->task(as("stranger"), object.task.value()))), "ok");
    EXPECT_EQ(said(await(verifications->task(as("stranger"), file_commitment().task))), "not-found");
}

TEST_F(Draw, WeighsByThePolicyAndNothingElse) {
    MatterId const matter = add_matter("S-1", [](domain::VerificationPlan& policy) {
        policy.coverage = domain::Coverage::risk_weighted;
        policy.weights = {.earlier_breach = 8, .first_time = 3};
    });
    add_commitments(matter, 1, "risk_weighted", 1);  // a first time
    add_commitments(matter, 1, "risk_weighted", 7);  // the same committer twice
    add_commitments(matter, 1, "risk_weighted", 7);
    add_commitments(matter, 1, "risk_weighted", 9);  // with a breach under another matter
    add_commitments(add_matter("S-2"), 1, "sampled", 9);
    admin().command("update commitment set state = 'breached' where leaf_index = 5");
    DrawId const id = committed();
    std::vector<std::string> weights;
    for (auto const& object : objects_in(id)) weights.push_back(object[3]);
    EXPECT_THAT(weights, ElementsAre("3", "1", "1", "8"));
}

TEST_F(Draw, IsOfItsSupervisorsTreeAndListedForEverybody) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = committed();
    EXPECT_EQ(said(await(draws->draw(as("stranger"), id))), "not-found");
    EXPECT_EQ(said(await(draws->give_public_input(as("stranger"), id, dice()))), "not-found");
    EXPECT_THAT(await(draws->list(as("stranger"), {}, 10)).value().items, IsEmpty());
    Json const own = await(draws->draw(as("supervisor"), id)).value();
    EXPECT_EQ(own.at("created_by").as_string(), account("supervisor").text());
    EXPECT_EQ(await(draws->list(as("supervisor"), {}, 10)).value().items.at(0).at("draw_id"),
              own.at("draw_id"));

    auto list = await(public_draws->list({}, 10, as("clerk").deadline)).value().items;
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_FALSE(list[0].at("overdue").as_bool());
    // Who does not reveal is seen not to.
    clock.advance(24h);
    list = await(public_draws->list({}, 10, as("clerk").deadline)).value().items;
    EXPECT_TRUE(list[0].at("overdue").as_bool());
    EXPECT_THAT(await(public_draws->list(id, 10, as("clerk").deadline)).value().items, IsEmpty());
    std::string const shown = json::write(public_view(id));
    EXPECT_EQ(shown.find(account("supervisor").text()), std::string::npos) << "no account in public";
}

TEST_F(Draw, WithABeaconBesideTheDice) {
    add_commitments(add_matter("S-1"), 20);
    domain::DrawRequest request = simple_request();
    request.public_input = {.dice = 4, .beacon = domain::PublicInputPlan::Beacon{"drand.example", 4711}};
    DrawId const id = committed(request);
    EXPECT_EQ(said(give(id, {{1, 2, 3, 4}, {}})), "invalid /beacon");
    EXPECT_EQ(said(give(id, {{1, 2, 3}, "00ff"})), "invalid /dice");
    EXPECT_EQ(give(id, {{1, 2, 3, 4}, "00ff"}).value().at("public_input").as_string(),
              "dice=1,2,3,4;beacon=drand.example:4711:00ff");
    EXPECT_EQ(round(), 1u);
    place_leaves();
    replayed(id);
}

}  // namespace
}  // namespace sponsio::testing

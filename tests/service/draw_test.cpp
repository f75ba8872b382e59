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
    EXPECT_EQ(view.at("pool").at("digest_sha256").as_string(), to_hex(crypto::sha256(as_bytes(list(id)))));
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
        EXPECT_EQ(result[i].at("object").as_string(), to_hex(objects[i].lot.value()));
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
            auto const& seen = result[i].at("inspectors").at(static_cast<std::size_t>(seat.seat) - 1);
            EXPECT_NE(seat.ref, seen.as_string()) << "nobody is called so beside two objects";
            EXPECT_EQ(seat.ref, behind(id, objects[i], *draw::InspectorRef::parse(seen.as_string())));
            EXPECT_EQ(seat.account, people.at(seat.ref.value()));
        }
    }
}

TEST_F(Draw, CountsWhatTheChecksSaidAndTellsThePublicOnlyOfMany) {
    add_commitments(add_matter("S-1"), 50);
    add_commitments(add_matter("S-2"), 50);
    domain::DrawRequest request = simple_request();
    request.strata = {{.name = "many", .matters = {"S-1"}, .ratio = {}, .minimum = 12},
                      {.name = "few", .matters = {"S-2"}, .ratio = {}, .minimum = 9}};
    DrawId const id = revealed(request);
    auto const counted = [&] {
        return json::canonical(await(draws->draw(as("supervisor"), id)).value().at("outcomes").at(0));
    };
    EXPECT_EQ(counted(),
              R"({"cannot_verify":0,"consistent":0,"drawn":12,"inconsistent":0,"non_cooperation":0,)"
              R"("open":12,"set_aside":0,"stratum":"many"})");
    admin().command(
        "update verification_task set state = 'closed', result = 'consistent', closed_at = now() "
        "where task_id in (select task_id from draw_object order by place limit 2)");
    EXPECT_EQ(counted(),
              R"({"cannot_verify":0,"consistent":2,"drawn":12,"inconsistent":0,"non_cooperation":0,)"
              R"("open":10,"set_aside":0,"stratum":"many"})");
    EXPECT_THAT(public_view(id).at("outcomes").as_array(), IsEmpty())
        << "whoever looks twice sees whose it was";
    admin().command(
        "update verification_task set state = 'cancelled', closed_at = now() "
        "where task_id in (select task_id from draw_object order by place desc limit 1)");
    admin().command(
        "update verification_task set state = 'closed', result = 'inconsistent', closed_at = now() "
        "where closed_at is null");
    EXPECT_EQ(
        json::canonical(public_view(id).at("outcomes")),
        R"([{"cannot_verify":0,"consistent":2,"drawn":12,"inconsistent":10,"non_cooperation":0,"open":0,)"
        R"("set_aside":0,"stratum":"many"}])")
        << "of nine nothing is told";
}

TEST_F(Draw, WhatIsPublishedDependsOnNobody) {
    MatterId const matter = add_matter("S-1", [](domain::VerificationPlan& policy) {
        policy.coverage = domain::Coverage::risk_weighted;
        policy.weights = {.earlier_breach = 8, .first_time = 2};
    });
    add_commitments(matter, 30, "risk_weighted");
    add_commitments(add_matter("S-2"), 1, "sampled", 7);
    admin().command("update commitment set state = 'breached' where leaf_index = 31");
    DrawId const id = revealed();
    EXPECT_THAT(objects_in(id)[6], ElementsAre("object", "1/7", "all", "8", ::testing::_))
        << "in the full pool";
    std::string const published = list(id) +
                                  await(public_draws->statement(id, as("clerk").deadline)).value() +
                                  json::write(public_view(id));
    // A head of counts, and lots in an order of their own.
    std::istringstream lines(list(id));
    std::vector<std::string> lots;
    for (std::string line; std::getline(lines, line);)
        if (line.find(' ') == std::string::npos && line.size() == 64) lots.push_back(line);
    EXPECT_THAT(lots, SizeIs(29 * 2 + 8));
    EXPECT_TRUE(std::ranges::is_sorted(lots));
    EXPECT_NE(list(id).find("weight 2 29\nweight 8 1\nstratum all 30 66 "), std::string::npos);
    for (auto const& inspector : store::draw_inspectors(db(), id))
        EXPECT_EQ(published.find(inspector.ref), std::string::npos);
    EXPECT_EQ(published.find("\"1/"), std::string::npos) << "nor a place in the log, which has a time";
    EXPECT_EQ(published.find("object 1/"), std::string::npos);
}

TEST_F(Draw, TheReceiptOpensWhatThePoolHoldsOfItsCommitment) {
    add_commitments(add_matter("S-1"), 40);
    DrawId const id = committed();
    domain::OpeningRequest request{.shard = 1, .leaf = 17, .content = "x"};
    auto const opened = [&] { return await(public_draws->opening(id, request, as("clerk").deadline)); };
    EXPECT_EQ(said(opened()), "not-found") << "there is no result yet";
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    Json const view = opened().value();
    EXPECT_EQ(view.at("object").as_string(), "1/17");
    auto const opening = draw::Opening::parse(view.at("opening").as_string()).value();
    EXPECT_EQ(opening.weight, 1u);
    EXPECT_EQ(opening.barred, std::vector{*draw::InspectorRef::parse(ref_of(id, account("clerk")))});
    EXPECT_EQ(view.at("lots").at(0).as_string(), to_hex(opening.root()));
    draw::Statement const told = statement(id).said;
    draw::ListDrawing drawing({told.seed, told.pool_digest, told.public_input}, told.repeats, opening);
    EXPECT_TRUE(drawing.feed(list(id)));
    EXPECT_TRUE(drawing.finish());
    for (std::int64_t const leaf : {1, 40}) {
        request.leaf = leaf;
        EXPECT_EQ(opened().value().at("object").as_string(), "1/" + std::to_string(leaf));
    }
    request.leaf = 41;
    EXPECT_EQ(said(opened()), "not-found");
    request = {.shard = 1, .leaf = 17, .content = "y"};
    EXPECT_EQ(said(opened()), "not-found") << "who has not the receipt";
    // What was filed later is in no pool of before.
    add_commitments(add_matter("S-2"), 1);
    request = {.shard = 1, .leaf = 41, .content = "x"};
    EXPECT_EQ(said(opened()), "not-found");
}

TEST_F(Draw, OnlyTheTreeReadsTheFullPool) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = committed();
    EXPECT_EQ(said(await(draws->full_pool(as("supervisor"), id))), "not-found") << "before the result";
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();
    EXPECT_EQ(await(draws->full_pool(as("supervisor"), id)).value(), crypto::sha256(as_bytes(pool(id))));
    EXPECT_EQ(said(await(draws->full_pool(as("stranger"), id))), "not-found");
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

    DrawId const second = committed(simple_request());  // over all days, of which the first had one
    EXPECT_THAT(objects_in(second), SizeIs(11)) << "the ten that were not drawn, and the older one";
    for (auto const& object : objects_in(second)) EXPECT_FALSE(drawn.contains(object[1])) << object[1];
}

TEST_F(Draw, BarsWhoFiledItWhoDeclaredItAndTheOwnAgency) {
    MatterId const matter = add_matter("S-1");
    add_commitments(matter, 3, "sampled", 1000, "clerk");  // who is a verifier as well
    add_commitments(matter, 2, "sampled", 2000, "verifier2");
    add_commitments(matter, 5, "sampled", 3000, "clerk");
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
    ASSERT_THAT(objects, SizeIs(10));
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
    forget(id);
    DrawId const next = committed();
    EXPECT_THAT(objects_in(next)[4], SizeIs(5));
    forget(next);

    domain::DrawRequest forbidden = simple_request();
    forbidden.forbid_own_organisation = true;
    DrawId const strict = committed(forbidden);
    for (auto const& object : objects_in(strict))
        EXPECT_THAT(object, SizeIs(4 + people())) << "all are of it";
}

TEST_F(Draw, OnlyTheVerifyingUnitChecksUnlessUnitsAreNamed) {
    add_commitments(add_matter("S-1"), 2);
    add_commitments(add_matter("S-3"), 8);
    auto const stranger_unit = as("stranger").who->organisation;
    add_commitments(add_matter("S-2", [&](auto& policy) { policy.unit_uscc = "11110105000000027U"; }), 1);
    domain::DrawRequest request = simple_request();
    request.strata[0].matters = {"S-1", "S-2", "S-3"};
    DrawId const id = committed(request);
    std::string const stranger = ref_of(id, account("stranger"));
    auto const objects = objects_in(id);
    ASSERT_THAT(objects, SizeIs(11));
    EXPECT_EQ(std::ranges::count(objects[0], stranger), 1);
    EXPECT_EQ(std::ranges::count(objects[10], stranger), 0);
    EXPECT_THAT(objects[10], SizeIs(4 + people()));
    EXPECT_NE(stranger_unit, agency());

    request.units = {"111101050000000191", "11110105000000027U"};
    forget(id);
    DrawId const free = committed(request);
    EXPECT_THAT(objects_in(free)[10], SizeIs(4 + 1)) << "only who filed it is barred";
    forget(free);

    // Whom chance sends to another unit's check may work on it; nobody else of their unit sees it.
    request.strata[0].minimum = 11;
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
    for (int i = 0; i != 6; ++i) add_commitments(matter, 1, "risk_weighted", 7);
    admin().command("update commitment set state = 'breached' where leaf_index = 5");
    DrawId const id = committed();
    std::vector<std::string> weights;
    for (auto const& object : objects_in(id)) weights.push_back(object[3]);
    EXPECT_THAT(weights, ElementsAre("3", "1", "1", "8", "1", "1", "1", "1", "1", "1"));
}

TEST_F(Draw, IsOfItsSupervisorsTreeAndListedForEverybody) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = committed();
    EXPECT_EQ(said(await(draws->draw(as("stranger"), id))), "not-found");
    EXPECT_EQ(said(await(draws->give_public_input(as("stranger"), id, thrown()))), "not-found");
    EXPECT_EQ(said(await(draws->give_public_input(as("supervisor"), id, thrown()))), "same-person");
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

TEST_F(Draw, WithASignedBeaconBesideTheDice) {
    add_commitments(add_matter("S-1"), 20);
    domain::DrawRequest request = simple_request();
    request.public_input = {.dice = 4, .beacon = domain::PublicInputPlan::Beacon{"drand.example", 4711}};
    EXPECT_EQ(said(try_hold(request)), "invalid /public_input/beacon/source") << "whose key nobody knows";
    request.public_input.beacon->source = "beacon.example";
    DrawId const id = committed(request);
    EXPECT_EQ(public_view(id).at("promised_input").at("beacon").at("vkey").as_string(),
              beacons().begin()->second.vkey());
    domain::PublicInput input = thrown({1, 2, 3, 4});
    EXPECT_EQ(said(give(id, input)), "invalid /beacon");
    auto const with = [&](std::string note) {
        input.beacon = std::move(note);
        return said(give(id, input));
    };
    clock.advance(1h);
    EXPECT_EQ(with("00ff"), "invalid /beacon/note");
    EXPECT_EQ(with(beacon_note(4712, "00ff", clock.now())), "invalid /beacon/note") << "another round";
    EXPECT_EQ(with(beacon_note(4711, "00FF", clock.now())), "invalid /beacon/note");
    EXPECT_EQ(with(beacon_note(4711, "00ff", clock.now() - 2h)), "invalid /beacon/note")
        << "known before the draw was committed to";
    std::string const good = beacon_note(4711, "00ff", clock.now());
    std::string forged = good;
    forged.replace(forged.find("00ff"), 4, "00fe");
    EXPECT_EQ(with(forged), "invalid /beacon/note");
    EXPECT_EQ(with(good), "ok");
    EXPECT_EQ(public_view(id).at("public_input").as_string(), "dice=1,2,3,4;beacon=beacon.example:4711:00ff");
    EXPECT_EQ(round(), 1u);
    place_leaves();
    draw::StatementFile const file = replayed(id);
    EXPECT_EQ(file.said.beacon_note, good);
    EXPECT_NE(file.said.committed_leaf.content.find(file.said.beacon_key), std::string::npos)
        << "the key was named before the value was known";
}

TEST_F(Draw, DiceHaveAPaperAndSomebodyWhoSawThem) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = committed();
    domain::PublicInput input = thrown();
    input.thrown->witness = account("supervisor");
    EXPECT_EQ(said(give(id, input)), "same-person /witness") << "who held the draw";
    input.thrown->witness = thrower().who->account;
    EXPECT_EQ(said(give(id, input)), "same-person /witness") << "who enters the dice";
    input.thrown->witness = AccountId{Uuid{}};
    EXPECT_EQ(said(give(id, input)), "invalid /witness");
    EXPECT_EQ(said(give(id)), "ok");
    EXPECT_EQ(await(draws->draw(as("supervisor"), id)).value().at("witness").as_string(),
              account("reviewer").text());
    EXPECT_EQ(round(), 1u);
    place_leaves();
    EXPECT_EQ(replayed(id).said.protocol, std::string(64, 'a'));
    std::string const shown = json::write(public_view(id));
    EXPECT_EQ(shown.find(account("reviewer").text()), std::string::npos)
        << "the public sees the paper's digest";
}

}  // namespace
}  // namespace sponsio::testing

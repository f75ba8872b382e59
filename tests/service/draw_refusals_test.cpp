#include "server/api/draws.hpp"
#include "server/api/public_draws.hpp"
#include "server/http/router.hpp"
#include "tests/service/draw_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class DrawRefusals : public DrawWorld {
  protected:
    std::string refused(domain::DrawRequest const& request) {
        auto const outcome = try_hold(request);
        EXPECT_EQ(all_draws(), 0);
        return said(outcome);
    }

    std::int64_t all_draws() {
        static constexpr db::BinaryQuery query{"test.draws", "select count(*) from draw"};
        return db().exec(query)[0].get<std::int64_t>(0);
    }

    /// The constraint that refused a statement of the server's own role.
    std::string constraint_of(std::string const& sql) {
        try {
            db::Tx tx(db());
            db().command(sql);
            tx.commit();
        } catch (db::DbError const& error) {
            return error.constraint().empty() ? error.sqlstate() : error.constraint();
        }
        return "done";
    }
};

TEST_F(DrawRefusals, ARatioOutsideTheRulesOrBelowThePolicy) {
    add_commitments(add_matter("S-1"), 20);
    domain::DrawRequest request = simple_request();
    for (auto const& ratio : {domain::Ratio{1, 4}, domain::Ratio{1, 100}, domain::Ratio{9, 100}}) {
        request.strata[0].ratio = ratio;
        EXPECT_EQ(refused(request), "ratio-out-of-bounds /strata/0/ratio") << ratio.numerator;
    }
    EXPECT_THAT(refusals(agency().text()), SizeIs(3));
    EXPECT_THAT(refusals(agency().text())[0], ::testing::StartsWith("ratio-out-of-bounds: "));
    // A key matter has no cap, and a higher floor.
    add_commitments(
        add_matter("S-2",
                   [](domain::VerificationPlan& policy) { policy.matter_class = domain::MatterClass::key; }),
        20);
    request.strata[0] = {.name = "key", .matters = {"S-2"}, .ratio = domain::Ratio{9, 100}};
    EXPECT_EQ(refused(request), "ratio-out-of-bounds /strata/0/ratio");
    request.strata[0].ratio = domain::Ratio{1, 1};
    EXPECT_EQ(said(try_hold(request)), "ok");
}

TEST_F(DrawRefusals, AnEmptyPool) {
    MatterId const matter = add_matter("S-1");
    EXPECT_EQ(refused(simple_request()), "empty-pool");
    add_commitments(matter, 10);
    domain::DrawRequest request = simple_request();
    request.accepted_to = china_date(clock.now() - 24h);
    EXPECT_EQ(refused(request), "empty-pool");
    EXPECT_THAT(refusals(agency().text()), SizeIs(2));

    // Emptied between the request and the background.
    DrawId const id = hold(simple_request());
    admin().command("update commitment set state = 'withdrawn'");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "empty_pool");
    place_leaves();
    EXPECT_TRUE(public_view(id).at("pool").is_null());
    EXPECT_TRUE(public_view(id).at("committed_leaf").is_null()) << "the leaf that there is says void";
    EXPECT_EQ(said(give(id)), "wrong-step");
}

TEST_F(DrawRefusals, TooFewInspectors) {
    add_commitments(add_matter("S-1"), 20);
    domain::DrawRequest request = simple_request();
    request.inspectors_per_object = static_cast<int>(people()) + 1;
    EXPECT_EQ(refused(request), "too-few-inspectors");
    EXPECT_THAT(refusals(agency().text()), ElementsAre(::testing::StartsWith("too-few-inspectors: ")));
    request.inspectors_per_object = static_cast<int>(people());
    DrawId const id = hold(request);
    admin().command("update account set closed_at = now() where login = 'verifier2'");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "too_few_inspectors");
    EXPECT_THAT(store::draw_inspectors(db(), id), IsEmpty());
}

TEST_F(DrawRefusals, WhatARequestNames) {
    add_commitments(add_matter("S-1"), 20);
    add_commitments(add_matter("S-2",
                               [](domain::VerificationPlan& policy) {
                                   policy.mode = domain::VerifyMode::on_site;
                                   policy.inspectors = 2;
                               }),
                    20);
    domain::DrawRequest request = simple_request();
    request.strata.push_back({.name = "b", .matters = {"S-1", "NONE"}, .ratio = {}});
    EXPECT_EQ(refused(request), "invalid /strata/1/matters/0 /strata/1/matters/1");
    request = simple_request();
    request.strata[0].matters = {"GZF-1"};
    EXPECT_EQ(refused(request), "invalid /strata/0/ratio") << "whose commitments are all checked anyhow";
    request = simple_request();
    request.units = {"11110105000000027U"};
    EXPECT_EQ(refused(request), "invalid /inspectors/units/0") << "another authority's people";
    request = simple_request();
    request.strata[0].matters = {"S-2"};
    EXPECT_EQ(refused(request), "invalid /inspectors_per_object") << "two go on site";
    request.inspectors_per_object = 2;
    rules->become(
        rules_with(region_pack(as("clerk").who->region_code, number_rule("verify.officers", 3))).value());
    EXPECT_EQ(refused(request), "invalid /inspectors_per_object") << "three, says the pack of the region";
    EXPECT_EQ(said(await(draws->create(as("stranger"), fresh_key(), simple_request()))),
              "invalid /strata/0/matters/0");
    EXPECT_THAT(refusals(agency().text()), IsEmpty()) << "a slip of the pen is no attempt";
}

TEST_F(DrawRefusals, PublicInputBeforeTheCommitmentIsInTheLogOrTwice) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = hold(simple_request());
    EXPECT_EQ(said(give(id)), "wrong-step");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(said(give(id)), "wrong-step") << "the leaf has no place yet";
    EXPECT_EQ(state(id), "committed");
    place_leaves();
    EXPECT_EQ(said(give(id, thrown({1, 2, 3}))), "invalid /dice");
    EXPECT_EQ(said(give(id, {})), "invalid /dice");
    domain::PublicInput more = thrown();
    more.beacon = "00";
    EXPECT_EQ(said(give(id, more)), "invalid /beacon");
    EXPECT_EQ(said(give(id)), "ok");
    EXPECT_EQ(said(give(id, thrown({6, 6, 6, 6, 6, 6, 6, 6}))), "wrong-step");
    EXPECT_EQ(public_view(id).at("public_input").as_string(), "dice=3,5,1,6,2,2,4,1");
    EXPECT_THAT(refusals(id.text()), SizeIs(3));
    auto const history = store::history(db(), id.text());
    EXPECT_EQ(history.back().actor, thrower().who->account);
    EXPECT_EQ(history.back().from, "input_given");
}

TEST_F(DrawRefusals, AStratumOfFewObjects) {
    add_commitments(add_matter("S-1"), 9);
    add_commitments(add_matter("S-2"), 30);
    domain::DrawRequest request = simple_request();
    request.strata.push_back({.name = "b", .matters = {"S-2"}, .ratio = {}});
    auto const outcome = try_hold(request);
    EXPECT_EQ(said(outcome), "invalid /strata/0");
    EXPECT_EQ(outcome.error().fields[0].wanted.min, 10);
    EXPECT_EQ(refused(simple_request()), "invalid /strata/0");
    request.strata = {{.name = "both", .matters = {"S-1", "S-2"}, .ratio = {}}};
    DrawId const id = hold(request);
    // They became few between the request and the background.
    admin().command("update commitment set state = 'withdrawn' where leaf_index > 9");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "pool_too_small");
    EXPECT_EQ(pool(id), "");
    EXPECT_EQ(list(id), "");
    EXPECT_EQ(said(try_hold(simple_request())), "invalid /strata/0") << "the matters are free again";
}

TEST_F(DrawRefusals, ASecondDrawOverTheSameMatterAndDays) {
    add_commitments(add_matter("S-1"), 20);
    add_commitments(add_matter("S-2"), 20);
    Date const today = china_date(clock.now());
    domain::DrawRequest request = simple_request();
    request.accepted_from = request.accepted_to = today;
    DrawId const id = hold(request);
    EXPECT_EQ(said(try_hold(request)), "conflict /strata/0/matters/0");
    EXPECT_EQ(said(try_hold(simple_request())), "conflict /strata/0/matters/0") << "all days hold that one";
    domain::DrawRequest both = simple_request();
    both.strata[0].matters = {"S-2", "S-1"};
    EXPECT_EQ(said(try_hold(both)), "conflict /strata/0/matters/1");
    both.strata[0].matters = {"S-2"};
    EXPECT_EQ(said(try_hold(both)), "ok") << "nothing of the refused one was kept";
    EXPECT_THAT(refusals(agency().text()), SizeIs(3));
    EXPECT_EQ(constraint_of("update draw_span set open = false"), "draw_span_stays") << "before its end";

    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(round(), 1u);
    place_leaves();
    give(id).value();
    EXPECT_EQ(said(try_hold(request)), "conflict /strata/0/matters/0");
    EXPECT_EQ(round(), 1u);
    EXPECT_EQ(said(try_hold(request)), "ok") << "it is revealed";
    EXPECT_EQ(constraint_of("update draw_span set open = true where not open"), "draw_span_stays");
}

TEST_F(DrawRefusals, ALapsedDrawLocksItsMattersUntilASecondPersonAcceptsWhy) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = committed();
    auto const explain = [&](auto const& caller) {
        return said(await(explanations->explain(caller, fresh_key(), id, "停电")));
    };
    auto const decide = [&](auto const& caller, bool accepted) {
        return said(await(explanations->decide(caller, id, {accepted, "属实"})));
    };
    auto const third = by(another_supervisor("third"));
    EXPECT_EQ(explain(as("supervisor")), "too-early");
    EXPECT_EQ(explain(as("stranger")), "not-found");
    clock.advance(24h);
    EXPECT_EQ(said(try_hold(simple_request())), "conflict /strata/0/matters/0");
    EXPECT_EQ(decide(third, true), "wrong-step") << "nobody has explained it";
    EXPECT_EQ(explain(thrower()), "ok");
    EXPECT_EQ(explain(third), "conflict") << "one waits";
    EXPECT_EQ(decide(thrower(), true), "same-person") << "who explained it";
    EXPECT_EQ(decide(as("supervisor"), true), "same-person") << "who held it";
    EXPECT_EQ(decide(third, false), "ok");
    EXPECT_EQ(state(id), "committed");
    EXPECT_EQ(said(try_hold(simple_request())), "conflict /strata/0/matters/0");
    EXPECT_EQ(explain(as("supervisor")), "ok");
    Json const view = await(draws->draw(as("supervisor"), id)).value();
    EXPECT_EQ(view.at("explanation").at("why").as_string(), "停电");
    EXPECT_EQ(decide(third, true), "ok");
    EXPECT_EQ(public_view(id).at("void_why").as_string(), "lapsed");
    EXPECT_THAT(moves(id.text()).back(), "committed>void");
    EXPECT_EQ(explain(as("supervisor")), "wrong-step");
    EXPECT_EQ(said(give(id)), "wrong-step");
    EXPECT_EQ(constraint_of("update draw_explanation set decided_by = asked_by"),
              "draw_explanation_second_person");
    DrawId const next = committed();
    EXPECT_EQ(constraint_of(
                  "update draw set state = 'input_given', public_input = 'x', input_at = now(), input_by = "
                  "created_by where draw_id = '" +
                  next.text() + "'"),
              "draw_second_giver");
}

TEST_F(DrawRefusals, TheDatabaseKeepsWhatWasFixed) {
    add_commitments(add_matter("S-1"), 20);
    DrawId const id = revealed();
    EXPECT_EQ(constraint_of("update draw set public_input = 'dice=1,1,1,1'"), "draw_stays");
    EXPECT_EQ(constraint_of("update draw set pool_digest = sha256('')"), "draw_stays");
    EXPECT_EQ(constraint_of("update draw set seed = sha256('')"), "draw_stays");
    EXPECT_EQ(constraint_of("update draw set full_digest = sha256('')"), "draw_stays");
    EXPECT_EQ(constraint_of("update draw set version = 1, full_digest = null"), "draw_stays");
    EXPECT_EQ(constraint_of("update draw set state = 'committed'"), "draw_stays");
    for (char const* sql :
         {"update draw_list_chunk set content = ''", "update draw_pool_chunk set content = ''",
          "delete from draw_pool_chunk", "update draw_inspector set ref = '0000000000000000'",
          "delete from draw_object", "update draw_statement set document = ''", "delete from draw_recusal",
          "delete from draw", "update inspector_conflict set subject_index = ''"})
        EXPECT_EQ(constraint_of(sql), "42501") << sql;
    EXPECT_EQ(state(id), "revealed");
}

TEST_F(DrawRefusals, BodiesAreReadStrictly) {
    auto read = [](std::string const& text) {
        return said(domain::decode(domain::parse_json(text).value(), domain::DrawRequest::read));
    };
    std::string const good = R"("title": {"en": "t", "zh": "标题"}, "inspectors_per_object": 2,
        "forbid_own_organisation": false, "reveal_within_hours": 24)";
    std::string const strata = R"("strata": [{"name": "a", "matters": ["S-1"]}])";
    std::string const input = R"("public_input": {"dice": 8})";
    EXPECT_EQ(read("{" + good + "," + strata + "," + input + "}"), "ok");
    EXPECT_EQ(read("{" + good + "," + strata + R"(, "public_input": {}})"), "invalid /public_input");
    EXPECT_EQ(read("{" + good + "," + strata + R"(, "public_input": {"dice": 3}})"),
              "invalid /public_input/dice");
    EXPECT_EQ(
        read("{" + good + "," + strata + R"(, "public_input": {"beacon": {"source": "Drand", "round": 1}}})"),
        "invalid /public_input/beacon/source");
    EXPECT_EQ(read("{" + good + R"(, "strata": [{"name": "A b", "matters": []}], )" + input + "}"),
              "invalid /strata/0/matters /strata/0/name");
    EXPECT_EQ(read("{" + good + R"(, "strata": [{"name": "a", "matters": ["x"], "ratio":
              {"numerator": 3, "denominator": 2}}, {"name": "a", "matters": ["y"]}], )" +
                   input + "}"),
              "invalid /strata/0/ratio/numerator /strata/1");
    auto given = [](std::string const& text) {
        return said(domain::decode(domain::parse_json(text).value(), domain::PublicInput::read));
    };
    EXPECT_EQ(given(R"({"dice": [1, 7, 0, "2"], "beacon": {"value": "0aff"}})"),
              "invalid /dice/1 /dice/2 /dice/3 /protocol_sha256 /witness /beacon/note /beacon/value");
    EXPECT_EQ(given(R"({"dice": [1], "protocol_sha256": ")" + std::string(64, 'G') +
                    R"(", "witness": "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"})"),
              "invalid /protocol_sha256");
    EXPECT_EQ(given(R"({"beacon": {"note": "0aff\n"}})"), "ok");
}

/// The public routes, as a connection calls them.
class DrawApi : public DrawWorld {
  protected:
    void SetUp() override {
        DrawWorld::SetUp();
        router_.add(api::public_draw_routes(*public_draws));
        router_.add(api::draw_routes(*draws, *explanations));
        router_.add(api::conflict_routes(*conflicts));
    }

    http::Response get(std::string const& target, std::string const& known = {}) {
        http::Request request;
        request.id_text.fill('0');
        request.method = http::Method::get;
        if (!request.target.assign(target)) throw std::invalid_argument(target);
        if (!known.empty()) request.headers.add("If-None-Match", known);
        request.deadline = as("clerk").deadline;
        request.language = http::Language::english;
        request.route = router_.find(request).route;
        if (request.route == nullptr) throw std::invalid_argument("no route for " + target);
        return await(request.route->handler(request));
    }

    static std::string header(http::Response const& response, std::string_view name) {
        for (auto const& field : response.headers)
            if (std::string_view(field.name) == name) return field.value;
        return {};
    }

    /// What a streamed answer comes to.
    static std::string streamed(http::Response const& response) {
        struct Collector final : http::BodyWriter {
            http::awaitable<bool> write(std::string_view piece) override {
                text += piece;
                co_return true;
            }

            bool keep(std::string_view piece) override {
                text += piece;
                return true;
            }

            std::string text;
        } all;

        await([&]() -> boost::asio::awaitable<bool> {
            co_await response.stream(all);
            co_return true;
        }());
        return all.text;
    }

    http::Router router_;
};

TEST_F(DrawApi, GivesTheStatementAndThePoolToEverybodyWithTheirETags) {
    add_commitments(add_matter("S-1"), 60'000);
    DrawId const id = committed();
    std::string const at = "/public/v1/draws/" + id.text();
    EXPECT_EQ(get(at + "/pool").status, 404u) << "only its digest before the result";
    give(id).value();
    EXPECT_EQ(round(), 1u);
    place_leaves();

    http::Response const pool = get(at + "/pool");
    EXPECT_EQ(pool.status, 200u);
    std::string const text = streamed(pool);
    EXPECT_GT(text.size(), std::size_t{1} << 20) << "more than one piece";
    EXPECT_EQ(public_view(id).at("pool").at("digest_sha256").as_string(),
              to_hex(crypto::sha256(as_bytes(text))));
    EXPECT_EQ(header(pool, "ETag").substr(1, 32),
              public_view(id).at("pool").at("digest_sha256").as_string().substr(0, 32));
    EXPECT_EQ(get(at + "/pool", header(pool, "ETag")).status, 304u);

    http::Response const statement = get(at + "/statement");
    EXPECT_EQ(draw::StatementFile::parse(*statement.shared).value().said.draw_id, id.text());
    EXPECT_EQ(get(at + "/statement", header(statement, "ETag")).status, 304u);
    EXPECT_EQ(header(statement, "Cache-Control"), "no-cache");
    Json const list = domain::parse_json(*get("/public/v1/draws?limit=1").shared).value();
    EXPECT_EQ(list.at("items").at(0).at("draw_id").as_string(), id.text());
    EXPECT_FALSE(list.at("next_cursor").is_null());
    EXPECT_THAT(domain::parse_json(*get(at).shared).value().at("outcomes").as_array(), IsEmpty());
    EXPECT_EQ(get("/public/v1/draws/" + DrawId{Uuid{}}.text()).status, 404u);
    EXPECT_EQ(get("/public/v1/draws?cursor=x").status, 422u);
}

}  // namespace
}  // namespace sponsio::testing

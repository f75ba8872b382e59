#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/records.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/grants.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using http::Request;
using http::Response;
using service::Disclose;
using service::RecordFeed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RecordFeedTest : public RecordFixture {
  protected:
    /// An account of another organisation with a grant over all records.
    service::Caller<domain::Official> integrator() {
        auto who = *as("stranger").who;
        who.roles = domain::Roles{Role::integrator};
        if (!grant_) grant_ = given_to(who.account);
        who.grants = {{*grant_, Role::integrator, domain::Purpose::sharing, {}}};
        return {std::make_shared<domain::Official const>(std::move(who)), soon()};
    }

    RecordFeed feed(service::Caller<domain::Official> caller, std::int64_t after = 0, int limit = 10,
                    std::optional<Disclose> disclose = {}) {
        return await(records->feed(std::move(caller), after, limit, disclose)).value();
    }

    static std::size_t disclosures_of(std::string const& token) {
        return crypto::sd_jwt_parse(token).value().disclosures.size();
    }

    FindingId issued() {
        FindingId const finding = effective();
        round();
        return finding;
    }

  private:
    /// What is read of people names the grant that allowed it.
    GrantId given_to(AccountId account) {
        auto const id = service::new_id<GrantId>(clock.now());
        service::insert_proven(db(), *vault,
                               store::GrantRow{.id = id,
                                               .account = account,
                                               .role = Role::integrator,
                                               .purpose = domain::Purpose::sharing,
                                               .scope = {},
                                               .region = {},
                                               .legal_basis = "公共信用信息共享目录",
                                               .from = clock.now(),
                                               .until = clock.now() + std::chrono::days{30},
                                               .given_by = {},
                                               .given_at = clock.now()});
        return id;
    }

    std::optional<GrantId> grant_;
};

TEST_F(RecordFeedTest, GoesOnFromWhereItWasLeft) {
    EXPECT_THAT(feed(integrator()).items, IsEmpty());
    EXPECT_FALSE(feed(integrator()).last);
    for (int i = 0; i != 5; ++i) issued();
    auto const first = feed(integrator(), 0, 3);
    ASSERT_EQ(first.items.size(), 3u);
    EXPECT_EQ(first.last, 3);
    auto const second = feed(integrator(), *first.last, 3);
    ASSERT_EQ(second.items.size(), 2u);
    EXPECT_EQ(second.items[0].position, 4);
    EXPECT_EQ(second.last, 5);
    EXPECT_FALSE(feed(integrator(), *second.last, 3).last);
    issued();
    EXPECT_EQ(feed(integrator(), *second.last, 3).items.at(0).position, 6);
}

TEST_F(RecordFeedTest, OthersSeeOnlyTheirOwn) {
    FindingId const finding = issued();
    EXPECT_EQ(feed(integrator()).items.size(), 1u);
    EXPECT_EQ(feed(as("supervisor")).items.size(), 1u);
    EXPECT_THAT(feed(as("stranger")).items, IsEmpty());
    RecordId const id = record_of(finding).id;
    EXPECT_EQ(said(await(records->one(as("stranger"), id, {}))), "not-found");
    EXPECT_EQ(said(await(records->one(integrator(), id, {}))), "ok");
    EXPECT_EQ(said(await(records->one(as("decider"), id, {}))), "ok");
    EXPECT_EQ(said(await(records->one(integrator(), RecordId{Uuid{}}, {}))), "not-found");
}

TEST_F(RecordFeedTest, DisclosesWhatTheReaderAsksFor) {
    issued();
    EXPECT_EQ(disclosures_of(feed(integrator()).items[0].sd_jwt), 4u);
    EXPECT_EQ(disclosures_of(feed(as("supervisor")).items[0].sd_jwt), 0u);
    std::string const none = feed(integrator(), 0, 1, Disclose::none).items[0].sd_jwt;
    std::string const subject = feed(as("supervisor"), 0, 1, Disclose::subject).items[0].sd_jwt;
    std::string const all = feed(as("supervisor"), 0, 1, Disclose::all).items[0].sd_jwt;
    EXPECT_EQ(disclosures_of(none), 0u);
    EXPECT_EQ(disclosures_of(all), 4u);
    EXPECT_TRUE(subject.starts_with(none) && all.starts_with(none));  // one signature
    domain::Json const shown(verified(subject));
    EXPECT_NE(shown.at_pointer("/subject/name"), nullptr);
    EXPECT_EQ(shown.at_pointer("/matter"), nullptr);
    EXPECT_EQ(domain::Json(verified(none)).at_pointer("/subject/document_number"), nullptr);
}

TEST_F(RecordFeedTest, GoesOnWithoutWhatWasErased) {
    issued();
    FindingId const second = issued();
    admin().command("update credit_record set wrapped_key = null, master_key_id = null where position = 1");
    auto const page = feed(integrator());
    ASSERT_EQ(page.items.size(), 1u);
    EXPECT_EQ(page.items[0].id, record_of(second).id);
    EXPECT_EQ(feed(integrator(), 0, 1).last, 1);  // nothing to show, and yet a place to go on from
}

TEST_F(RecordFeedTest, ShowsNothingThatWasAltered) {
    FindingId const finding = issued();
    RecordId const id = record_of(finding).id;
    admin().command("update credit_record set digest = sha256('x')");
    EXPECT_EQ(said(await(records->one(integrator(), id, {}))), "internal");
    EXPECT_EQ(said(await(records->feed(integrator(), 0, 10, {}))), "internal");
}

// --------------------------------------------------------------------------------------------- over HTTP
class RecordRoutes : public RecordFeedTest {
  protected:
    void SetUp() override {
        RecordFeedTest::SetUp();
        router.add(api::record_routes(*records));
        router.add(api::public_key_routes(
            {.jwks = [] { return std::string(R"({"keys":[]})"); },
             .sm2_pem = [](std::optional<std::string> const& kid) -> std::optional<std::string> {
                 if (kid == "unknown") return std::nullopt;
                 return "PEM " + kid.value_or("current");
             },
             .record_type = R"({"vct":"x"})",
             .issuer = R"({"issuer":"y"})"}));
    }

    using Headers = std::vector<std::pair<std::string, std::string>>;

    Response get(std::string const& target, service::Caller<domain::Official> const& caller,
                 Headers const& headers = {}) {
        Request request;
        request.method = http::Method::get;
        request.given_id = "test";
        if (!request.target.assign(target)) throw std::runtime_error("no target: " + target);
        for (auto const& [name, value] : headers) request.headers.add(name, value);
        request.attach(caller.who);
        request.deadline = caller.deadline;
        auto const match = router.find(request);
        if (!match.route) throw std::runtime_error("no route for " + target);
        request.route = match.route;
        return await(match.route->handler(request));
    }

    static std::string body_of(Response const& response) {
        return response.shared ? *response.shared : response.body;
    }

    static std::string header_of(Response const& response, std::string_view name) {
        for (auto const& header : response.headers)
            if (std::string_view(header.name) == name) return header.value;
        return {};
    }

    http::Router router;
};

TEST_F(RecordRoutes, TheFeedHasACursorAfterItsLastPage) {
    for (int i = 0; i != 3; ++i) issued();
    auto const first = domain::parse_json(body_of(get("/v1/records?limit=2", integrator()))).value();
    EXPECT_EQ(first.at("items").as_array().size(), 2u);
    std::string const cursor = first.at("next_cursor").as_string();
    auto const second =
        domain::parse_json(body_of(get("/v1/records?limit=2&cursor=" + cursor, integrator()))).value();
    EXPECT_EQ(second.at("items").as_array().size(), 1u);
    std::string const last = second.at("next_cursor").as_string();
    auto const third = domain::parse_json(body_of(get("/v1/records?cursor=" + last, integrator()))).value();
    EXPECT_TRUE(third.at("next_cursor").is_null());
    EXPECT_EQ(get("/v1/records?cursor=bm90IGEgbnVtYmVy", integrator()).status, 422u);
    EXPECT_EQ(get("/v1/records?disclose=everything", integrator()).status, 422u);
}

TEST_F(RecordRoutes, OneRecordComesInTheFormAskedFor) {
    FindingId const finding = issued();
    std::string const path = "/v1/records/" + record_of(finding).id.text();
    auto const json = get(path, integrator());
    EXPECT_EQ(std::string_view(json.content_type), "application/json");
    auto const token = domain::parse_json(json.body).value().at("sd_jwt").as_string();
    auto const raw = get(path, integrator(), {{"Accept", "application/dc+sd-jwt"}});
    EXPECT_EQ(raw.body, token);
    EXPECT_EQ(header_of(raw, "Vary"), "Accept");
    EXPECT_EQ(get(path, integrator(), {{"Accept", "text/html"}}).status, 406u);
    EXPECT_EQ(get("/v1/records/nonsense", integrator()).status, 404u);
    EXPECT_EQ(get(path, as("stranger")).status, 404u);
}

TEST_F(RecordRoutes, PublicKeysAreCached) {
    auto const first = get("/.well-known/jwks.json", integrator());
    EXPECT_EQ(body_of(first), R"({"keys":[]})");
    EXPECT_THAT(header_of(first, "Cache-Control"), HasSubstr("max-age="));
    std::string const etag = header_of(first, "ETag");
    EXPECT_EQ(get("/.well-known/jwks.json", integrator(), {{"If-None-Match", etag}}).status, 304u);
    EXPECT_EQ(get("/.well-known/jwks.json", integrator(), {{"If-None-Match", "\"x\", W/" + etag}}).status,
              304u);
    EXPECT_EQ(get("/.well-known/jwks.json", integrator(), {{"If-None-Match", "\"x\""}}).status, 200u);
    EXPECT_EQ(body_of(get("/.well-known/sm2-public.pem", integrator())), "PEM current");
    EXPECT_EQ(body_of(get("/.well-known/sm2-public.pem?kid=k1", integrator())), "PEM k1");
    EXPECT_EQ(get("/.well-known/sm2-public.pem?kid=unknown", integrator()).status, 404u);
    EXPECT_EQ(body_of(get("/.well-known/vct/false-commitment", integrator())), R"({"vct":"x"})");
    EXPECT_EQ(body_of(get("/.well-known/jwt-vc-issuer", integrator())), R"({"issuer":"y"})");
}

TEST(Accept, TakesTheFormThatIsLikedBest) {
    constexpr std::string_view offered[] = {"application/json", "application/dc+sd-jwt"};
    auto chosen = [&](std::string_view header) {
        return std::string(api::preferred(header, offered).value_or("none"));
    };
    EXPECT_EQ(chosen(""), "application/json");
    EXPECT_EQ(chosen("*/*"), "application/json");
    EXPECT_EQ(chosen("application/*"), "application/json");
    EXPECT_EQ(chosen("application/dc+sd-jwt"), "application/dc+sd-jwt");
    EXPECT_EQ(chosen("APPLICATION/DC+SD-JWT ; q=0.1"), "application/dc+sd-jwt");
    EXPECT_EQ(chosen("application/dc+sd-jwt, */*"), "application/dc+sd-jwt");
    EXPECT_EQ(chosen("application/json;q=0.5, application/dc+sd-jwt;q=0.6"), "application/dc+sd-jwt");
    EXPECT_EQ(chosen("application/json;q=0.55, application/dc+sd-jwt;q=0.5"), "application/json");
    EXPECT_EQ(chosen("application/json;q=0, */*"), "application/dc+sd-jwt");
    EXPECT_EQ(chosen("text/html"), "none");
    EXPECT_EQ(chosen("application/json;q=0.000"), "none");
    EXPECT_EQ(chosen(",, ;"), "none");
}

}  // namespace
}  // namespace sponsio::testing

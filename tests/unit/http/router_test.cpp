#include "server/http/router.hpp"

#include <gtest/gtest.h>

namespace sponsio::http {
namespace {

awaitable<Response> nothing(Request&) {
    co_return empty_response();
}

Router sample() {
    Router router;
    router.add({{Method::get, "/v1/matters", nothing},
                {Method::post, "/v1/matters", nothing},
                {Method::get, "/v1/matters/{code}", nothing},
                {Method::get, "/v1/matters/{code}/versions/{n}", nothing},
                {Method::get, "/v1/matters/search", nothing},
                {Method::del, "/v1/tokens/{token_id}", nothing},
                {Method::get, "/.well-known/jwks.json", nothing},
                {Method::get, "/log/{shard}/tile/{path...}", nothing},
                {Method::get, "/log/{shard}/{name}", nothing},
                {Method::get, "/log/{shard}/{name}/about", nothing}});
    return router;
}

struct Asked {
    Request request;
    Router::Match match;

    Asked(Router const& router, Method method, std::string_view target) {
        request.method = method;
        EXPECT_TRUE(request.target.assign(target));
        match = router.find(request);
        request.route = match.route;
    }
};

TEST(Router, FindsAndCaptures) {
    Router const router = sample();
    Asked const asked(router, Method::get, "/v1/matters/M-01/versions/3");
    ASSERT_TRUE(asked.match.route);
    EXPECT_EQ(asked.match.route->pattern, "/v1/matters/{code}/versions/{n}");
    EXPECT_EQ(asked.request.capture("code"), "M-01");
    EXPECT_EQ(asked.request.capture("n"), "3");
    EXPECT_THROW((void)asked.request.capture("absent"), std::logic_error);
}

TEST(Router, PrefersTheWrittenSegmentButComesBack) {
    Router const router = sample();
    EXPECT_EQ(Asked(router, Method::get, "/v1/matters/search").match.route->pattern, "/v1/matters/search");
    Asked const deeper(router, Method::get, "/v1/matters/search/versions/1");
    ASSERT_TRUE(deeper.match.route);
    EXPECT_EQ(deeper.request.capture("code"), "search");
}

TEST(Router, KnowsWhatIsNotThere) {
    Router const router = sample();
    for (char const* target :
         {"/", "/v1", "/v1/", "/v1/matters/", "/v1/matters/a/versions", "/v2/matters", "/V1/matters"}) {
        Asked const asked(router, Method::get, target);
        EXPECT_FALSE(asked.match.route) << target;
        EXPECT_EQ(asked.match.allow, "") << target;
    }
}

TEST(Router, GivesTheRestOfAPathAsItWasSent) {
    Router const router = sample();
    for (auto const& [target, rest] : {std::pair{"/log/7/tile/0", "0"},
                                       {"/log/7/tile/0/x001/234.p/5?a=/b", "0/x001/234.p/5"},
                                       {"/log/7/tile/0/%78001", "0/%78001"},
                                       {"https://host/log/7/tile/0/000/", "0/000/"}}) {
        Asked const asked(router, Method::get, target);
        ASSERT_TRUE(asked.match.route) << target;
        EXPECT_EQ(asked.match.route->pattern, "/log/{shard}/tile/{path...}");
        EXPECT_EQ(asked.request.capture("shard"), "7");
        EXPECT_EQ(asked.request.capture("path"), rest);
    }
}

TEST(Router, TakesTheRestOfAPathOnlyWhereNothingElseFits) {
    Router const router = sample();
    EXPECT_EQ(Asked(router, Method::get, "/log/7/tile").match.route->pattern, "/log/{shard}/{name}");
    EXPECT_EQ(Asked(router, Method::get, "/log/7/tile/about").match.route->pattern,
              "/log/{shard}/tile/{path...}");
    EXPECT_EQ(Asked(router, Method::get, "/log/7/title/about").match.route->pattern,
              "/log/{shard}/{name}/about");
    for (char const* target : {"/log/7/tile/", "/log/7/title/other"})
        EXPECT_FALSE(Asked(router, Method::get, target).match.route) << target;
    Asked const refused(router, Method::post, "/log/7/tile/0/000");
    EXPECT_FALSE(refused.match.route);
    EXPECT_EQ(refused.match.allow, "OPTIONS, GET, HEAD");
}

TEST(Router, NamesTheMethodsOfAPath) {
    Router const router = sample();
    EXPECT_EQ(Asked(router, Method::put, "/v1/matters").match.allow, "OPTIONS, GET, HEAD, POST");
    EXPECT_EQ(Asked(router, Method::get, "/v1/tokens/t").match.allow, "OPTIONS, DELETE");
    EXPECT_EQ(Asked(router, Method::other, "/v1/matters").match.allow, "OPTIONS, GET, HEAD, POST");
}

TEST(Router, AnswersHeadWithGet) {
    Router const router = sample();
    EXPECT_EQ(Asked(router, Method::head, "/v1/matters").match.route->method, Method::get);
    EXPECT_FALSE(Asked(router, Method::head, "/v1/tokens/t").match.route);
}

TEST(Router, RefusesMistakesInTheTable) {
    Router router = sample();
    EXPECT_THROW(router.add({{Method::get, "/v1/matters/{other}", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "v1", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/v1/{open", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/v1/{}", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/v1/{...}", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/v1/{rest...}/more", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/log/{shard}/tile/{other...}", nothing}}), std::logic_error);
    EXPECT_THROW(router.add({{Method::get, "/v1/none", nullptr}}), std::logic_error);
}

TEST(Route, TakesBodiesByMethodUnlessTold) {
    EXPECT_EQ((Route{Method::post, "/", nothing}.max_body()), 64U * 1024);
    EXPECT_EQ((Route{Method::get, "/", nothing}.max_body()), 0U);
    EXPECT_EQ((Route{Method::del, "/", nothing, {.max_body = 7}}.max_body()), 7U);
}

TEST(Route, RefusesParametersItDoesNotKnow) {
    Route route{Method::get, "/v1/matters", nothing, {.parameters = {{"state", "limit"}}}};
    auto const refused = [&route](std::string_view raw) {
        Target target;
        EXPECT_TRUE(target.assign(raw));
        std::string found;
        if (auto const known = route.check(target); !known)
            for (FieldError const& e : known.error().fields)
                found += e.pointer + " " + std::string(e.reason->word) + ";";
        return found;
    };
    EXPECT_EQ(refused("/v1/matters"), "");
    EXPECT_EQ(refused("/v1/matters?limit=1&state=x"), "");
    EXPECT_EQ(refused("/v1/matters?stat=x&limit=1&limit=2"),
              "query:stat unknown_field;query:limit duplicate_key;");
    route.options.parameters->push_back({"on", [](std::string_view value) -> std::optional<FieldError> {
                                             if (value == "good") return std::nullopt;
                                             return FieldError{"", &reason::bad_format};
                                         }});
    EXPECT_EQ(refused("/v1/matters?on=good"), "");
    EXPECT_EQ(refused("/v1/matters?on=bad&stat=x"), "query:on bad_format;query:stat unknown_field;");
    route.options.parameters.reset();
    EXPECT_EQ(refused("/v1/matters?anything=goes"), "");
}

TEST(Route, ComparesMediaTypesWithoutParameters) {
    Route const json{Method::post, "/", nothing};
    EXPECT_TRUE(json.accepts("application/json"));
    EXPECT_TRUE(json.accepts("Application/JSON ; charset=utf-8"));
    EXPECT_FALSE(json.accepts("application/jsonp"));
    EXPECT_FALSE(json.accepts(""));
    Route const any{Method::post, "/", nothing, {.accepts = {"*/*"}}};
    EXPECT_TRUE(any.accepts("image/png"));
}

}  // namespace
}  // namespace sponsio::http

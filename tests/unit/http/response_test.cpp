#include "server/http/response.hpp"

#include "server/http/lane.hpp"
#include "server/http/response_head.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sponsio::http {
namespace {

std::string field(Response const& response, std::string_view name) {
    auto const at = std::ranges::find_if(response.headers, [&](Header const& h) { return h.name == name; });
    return at == response.headers.end() ? "" : at->value;
}

Request const& request_with_id() {
    static Request request;
    std::ranges::copy(std::string_view("0123456789abcdef"), request.id_text.begin());
    return request;
}

TEST(Problem, IsAnRfc9457Document) {
    Fault refused = fault(problem::invalid, "Two fields are wrong", "两个字段有误");
    refused.fields = {{"/committer/name", &reason::required}, {"query:limit", &reason::out_of_range}};
    Response const made = problem_response(refused, request_with_id());
    EXPECT_EQ(made.status, 422U);
    EXPECT_EQ(std::string_view(made.content_type), "application/problem+json");
    EXPECT_EQ(field(made, "Content-Language"), "zh-CN");
    auto const expected = boost::json::parse(R"({
        "type": "urn:sponsio:problem:invalid", "title": "部分字段不符合要求", "status": 422, "detail": "两个字段有误",
        "instance": "urn:request:0123456789abcdef",
        "errors": [{"pointer": "/committer/name", "reason": "required", "detail": "必填"},
                   {"pointer": "query:limit", "reason": "out_of_range", "detail": "超出允许范围"}]})");
    EXPECT_EQ(boost::json::parse(made.body), expected);
}

TEST(Problem, SpeaksEnglishIfAsked) {
    Request request;
    request.language = Language::english;
    Response const made = problem_response(bad_field("/x", reason::empty), request);
    EXPECT_EQ(field(made, "Content-Language"), "en");
    EXPECT_NE(made.body.find("must not be empty"), std::string::npos);
}

TEST(Problem, KeepsTheCauseOfAServerErrorForTheLog) {
    Fault broken = fault(problem::internal, "secret detail", "秘密");
    broken.cause = "42P01";
    Response const made = problem_response(broken, request_with_id());
    EXPECT_EQ(boost::json::parse(made.body).as_object().contains("detail"), false);
    EXPECT_EQ(made.body.find("42P01"), std::string::npos);
    EXPECT_EQ(made.cause, "42P01");
    EXPECT_EQ(made.problem, &problem::internal);
}

TEST(Problem, SaysWhenToComeBack) {
    Fault busy = fault(problem::overloaded);
    EXPECT_EQ(field(problem_response(busy, request_with_id()), "Retry-After"), "1");
    busy.retry_after = std::chrono::seconds(30);
    EXPECT_EQ(field(problem_response(busy, request_with_id()), "Retry-After"), "30");
    EXPECT_EQ(field(problem_response(fault(problem::conflict), request_with_id()), "Retry-After"), "");
}

TEST(Problem, ChallengesWhoeverIsUnknown) {
    EXPECT_EQ(field(problem_response(fault(problem::unauthenticated), request_with_id()), "WWW-Authenticate"),
              R"(Bearer realm="sponsio")");
    Request request;
    request.headers.add("authorization", "Bearer spn_x");
    EXPECT_EQ(field(problem_response(fault(problem::token_expired), request), "WWW-Authenticate"),
              R"(Bearer realm="sponsio", error="invalid_token")");
}

TEST(Response, RefusesAHeaderThatWouldBeTwo) {
    Response made;
    EXPECT_THROW(made.set("Location", "/a\r\nSet-Cookie: b=c"), std::logic_error);
    EXPECT_NO_THROW(made.set("Location", "/张三"));
}

std::string head_of(Response const& response, Request const& request, bool keep_alive = true,
                    bool tls = true) {
    std::string out;
    append_head(out, response, request,
                {.framing = framing_of(response, request),
                 .date = "Mon, 02 Mar 2026 01:00:00 GMT",
                 .keep_alive = keep_alive,
                 .tls = tls});
    return out;
}

TEST(ResponseHead, IsWhatGoesOnTheWire) {
    Response made = json_response(201, "{}");
    made.set("Location", "/v1/x");
    EXPECT_EQ(
        head_of(made, request_with_id()),
        "HTTP/1.1 201 Created\r\nDate: Mon, 02 Mar 2026 01:00:00 GMT\r\nX-Request-Id: 0123456789abcdef\r\n"
        "Content-Type: application/json\r\nLocation: /v1/x\r\nX-Content-Type-Options: nosniff\r\n"
        "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
        "Referrer-Policy: no-referrer\r\nStrict-Transport-Security: max-age=31536000\r\n"
        "Content-Length: 2\r\n\r\n");
}

TEST(ResponseHead, SaysNothingTwiceThatAHandlerSaid) {
    Response made = json_response(200, "{}");
    made.set("Cache-Control", "public, max-age=300").set("Content-Security-Policy", "default-src 'self'");
    std::string const head = head_of(made, request_with_id());
    EXPECT_EQ(head.find("no-store"), std::string::npos);
    EXPECT_EQ(head.find("frame-ancestors"), std::string::npos);
    EXPECT_NE(head.find("Cache-Control: public, max-age=300\r\n"), std::string::npos);
}

TEST(ResponseHead, DemandsTlsOnlyWhereItIs) {
    EXPECT_EQ(head_of(empty_response(204), request_with_id(), true, false).find("Strict-Transport"),
              std::string::npos);
}

TEST(ResponseHead, HasNoLengthWithoutABody) {
    EXPECT_EQ(head_of(empty_response(204), request_with_id()).find("Content-Length"), std::string::npos);
    EXPECT_NE(head_of(empty_response(200), request_with_id()).find("Content-Length: 0"), std::string::npos);
}

TEST(ResponseHead, SaysWhatBecomesOfTheConnection) {
    EXPECT_NE(head_of(empty_response(), request_with_id(), false).find("Connection: close"),
              std::string::npos);
    Request old;
    old.version = 10;
    EXPECT_NE(head_of(empty_response(), old).find("Connection: keep-alive"), std::string::npos);
    Response streamed;
    streamed.stream = [](BodyWriter&) -> awaitable<void> { co_return; };
    EXPECT_NE(head_of(streamed, request_with_id()).find("Transfer-Encoding: chunked"), std::string::npos);
    EXPECT_EQ(framing_of(streamed, old), Framing::until_close);
}

TEST(RequestIds, DoNotRepeat) {
    RequestIds ids;
    std::set<std::array<char, 16>> seen;
    std::array<char, 16> id{};
    for (int i = 0; i != 10000; ++i) {
        ids.next(id);
        EXPECT_TRUE(seen.insert(id).second);
    }
    EXPECT_TRUE(
        std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
}

TEST(DateLine, IsAnImfFixdate) {
    DateLine date;
    std::tm parsed{};
    std::string const text(date.text());
    ASSERT_EQ(text.size(), 29U) << text;
    ASSERT_NE(strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parsed), nullptr) << text;
    EXPECT_NEAR(static_cast<double>(timegm(&parsed)), static_cast<double>(std::time(nullptr)), 2);
}

TEST(Attachment, IsFoundByItsTypeOnly) {
    Request request;
    EXPECT_THROW((void)request.attached<int>(), std::logic_error);
    request.attach<int>(std::make_shared<int const>(7));
    EXPECT_EQ(request.attached<int>(), 7);
    EXPECT_THROW((void)request.attached<unsigned>(), std::logic_error);
    request.reset();
    EXPECT_THROW((void)request.attached<int>(), std::logic_error);
}

}  // namespace
}  // namespace sponsio::http

#include "reference/department/gateway.hpp"

#include "crypto/keys/signer.hpp"
#include "server/base/log.hpp"
#include "server/http/response.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sponsio::department {
namespace {

using domain::InquiryContent;
using domain::InquiryQuestion;
using http::awaitable;
using http::Request;
using http::Response;

constexpr http::Literal jose_type = "application/jose";
constexpr Reason not_for_us{"wrong_audience", "is not this department", "不是本部门"};
constexpr Reason expired{"expired", "lies in the past", "已过期"};
constexpr Reason not_yet{"in_future", "lies in the future", "晚于当前时间"};
constexpr Reason too_long_valid{"too_long_valid", "is more than two minutes after iat",
                                "距签发时间超过两分钟"};

Fault not_signed(std::string_view cause) {
    Fault refused = fault(problem::forbidden, "The question is not signed by anybody who may ask.",
                          "询问未经有权单位签名。");
    refused.cause = std::string(cause);
    return refused;
}

awaitable<void> wait(std::chrono::milliseconds time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

/// Refuses a question that is not addressed to this department, not recent or expired.
Outcome<void> timely(InquiryQuestion const& question, std::string const& department, Instant now) {
    Fault refused{.problem = &problem::invalid};
    if (question.content.department != department) refused.fields.push_back({"/aud", &not_for_us});
    if (question.expires_at + domain::check_clock_skew < now) refused.fields.push_back({"/exp", &expired});
    if (question.expires_at > question.issued_at + domain::check_question_life)
        refused.fields.push_back({"/exp", &too_long_valid});
    if (question.issued_at > now + domain::check_clock_skew) refused.fields.push_back({"/iat", &not_yet});
    if (!refused.fields.empty()) return refused;
    return {};
}

}  // namespace

http::Router Gateway::router() {
    std::vector<http::Route> routes;
    routes.push_back({http::Method::post,
                      "/checks",
                      [this](Request& request) -> awaitable<Response> {
                          auto const question = co_await read(request.body);
                          if (!question) co_return http::problem_response(question.error(), request);
                          auto token = answer(*question);
                          if (!token) co_return http::problem_response(token.error(), request);
                          if (parts_.answer_delay.count() > 0) co_await wait(parts_.answer_delay);
                          co_return Response{.content_type = jose_type, .body = std::move(*token)};
                      },
                      {.accepts = {std::string(domain::check_media_type)}}});
    http::Router router;
    router.add(std::move(routes));
    return router;
}

/// Verifies the signature first: unsigned content is not read.
awaitable<Outcome<InquiryQuestion>> Gateway::read(std::string const& token) {
    auto const parsed = crypto::jws_parse(token);
    if (!parsed) co_return not_signed(parsed.error().code);
    json::Value const* kid = parsed->header.find("kid");
    if (!kid || !kid->is_string()) co_return not_signed(crypto::jws_error::bad_header);
    auto const key = co_await parts_.askers.find(kid->as_string());
    auto const jws = crypto::jws_verify(token, [&](std::string_view) { return key; },
                                        {.typ = std::string(domain::inquiry_type)});
    if (!jws) co_return not_signed(jws.error().code);
    auto question = InquiryQuestion::parse(to_string(jws->payload));
    if (!question) co_return question.error();
    if (auto good = timely(*question, parts_.department, parts_.clock.now()); !good) co_return good.error();
    co_return question;
}

Outcome<std::string> Gateway::answer(InquiryQuestion const& question) {
    InquiryContent const& content = question.content;
    crypto::Digest const digest = crypto::sha256(as_bytes(json::canonical(content.to_json())));
    std::lock_guard const lock(mutex_);
    auto given = parts_.answers.find(content.jti);
    if (!given) return given.error();
    if (*given) {
        if ((*given)->content != digest)
            return fault(problem::conflict, "This jti was used for another question.",
                         "该 jti 此前已用于另一次询问。");
        return std::move((*given)->token);
    }
    auto const holdings = Holdings::load(parts_.holdings);
    if (!holdings) {
        log::error("department.holdings", {{log::Key::cause, holdings.error().detail.en}});
        return Fault{.problem = &problem::unavailable, .cause = "holdings"};
    }
    Fact const fact = holdings->look_up(content);
    auto token = sign(content, fact, parts_.clock.now());
    if (!token) return token.error();
    // After a crash from here on, a repeated question gets this very answer.
    if (auto kept = parts_.answers.keep(content.jti, {digest, *token}); !kept) return kept.error();
    log::info("department.answered", {{log::Key::id, content.jti}, {log::Key::query, content.query}});
    return token;
}

Outcome<std::string> Gateway::sign(InquiryContent const& question, Fact const& fact, Instant now) const {
    auto const signer = parts_.key.signer(now);
    if (!signer) return signer.error();
    domain::InquiryReply const reply{.issuer = parts_.department,
                                     .audience = question.issuer,
                                     .jti = Uuid::v7(now, crypto::system_entropy().array<10>()).text(),
                                     .in_reply_to = question.jti,
                                     .issued_at = std::chrono::floor<std::chrono::seconds>(now),
                                     .answer = fact.answer,
                                     .note = fact.note,
                                     .held_as_of = fact.held_as_of};
    return crypto::jws_sign(domain::inquiry_reply_type, reply.payload(), **signer);
}

Outcome<domain::Json> Gateway::public_key() const {
    auto const signer = parts_.key.signer(parts_.clock.now());
    if (!signer) return signer.error();
    json::Object jwk = (*signer)->public_key().to_jwk();
    jwk.add("kid", (*signer)->kid()).add("alg", crypto::jose_name((*signer)->public_key().algorithm()));
    return domain::Json(std::move(jwk));
}

}  // namespace sponsio::department

#include "server/domain/inquiry_message.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 1h + 250ms};

InquiryContent content() {
    return {.issuer = "https://sponsio.example",
            .department = "civil_affairs",
            .jti = "019b0c0e-3a52-7d3a-8a5e-7f1f0c5f6a11",
            .query = "marriage_status",
            .subject_name = "欧阳示例",
            .document_type = "citizen_id",
            .document_number = "11010519491231002X",
            .matter_code = "GZF-1",
            .claim = "本人未婚。"};
}

InquiryReply reply() {
    return {.issuer = "civil_affairs",
            .audience = "https://sponsio.example",
            .jti = "019b0c0e-41d0-7b0c-9a0e-2b1d3c4e5f60",
            .in_reply_to = content().jti,
            .issued_at = std::chrono::floor<std::chrono::seconds>(now),
            .answer = InquiryAnswer::match,
            .note = "登记为未婚",
            .held_as_of = std::chrono::year{2026} / 3 / 1};
}

std::string cause(Outcome<void> const& outcome) {
    return outcome ? "ok" : outcome.error().cause;
}

std::string pointers(std::string const& payload) {
    auto const parsed = InquiryQuestion::parse(payload);
    if (parsed) return "ok";
    std::string text;
    for (FieldError const& field : parsed.error().fields)
        text += (text.empty() ? "" : " ") + field.pointer + ":" + std::string(field.reason->word);
    return text.empty() ? std::string(parsed.error().problem->slug) : text;
}

/// The payload of a good question with one thing put in the place of another.
std::string with(std::string const& from, std::string const& to) {
    std::string payload = InquiryQuestion::at(content(), now).payload();
    payload.replace(payload.find(from), from.size(), to);
    return payload;
}

TEST(InquiryMessage, AQuestionComesBackAsItWent) {
    auto const question = InquiryQuestion::at(content(), now);
    auto const read = InquiryQuestion::parse(question.payload()).value();
    EXPECT_EQ(read.content, content());
    EXPECT_EQ(read.issued_at, std::chrono::floor<std::chrono::seconds>(now));
    EXPECT_EQ(read.expires_at - read.issued_at, 120s);
    EXPECT_EQ(
        question.payload(),
        R"({"aud":"civil_affairs","claim":{"content":"本人未婚。","matter_code":"GZF-1"},"exp":1772413320,)"
        R"("iat":1772413200,"iss":"https://sponsio.example","jti":"019b0c0e-3a52-7d3a-8a5e-7f1f0c5f6a11",)"
        R"("query":"marriage_status","subject":{"document":{"number":"11010519491231002X",)"
        R"("type":"citizen_id"},"name":"欧阳示例"}})");
    EXPECT_EQ(InquiryContent::read(content().to_json()).value(), content());
}

TEST(InquiryMessage, AQuestionIsReadStrictly) {
    EXPECT_EQ(pointers("{"), "bad-json");
    EXPECT_EQ(pointers(with("\"civil_affairs\"", "\"Civil affairs\"")), "/aud:bad_format");
    EXPECT_EQ(pointers(with("\"marriage_status\"", "\"1\"")), "/query:bad_format");
    EXPECT_EQ(pointers(with("019b0c0e-3a52", "019B0C0E-3A52")), "/jti:bad_format") << "one spelling only";
    EXPECT_EQ(pointers(with("019b0c0e-3a52-7d3a-8a5e-7f1f0c5f6a11", "../../etc/passwd")), "/jti:bad_format");
    EXPECT_EQ(pointers(with("1772413320", "-1")), "/exp:out_of_range");
    EXPECT_EQ(pointers(with("{", "{\"more\":1,")), "/more:unknown_field");
    EXPECT_EQ(pointers(with(",\"name\":\"欧阳示例\"", "")), "/subject/name:required");
}

TEST(InquiryMessage, AnAnswerComesBackAsItWent) {
    auto const read = InquiryReply::parse(reply().payload()).value();
    EXPECT_EQ(read.payload(), reply().payload());
    EXPECT_EQ(read.answer, InquiryAnswer::match);
    EXPECT_EQ(read.note, "登记为未婚");
    EXPECT_EQ(read.held_as_of, std::chrono::year{2026} / 3 / 1);
    InquiryReply bare = reply();
    bare.note.reset();
    bare.held_as_of.reset();
    EXPECT_EQ(bare.payload().find("note"), std::string::npos) << "what is not said is left out";
    EXPECT_FALSE(InquiryReply::parse(bare.payload()).value().note);
}

TEST(InquiryMessage, AnAnswerFitsOneQuestion) {
    EXPECT_EQ(cause(reply().answers(content(), now, now)), "ok");
    auto const after = [](auto change) {
        InquiryReply changed = reply();
        change(changed);
        return cause(changed.answers(content(), now, now));
    };
    EXPECT_EQ(after([](InquiryReply& r) { r.issuer = "health"; }), "wrong_iss");
    EXPECT_EQ(after([](InquiryReply& r) { r.audience += "/"; }), "wrong_aud");
    EXPECT_EQ(after([](InquiryReply& r) { r.in_reply_to = r.jti; }), "wrong_in_reply_to");
    EXPECT_EQ(after([](InquiryReply& r) { r.issued_at -= 60s; }), "ok") << "clocks may differ";
    EXPECT_EQ(after([](InquiryReply& r) { r.issued_at -= 61s; }), "stale_iat");
    EXPECT_EQ(after([](InquiryReply& r) { r.issued_at += 60s; }), "ok");
    EXPECT_EQ(after([](InquiryReply& r) { r.issued_at += 61s; }), "future_iat");
    EXPECT_EQ(cause(reply().answers(content(), now, now + 48h)), "ok")
        << "an answer that was lost comes again with its first date";
}

TEST(InquiryMessage, WordsAreShortAndPlain) {
    for (char const* const good : {"a", "civil_affairs", "health2"})
        EXPECT_TRUE(is_department_word(good)) << good;
    for (std::string const& bad : {std::string(), std::string("2health"), std::string("_a"),
                                   std::string("civil-affairs"), std::string("Health"), std::string(41, 'a')})
        EXPECT_FALSE(is_department_word(bad)) << bad;
}

}  // namespace
}  // namespace sponsio::domain

#include "server/domain/commitment.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sponsio::domain {
namespace {

Date const today{std::chrono::year{2026} / 3 / 2};

/// A good body with one member replaced; `value` is JSON, empty to leave the member out.
std::string body(std::string const& member = {}, std::string const& value = {}) {
    std::map<std::string, std::string> members{
        {"notice_id", R"("019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10")"},
        {"committer",
         R"({"kind":"natural_person","name":"欧阳示例","document":{"type":"citizen_id","number":"11010519491231002x"}})"},
        {"made_on", R"("2026-03-02")"},
        {"reason", R"("申请办理公租房资格确认")"}};
    if (!member.empty()) members[member] = value;
    std::string text = "{";
    for (auto const& [name, json] : members)
        if (!json.empty()) text += (text.size() > 1 ? "," : "") + ("\"" + name + "\":" + json);
    return text + "}";
}

Outcome<CommitmentDraft> parse(std::string const& text) {
    return CommitmentDraft::parse(parse_json(text).value(), today);
}

std::map<std::string, std::string> refusals(std::string const& text) {
    std::map<std::string, std::string> found;
    if (auto draft = parse(text); !draft)
        for (FieldError const& error : draft.error().fields) found[error.pointer] = error.reason->word;
    return found;
}

std::string committer(std::string const& kind, std::string const& name, std::string const& type,
                      std::string const& number, std::string const& more = {}) {
    return R"({"kind":")" + kind + R"(","name":")" + name + R"(","document":{"type":")" + type +
           R"(","number":")" + number + "\"}" + more + "}";
}

using Map = std::map<std::string, std::string>;

TEST(CommitmentDraft, KeepsWhatWasSaid) {
    auto const draft = parse(body());
    ASSERT_TRUE(draft);
    EXPECT_EQ(draft->committer.document.number().reveal(), "11010519491231002X");
    EXPECT_EQ(draft->committer.name.reveal(), "欧阳示例");
    EXPECT_EQ(draft->made_on, today);
    EXPECT_FALSE(draft->agent || draft->valid_until || draft->remarks);
}

TEST(CommitmentDraft, TakesPeopleAsTheyAre) {
    EXPECT_EQ(refusals(body("committer", committer("natural_person", "阿卜杜拉•买买提", "citizen_id",
                                                   "440524188001010014"))),
              Map{});
    EXPECT_EQ(
        refusals(body("committer", committer("natural_person", "𠮷𬱖", "citizen_id", "110105491231002"))),
        Map{});
    EXPECT_EQ(refusals(body("committer", committer("natural_person", "O'Brien Jean-Luc", "passport",
                                                   "X1234567", R"(,"birth_date":"1980-05-06")"))),
              Map{});
    EXPECT_EQ(
        refusals(body("committer", committer("organisation", "示例有限公司", "uscc", "91350100M000100Y43"))),
        Map{});
    // The check character 0, which a well-known library refuses.
    EXPECT_EQ(refusals(body("committer", committer("sole_trader", "示例商店", "uscc", "91350100M000100Y30")))
                  .size(),
              0u);
}

TEST(CommitmentDraft, PointsAtEveryWrongField) {
    EXPECT_EQ(
        refusals(body("committer", committer("natural_person", "张三", "citizen_id", "110105194912310021"))),
        (Map{{"/committer/document/number", "check_digit"}}));
    EXPECT_EQ(
        refusals(body("committer", committer("natural_person", "张三", "citizen_id", "110105194902310028")))
            .begin()
            ->first,
        "/committer/document/number");
    EXPECT_EQ(refusals(body("committer",
                            committer("organisation", "示例有限公司", "citizen_id", "11010519491231002X"))),
              (Map{{"/committer/document/type", "wrong_for_kind"}}));
    EXPECT_EQ(refusals(body("committer", committer("natural_person", "张三", "library_card", "1"))),
              (Map{{"/committer/document/type", "unknown_value"}}));
    EXPECT_EQ(refusals(body("notice_id", R"("x")")), (Map{{"/notice_id", "bad_format"}}));
    EXPECT_EQ(refusals(body("made_on", R"("2026-02-30")")), (Map{{"/made_on", "impossible_date"}}));
    EXPECT_EQ(refusals(body("made_on", R"("2026-03-03")")), (Map{{"/made_on", "in_future"}}));
    EXPECT_EQ(refusals(body("client_reference", R"("A 1")")), (Map{{"/client_reference", "bad_character"}}));
    EXPECT_EQ(refusals(body("client_reference", R"("x/11010519491231002x")")),
              (Map{{"/client_reference", "holds_identity_number"}}));
    EXPECT_EQ(refusals(body("client_reference", R"("110105202603020001")")), (Map{}));
    EXPECT_EQ(refusals(body("valid_until", R"("2026-03-01")")), (Map{{"/valid_until", "before_promise"}}));
    EXPECT_EQ(refusals(body("surprise", "1")), (Map{{"/surprise", "unknown_field"}}));
    EXPECT_EQ(refusals(body("reason", "")), (Map{{"/reason", "required"}}));
}

TEST(CommitmentDraft, WantsABirthDateOnlyWhereTheNumberHasNone) {
    EXPECT_EQ(refusals(body("committer", committer("natural_person", "Jean", "passport", "X1234567"))),
              (Map{{"/committer/birth_date", "required"}}));
    EXPECT_EQ(refusals(body("committer", committer("natural_person", "张三", "citizen_id",
                                                   "11010519491231002X", R"(,"birth_date":"1949-12-31")"))),
              (Map{{"/committer/birth_date", "not_allowed_here"}}));
}

TEST(CommitmentDraft, HoldsTheNumberAgainstTheBirthDate) {
    auto const foreigner = [](char const* birth) {
        return refusals(
            body("committer", committer("natural_person", "Jean", "foreigner_permanent_residence",
                                        "FRA110068010123", R"(,"birth_date":")" + std::string(birth) + '"')));
    };
    EXPECT_EQ(foreigner("1968-01-01"), Map{});
    EXPECT_EQ(foreigner("1968-01-02"), (Map{{"/committer/birth_date", "contradiction"}}));
    EXPECT_EQ(refusals(body("committer",
                            committer("natural_person", "李嘉", "hk_macao_travel_permit", "H12345678"))),
              (Map{{"/committer/birth_date", "required"}}));
}

TEST(CommitmentContent, IsCanonicalSaltedAndComplete) {
    auto const draft = parse(body()).value();
    CommitmentContent const content{.code = "11010520260302000001",
                                    .matter_code = "SM-0101",
                                    .matter_version = 1,
                                    .matter_digest = crypto::sha256(as_bytes("m")),
                                    .notice_digest = crypto::sha256(as_bytes("n")),
                                    .accepted_by = "12110105000000022X",
                                    .accepted_at = Instant{std::chrono::seconds{1'772'413'200}},
                                    .salt = "AAAAAAAAAAAAAAAAAAAAAA"};
    std::string const text = json::canonical(content.to_json(draft));
    Json const read = json::parse(text).value();
    EXPECT_EQ(json::canonical(read), text);
    EXPECT_EQ(read.at_pointer("/committer/document/number")->as_string(), "11010519491231002X");
    EXPECT_EQ(read.at("accepted_at").as_string(), "2026-03-02T01:00:00.000000Z");
    EXPECT_EQ(read.at("salt").as_string().size(), 22u);
    EXPECT_EQ(read.find("agent"), nullptr);
}

/// Content of before has no version; what was digested then is judged as it was.
TEST(CommitmentContent, HasAVersionSinceItHoldsTheAssent) {
    auto const plain = parse(body()).value();
    Json const without = CommitmentContent{}.to_json(plain);
    EXPECT_EQ(without.at("content_version"), Json(2));
    EXPECT_EQ(without.find("assent"), nullptr);
    EXPECT_EQ(assent_state(without, false), AssentState::none);
    EXPECT_EQ(assent_state(JsonObject{{"reason", "旧"}}, false), AssentState::not_asked);

    auto const on_paper =
        parse(body("assent", R"({"kind":"signed_paper","digest_sha256":")" + std::string(64, 'a') + R"("})"));
    Json const with = CommitmentContent{}.to_json(on_paper.value());
    EXPECT_EQ(json::canonical(with), json::write(with)) << "members out of order";
    EXPECT_EQ(assent_state(with, false), AssentState::paper_missing);
    EXPECT_EQ(assent_state(with, true), AssentState::shown);
    EXPECT_FALSE(is_same_promise(with, plain));
    EXPECT_TRUE(is_same_promise(with, *on_paper));
}

TEST(CommitmentDraft, OfAMinorNeedsAnAgent) {
    // Born on 29 February 2008: of age on 1 March 2026.
    EXPECT_TRUE(
        is_of_age(std::chrono::year{2008} / 2 / 29, std::chrono::years{18}, std::chrono::year{2026} / 3 / 1));
    EXPECT_FALSE(is_of_age(std::chrono::year{2008} / 2 / 29, std::chrono::years{18},
                           std::chrono::year{2026} / 2 / 28));
    EXPECT_FALSE(parse(body())->needs_agent(18));
    EXPECT_TRUE(parse(body())->needs_agent(150));
}

TEST(CommitmentCode, IsRegionDateSerial) {
    EXPECT_EQ(commitment_code("110105", today, 1), "11010520260302000001");
    EXPECT_EQ(commitment_code("110105", today, 999'999), "11010520260302999999");
    EXPECT_TRUE(is_commitment_code("11010520260302000001"));
    EXPECT_FALSE(is_commitment_code("1101052026030200000"));
    EXPECT_FALSE(is_commitment_code("1101052026030200000x"));
}

}  // namespace
}  // namespace sponsio::domain

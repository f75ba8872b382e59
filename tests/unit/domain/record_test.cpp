#include "server/domain/record.hpp"

#include "tests/support/record_facts.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace sponsio::testing {
namespace {

using domain::RecordFacts;
using namespace std::chrono_literals;

/// What would be signed: the claims without those that only a disclosure shows.
std::string signed_payload(RecordFacts const& facts) {
    domain::Json payload = domain::record_payload(facts);
    payload.as_object().erase("matter");
    domain::JsonObject& subject = payload.as_object().find("subject")->as_object();
    for (char const* personal : {"name", "document_type", "document_number"}) subject.erase(personal);
    return json::canonical(payload);
}

TEST(RecordPayload, IsTheAgreedOne) {
    EXPECT_EQ(json::canonical(domain::record_payload(record_facts())),
              R"({"commitment_code":"11010520260302000001",)"
              R"("finding":{"decided_on":"2026-04-14","decision_number":"示例住保决字〔2026〕1号",)"
              R"("effective_on":"2026-10-16","kind":"false_statement","served_on":"2026-04-15",)"
              R"("severity":"general"},"iat":1792080001,)"
              R"("identifying_unit":{"name":"示例区住房和城乡建设委员会","uscc":"111101050000000191"},)"
              R"("iss":"https://sponsio.example","jti":"urn:uuid:0199e0a0-0000-7000-8000-000000000001",)"
              R"("legal_basis":[{"article":"第四十四条","law":"优化营商环境条例"}],)"
              R"("matter":{"code":"GZF-1","name":{"en":"Public rental housing","zh":"公租房资格确认"}},)"
              R"("retention":{"rule":"retention.negative 5 years; cn-national 2026.1","until":"2031-10-16"},)"
              R"("status":{"status_list":{"idx":4711,"uri":"https://sponsio.example/v1/status-lists/1"}},)"
              R"("subject":{"document_number":"11010519491231002X","document_type":"citizen_id",)"
              R"("kind":"natural_person","name":"欧阳示例"},)"
              R"("vct":"https://sponsio.example/.well-known/vct/false-commitment"})");
}

TEST(RecordPayload, CountsWholeSecondsAndChinasDays) {
    RecordFacts facts = record_facts();
    facts.issued_at = *parse_rfc3339("2026-10-16T15:59:59.999999Z");
    facts.decided_at = *parse_rfc3339("2026-04-13T16:00:00Z");  // midnight of the 14th in China
    domain::Json const payload = domain::record_payload(facts);
    EXPECT_EQ(payload.at("iat").as_int(), 1792166399);
    EXPECT_EQ(payload.at("finding").at("decided_on").as_string(), "2026-04-14");
}

TEST(RecordPayload, EveryDisclosablePointerLeadsSomewhere) {
    domain::Json const payload = domain::record_payload(record_facts());
    for (std::string const& pointer : domain::record_disclosable())
        EXPECT_NE(payload.at_pointer(pointer), nullptr) << pointer;
}

TEST(RecordType, IsNamedInBothLanguages) {
    domain::Json const display = domain::record_type_metadata("https://sponsio.example").at("display");
    EXPECT_EQ(display.at(0).at("locale").as_string(), "zh-CN");
    EXPECT_EQ(display.at(1).at("locale").as_string(), "en");
    EXPECT_EQ(
        json::write(domain::issuer_metadata("https://sponsio.example")),
        R"({"issuer":"https://sponsio.example","jwks_uri":"https://sponsio.example/.well-known/jwks.json"})");
}

TEST(RecordType, NamesEveryClaimItCanHideAndNoOther) {
    std::string const issuer = "https://sponsio.example";
    domain::Json const type = domain::record_type_metadata(issuer);
    EXPECT_EQ(type.at("vct").as_string(), domain::record_vct(issuer));
    domain::Json const payload = domain::record_payload(record_facts());
    std::set<std::string> hidden;
    for (domain::Json const& claim : type.at("claims").as_array()) {
        std::string pointer;
        for (domain::Json const& step : claim.at("path").as_array()) pointer += "/" + step.as_string();
        EXPECT_NE(payload.at_pointer(pointer), nullptr) << pointer;
        EXPECT_EQ(claim.at("display").at(0).at("locale").as_string(), "zh-CN") << pointer;
        EXPECT_EQ(claim.at("display").at(1).at("locale").as_string(), "en") << pointer;
        if (claim.at("sd").as_string() == "always") hidden.insert(pointer);
    }
    auto const disclosable = domain::record_disclosable();
    EXPECT_EQ(hidden, std::set<std::string>(disclosable.begin(), disclosable.end()));
}

TEST(RecordLint, PassesADueFinding) {
    RecordFacts const facts = record_facts();
    domain::Lint const* broken = domain::first_broken_lint(facts, signed_payload(facts));
    EXPECT_EQ(broken, nullptr) << broken->id;
}

/// A way to break one rule and no other.
struct Break {
    std::string lint;
    std::string how;
    std::function<void(RecordFacts&)> facts = [](RecordFacts&) {};
    std::function<void(std::string&)> payload = [](std::string&) {};
};

void insert_claim(std::string& payload, std::string const& member) {
    payload.insert(1, member + ",");
}

void erase_claim(std::string& payload, char const* name) {
    domain::Json claims = json::parse(payload).value();
    claims.as_object().erase(name);
    payload = json::canonical(claims);
}

std::vector<Break> const& breaks() {
    static std::vector<Break> const list{
        {"three_persons", "reviewer drafted", [](RecordFacts& f) { f.reviewed_by = f.drafted_by; }},
        {"three_persons", "decider drafted", [](RecordFacts& f) { f.decided_by = f.drafted_by; }},
        {"three_persons", "decider reviewed", [](RecordFacts& f) { f.decided_by = f.reviewed_by; }},
        {"served_and_effective", "no number", [](RecordFacts& f) { f.decision_number.clear(); }},
        {"served_and_effective", "served first", [](RecordFacts& f) { f.served_at = f.decided_at - 1us; }},
        {"served_and_effective", "at once", [](RecordFacts& f) { f.effective_at = f.served_at; }},
        {"served_and_effective", "not yet", [](RecordFacts& f) { f.issued_at = f.effective_at - 1us; }},
        {"full_capacity", "a day short of eighteen",
         [](RecordFacts& f) { f.subject_birth_date = parse_iso_date("2008-03-03"); }},
        {"full_capacity", "leap day child, 17 on 28 February",
         [](RecordFacts& f) {
             f.subject_birth_date = parse_iso_date("2008-02-29");
             f.made_on = *parse_iso_date("2026-02-28");
         }},
        {"full_capacity", "unknown age", [](RecordFacts& f) { f.subject_birth_date.reset(); }},
        {"person_hidden", "name in clear", {}, [](std::string& p) { insert_claim(p, R"("matter":"x")"); }},
        {"person_hidden",
         "number inside a text",
         {},
         [](std::string& p) { insert_claim(p, R"("note":"no. 11010519491231002X")"); }},
        {"person_hidden", "no JSON at all", {}, [](std::string& p) { p = "{"; }},
        {"no_forbidden_data", "an illness", {}, [](std::string& p) { insert_claim(p, R"("note":"病史")"); }},
        {"no_forbidden_data",
         "income, which needs consent",
         {},
         [](std::string& p) { insert_claim(p, R"("note":"年收入")"); }},
        {"promise_before_decision", "promised later",
         [](RecordFacts& f) { f.made_on = *parse_iso_date("2026-04-15"); }},
        {"retention_ends_later", "kept for no time",
         [](RecordFacts& f) { f.retention_until = china_date(f.issued_at); }},
        {"status_stated", "no place in a list", {}, [](std::string& p) { erase_claim(p, "status"); }},
        {"status_stated", "before the first entry", [](RecordFacts& f) { f.status_index = -1; }},
        {"status_stated", "a list of somebody else",
         [](RecordFacts& f) { f.status_list = "https://other.example/v1/status-lists/1"; }},
        {"status_stated", "another index", {}, [](std::string& p) { p.replace(p.find("4711"), 4, "4712"); }},
    };
    return list;
}

class RecordLintBroken : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RecordLintBroken, NamesTheRule) {
    Break const& given = breaks()[GetParam()];
    RecordFacts facts = record_facts();
    if (given.facts) given.facts(facts);
    std::string payload = signed_payload(facts);
    if (given.payload) given.payload(payload);
    domain::Lint const* broken = domain::first_broken_lint(facts, payload);
    ASSERT_NE(broken, nullptr) << given.lint << ": " << given.how;
    EXPECT_EQ(broken->id, given.lint) << given.how;
    EXPECT_FALSE(broken->source.empty());
}

INSTANTIATE_TEST_SUITE_P(Each, RecordLintBroken, ::testing::Range(std::size_t{0}, breaks().size()));

TEST(RecordLint, EachOfThemCanBreak) {
    std::set<std::string_view> broken, all;
    for (Break const& one : breaks()) broken.insert(one.lint);
    for (domain::Lint const& lint : domain::record_lints()) {
        all.insert(lint.id);
        EXPECT_TRUE(lint.source.starts_with("docs/")) << lint.id << " names no source of the repository";
    }
    EXPECT_EQ(broken, all);
}

TEST(RecordLint, LetsWhatIsJustAllowedPass) {
    std::map<std::string, std::function<void(RecordFacts&)>> const allowed{
        {"eighteen on the day", [](RecordFacts& f) { f.subject_birth_date = parse_iso_date("2008-03-02"); }},
        {"leap day child, 18 on 1 March",
         [](RecordFacts& f) {
             f.subject_birth_date = parse_iso_date("2008-02-29");
             f.made_on = *parse_iso_date("2026-03-01");
         }},
        {"an organisation has no birthday",
         [](RecordFacts& f) {
             f.subject_kind = "organisation";
             f.subject_birth_date.reset();
         }},
        {"decided by a centre for disease control",
         [](RecordFacts& f) { f.unit_name = "示例区疾病预防控制中心"; }},
        {"served when decided", [](RecordFacts& f) { f.served_at = f.decided_at; }},
        {"issued when effective", [](RecordFacts& f) { f.issued_at = f.effective_at; }},
        {"promised on the day of the decision", [](RecordFacts& f) { f.made_on = china_date(f.decided_at); }},
        {"kept one day", [](RecordFacts& f) {
             f.retention_until = std::chrono::sys_days{china_date(f.issued_at)} + std::chrono::days{1};
         }}};
    for (auto const& [how, change] : allowed) {
        RecordFacts facts = record_facts();
        change(facts);
        domain::Lint const* broken = domain::first_broken_lint(facts, signed_payload(facts));
        EXPECT_EQ(broken, nullptr) << how << ": " << (broken ? broken->id : "");
    }
}

}  // namespace
}  // namespace sponsio::testing

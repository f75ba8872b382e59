#include "server/api/findings.hpp"
#include "server/api/verifications.hpp"
#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using http::Method;
using ::testing::HasSubstr;

/// The routes as a connection calls them, without the connection.
class FindingApi : public FindingFixture {
  protected:
    void SetUp() override {
        FindingFixture::SetUp();
        router_.add(api::verification_routes(*verifications));
        router_.add(api::finding_routes(*findings, printer_));
    }

    struct Asked {
        Method method;
        std::string target;
        std::string body = {};
        std::vector<std::pair<std::string, std::string>> headers = {};
        std::string who = "verifier";
    };

    /// A body that has arrived, given in two pieces to a route that reads it itself.
    class Arrived final : public http::BodyReader {
      public:
        explicit Arrived(std::string_view bytes)
            : pieces_{bytes.substr(0, bytes.size() / 2), bytes.substr(bytes.size() / 2)} {}

        http::awaitable<Outcome<std::string_view>> next() override {
            while (at_ != 2 && pieces_[at_].empty()) ++at_;
            co_return at_ == 2 ? std::string_view{} : pieces_[at_++];
        }

        bool arrived() override { return true; }

      private:
        std::array<std::string_view, 2> pieces_;
        std::size_t at_ = 0;
    };

    http::Response ask(Asked const& asked) {
        http::Request request;
        request.id_text.fill('0');
        request.method = asked.method;
        if (!request.target.assign(asked.target)) throw std::invalid_argument(asked.target);
        for (auto const& [name, value] : asked.headers) request.headers.add(name, value);
        request.body = asked.body;
        Arrived arrived(asked.body);
        request.body_stream = &arrived;
        service::Caller<domain::Official> const caller = as(asked.who);
        request.deadline = caller.deadline;
        request.language = http::Language::english;
        request.attach(caller.who);
        request.route = router_.find(request).route;
        if (request.route == nullptr) throw std::invalid_argument("no route for " + asked.target);
        return await(request.route->handler(request));
    }

    static Json body(http::Response const& response) {
        return domain::parse_json(response.shared ? *response.shared : response.body).value();
    }

    static std::string header(http::Response const& response, std::string_view name) {
        for (auto const& field : response.headers)
            if (std::string_view(field.name) == name) return field.value;
        return {};
    }

    /// "422 invalid query:kind query:name"
    static std::string refusal(http::Response const& response) {
        std::string text = std::to_string(response.status);
        if (response.status < 400) return text;
        text += " " + std::string(response.problem->slug);
        if (Json const document = body(response); Json const* errors = document.find("errors"))
            for (Json const& error : errors->as_array()) text += " " + error.at("pointer").as_string();
        return text;
    }

    domain::Policy policy_of(Method method, std::string const& target) {
        http::Request request;
        request.method = method;
        if (!request.target.assign(target)) throw std::invalid_argument(target);
        return domain::Policy::from_bits(router_.find(request).route->options.policy);
    }

    std::string begun() {
        Filed const one = file_commitment();
        await(verifications->claim(as("verifier"), one.task)).value();
        await(verifications->start(as("verifier"), one.task)).value();
        return "/v1/verifications/" + one.task.text();
    }

    http::Router router_;
    paper::Printer printer_{"/nowhere/sponsio-paper"};
};

TEST_F(FindingApi, TakesEvidenceAsItIsAndGivesItBack) {
    std::string const task = begun();
    std::string const bytes("<!DOCTYPE html><html>\xd0\xd5\xc3\xfb</html>");
    http::Response const made = ask({Method::post,
                                     task + "/evidence?kind=documentary&name=%E6%88%B7%22.txt",
                                     bytes,
                                     {{"Idempotency-Key", "a"}, {"Content-Type", "text/html"}}});
    ASSERT_EQ(made.status, 201u);
    EXPECT_EQ(body(made).at("name").as_string(), "户\".txt");
    std::string const place = header(made, "Location");
    EXPECT_EQ(place, task + "/evidence/" + body(made).at("evidence_id").as_string());

    http::Response const file = ask({Method::get, place, {}, {}, "reviewer"});
    EXPECT_EQ(file.status, 200u);
    EXPECT_EQ(file.body, bytes);
    EXPECT_EQ(header(file, "Content-Type"), "text/html");
    // Whatever it is, a browser saves it and does not run it.
    EXPECT_EQ(header(file, "Content-Disposition"), "attachment; filename*=UTF-8''%E6%88%B7%22.txt");
}

TEST_F(FindingApi, PointsAtEverythingWrongWithAnUpload) {
    std::string const task = begun();
    auto upload = [&](std::string const& query, std::vector<std::pair<std::string, std::string>> headers) {
        return refusal(ask({Method::post, task + "/evidence" + query, "x", std::move(headers)}));
    };
    std::pair<std::string, std::string> const key{"Idempotency-Key", "k"};
    EXPECT_EQ(upload("", {key}), "422 invalid query:kind query:name");
    EXPECT_EQ(upload("?kind=rumour&name=a", {key}), "422 invalid query:kind");
    EXPECT_EQ(upload("?kind=physical&name=a", {key, {"Content-Type", "picture"}}),
              "422 invalid header:Content-Type");
    EXPECT_EQ(upload("?kind=physical&name=" + std::string(256, 'a'), {key}), "422 invalid query:name");
    EXPECT_EQ(upload("?kind=physical&name=" + std::string(255, 'a'), {key}), "201");
    EXPECT_EQ(upload("?kind=physical&name=a", {}), "400 idempotency-key-missing");
    // The key was used with another name.
    EXPECT_EQ(upload("?kind=physical&name=b", {key}), "422 idempotency-key-reused");
}

TEST_F(FindingApi, PagesTheQueueByCursor) {
    std::vector<std::string> expected;
    for (int i = 0; i != 5; ++i)
        expected.push_back(
            file_commitment(china("2026-04-0" + std::to_string(i + 1) + "T00:00:00")).task.text());
    std::vector<std::string> seen;
    std::string target = "/v1/verifications?limit=2";
    for (;;) {
        Json const page = body(ask({Method::get, target}));
        for (Json const& item : page.at("items").as_array()) seen.push_back(item.at("task_id").as_string());
        if (page.at("next_cursor").is_null()) break;
        target = "/v1/verifications?limit=2&cursor=" + page.at("next_cursor").as_string();
    }
    EXPECT_EQ(seen, expected);
    for (auto const& [query, expectation] :
         std::map<std::string, std::string>{{"?queue=theirs", "422 invalid query:queue"},
                                            {"?state=lost", "422 invalid query:state"},
                                            {"?due_before=2026-02-30", "422 invalid query:due_before"},
                                            {"?due_before=tomorrow", "422 invalid query:due_before"},
                                            {"?cursor=!", "422 invalid query:cursor"},
                                            {"?cursor=eHg", "422 invalid query:cursor"},
                                            {"?limit=0", "422 invalid query:limit"}})
        EXPECT_EQ(refusal(ask({Method::get, "/v1/verifications" + query})), expectation);
    Json const due =
        body(ask({Method::get, "/v1/verifications?due_before=2026-04-02&queue=unit&state=created"}));
    EXPECT_EQ(due.at("items").as_array().size(), 2u);
}

TEST_F(FindingApi, NamesEveryBadFieldOfADraft) {
    http::Response const response = ask({Method::post,
                                         "/v1/findings",
                                         R"({"task_id":"x","kind":"lie","fault":"none","severity":"general",
            "facts":"","evidence_ids":[],"legal_basis":[{"law":"a"}],"proposed_action":"b","more":1})",
                                         {{"Idempotency-Key", "k"}}});
    std::string const text = refusal(response);
    for (char const* pointer :
         {"/task_id", "/kind", "/facts", "/evidence_ids", "/legal_basis/0/article", "/more"})
        EXPECT_THAT(text, HasSubstr(std::string(" ") + pointer)) << text;
    EXPECT_EQ(count("findings"), 0);
}

TEST_F(FindingApi, LeadsThroughTheWholeProcess) {
    Filed const one = file_commitment();
    EvidenceId const evidence = check(one);
    auto post = [&](std::string const& target, std::string const& text, std::string const& who) {
        return ask({Method::post, target, text, {{"Idempotency-Key", "draft"}}, who});
    };
    http::Response const made =
        post("/v1/findings",
             R"({"task_id":")" + one.task.text() + R"(","kind":"false_statement","fault":"intentional",)" +
                 R"("severity":"general","facts":"不实","evidence_ids":[")" + evidence.text() +
                 R"("],"legal_basis":[{"law":"条例","article":"第四十四条"}],"proposed_action":"撤销"})",
             "verifier");
    ASSERT_EQ(refusal(made), "201");
    std::string const finding = header(made, "Location");
    std::string const served =
        R"("served_at":")" + to_rfc3339(clock.now()) + R"(","method":"mail","receipt":"回执")";
    auto const with_receipt = [&] {
        EvidenceId const file = receipt(*FindingId::parse(finding.substr(finding.rfind('/') + 1)));
        return "{" + served + R"(,"receipt_evidence_id":")" + file.text() + '"';
    };
    // As before; only the "no" that acquitted is refused.
    EXPECT_EQ(refusal(post(finding + "/review", R"({"confirmed":false,"opinion":"错字"})", "reviewer")),
              "422 invalid /confirmed");
    EXPECT_EQ(refusal(post(finding + "/review", R"({"confirmed":true,"opinion":"清楚"})", "reviewer")),
              "200");
    // The record of a service makes no paper any more.
    EXPECT_THAT(refusal(post(finding + "/prior-notice", R"({"number":"1",)" + served + "}", "clerk")),
                HasSubstr("422 invalid"));
    Json const composed = body(post(finding + "/prior-notice",
                                    R"({"number":"1","place":"大厅","contact":"010-00000000"})", "clerk"));
    std::string const digest = composed.at("documents").at(0).at("digest_sha256").as_string();
    EXPECT_EQ(refusal(post(finding + "/prior-notice/service", "{" + served + "}", "clerk")),
              "422 invalid /receipt_evidence_id");
    EXPECT_EQ(refusal(post(finding + "/prior-notice/service", with_receipt() + "}", "clerk")),
              "422 invalid /digest_sha256");
    EXPECT_EQ(refusal(post(finding + "/prior-notice/service",
                           with_receipt() + R"(,"digest_sha256":")" + digest + R"("})", "clerk")),
              "200");
    EXPECT_EQ(refusal(post(finding + "/defence", R"({"kind":"waiver","text":"放弃"})", "clerk")),
              "422 invalid /evidence_id");
    EvidenceId const waiver = receipt(*FindingId::parse(finding.substr(finding.rfind('/') + 1)));
    EXPECT_EQ(
        refusal(post(finding + "/defence",
                     R"({"kind":"waiver","text":"放弃","evidence_id":")" + waiver.text() + R"("})", "clerk")),
        "200");
    EXPECT_EQ(refusal(post(finding + "/decision", R"({"outcome":"breach","number":"2","reasons":"属实"})",
                           "decider")),
              "200");
    EXPECT_EQ(refusal(post(finding + "/service", with_receipt() + "}", "clerk")), "200");
    std::string const today = to_iso(china_date(clock.now()));
    EXPECT_EQ(
        refusal(post(finding + "/remedy", R"({"kind":"appeal","filed_on":")" + today + R"("})", "clerk")),
        "422 invalid /kind");
    EXPECT_EQ(
        refusal(post(finding + "/remedy", R"({"kind":"litigation","filed_on":")" + today + R"("})", "clerk")),
        "200");
    EXPECT_EQ(refusal(post(finding + "/remedy-outcome", R"({"outcome":"settled"})", "reviewer")),
              "422 invalid /outcome");
    EXPECT_EQ(refusal(post(finding + "/remedy-outcome", R"({"outcome":"upheld"})", "reviewer")), "200");
    clock.set(*row(*FindingId::parse(finding.substr(finding.rfind('/') + 1))).remedy_until);
    EXPECT_EQ(effect().effective, 1);

    Json const shown = body(ask({Method::get, finding, {}, {}, "supervisor"}));
    EXPECT_EQ(shown.at("state").as_string(), "effective");
    std::string const paper = "/v1/documents/" + shown.at("documents").at(1).at("document_id").as_string();
    EXPECT_EQ(body(ask({Method::get, paper, {}, {}, "clerk"})).at("number").as_string(), "2");
    EXPECT_EQ(refusal(ask({Method::get, paper, {}, {}, "stranger"})), "404 not-found");
    Json const list = body(ask({Method::get, "/v1/findings?state=effective&limit=1"}));
    EXPECT_EQ(list.at("items").as_array().size(), 1u);
    EXPECT_EQ(refusal(ask({Method::get, "/v1/findings/none"})), "404 not-found");
    EXPECT_EQ(refusal(ask({Method::get, "/v1/findings?state=lost"})), "422 invalid query:state");
}

TEST_F(FindingApi, AReviewSaysWhichOfTheThree) {
    auto refused = [](std::string const& text) {
        auto const review = domain::decode(domain::parse_json(text).value(), domain::Review::read);
        return said(review);
    };
    EXPECT_EQ(refused(R"({"outcome":"confirmed","opinion":"a"})"), "ok");
    EXPECT_EQ(refused(R"({"outcome":"returned","opinion":"a"})"), "ok");
    EXPECT_EQ(refused(R"({"outcome":"dismissed","opinion":"a","number":"1"})"), "ok");
    EXPECT_EQ(refused(R"({"opinion":"a"})"), "invalid /outcome");
    EXPECT_EQ(refused(R"({"outcome":"rejected","opinion":"a"})"), "invalid /outcome");
    EXPECT_EQ(refused(R"({"outcome":"returned"})"), "invalid /opinion");
    EXPECT_EQ(refused(R"({"outcome":"dismissed","opinion":"a"})"), "invalid /number");
    EXPECT_EQ(refused(R"({"outcome":"returned","opinion":"a","number":"1"})"), "invalid /number");
    EXPECT_EQ(refused(R"({"outcome":"returned","confirmed":true,"opinion":"a"})"), "invalid /confirmed");
    auto const before = domain::decode(domain::parse_json(R"({"confirmed":false,"opinion":"a"})").value(),
                                       domain::Review::read);
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().fields.at(0).reason->word, "say_which");
}

TEST_F(FindingApi, DeclaresWhoMayTakeEachStep) {
    std::string const finding = "/v1/findings/" + Uuid{}.text();
    auto roles = [&](std::string const& step) { return policy_of(Method::post, finding + step).any_of; };
    EXPECT_EQ(policy_of(Method::post, "/v1/findings").any_of, domain::Roles({Role::verifier}));
    EXPECT_EQ(roles("/review"), domain::Roles({Role::reviewer}));
    EXPECT_EQ(roles("/decision"), domain::Roles({Role::decider}));
    EXPECT_EQ(roles("/amendment"), domain::Roles({Role::verifier}));
    for (char const* step : {"/prior-notice", "/prior-notice/service", "/defence", "/service", "/remedy"})
        EXPECT_EQ(roles(step), domain::Roles({Role::verifier, Role::clerk})) << step;
    EXPECT_EQ(roles("/remedy-outcome"), domain::Roles({Role::reviewer, Role::decider}));
}

}  // namespace
}  // namespace sponsio::testing

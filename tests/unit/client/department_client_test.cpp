#include "server/client/department_client.hpp"

#include "tests/unit/http/house.hpp"

namespace sponsio::client {
namespace {

using namespace std::chrono_literals;
using Kind = DepartmentReply::Kind;

/// Answers every question with the status that it asks for, and a Retry-After behind a slash.
class Answering {
  public:
    [[nodiscard]] std::unique_ptr<DepartmentGateway> gateway() const {
        return make_department_gateway(
                   {.url = "https://localhost:" + std::to_string(house_.port()) + "/civil/",
                    .ca_file = http::test::test_files().certificate})
            .value();
    }

    std::string content_type;

  private:
    std::vector<http::Route> routes() {
        auto answer = [this](http::Request& r) -> http::awaitable<http::Response> {
            content_type = std::string(r.header("Content-Type").value_or(""));
            http::Response response;
            response.status = static_cast<unsigned>(std::stoul(r.body.substr(0, 3)));
            response.content_type = "application/jose";
            response.body = "an answer";
            if (r.body.size() > 4) response.set("Retry-After", r.body.substr(4));
            co_return response;
        };
        return {{http::Method::post, "/civil/checks", answer, {.accepts = {"application/jose"}}}};
    }

    http::test::House house_{routes()};
};

TEST(DepartmentClient, TellsApartWhatTheAskerMustTellApart) {
    Answering department;
    auto const gateway = department.gateway();
    auto const ask = [&](std::string const& question) {
        return gateway->ask(question, std::chrono::steady_clock::now() + 20s);
    };
    auto const good = ask("200");
    EXPECT_EQ(good.kind, Kind::answered);
    EXPECT_EQ(good.body, "an answer");
    EXPECT_EQ(department.content_type, "application/jose");
    for (char const* const refused : {"400", "403", "404", "409", "422"})
        EXPECT_EQ(ask(refused).kind, Kind::refused) << refused;
    for (char const* const failed : {"408", "500", "502"})
        EXPECT_EQ(ask(failed).kind, Kind::failed) << failed;
    EXPECT_EQ(ask("204").kind, Kind::failed) << "an answer without one";
    EXPECT_EQ(ask("503").cause, "status_503");
    EXPECT_TRUE(ask("500").body.empty()) << "what is no answer is not kept";
}

TEST(DepartmentClient, HearsWhenToComeBack) {
    Answering department;
    auto const gateway = department.gateway();
    auto const after = [&](std::string const& text) {
        auto const reply = gateway->ask("429 " + text, std::chrono::steady_clock::now() + 20s);
        EXPECT_EQ(reply.kind, Kind::busy);
        return reply.retry_after;
    };
    EXPECT_EQ(after("120"), 120s);
    EXPECT_EQ(after("Wed, 21 Oct 2099 07:28:00 GMT"), 24h);
    EXPECT_FALSE(after("soon"));
    EXPECT_FALSE(gateway->ask("503", std::chrono::steady_clock::now() + 20s).retry_after);
}

TEST(DepartmentClient, SaysWhetherAnythingLeft) {
    auto const nobody = make_department_gateway({.url = "https://localhost:1"}).value();
    auto const reply = nobody->ask("200", std::chrono::steady_clock::now() + 5s);
    EXPECT_EQ(reply.kind, Kind::not_sent);
    EXPECT_EQ(reply.cause, "connect");
    EXPECT_EQ(name(reply.kind), "not_sent");
}

TEST(DepartmentClient, RefusesAnAddressWithoutTls) {
    auto const made = make_department_gateway({.url = "http://gateway.example"});
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().detail.en.find("http://gateway.example"), std::string::npos);
}

}  // namespace
}  // namespace sponsio::client

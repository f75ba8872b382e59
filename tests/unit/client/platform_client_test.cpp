#include "server/client/platform_client.hpp"

#include "tests/unit/http/house.hpp"

#include <atomic>

namespace sponsio::client {
namespace {

using namespace std::chrono_literals;
using Kind = PlatformReply::Kind;

/// Answers every exchange with the status that stands at the end of the batch number.
class Answering {
  public:
    [[nodiscard]] std::unique_ptr<PlatformClient> client() const {
        return make_platform_client({.url = "https://localhost:" + std::to_string(house_.port()) + "/credit/",
                                     .ca_file = http::test::test_files().certificate})
            .value();
    }

    std::string last_seen;

  private:
    std::vector<http::Route> routes() {
        auto answer = [this](http::Request& r) -> http::awaitable<http::Response> {
            std::string const number(r.capture("batch_no"));
            last_seen = std::string(http::name(r.method)) + " " +
                        std::string(r.header("Content-Type").value_or("")) + " " + r.body;
            http::Response response = http::json_response(
                static_cast<unsigned>(std::stoul(number.substr(number.size() - 3))), "{}");
            response.set("Retry-After", "120");
            co_return response;
        };
        std::string const pattern = "/credit/exchange/v1/batches/{batch_no}";
        return {{http::Method::put, pattern, answer, {.accepts = {"application/vnd.sponsio.batch+json"}}},
                {http::Method::get, pattern, answer}};
    }

    http::test::House house_{routes()};
};

TEST(PlatformClient, TellsApartWhatTheSenderMustTellApart) {
    Answering platform;
    auto const client = platform.client();
    auto const soon = std::chrono::steady_clock::now() + 20s;

    struct Row {
        char const* status;
        Kind put, get;
    };

    for (Row const& row :
         {Row{"200", Kind::answered, Kind::answered}, Row{"201", Kind::answered, Kind::answered},
          Row{"400", Kind::refused, Kind::refused}, Row{"401", Kind::refused, Kind::refused},
          Row{"404", Kind::refused, Kind::not_there}, Row{"408", Kind::unavailable, Kind::unavailable},
          Row{"409", Kind::refused, Kind::refused}, Row{"422", Kind::refused, Kind::refused},
          Row{"429", Kind::unavailable, Kind::unavailable}, Row{"500", Kind::unavailable, Kind::unavailable},
          Row{"503", Kind::unavailable, Kind::unavailable},
          Row{"302", Kind::unavailable, Kind::unavailable}}) {
        std::string const number = std::string("U-20261016-000001.") + row.status;
        PlatformReply const put = client->put(number, "{\"a\":1}", soon);
        EXPECT_EQ(name(put.kind), name(row.put)) << row.status;
        EXPECT_EQ(platform.last_seen, "PUT application/vnd.sponsio.batch+json {\"a\":1}");
        PlatformReply const get = client->get(number, soon);
        EXPECT_EQ(name(get.kind), name(row.get)) << row.status;
        EXPECT_EQ(platform.last_seen, "GET  ");
        if (row.put == Kind::answered)
            EXPECT_EQ(put.body, "{}");
        else
            EXPECT_EQ(put.cause, std::string("status_") + row.status);
        EXPECT_EQ(put.status, std::stoi(row.status));
        EXPECT_EQ(put.retry_after.has_value(), row.put != Kind::answered) << row.status;
    }
}

TEST(PlatformClient, SaysWhetherAByteLeft) {
    auto const nobody = make_platform_client({.url = "https://localhost:1"}).value();
    PlatformReply const reply = nobody->put("U-1", "{}", std::chrono::steady_clock::now() + 5s);
    EXPECT_EQ(name(reply.kind), "not_sent");
    EXPECT_EQ(reply.cause, "connect");
}

}  // namespace
}  // namespace sponsio::client

#include "server/http/ops.hpp"

#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <boost/json/parse.hpp>

namespace sponsio::http::test {
namespace {

TEST(Ops, TellsHealthReadinessAndNumbers) {
    Metrics metrics("1.2.3");
    std::atomic<bool> database{false};
    auto checks = [&] {
        return std::vector<Check>{{"schema", true}, {"database", database, database ? "" : "no connection"}};
    };
    OpsServer ops({}, checks, metrics);
    ASSERT_TRUE(ops.start());
    Peer peer(ops.port(), Peer::Kind::plain);
    EXPECT_EQ(peer.ask(get("/healthz")).status, 200);
    Reply const unready = peer.ask(get("/readyz"));
    EXPECT_EQ(unready.status, 503);
    EXPECT_EQ(boost::json::parse(unready.body), boost::json::parse(R"({"ready":false,"checks":[
        {"name":"schema","ok":true},{"name":"database","ok":false,"why":"no connection"}]})"));
    database = true;
    EXPECT_EQ(peer.ask(get("/readyz")).status, 200);
    Reply const numbers = peer.ask(get("/metrics"));
    EXPECT_EQ(numbers.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_NE(numbers.body.find("build_info{version=\"1.2.3\"} 1"), std::string::npos);
    EXPECT_EQ(numbers.body.find("http_requests_total{"),
              std::string::npos);  // its own requests are not counted
    EXPECT_EQ(peer.ask(get("/")).status, 404);
    EXPECT_TRUE(ops.drain(std::chrono::seconds(1)));
}

}  // namespace
}  // namespace sponsio::http::test

#include "server/base/metrics.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace sponsio {
namespace {

TEST(Metrics, AppearInTheTextFormat) {
    Metrics metrics("0.0.0");
    metrics.http_requests.with({"/v1/me", "200"}).add();
    metrics.http_requests.with({"/v1/me", "200"}).add();
    metrics.http_in_flight.set(7);
    metrics.group_commit_batch.observe(3);
    std::string const text = metrics.text();
    EXPECT_NE(text.find("http_requests_total{code=\"200\",route=\"/v1/me\"} 2"), std::string::npos) << text;
    EXPECT_NE(text.find("http_in_flight 7"), std::string::npos);
    EXPECT_NE(text.find("group_commit_batch_size_bucket{le=\"2\"} 0"), std::string::npos);
    EXPECT_NE(text.find("group_commit_batch_size_bucket{le=\"4\"} 1"), std::string::npos);
    EXPECT_NE(text.find("build_info{version=\"0.0.0\"} 1"), std::string::npos);
}

TEST(Metrics, RefuseTheWrongNumberOfLabels) {
    Metrics metrics("0.0.0");
    EXPECT_THROW((void)metrics.http_requests.with({"/v1/me"}), std::logic_error);
}

TEST(Metrics, AreDescribedCompletely) {
    for (MetricInfo const& info : all_metrics()) {
        EXPECT_TRUE(std::regex_match(std::string(info.name), std::regex("[a-z][a-z_]*"))) << info.name;
        EXPECT_FALSE(info.help.empty()) << info.name;
        EXPECT_EQ(info.kind == "histogram", !info.buckets.empty()) << info.name;
        EXPECT_EQ(info.kind == "counter", info.name.ends_with("_total")) << info.name;
    }
}

}  // namespace
}  // namespace sponsio

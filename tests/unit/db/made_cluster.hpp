#pragma once

#include "server/base/process.hpp"
#include "server/db/cluster.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

/// Clusters of a test's own, for what concerns the cluster itself.
namespace sponsio::db {

inline ClusterOptions at(std::filesystem::path const& data) {
    return {.data = data, .shared_buffers_mb = 16, .max_connections = 20};
}

inline std::unique_ptr<EmbeddedCluster> started(ClusterOptions options) {
    auto cluster = EmbeddedCluster::start(std::move(options));
    if (!cluster) throw std::runtime_error(cluster.error().detail.en + cluster.error().cause);
    return std::move(*cluster);
}

/// A directory with a database that initdb made once for all tests: it takes seconds.
class MadeDir : public testing::TempDir {
  public:
    MadeDir() {
        static testing::TempDir const made;
        static bool const once = [] {
            auto options = at(made.path());
            options.test_only_unsafe_fast = true;
            started(std::move(options)).reset();
            return true;
        }();
        EXPECT_TRUE(once);
        auto const copied =
            run_process({.argv = {"cp", "-a", (made.path() / "postgres").string(), path().string()}});
        EXPECT_EQ(copied.exit_code, 0) << copied.output;
    }
};

}  // namespace sponsio::db

#include "server/db/cluster.hpp"

#include <cstdio>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    sponsio::db::ClusterOptions options{.data = argv[1], .shared_buffers_mb = 16};
    auto const cluster = sponsio::db::EmbeddedCluster::start(std::move(options));
    if (!cluster) {
        std::fprintf(stderr, "%s\n", cluster.error().detail.en.c_str());
        return 1;
    }
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) pause();
}

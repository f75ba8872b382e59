// Issues records of many effective findings, logs them, and prints how long that took as one JSON object:
// records, milliseconds. Findings and their papers are made before the clock starts.

#include "crypto/json.hpp"
#include "server/service/filing_service.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <chrono>
#include <iostream>
#include <thread>

namespace sponsio::testing {
namespace {

class Bulk : public RecordFixture {
  public:
    void TestBody() override {}

    void measure(int wanted) {
        SetUp();
        for (int n = 0; n != wanted; ++n) effective();
        LogWorld log(*executor, clock);
        service::FilingService writer({.connection = app(), .shards = log.prepare().value()}, *executor,
                                      {*vault, *calendar, matters, clock}, log.writer_parts());
        issuing = make_service({.batch = 128});
        auto const begin = std::chrono::steady_clock::now();
        std::size_t issued = 0;
        while (issued != static_cast<std::size_t>(wanted)) {
            auto const count = round();
            if (count.issued == 0 && count.drafted == 0) throw std::runtime_error("nothing more is issued");
            issued += count.issued;
            writer.log_waiting();
        }
        while (store::pending_leaves(db()).first != 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        auto const took = std::chrono::steady_clock::now() - begin;
        writer.stop();
        std::cout << crypto::write_json(crypto::Object{
                         {"records", issued},
                         {"milliseconds",
                          std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}})
                  << std::endl;
        TearDown();
    }
};

}  // namespace
}  // namespace sponsio::testing

int main(int argc, char** argv) {
    int const wanted = argc > 1 ? std::stoi(argv[1]) : 1000;
    try {
        sponsio::testing::Bulk().measure(wanted);
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "issue_records: " << error.what() << "\n";
        return 1;
    }
}

// Issues records of many effective findings, logs them, and prints how long that took as one JSON object:
// records, milliseconds. Findings and their papers are made before the clock starts.

#include "crypto/json.hpp"
#include "server/service/filing_service.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <atomic>
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
                                      {*vault, *calendar, *rules, matters, clock}, log.writer_parts());
        auto const begin = std::chrono::steady_clock::now();
        {
            // Two, as in the server: one computes while the database works for the other.
            std::jthread const other([&] { issue_share(1, wanted, writer); });
            issue_share(0, wanted, writer);
        }
        while (store::pending_leaves(db()).first != 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        auto const took = std::chrono::steady_clock::now() - begin;
        writer.stop();
        std::cout << crypto::write_json(crypto::Object{
                         {"records", wanted},
                         {"milliseconds",
                          std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}})
                  << std::endl;
        TearDown();
    }

  private:
    /// Until all of them are issued, whoever did it.
    void issue_share(int part, int wanted, service::FilingService& writer) {
        auto const mine = make_service({.share = {.part = part, .parts = 2}});
        while (issued_ != wanted) {
            auto const count = mine->round(soon()).value();
            if (count.failed) throw std::runtime_error("a record was not issued");
            issued_ += static_cast<int>(count.issued);
            writer.log_waiting();
        }
    }

    std::atomic<int> issued_ = 0;
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

// Files commitments in turns with the alarms of the rule pack and without any, on one database, and prints
// the microseconds of the fastest turn of each as one JSON object: filed (in a turn), armed, unarmed.
// Whatever else the machine does slows a turn down; nothing makes one faster than it is.

#include "tests/service/filing_world.hpp"
#include "tests/service/known_regions.hpp"
#include "text/json.hpp"

#include <chrono>
#include <iostream>

namespace sponsio::testing {
namespace {

using namespace std::chrono;

/// The carried packs, with every alarm taken out.
domain::Rules without_alarms() {
    std::vector<std::string> texts;
    std::vector<Resource> files;
    for (Resource const& file : resources_in("rules/")) {
        if (file.name.ends_with(".schema.json")) continue;
        Json pack = json::parse(file.bytes).value();
        json::Array kept;
        for (Json const& rule : pack.at("rules").as_array())
            if (rule.at("kind").as_string() != "alarm") kept.push_back(rule);
        pack.as_object().set("rules", std::move(kept));
        texts.push_back(json::write(pack));
    }
    for (std::string const& text : texts) files.push_back({"rules/without_alarms.json", text});
    return domain::Rules::from_files(files).value();
}

class Turns : public FilingWorld {
  public:
    void TestBody() override {}

    void measure(int turns, int each) {
        SetUp();
        domain::Rules const quiet = without_alarms();
        microseconds armed = microseconds::max(), unarmed = microseconds::max();
        for (int turn = -1; turn != turns; ++turn) {
            // Which goes first changes from turn to turn; the first turn only warms up.
            bool const first = turn % 2 == 0;
            microseconds const a = time_of(first ? *rules : quiet, each);
            microseconds const b = time_of(first ? quiet : *rules, each);
            if (turn < 0) continue;
            armed = std::min(armed, first ? a : b);
            unarmed = std::min(unarmed, first ? b : a);
        }
        std::cout << json::write(json::Object{
                         {"filed", each}, {"armed", armed.count()}, {"unarmed", unarmed.count()}})
                  << std::endl;
        TearDown();
    }

  private:
    [[nodiscard]] unsigned writers() const override { return 1; }

    microseconds time_of(domain::Rules const& by, int commitments) {
        filing.reset();
        filing = std::make_unique<service::FilingService>(
            service::FilingOptions{.connection = app(), .shards = log->prepare().value()},
            service::FilingParts{{.db = *executor,
                                  .vault = *vault,
                                  .matters = matters,
                                  .rules = by,
                                  .calendar = *calendar,
                                  .clock = clock},
                                 known_regions(),
                                 terms},
            log->writer_parts());
        filed(fresh_key(), body());  // connects, and takes the shard
        std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
        for (int i = 0; i != commitments; ++i)
            calls.push_back(filing->file(as("clerk"), fresh_key(), body()));
        auto const begin = steady_clock::now();
        auto const outcomes = await_all(std::move(calls));
        auto const took = duration_cast<microseconds>(steady_clock::now() - begin);
        for (auto const& outcome : outcomes)
            if (!outcome) throw std::runtime_error("a commitment was not filed: " + said(outcome));
        return took;
    }
};

}  // namespace
}  // namespace sponsio::testing

int main(int argc, char** argv) {
    int const turns = argc > 1 ? std::stoi(argv[1]) : 10;
    try {
        sponsio::testing::Turns().measure(turns, 2000);
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "file_armed: " << error.what() << "\n";
        return 1;
    }
}

#include "server/app/wings/erasure.hpp"

#include "server/api/erasures.hpp"

namespace sponsio::app {
namespace {

constexpr std::chrono::seconds pause_of_finishing{5};
constexpr std::chrono::minutes pause_of_retention{10};

Deadline round_limit() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

}  // namespace

Erasure::Erasure(Foundation& base, service::ReportQueue const& reports, std::function<void()> leaves_waiting)
    : erased_([&base, leaves_waiting = std::move(leaves_waiting)] {
          base.rows.drop();
          leaves_waiting();
      }),
      erasures_({.db = base.db, .vault = base.vault, .clock = *base.clock, .erased = erased_}),
      retention_({.db = base.db,
                  .vault = base.vault,
                  .rules = base.knowledge.rules,
                  .calendar = base.knowledge.calendar,
                  .clock = *base.clock,
                  .take_back =
                      [&reports](db::PgSession& db, RecordId record, std::string const& rule, Instant now) {
                          return reports.follow(db,
                                                {.record = record,
                                                 .op = domain::ReportOp::withdraw,
                                                 .why = rule,
                                                 .by = domain::System{}},
                                                now);
                      }}),
      rounds_(base.metrics) {}

void Erasure::add_routes(http::Router& router) {
    router.add(api::erasure_routes(erasures_));
}

void Erasure::start(std::chrono::milliseconds) {
    rounds_.run({.name = "retention", .pause = pause_of_retention}, [this] {
        auto const ended = retention_.end_records(round_limit());
        if (ended && *ended != 0) erased_();
        return ended;
    });
    rounds_.run({.name = "erasures", .pause = pause_of_finishing},
                [this] { return retention_.finish(round_limit()); });
}

}  // namespace sponsio::app

#include "server/app/wings/filing.hpp"

#include "server/api/commitments.hpp"
#include "server/api/evidence.hpp"
#include "server/api/rectifications.hpp"

namespace sponsio::app {

Outcome<std::unique_ptr<Filing>> Filing::open(Foundation& base, Ledger& ledger) {
    auto shards = ledger.log().prepare(std::chrono::steady_clock::now() + std::chrono::seconds(60));
    if (!shards) return shards.error();
    return std::unique_ptr<Filing>(new Filing(base, ledger, std::move(*shards)));
}

Filing::Filing(Foundation& base, Ledger& ledger, std::vector<std::int16_t> shards)
    : metrics_(base.metrics),
      parts_{base.ground, base.knowledge.regions, base.person_terms, &base.rows},
      filing_({.connection = base.database.connection(), .shards = std::move(shards)}, parts_,
              ledger.writing()),
      eligibility_(parts_),
      notices_(base.ground, base.knowledge.catalogue),
      counter_(parts_, notices_, filing_),
      rectifications_(base.ground),
      signed_papers_(base.ground),
      rounds_(base.metrics) {}

void Filing::add_routes(http::Router& router) {
    router.add(api::commitment_routes(filing_, eligibility_, counter_));
    router.add(api::rectification_routes(rectifications_));
    router.add(api::signed_paper_routes(signed_papers_));
}

/// What /readyz says of filing, as numbers to watch.
void Filing::start(std::chrono::milliseconds pause) {
    rounds_.run({.name = "filing_watch", .pause = pause}, [this]() -> Outcome<std::size_t> {
        auto const writers = filing_.stats();
        metrics_.filing_ready.set(writers.can_store ? 1 : 0);
        metrics_.filing_round_age.set(std::chrono::duration<double>(writers.oldest_round).count());
        return std::size_t{0};
    });
}

}  // namespace sponsio::app

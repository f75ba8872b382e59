#include "server/app/wings/records.hpp"

#include "server/api/log.hpp"
#include "server/api/records.hpp"
#include "server/api/status_lists.hpp"
#include "server/work/issuer.hpp"

namespace sponsio::app {
namespace {

service::IssueService::SignerAt signer_of(Foundation& base) {
    return [&base](Instant now) { return base.keys->signer(service::purpose::record, now); };
}

service::IssueService half(Foundation& base, service::IssueService::OnIssued on_issued,
                           std::function<void()> leaves_waiting, int part) {
    return {{.db = base.db,
             .vault = base.vault,
             .matters = base.matters,
             .rules = base.knowledge.rules,
             .calendar = base.knowledge.calendar,
             .clock = *base.clock,
             .metrics = base.metrics,
             .signer = signer_of(base),
             .published = [&base] { return base.keys->record_keys().resolver(); },
             .on_issued = std::move(on_issued),
             .leaves_waiting = std::move(leaves_waiting)},
            {.issuer = base.options.issuer, .share = {.part = part, .parts = 2}}};
}

}  // namespace

Records::Records(Foundation& base, service::IssueService::OnIssued on_issued,
                 std::function<void()> leaves_waiting)
    : records_(base.db, base.vault, *base.clock),
      proofs_(base.db, base.vault, base.witnesses),
      statuses_({.db = base.db,
                 .vault = base.vault,
                 .clock = *base.clock,
                 .metrics = base.metrics,
                 .signer = signer_of(base)},
                {.issuer = base.options.issuer}),
      issuing_{half(base, on_issued, leaves_waiting, 0), half(base, on_issued, leaves_waiting, 1)},
      rounds_(base.metrics) {
    base.rows.add([this] { records_.forget(); });
    base.rows.add([this] { statuses_.forget(); });
}

void Records::add_routes(http::Router& router) {
    router.add(api::record_routes(records_));
    router.add(api::proof_routes(proofs_));
    router.add(api::status_list_routes(statuses_));
}

void Records::start(std::chrono::milliseconds pause) {
    for (service::IssueService& one : issuing_)
        rounds_.run({.name = "issue", .pause = pause}, work::issuing_rounds(one));
}

}  // namespace sponsio::app

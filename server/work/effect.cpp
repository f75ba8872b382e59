#include "server/work/effect.hpp"

#include "server/base/log.hpp"

namespace sponsio::work {
namespace {

using namespace std::chrono_literals;

/// Enough for a busy day in one round, few enough that stop() waits only briefly.
constexpr int at_most = 100;
constexpr auto patience = 30s;

}  // namespace

std::function<Outcome<std::size_t>()> effect_round(service::FindingService& findings) {
    return [&findings]() -> Outcome<std::size_t> {
        auto const round = findings.take_effect(std::chrono::steady_clock::now() + patience, at_most);
        if (!round) return round.error();
        for (auto const& failure : round->failures)
            log::error("finding.effect_failed", {{log::Key::id, failure.finding},
                                                 {log::Key::problem, failure.why.problem->slug},
                                                 {log::Key::cause, failure.why.cause}});
        // Only failures: return the fault, so that Periodic pauses before it tries them again.
        int const done = round->ends_set + round->effective;
        if (done == 0 && !round->failures.empty()) return round->failures.front().why;
        return static_cast<std::size_t>(done);
    };
}

}  // namespace sponsio::work

#include "server/work/issuer.hpp"

namespace sponsio::work {
namespace {

/// Longer than any round takes; the database's own timeouts end a round whose database does not answer.
constexpr std::chrono::seconds round_limit{60};

Deadline deadline() {
    return std::chrono::steady_clock::now() + round_limit;
}

}  // namespace

Periodic::Round issuing_rounds(service::IssueService& issuing) {
    return [&issuing, reconsidered = false]() mutable -> Outcome<std::size_t> {
        if (!reconsidered) {
            if (auto again = issuing.reconsider_refused(deadline()); !again) return again.error();
            reconsidered = true;
        }
        auto const done = issuing.round(deadline());
        if (!done) return done.error();
        if (done->failed) return *done->failed;
        return done->drafted + done->issued + done->set_aside;
    };
}

}  // namespace sponsio::work

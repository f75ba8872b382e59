#include "server/app/observer.hpp"

#include "server/base/log.hpp"

#include <utility>

namespace sponsio::app {

void DatabaseObserver::failed(Fault const& fault) noexcept {
    log::error("database.job_failed",
               {{log::Key::problem, fault.problem->slug}, {log::Key::cause, fault.cause}});
}

void DatabaseObserver::lost(Fault const& fault) noexcept {
    {
        std::lock_guard const lock(mutex_);
        if (outage_) {
            ++outage_->jobs;
            return;
        }
        outage_ = Outage{std::chrono::steady_clock::now(), 1};
    }
    log::error("database.lost", {{log::Key::problem, fault.problem->slug}, {log::Key::cause, fault.cause}});
}

void DatabaseObserver::connected() noexcept {
    rows_.drop();
    std::optional<Outage> over;
    {
        std::lock_guard const lock(mutex_);
        over = std::exchange(outage_, std::nullopt);
    }
    if (!over) return;
    auto const lasted = std::chrono::steady_clock::now() - over->since;
    log::info("database.back",
              {{log::Key::ms, std::chrono::duration_cast<std::chrono::milliseconds>(lasted).count()},
               {log::Key::count, over->jobs}});
}

}  // namespace sponsio::app

#include "server/work/periodic.hpp"

#include "server/base/internal.hpp"
#include "server/base/log.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sponsio::work {

Periodic::Periodic(Options options, Round round, Metrics& metrics)
    : options_(std::move(options)), round_(std::move(round)), metrics_(metrics), thread_([this] { run(); }) {}

Periodic::~Periodic() {
    stop();
}

void Periodic::poke() {
    std::lock_guard lock(mutex_);
    poked_ = true;
    wake_.notify_one();
}

void Periodic::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

/// Returns false when the job is to stop.
bool Periodic::wait(std::chrono::milliseconds pause) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, pause, [this] { return stopping_ || poked_; });
    poked_ = false;
    return !stopping_;
}

Outcome<std::size_t> Periodic::guarded_round() {
    try {
        return round_();
    } catch (FaultError const& error) {
        return error.fault;
    } catch (std::exception const& error) {
        return internal(error.what());
    }
}

void Periodic::run() {
    auto pause = std::chrono::milliseconds{0};
    std::int64_t failed = 0;  // rounds in a row; of them the first is told, and that they are over
    while (wait(pause)) {
        auto const begin = std::chrono::steady_clock::now();
        auto const done = guarded_round();
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
        metrics_.work_seconds.with({options_.name}).observe(took.count());
        metrics_.work_runs.with({options_.name, done ? "ok" : "failed"}).add();
        if (!done) {
            if (failed++ == 0)
                log::error("work.round_failed", {{log::Key::name, options_.name},
                                                 {log::Key::problem, done.error().problem->slug},
                                                 {log::Key::cause, done.error().cause}});
            pause = std::clamp(pause * 2, options_.pause, options_.longest_pause);
        } else {
            if (std::int64_t const rounds = std::exchange(failed, 0); rounds != 0)
                log::info("work.goes_on", {{log::Key::name, options_.name}, {log::Key::count, rounds}});
            pause = *done > 0 ? std::chrono::milliseconds{0} : options_.pause;
        }
    }
}

}  // namespace sponsio::work

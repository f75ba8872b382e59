#include "server/app/training_clock.hpp"

#include "server/base/log.hpp"

#include <fstream>
#include <sys/stat.h>

namespace sponsio::app {
namespace {

Instant modified_at(struct stat const& state) {
    return Instant{std::chrono::seconds{state.st_mtim.tv_sec} +
                   std::chrono::microseconds{state.st_mtim.tv_nsec / 1000}};
}

}  // namespace

Outcome<std::unique_ptr<TrainingClock>> TrainingClock::open(std::filesystem::path file) {
    std::unique_ptr<TrainingClock> clock(new TrainingClock(std::move(file)));
    if (auto good = clock->read(); !good) return good.error();
    return clock;
}

Outcome<void> TrainingClock::read() const {
    auto refuse = [&](char const* why) {
        return fault(problem::invalid,
                     "The training clock " + file_.string() + " " + why +
                         "; write an instant such as 2026-03-02T01:00:00Z into it.",
                     "训练时钟文件 " + file_.string() + " 无效，请写入形如 2026-03-02T01:00:00Z 的时间。");
    };

    struct stat state {};

    if (::stat(file_.c_str(), &state) != 0) return refuse("cannot be read");
    // Looked at every time: whoever moved the clock may count on it with the very next request.
    if (state.st_ino == inode_ && modified_at(state) == written_at_) return {};
    std::ifstream in(file_);
    std::string text;
    in >> text;
    auto const instant = parse_rfc3339(text);
    if (!instant) return refuse("holds no RFC 3339 instant");
    set_to_ = *instant;
    inode_ = state.st_ino;
    written_at_ = modified_at(state);
    return {};
}

Instant TrainingClock::now() const {
    std::lock_guard lock(mutex_);
    // A file that is being replaced keeps the time that was known.
    static_cast<void>(read());
    Instant const running = set_to_ + (SystemClock{}.now() - written_at_);
    latest_ = std::max(latest_, running);
    return latest_;
}

Outcome<std::unique_ptr<Clock>> clock_from(std::filesystem::path const& training) {
    if (training.empty()) return std::unique_ptr<Clock>(new SystemClock);
    auto clock = TrainingClock::open(training);
    if (!clock) return clock.error();
    log::warn("clock.training", {{log::Key::file, training.string()}});
    return std::unique_ptr<Clock>(std::move(*clock));
}

}  // namespace sponsio::app

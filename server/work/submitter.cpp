#include "server/work/submitter.hpp"

#include "server/base/log.hpp"

namespace sponsio::work {

Submitter::Submitter(service::SubmissionDelivery& delivery, SubmitterOptions options)
    : delivery_(delivery), options_(options) {}

Submitter::~Submitter() {
    stop();
}

void Submitter::start() {
    for (std::size_t i = 0; i != options_.threads; ++i) threads_.emplace_back([this] { run(); });
}

void Submitter::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

bool Submitter::stopping() {
    std::lock_guard const lock(mutex_);
    return stopping_;
}

void Submitter::run() {
    std::string_view last_problem;
    while (!stopping()) {
        auto const done = delivery_.round([this] { return stopping(); });
        std::string_view const problem = done ? std::string_view() : done.error().problem->slug;
        // Logged once when it begins and once when it ends, not twice a second.
        if (problem != last_problem) {
            if (problem.empty())
                log::info("submission.recovered");
            else
                log::error("submission.failed",
                           {{log::Key::problem, problem}, {log::Key::cause, done.error().cause}});
            last_problem = problem;
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, options_.tick, [&] { return stopping_; });
    }
}

}  // namespace sponsio::work

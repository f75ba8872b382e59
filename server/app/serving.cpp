#include "server/app/serving.hpp"

#include "server/app/notify.hpp"
#include "server/base/log.hpp"

#include <csignal>
#include <ctime>
#include <iostream>

namespace sponsio::app {
namespace {

/// SIGTERM, SIGINT and SIGHUP wait for `next()` instead of ending the process; threads started later inherit
/// that.
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        // One that went to the wrong process must not end it.
        for (int signal : {SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
    }

    [[nodiscard]] int next() const {
        int signal = 0;
        while (sigwait(&set_, &signal) != 0) {
        }
        return signal;
    }

  private:
    sigset_t set_{};
};

void report(Outcome<void> const& outcome, char const* step) {
    if (outcome) return;
    Fault const& why = outcome.error();
    log::error("server.reload_refused", {{log::Key::step, std::string_view(step)},
                                         {log::Key::problem, why.detail.en},
                                         {log::Key::cause, why.cause}});
}

/// What systemd.service(5) asks of `Type=notify-reload`; with `Type=notify` it does no harm.
std::string reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return "RELOADING=1\nMONOTONIC_USEC=" +
           std::to_string(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
}

void reload(Serving const& serving) {
    notify(reloading());
    report(log::reopen(), "log");
    auto const taken_up = serving.reload();
    report(taken_up, "certificate");
    if (taken_up) log::info("server.reloaded");
    notify("READY=1");
}

}  // namespace

void serve_until_stopped(std::filesystem::path const& log_file, std::function<Serving()> const& start) {
    if (auto const unsound = unsound_cryptography()) throw CommandFailed{*unsound, ExitCode::unavailable};
    Signals const signals;
    must(log::start({.file = log_file}));
    bool clean = true;
    {
        Serving const serving = start();
        std::cout << json::write(serving.ready) << std::endl;
        notify("READY=1");
        {
            Watchdog const watchdog(serving.answers);
            while (signals.next() == SIGHUP) reload(serving);
        }
        notify("STOPPING=1");
        clean = serving.stop();
    }
    log::stop();
    if (!clean)
        throw CommandFailed{in_own_language({"Some requests did not end within the grace and were cut.",
                                             "部分请求未能在宽限时间内结束，已被中断。"})};
}

void add_front_options(CLI::App& command, FrontArguments& arguments, front::FrontOptions& front,
                       std::string const& names) {
    command
        .add_option("--listen", arguments.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    several(command.add_option(names, front.host_names,
                               "Host name or address for the self-made certificate; may be repeated"));
    command
        .add_option("--training-clock", arguments.training_clock,
                    "File with the business time to run from, as for serve; for training and tests only")
        ->check(CLI::ExistingFile);
    command.add_option("--log", arguments.log_file, "Log file; by default standard error");
}

}  // namespace sponsio::app

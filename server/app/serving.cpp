#include "server/app/serving.hpp"

#include "server/base/log.hpp"

#include <csignal>
#include <iostream>

namespace sponsio::app {
namespace {

/// SIGTERM and SIGINT wait for `wait()` instead of ending the process; threads started later inherit that.
class StopSignals {
  public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    void wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
    }

  private:
    sigset_t set_{};
};

}  // namespace

void serve_until_stopped(std::filesystem::path const& log_file, std::function<Serving()> const& start) {
    if (auto const unsound = unsound_cryptography()) throw CommandFailed{*unsound, Exit::no_cryptography};
    StopSignals const signals;
    must(log::start({.file = log_file}));
    bool clean = true;
    {
        Serving const serving = start();
        std::cout << crypto::write_json(serving.ready) << std::endl;
        signals.wait();
        clean = serving.stop();
    }
    log::stop();
    if (!clean) throw CommandFailed{"Some requests did not end within the grace and were cut."};
}

void add_front_options(CLI::App& command, FrontArguments& arguments, FrontOptions& front,
                       std::string const& names) {
    command
        .add_option("--listen", arguments.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command.add_option(names, front.host_names,
                       "Host name or address for the self-made certificate; may be repeated");
    command
        .add_option("--training-clock", arguments.training_clock,
                    "File with the business time to run from, as for serve; for training and tests only")
        ->check(CLI::ExistingFile);
    command.add_option("--log", arguments.log_file, "Log file; by default standard error");
}

}  // namespace sponsio::app

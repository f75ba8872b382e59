#pragma once

#include "reference/front/front.hpp"
#include "server/app/cli.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/place.hpp"
#include "server/app/training_clock.hpp"
#include "text/json.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

/// What the commands that serve have in common: from the first line on standard output to the stop signal.
namespace sponsio::app {

/// A server that answers, as such a command sees it.
struct Serving {
    json::Object ready;  ///< told on standard output, in one line
    /// Takes up what was changed on disk, or refuses and goes on as before.
    std::function<Outcome<void>()> reload;
    std::function<bool()> stop;       ///< true if nothing had to be cut; the server goes with it
    std::function<bool()> answers{};  ///< true if every thread that speaks HTTP still goes round
};

/// Starts, tells, and waits for SIGTERM or Ctrl-C. SIGHUP opens the log file anew and reloads; SIGUSR1,
/// SIGUSR2 and SIGPIPE do nothing. CommandFailed if it could not stop cleanly.
void serve_until_stopped(std::filesystem::path const& log_file, std::function<Serving()> const& start);

/// What a server beside ours is told by its command line, besides what is its own.
struct FrontArguments {
    std::string listen;
    std::filesystem::path training_clock{};
    std::filesystem::path log_file{};
};

/// --listen, --training-clock, --log, and `names`, the option with more names for the certificate.
void add_front_options(CLI::App& command, FrontArguments& arguments, front::FrontOptions& front,
                       std::string const& names);

/// Runs such a server: `start(clock)` makes it, `tell(server)` says what it tells beside its address.
template <class Start, class Tell>
void run_front(FrontArguments const& arguments, front::FrontOptions& options, Start start, Tell tell) {
    must(require_parent(options.data, "--data"));
    serve_until_stopped(arguments.log_file, [&] {
        Endpoint const at = must(Endpoint::parse(arguments.listen));
        options.host = at.host;
        options.port = at.port;
        std::shared_ptr<Clock> const clock = must(clock_from(arguments.training_clock));
        std::shared_ptr const server = must(start(*clock));
        json::Object ready = tell(*server);
        ready.add("ready", true)
            .add("address", Endpoint{at.host, server->front().port()}.text())
            .add("certificate", std::filesystem::absolute(server->front().certificate()).string());
        return Serving{std::move(ready), [server] { return server->front().reload(); },
                       [clock, server] { return server->front().stop(std::chrono::seconds(10)); }};
    });
}

}  // namespace sponsio::app

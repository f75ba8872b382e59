#include "server/app/platform/command.hpp"

#include "crypto/json.hpp"
#include "server/app/cli.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/platform/platform.hpp"
#include "server/app/stop_signals.hpp"
#include "server/app/training_clock.hpp"
#include "server/base/log.hpp"

#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    platform::PlatformServerOptions server;
    std::string listen = "127.0.0.1:9443";
    std::filesystem::path registry{};
    std::filesystem::path training_clock{};
    std::filesystem::path log_file{};
};

void run_platform(Arguments arguments) {
    StopSignals const signals;
    must(log::start({.file = arguments.log_file}));
    Endpoint const at = must(Endpoint::parse(arguments.listen));
    arguments.server.host = at.host;
    arguments.server.port = at.port;
    if (!arguments.registry.empty()) arguments.server.registry = arguments.registry;
    auto const clock = must(clock_from(arguments.training_clock));
    auto running = must(platform::Platform::start(arguments.server, *clock));
    std::cout << crypto::write_json(crypto::Object{
                     {"ready", true},
                     {"address", Endpoint{at.host, running->port()}.text()},
                     {"certificate", std::filesystem::absolute(running->certificate()).string()}})
              << std::endl;
    signals.wait();
    bool const clean = running->stop(std::chrono::seconds(10));
    running.reset();
    log::stop();
    if (!clean) throw CommandFailed{"Some requests did not end within the grace and were cut."};
}

}  // namespace

void add_platform_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "platform", "Runs the reference sharing platform until it is told to stop (SIGTERM, Ctrl-C)");
    command->add_option("--data", a.server.data, "Directory for received batches and the certificate")
        ->type_name("DIR")
        ->required();
    command->add_option("--listen", a.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command
        ->add_option("--registry", a.registry,
                     "JSON file of the units that may report; read anew for every batch. Without it every "
                     "unit is taken at its word")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--sender-key", a.server.sender_keys,
                     "SM2 public key (PEM) good for every unit that is let in; may be repeated")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--token-file", a.server.token_file,
                     "Every request must bear the token in its first line; by default none is asked for")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->add_option("--name", a.server.names,
                        "Host name or address for the self-made certificate; may be repeated");
    command
        ->add_option("--training-clock", a.training_clock,
                     "File with the business time to run from, as for serve; for training and tests only")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--drop-answers", a.server.drop_answers,
                     "Fault on purpose: store the first N batches and cut the connection unanswered")
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--log", a.log_file, "Log file; by default standard error");
    command->callback([arguments] { run_platform(*arguments); });
}

}  // namespace sponsio::app

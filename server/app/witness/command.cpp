#include "server/app/witness/command.hpp"

#include "crypto/json.hpp"
#include "server/app/cli.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/stop_signals.hpp"
#include "server/app/training_clock.hpp"
#include "server/app/witness/witness.hpp"
#include "server/base/log.hpp"

#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    witness::WitnessOptions server;
    std::string listen = "127.0.0.1:8543";
    std::filesystem::path training_clock{};
    std::filesystem::path log_file{};
};

void run_witness(Arguments arguments) {
    StopSignals const signals;
    must(log::start({.file = arguments.log_file}));
    Endpoint const at = must(Endpoint::parse(arguments.listen));
    arguments.server.host = at.host;
    arguments.server.port = at.port;
    auto const clock = must(clock_from(arguments.training_clock));
    auto running = must(witness::Witness::start(arguments.server, *clock));
    std::cout << crypto::write_json(crypto::Object{
                     {"ready", true},
                     {"address", Endpoint{at.host, running->port()}.text()},
                     {"certificate", std::filesystem::absolute(running->certificate()).string()},
                     {"vkey", must(running->vkey())}})
              << std::endl;
    signals.wait();
    bool const clean = running->stop(std::chrono::seconds(10));
    running.reset();
    log::stop();
    if (!clean) throw CommandFailed{"Some requests did not end within the grace and were cut."};
}

}  // namespace

void add_witness_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "witness", "Cosigns checkpoints of logs that only grow, until it is told to stop (SIGTERM, Ctrl-C)");
    command
        ->add_option("--data", a.server.data, "Directory for the key, what was cosigned, and the certificate")
        ->type_name("DIR")
        ->required();
    command
        ->add_option("--name", a.server.name,
                     "Name of the witness's key, such as witness.example.org/w1; part of what verifiers keep")
        ->type_name("NAME")
        ->required();
    command
        ->add_option("--log-vkey", a.server.log_vkeys,
                     "Verifier key of a log to follow; may be repeated, also for several keys of one log")
        ->type_name("VKEY");
    command->add_option("--logs", a.server.log_files, "File with such keys, one a line; may be repeated")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->add_option("--listen", a.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command->add_option("--certificate-name", a.server.host_names,
                        "Host name or address for the self-made certificate; may be repeated");
    command
        ->add_option("--training-clock", a.training_clock,
                     "File with the business time to run from, as for serve; for training and tests only")
        ->check(CLI::ExistingFile);
    command->add_option("--log", a.log_file, "Log file; by default standard error");
    command->callback([arguments] { run_witness(*arguments); });
}

}  // namespace sponsio::app

#include "server/app/witness_command.hpp"

#include "reference/witness/witness.hpp"
#include "server/app/serving.hpp"

#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    witness::WitnessOptions server;
    FrontArguments front{.listen = "127.0.0.1:8543"};
};

void run_witness(Arguments arguments) {
    run_front(
        arguments.front, arguments.server.front,
        [&](Clock const& clock) { return witness::Witness::start(arguments.server, clock); },
        [](witness::Witness const& server) {
            return json::Object{{"vkey", must(server.vkey())}};
        });
}

}  // namespace

void add_witness_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "witness", "Cosigns checkpoints of logs that only grow, until it is told to stop (SIGTERM, Ctrl-C)");
    command
        ->add_option("--data", a.server.front.data,
                     "Directory for the key, what was cosigned, and the certificate")
        ->type_name("DIR")
        ->required();
    command
        ->add_option("--name", a.server.name,
                     "Name of the witness's key, such as witness.example.org/w1; part of what verifiers keep")
        ->type_name("NAME")
        ->required();
    several(command->add_option(
                "--log-vkey", a.server.log_vkeys,
                "Verifier key of a log to follow; may be repeated, also for several keys of one log"))
        ->type_name("VKEY");
    several(
        command->add_option("--logs", a.server.log_files, "File with such keys, one a line; may be repeated"))
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->add_flag(
        "--moved", a.server.moved,
        "DIR was copied here and the witness that wrote it has stopped for good: takes the copy "
        "for the original, once");
    add_front_options(*command, a.front, a.server.front, "--certificate-name");
    command->callback([arguments] { run_witness(*arguments); });
}

}  // namespace sponsio::app

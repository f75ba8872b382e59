#include "server/app/department/command.hpp"

#include "crypto/json.hpp"
#include "server/app/cli.hpp"
#include "server/app/department/server.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/stop_signals.hpp"
#include "server/app/training_clock.hpp"
#include "server/base/log.hpp"

#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    department::DepartmentOptions server;
    std::string listen = "127.0.0.1:9543";
    std::int64_t answer_delay_ms = 0;
    std::filesystem::path training_clock{};
    std::filesystem::path log_file{};
};

void run_department(Arguments arguments) {
    StopSignals const signals;
    must(log::start({.file = arguments.log_file}));
    Endpoint const at = must(Endpoint::parse(arguments.listen));
    arguments.server.host = at.host;
    arguments.server.port = at.port;
    arguments.server.answer_delay = std::chrono::milliseconds(arguments.answer_delay_ms);
    auto const clock = must(clock_from(arguments.training_clock));
    auto running = must(department::DepartmentServer::start(arguments.server, *clock));
    std::cout << crypto::write_json(crypto::Object{
                     {"ready", true},
                     {"address", Endpoint{at.host, running->port()}.text()},
                     {"certificate", std::filesystem::absolute(running->certificate()).string()},
                     {"public_key", must(running->public_key())}})
              << std::endl;
    signals.wait();
    bool const clean = running->stop(std::chrono::seconds(10));
    running.reset();
    log::stop();
    if (!clean) throw CommandFailed{"Some requests did not end within the grace and were cut."};
}

}  // namespace

void add_department_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "department",
        "Runs the reference gateway of a department until it is told to stop (SIGTERM, Ctrl-C)");
    command->add_option("--data", a.server.data, "Directory for the key, given answers and the certificate")
        ->type_name("DIR")
        ->required();
    command
        ->add_option("--department", a.server.department,
                     "Its word, such as civil_affairs; what questions must be addressed to")
        ->type_name("WORD")
        ->required();
    command
        ->add_option("--holdings", a.server.holdings,
                     "JSON file of what it knows, by document number; read anew for every question")
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->required();
    command
        ->add_option("--asker-jwks", a.server.asker_jwks,
                     "File or https URL of the keys that questions are signed with; read again when a key is "
                     "not in it")
        ->type_name("FILE|URL")
        ->required();
    command
        ->add_option("--asker-ca", a.server.asker_ca,
                     "Only certificates of this PEM file are trusted at that URL")
        ->type_name("FILE");
    command->add_option("--listen", a.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command->add_option("--name", a.server.host_names,
                        "Host name or address for the self-made certificate; may be repeated");
    command
        ->add_option("--answer-delay-ms", a.answer_delay_ms,
                     "A fault on purpose: every answer is kept back for so long after it was stored")
        ->check(CLI::Range(0, 600'000));
    command
        ->add_option("--training-clock", a.training_clock,
                     "File with the business time to run from, as for serve; for training and tests only")
        ->check(CLI::ExistingFile);
    command->add_option("--log", a.log_file, "Log file; by default standard error");
    command->callback([arguments] { run_department(*arguments); });
}

}  // namespace sponsio::app

#include "server/app/department_command.hpp"

#include "reference/department/server.hpp"
#include "server/app/serving.hpp"

#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    department::DepartmentOptions server;
    FrontArguments front{.listen = "127.0.0.1:9543"};
    std::int64_t answer_delay_ms = 0;
};

void run_department(Arguments arguments) {
    arguments.server.answer_delay = std::chrono::milliseconds(arguments.answer_delay_ms);
    run_front(
        arguments.front, arguments.server.front,
        [&](Clock const& clock) { return department::DepartmentServer::start(arguments.server, clock); },
        [](department::DepartmentServer const& server) {
            return json::Object{{"public_key", must(server.public_key())}};
        });
}

}  // namespace

void add_department_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "department",
        "Runs the reference gateway of a department until it is told to stop (SIGTERM, Ctrl-C)");
    command
        ->add_option("--data", a.server.front.data,
                     "Directory for the key, given answers and the certificate")
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
    command
        ->add_option("--answer-delay-ms", a.answer_delay_ms,
                     "A fault on purpose: every answer is kept back for so long after it was stored")
        ->type_name("MS")
        ->transform(whole_number(0, 600'000));
    add_front_options(*command, a.front, a.server.front, "--name");
    command->callback([arguments] { run_department(*arguments); });
}

}  // namespace sponsio::app

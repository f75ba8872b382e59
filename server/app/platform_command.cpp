#include "server/app/platform_command.hpp"

#include "reference/platform/platform.hpp"
#include "server/app/serving.hpp"

#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    platform::PlatformServerOptions server;
    FrontArguments front{.listen = "127.0.0.1:9443"};
    std::filesystem::path registry{};
};

void run_platform(Arguments arguments) {
    if (!arguments.registry.empty()) arguments.server.registry = arguments.registry;
    run_front(
        arguments.front, arguments.server.front,
        [&](Clock const& clock) { return platform::Platform::start(arguments.server, clock); },
        [](platform::Platform const&) { return json::Object{}; });
}

}  // namespace

void add_platform_command(CLI::App& app) {
    auto const arguments = std::make_shared<Arguments>();
    Arguments& a = *arguments;
    auto* command = app.add_subcommand(
        "platform", "Runs the reference sharing platform until it is told to stop (SIGTERM, Ctrl-C)");
    command->add_option("--data", a.server.front.data, "Directory for received batches and the certificate")
        ->type_name("DIR")
        ->required();
    command
        ->add_option("--registry", a.registry,
                     "JSON file of the units that may report; read anew for every batch. Without it every "
                     "unit is taken at its word")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    several(command->add_option("--sender-key", a.server.sender_keys,
                                "SM2 public key (PEM) good for every unit that is let in; may be repeated"))
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--token-file", a.server.token_file,
                     "Every request must bear the token in its first line; by default none is asked for")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--drop-answers", a.server.drop_answers,
                     "Fault on purpose: store the first N batches and cut the connection unanswered")
        ->type_name("N")
        ->transform(whole_number(0, 1'000'000))
        ->capture_default_str();
    add_front_options(*command, a.front, a.server.front, "--name");
    command->callback([arguments] { run_platform(*arguments); });
}

}  // namespace sponsio::app

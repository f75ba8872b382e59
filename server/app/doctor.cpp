#include "server/app/doctor.hpp"

#include "server/app/cli.hpp"
#include "server/app/serve_command.hpp"
#include "text/json.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

struct Arguments {
    ServeOptions serve;
    bool json = false;
};

char const* word_of(Health health) {
    if (health == Health::ok) return "ok";
    return health == Health::warn ? "warn" : "fail";
}

void print(Diagnoses const& diagnoses) {
    for (Diagnosis const& one : diagnoses.all()) {
        std::string const word = word_of(one.health);
        std::cout << word << std::string(6 - word.size(), ' ') << one.name << ": " << one.found << "\n";
        if (!one.advice.empty()) std::cout << "      " << one.advice << "\n";
    }
}

json::Object document(Diagnoses const& diagnoses, bool ok) {
    json::Array checks;
    for (Diagnosis const& one : diagnoses.all()) {
        json::Object line{{"name", one.name}, {"state", word_of(one.health)}, {"found", one.found}};
        if (!one.advice.empty()) line.add("do", one.advice);
        checks.push_back(std::move(line));
    }
    return {{"ok", ok}, {"checks", std::move(checks)}};
}

void examine(Arguments a) {
    a.serve.state = state_of(a.serve.database, a.serve.state);
    Diagnoses diagnoses;
    look_at_machine(a.serve, diagnoses);
    look_at_configuration(a.serve, diagnoses);
    look_at_database(a.serve, diagnoses);
    auto const failures = std::ranges::count(diagnoses.all(), Health::fail, &Diagnosis::health);
    if (a.json)
        std::cout << json::write(document(diagnoses, failures == 0)) << "\n";
    else
        print(diagnoses);
    std::cout << std::flush;
    if (failures != 0)
        throw CommandFailed{
            in_own_language({failures == 1 ? "One thing is not fit for production."
                                           : std::to_string(failures) + " things are not fit for production.",
                             "有 " + std::to_string(failures) + " 项不符合生产运行的要求。"})};
}

}  // namespace

void add_doctor_command(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* command = app.add_subcommand("doctor",
                                       "Says what a production install lacks; takes the options of serve, "
                                       "looks, and changes nothing. Exit code 1 "
                                       "if something fails");
    add_serve_options(*command, a->serve);
    command->add_flag("--json", a->json, "Answers with one JSON document")->configurable(false);
    command->callback([a] { examine(*a); });
}

}  // namespace sponsio::app

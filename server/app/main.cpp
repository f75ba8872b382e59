#include "server/app/cli.hpp"
#include "server/app/department/command.hpp"
#include "server/app/key_commands.hpp"
#include "server/app/knowledge_commands.hpp"
#include "server/app/log_commands.hpp"
#include "server/app/platform/command.hpp"
#include "server/app/witness/command.hpp"

#include <iostream>

/// Parses, hands over, and turns whatever goes wrong into one sentence and an exit code.
int main(int argc, char** argv) {
    using namespace sponsio;
    CLI::App app{"Sponsio: notice, commitment, verification, credit record (证明事项告知承诺制)"};
    app.name("sponsio");
    app.require_subcommand(1);
    app.set_version_flag("--version", SPONSIO_VERSION);
    app::add_serve_command(app);
    app::add_schema_commands(app);
    app::add_registry_commands(app);
    app::add_key_commands(app);
    app::add_log_commands(app);
    app::add_knowledge_commands(app);
    app::add_record_commands(app);
    app::add_department_command(app);
    app::add_platform_command(app);
    app::add_witness_command(app);
    try {
        app.parse(argc, argv);
        return 0;
    } catch (CLI::ParseError const& error) {
        return app.exit(error);
    } catch (app::CommandFailed const& failed) {
        std::cerr << "sponsio: " << failed.sentence << "\n";
        return static_cast<int>(failed.code);
    } catch (std::exception const& error) {
        // A library that cannot compute shows first wherever it is used first: its own sentence says more.
        if (auto const unsound = app::unsound_cryptography()) {
            std::cerr << "sponsio: " << *unsound << "\n";
            return static_cast<int>(app::Exit::no_cryptography);
        }
        std::cerr << "sponsio: unexpected: " << error.what() << "\n";
        return static_cast<int>(app::Exit::unexpected);
    }
}

#include "server/app/init_command.hpp"

#include "server/app/cli.hpp"
#include "server/app/identity.hpp"
#include "server/app/place.hpp"
#include "server/app/profile.hpp"
#include "server/app/server_keys.hpp"
#include "text/json.hpp"

#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

void refuse_what_is_there(ServeOptions const& options) {
    bool const store = !options.database.data.empty() && is_store(options.database.data);
    if (store || fs::exists(options.state / "keys" / "manifest.json"))
        throw CommandFailed{
            in_own_language(
                {"There is a store at " + (store ? options.database.data : options.state).string() +
                     " already; nothing of it was changed.",
                 (store ? options.database.data : options.state).string() + " 已有存储，未作任何改动。"}),
            ExitCode::would_overwrite};
}

void refuse_bad_names(ServeOptions const& options) {
    std::string all;
    for (Bilingual const& refusal : option_refusals(options))
        all += (all.empty() ? "" : "\n") + in_own_language(refusal);
    if (!all.empty()) throw CommandFailed{all, ExitCode::configuration};
}

void init(ServeOptions options) {
    options.state = state_of(options.database, options.state);
    refuse_what_is_there(options);
    refuse_bad_names(options);
    must(require_parent(options.state, "the directory"));
    if (!options.database.data.empty()) must(require_parent(options.database.data, "--data"));
    SystemClock const clock;
    Database database = must(Database::open(options.database, Database::Use::serve));
    auto const keys = must(open_keys(database, key_place(options.state, options.passphrase_file), clock));
    bool const named = !options.issuer.empty() || !options.log_name.empty();
    if (named) must(settle_names(database, *keys, options, options.listen, clock.now()));
    database.stop();
    json::Object said{{"made", true}, {"state", fs::absolute(options.state).string()}};
    if (named) said.add("issuer", options.issuer).add("log_name", options.log_name);
    std::cout << json::write(said) << "\n";
}

}  // namespace

void add_init_command(CLI::App& app) {
    auto const options = std::make_shared<ServeOptions>();
    ServeOptions& o = *options;
    auto* command = app.add_subcommand(
        "init", "Makes a store and its keys without starting a server; refuses where there is one");
    add_database_options(*command, o.database, ConfigUse::everything);
    add_state_options(*command, o.state, o.passphrase_file);
    command->add_option("--issuer", o.issuer, "As for serve; kept at once")->type_name("URL");
    command->add_option("--log-name", o.log_name, "As for serve; kept at once")->type_name("NAME");
    command->callback([options] { init(*options); });
}

}  // namespace sponsio::app

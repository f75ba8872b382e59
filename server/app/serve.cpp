#include "server/app/application.hpp"
#include "server/app/cli.hpp"
#include "server/app/serving.hpp"

#include <memory>

namespace sponsio::app {
namespace {

void serve(ServeOptions options) {
    if (options.state.empty()) options.state = options.database.data;
    if (options.state.empty())
        throw CommandFailed{"With --database, name a directory for keys and certificate: --state DIR"};
    serve_until_stopped(options.log_file, [&] {
        std::shared_ptr const application = must(Application::start(options));
        auto const at = application->addresses();
        return Serving{{{"ready", true},
                        {"address", at.service},
                        {"ops", at.ops},
                        {"certificate", at.certificate.string()}},
                       [application] { return application->reload(); },
                       [application] { return application->stop(); }};
    });
}

void add_address_options(CLI::App& command, ServeOptions& o) {
    command.add_option("--listen", o.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command.add_option("--ops", o.ops, "Address of /healthz, /readyz and /metrics (plain HTTP)")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    auto* certificate =
        command.add_option("--certificate", o.certificate, "PEM chain; by default a self-made one")
            ->check(CLI::ExistingFile);
    auto* key =
        command.add_option("--certificate-key", o.certificate_key, "Its key, PEM")->check(CLI::ExistingFile);
    certificate->needs(key);
    key->needs(certificate);
    command.add_option("--name", o.names,
                       "Host name or address for the self-made certificate; may be repeated");
    command.add_option("--issuer", o.issuer, "URL under which others reach this server; signed into records")
        ->type_name("URL");
}

void add_platform_options(CLI::App& command, ServeOptions& o) {
    auto* platform = command.add_option("--platform", o.platform, "Sharing platform to submit records to")
                         ->type_name("URL");
    command
        .add_option("--platform-ca", o.platform_ca, "Only certificates of this PEM file are trusted there")
        ->check(CLI::ExistingFile);
    command
        .add_option("--platform-token-file", o.platform_token_file,
                    "Every request to the platform bears the token in its first line; by default none")
        ->check(CLI::ExistingFile)
        ->needs(platform);
    command
        .add_option("--platform-name", o.platform_name,
                    "Name of the platform, the receiver in every manifest; by default its URL")
        ->type_name("NAME")
        ->needs(platform);
}

/// How platform, departments and witnesses are reached.
void add_proxy_options(CLI::App& command, ServeOptions& o) {
    auto* proxy = command
                      .add_option("--proxy", o.proxy,
                                  "HTTP proxy to platform, departments and witnesses; by default none, "
                                  "whatever the environment says")
                      ->type_name("URL");
    command.add_option("--no-proxy", o.no_proxy, "Hosts reached without it, separated by commas")
        ->type_name("HOSTS")
        ->needs(proxy);
}

/// Its shards, its name, and who cosigns it.
void add_log_options(CLI::App& command, ServeOptions& o) {
    command.add_option("--writers", o.writers, "Shards of the log that this process writes as its share")
        ->check(CLI::Range(1, 16))
        ->capture_default_str();
    command
        .add_option("--shards", o.shards,
                    "Shards that the log has at least: the writers of all processes; by default this one's")
        ->check(CLI::Range(1, 256));
    command.add_option("--log-name", o.log_name,
                       "Name of the log, for new shards; by default the host of the issuer");
    auto* witness =
        command
            .add_option("--witness", o.witnesses, "Witness that cosigns how the log grows; may be repeated")
            ->type_name("URL");
    command
        .add_option("--witness-vkey", o.witness_vkeys,
                    "Its verifier key, got over a way you trust; once for each witness, in their order")
        ->type_name("VKEY");
    command
        .add_option(
            "--witness-ca", o.witness_cas,
            "Only certificates of this PEM file are trusted there; once for all witnesses, or once for "
            "each in their order")
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->needs(witness);
    command
        .add_option(
            "--witness-quorum", o.witness_quorum,
            "So many witnesses must have cosigned a checkpoint before it is shown; by default one, if "
            "there is any")
        ->type_name("N")
        ->needs(witness);
    command
        .add_option(
            "--heads", o.heads,
            "Place that keeps the log's published heads outside the database: a directory, or the URL "
            "of a --witness; may be repeated, then a majority of them must have a head before anybody "
            "is answered. By default log/ in the state directory; the same for all processes")
        ->type_name("PLACE");
}

}  // namespace

void add_serve_command(CLI::App& app) {
    auto const options = std::make_shared<ServeOptions>();
    ServeOptions& o = *options;
    auto* command = app.add_subcommand("serve", "Runs the server until it is told to stop (SIGTERM, Ctrl-C)");
    add_database_options(*command, o.database);
    command
        ->add_option("--state", o.state, "Directory for keys and certificate; by default the data directory")
        ->type_name("DIR");
    add_address_options(*command, o);
    command
        ->add_option("--passphrase-file", o.passphrase_file,
                     "Opens the key directory; by default $SPONSIO_PASSPHRASE_FILE, else one made there")
        ->check(CLI::ExistingFile);
    add_platform_options(*command, o);
    command
        ->add_option("--departments", o.departments,
                     "JSON file of the departments whose data are asked (docs/departments.md)")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add_proxy_options(*command, o);
    command
        ->add_option("--training-clock", o.training_clock,
                     "File with the business time to run from; for training and tests only")
        ->check(CLI::ExistingFile);
    command
        ->add_option(
            "--calendar", o.calendars,
            "Official working days of one more year, in the form of schema/calendar/; may be repeated")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->add_option("--log", o.log_file, "Log file, opened anew at SIGHUP; by default standard error");
    command
        ->add_option("--connections", o.connections,
                     "Connections served at once; more are told to come again (503)")
        ->type_name("N")
        ->check(CLI::Range(8, 65536))
        ->capture_default_str();
    command
        ->add_option_function<unsigned>(
            "--keep-alive", [&o](unsigned seconds) { o.keep_alive = std::chrono::seconds(seconds); },
            "Seconds that a connection may be idle between requests")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600))
        ->default_str("60");
    command->add_option("--io-threads", o.io_threads, "Threads that speak HTTP")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command->add_option("--db-threads", o.db_threads, "Database sessions for requests")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    add_log_options(*command, o);
    command->callback([options] { serve(*options); });
}

}  // namespace sponsio::app

#include "server/app/application.hpp"
#include "server/app/cli.hpp"
#include "server/app/config_file.hpp"
#include "server/app/knowledge_commands.hpp"
#include "server/app/place.hpp"
#include "server/app/profile.hpp"
#include "server/app/serve_command.hpp"
#include "server/app/serving.hpp"
#include "server/app/wings/cosigning.hpp"
#include "server/app/wings/departments.hpp"
#include "server/app/wings/draws.hpp"
#include "server/app/wings/subscriptions.hpp"
#include "server/client/platform_client.hpp"
#include "server/http/tls.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

template <class T>
void note(std::vector<std::string>& wrong, Outcome<T> const& outcome) {
    if (!outcome) wrong.push_back(sentence_of(outcome.error()));
}

/// Every file that the options name is read, as the start will; makes nothing.
void look_into_files(ServeOptions const& options, std::vector<std::string>& wrong) {
    client::Outbound const outbound{.proxy = options.proxy, .no_proxy = options.no_proxy};
    auto const witnesses = witness_policy(options);
    note(wrong, witnesses);
    for (std::size_t n = 0; witnesses && n != options.witnesses.size(); ++n)
        note(wrong, witness_client(options, n, outbound));
    note(wrong, read_departments(options.departments, outbound));
    note(wrong, head_places(options, outbound));
    note(wrong, beacons_of(options));
    note(wrong, knowledge_with_files(options.calendars));
    if (!options.platform.empty())
        note(wrong, client::make_platform_client({.url = options.platform,
                                                  .ca_file = options.platform_ca,
                                                  .token_file = options.platform_token_file,
                                                  .outbound = outbound}));
    note(wrong, client::make_webhook_client(webhook_options(options, outbound)));
    if (!options.certificate.empty())
        note(wrong, http::TlsContext::load({options.certificate, options.certificate_key}));
    if (!options.training_clock.empty()) note(wrong, TrainingClock::open(options.training_clock));
}

/// Refuses with everything at once that can be known to be wrong without starting, so that an operator mends
/// it in one go.
void refuse_unless_fit(ServeOptions const& options) {
    std::vector<std::string> wrong;
    for (Bilingual const& refusal : option_refusals(options)) wrong.push_back(in_own_language(refusal));
    look_into_files(options, wrong);
    if (profile_of(options) == Profile::production)
        for (Bilingual const& refusal : production_refusals(options))
            wrong.push_back(in_own_language(refusal));
    if (wrong.empty()) return;
    std::string all =
        in_own_language(profile_of(options) == Profile::production
                            ? Bilingual{"Not fit for production (for training, on the loopback: --profile "
                                        "training):",
                                        "不符合生产运行的要求（本机培训可用 --profile training）："}
                            : Bilingual{"The options are not acceptable:", "选项不符合要求："});
    for (std::string const& sentence : wrong) all += "\n  - " + sentence;
    throw CommandFailed{all, ExitCode::configuration};
}

std::shared_ptr<Application> start(ServeOptions const& options) {
    auto started = Application::start(options);
    if (started) return std::move(*started);
    // Options, or a store that does not fit this program, as a sentence tells: another start finds the same.
    Fault const& why = started.error();
    bool const ours =
        why.problem == &problem::invalid || (why.problem == &problem::conflict && !why.detail.en.empty());
    throw CommandFailed{sentence_of(why), ours ? ExitCode::configuration : exit_code_of(why)};
}

void serve(ServeOptions options, bool only_check) {
    options.state = state_of(options.database, options.state);
    refuse_unless_fit(options);
    if (only_check) {
        std::cout << in_own_language({"The configuration is acceptable.", "配置可用。"}) << "\n";
        return;
    }
    must(require_parent(options.state, "the directory"));
    if (!options.database.data.empty()) must(require_parent(options.database.data, "--data"));
    serve_until_stopped(options.log_file, [&] {
        std::shared_ptr const application = start(options);
        auto const at = application->addresses();
        return Serving{{{"ready", true},
                        {"address", at.service},
                        {"ops", at.ops},
                        {"certificate", at.certificate.string()}},
                       [application] { return application->reload(); },
                       [application] { return application->stop(); },
                       [application] { return application->answers(); }};
    });
}

/// RFC 9116 §2.5.3: a URI that a person can be reached by.
std::string contact_problem(std::string const& given) {
    bool const reaches =
        given.starts_with("mailto:") || given.starts_with("tel:") || given.starts_with("https://");
    bool const plain = std::ranges::all_of(given, [](char c) { return c > ' ' && c < 0x7f; });
    if (reaches && plain) return "";
    return in_own_language({"'" + given + "' is not a mailto:, tel: or https: address",
                            "“" + given + "”不是 mailto:、tel: 或者 https: 地址"});
}

CLI::Validator const is_contact{contact_problem, "", "contact"};

void add_address_options(CLI::App& command, ServeOptions& o) {
    command.add_option("--listen", o.listen, "Address of the HTTPS interface; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command.add_option("--ops", o.ops, "Address of /healthz, /readyz and /metrics (plain HTTP)")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    auto* certificate =
        command.add_option("--certificate", o.certificate, "PEM chain; by default a self-made one")
            ->type_name("FILE")
            ->check(CLI::ExistingFile);
    auto* key = command.add_option("--certificate-key", o.certificate_key, "Its key, PEM")
                    ->type_name("FILE")
                    ->check(CLI::ExistingFile);
    certificate->needs(key);
    key->needs(certificate);
    several(command.add_option("--name", o.names,
                               "Host name or address for the self-made certificate; may be repeated"))
        ->type_name("HOST");
    command
        .add_option(
            "--issuer", o.issuer,
            "URL under which others reach this server, such as https://sponsio.example.org; signed into "
            "records, kept from the first start that gives it, and never changed")
        ->type_name("URL");
    command
        .add_option("--security-contact", o.security_contact,
                    "Whom to tell of a weakness, as mailto:, tel: or https:; published at "
                    "/.well-known/security.txt (RFC 9116); by default nobody is named")
        ->type_name("URI")
        ->check(is_contact);
}

void add_platform_options(CLI::App& command, ServeOptions& o) {
    auto* platform = command.add_option("--platform", o.platform, "Sharing platform to submit records to")
                         ->type_name("URL");
    command
        .add_option("--platform-ca", o.platform_ca, "Only certificates of this PEM file are trusted there")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        .add_option("--platform-token-file", o.platform_token_file,
                    "Every request to the platform bears the token in its first line; by default none")
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->needs(platform);
    command
        .add_option("--webhook-ca", o.webhook_ca,
                    "Only certificates of this PEM file are trusted where integrators want to be told")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command.add_flag("--webhook-private-targets", o.webhook_private_targets,
                     "Integrators may be told at addresses of networks that are not public");
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

/// How long tokens are good.
void add_token_options(CLI::App& command, ServeOptions& o) {
    command
        .add_option_function<unsigned>(
            "--token-days", [&o](unsigned days) { o.tokens.life = std::chrono::days(days); },
            "Days that a token is good if nothing else is said when it is made")
        ->type_name("DAYS")
        ->transform(whole_number(1, 366))
        ->default_str("30");
    command
        .add_option_function<unsigned>(
            "--token-idle-days", [&o](unsigned days) { o.tokens.idle = std::chrono::days(days); },
            "Days after which a token that nobody used has ended")
        ->type_name("DAYS")
        ->transform(whole_number(1, 366))
        ->default_str("30");
}

/// Its shards, its name, and who cosigns it.
void add_log_options(CLI::App& command, ServeOptions& o) {
    command.add_option("--writers", o.writers, "Shards of the log that this process writes as its share")
        ->type_name("N")
        ->transform(whole_number(1, 16))
        ->capture_default_str();
    command
        .add_option("--shards", o.shards,
                    "Shards that the log has at least: the writers of all processes; by default this one's")
        ->type_name("N")
        ->transform(whole_number(1, 256));
    command
        .add_option(
            "--log-name", o.log_name,
            "Name of the log, the first part of every origin; by default the host of the issuer. It is "
            "kept from the first start on and never changes")
        ->type_name("NAME");
    auto* witness = several(command.add_option("--witness", o.witnesses,
                                               "Witness that cosigns how the log grows; may be repeated"))
                        ->type_name("URL");
    several(command.add_option(
                "--witness-vkey", o.witness_vkeys,
                "Its verifier key, got over a way you trust; once for each witness, in their order"))
        ->type_name("VKEY");
    several(command.add_option(
                "--witness-ca", o.witness_cas,
                "Only certificates of this PEM file are trusted there; once for all witnesses, or once for "
                "each in their order"))
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->needs(witness);
    command
        .add_option(
            "--witness-quorum", o.witness_quorum,
            "So many witnesses must have cosigned a checkpoint before it is shown; by default one, if "
            "there is any")
        ->type_name("N")
        ->transform(whole_number(0, 64))
        ->needs(witness);
    several(command.add_option("--beacon", o.beacons,
                               "Verifier key of a public beacon whose signed values draws may promise, got "
                               "over a way you trust; "
                               "may be repeated"))
        ->type_name("VKEY");
    several(command.add_option(
                "--heads", o.heads,
                "Place that keeps the log's published heads outside the database: a directory, or the URL "
                "of a --witness; may be repeated, then a majority of them must have a head before anybody "
                "is answered. By default log/ in the state directory; the same for all processes"))
        ->type_name("PLACE");
}

/// What one address, account or organisation may have of the server.
void add_limit_options(CLI::App& command, ServeOptions& o) {
    command
        .add_option("--connections-per-address", o.connections_per_address,
                    "Of these, one IPv4 address or IPv6 /64 may have so many; by default a quarter")
        ->type_name("N")
        ->transform(whole_number(1, 65536));
    command
        .add_option("--handshakes-per-address", o.handshakes_per_address,
                    "TLS handshakes a second that one address may begin")
        ->type_name("N")
        ->transform(whole_number(1, 1'000'000))
        ->capture_default_str();
    auto const taken_up = [&o](std::string const& setting) {
        if (!o.rates.take_up(setting))
            throw CLI::ValidationError(
                "--rate",
                in_own_language({"'" + setting + "' is not like account.read=50; see docs/operations.md",
                                 "“" + setting + "”应形如 account.read=50，见 docs/operations.md"}));
    };
    several(command.add_option_function<std::vector<std::string>>(
                "--rate",
                [taken_up](std::vector<std::string> const& settings) {
                    for (std::string const& setting : settings) taken_up(setting);
                },
                "Requests a second, such as account.read=50, an id or address in place of the first word, or "
                "unlimited; may be repeated"))
        ->type_name("WHOSE.COST=N");
}

}  // namespace

void add_serve_options(CLI::App& command, ServeOptions& o) {
    add_database_options(command, o.database, ConfigUse::everything);
    command
        .add_option("--state", o.state, "Directory for keys and certificate; by default the data directory")
        ->type_name("DIR");
    command
        .add_option_function<std::string>(
            "--profile",
            [&o](std::string const& word) {
                o.profile = word == "production" ? Profile::production : Profile::training;
            },
            "What the server is for; by default production, unless it listens on the loopback only. "
            "Production "
            "refuses what would mislead those who rely on it")
        ->type_name("production|training")
        ->check(one_of({"production", "training"}));
    add_address_options(command, o);
    command
        .add_option("--passphrase-file", o.passphrase_file,
                    "Opens the key directory; by default $SPONSIO_PASSPHRASE_FILE, else one made there")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add_platform_options(command, o);
    command
        .add_option("--departments", o.departments,
                    "JSON file of the departments whose data are asked (docs/departments.md)")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add_proxy_options(command, o);
    command
        .add_option("--training-clock", o.training_clock,
                    "File with the business time to run from; for training and tests only")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    several(command.add_option(
                "--calendar", o.calendars,
                "Official working days of one more year, in the form of schema/calendar/; may be repeated"))
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command.add_option("--log", o.log_file, "Log file, opened anew at SIGHUP; by default standard error")
        ->type_name("FILE");
    command
        .add_option("--connections", o.connections,
                    "Connections served at once; more are told to come again (503)")
        ->type_name("N")
        ->transform(whole_number(8, 65536))
        ->capture_default_str();
    add_limit_options(command, o);
    command
        .add_option_function<unsigned>(
            "--keep-alive", [&o](unsigned seconds) { o.keep_alive = std::chrono::seconds(seconds); },
            "Seconds that a connection may be idle between requests")
        ->type_name("SECONDS")
        ->transform(whole_number(1, 3600))
        ->default_str("60");
    command.add_option("--io-threads", o.io_threads, "Threads that speak HTTP")
        ->type_name("N")
        ->transform(whole_number(1, 64))
        ->capture_default_str();
    command.add_option("--db-threads", o.db_threads, "Database sessions for requests")
        ->type_name("N")
        ->transform(whole_number(1, 64))
        ->capture_default_str();
    add_token_options(command, o);
    add_log_options(command, o);
}

void add_serve_command(CLI::App& app) {
    auto const options = std::make_shared<ServeOptions>();
    auto const only_check = std::make_shared<bool>(false);
    auto* command = app.add_subcommand("serve", "Runs the server until it is told to stop (SIGTERM, Ctrl-C)");
    add_serve_options(*command, *options);
    command
        ->add_flag("--check", *only_check,
                   "Only says whether these options can be started with; starts nothing and makes nothing")
        ->configurable(false);
    command->callback([options, only_check] { serve(*options, *only_check); });

    auto* config = app.add_subcommand("config", "The configuration file");
    config->require_subcommand(1);
    config->add_subcommand("sample", "Prints one with every option of serve, each explained")
        ->callback([command] { std::cout << sample_config(*command); });
}

}  // namespace sponsio::app

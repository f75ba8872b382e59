#include "server/app/application.hpp"

#include "crypto/keys/store.hpp"
#include "server/api/audit.hpp"
#include "server/api/authorise.hpp"
#include "server/api/catalogue.hpp"
#include "server/api/checks.hpp"
#include "server/api/commitments.hpp"
#include "server/api/findings.hpp"
#include "server/api/knowledge.hpp"
#include "server/api/log.hpp"
#include "server/api/matters.hpp"
#include "server/api/organisations.hpp"
#include "server/api/oversight.hpp"
#include "server/api/records.hpp"
#include "server/api/rectifications.hpp"
#include "server/api/status_lists.hpp"
#include "server/api/submissions.hpp"
#include "server/api/verifications.hpp"
#include "server/app/certificate.hpp"
#include "server/app/cosigning.hpp"
#include "server/app/departments.hpp"
#include "server/app/draws.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/identity.hpp"
#include "server/app/knowledge_commands.hpp"
#include "server/app/observer.hpp"
#include "server/app/open_files.hpp"
#include "server/app/server_keys.hpp"
#include "server/app/training_clock.hpp"
#include "server/base/log.hpp"
#include "server/http/ops.hpp"
#include "server/http/server.hpp"
#include "server/service/filing/rectification_service.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/keys/used_keys.hpp"
#include "server/service/log/keeper.hpp"
#include "server/service/log/service.hpp"
#include "server/service/records/issue_service.hpp"
#include "server/service/records/status_service.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/tasks/clock_service.hpp"
#include "server/work/clocks.hpp"
#include "server/work/effect.hpp"
#include "server/work/issuer.hpp"
#include "server/work/log_checker.hpp"
#include "server/work/periodic.hpp"
#include "server/work/submitter.hpp"

#include <array>
#include <atomic>

namespace sponsio::app {
namespace {

/// Between two steps of the check of the log: a thousand entries a second at most.
constexpr std::chrono::milliseconds check_pause{250};

/// How soon the log names a key that another process made.
constexpr std::chrono::seconds pause_of_keeper{2};

/// Between two looks for used keys to end.
constexpr std::chrono::seconds pause_of_used_keys{10};

/// How soon a document that another process took counts here.
constexpr std::chrono::seconds pause_of_knowledge{1};

}  // namespace

/// Read from top to bottom: each part needs only what stands above it, and goes before it.
struct Application::Parts {
    explicit Parts(ServeOptions const& given, domain::Knowledge known, std::unique_ptr<Clock> time,
                   Database place, std::unique_ptr<service::KeyService> key_service, Endpoint at,
                   http::TlsFiles const& certificate_files, crypto::WitnessPolicy policy,
                   service::HeadPlaces places)
        : options(given),
          knowledge(std::move(known)),
          clock(std::move(time)),
          database(std::move(place)),
          keys(std::move(key_service)),
          endpoint(std::move(at)),
          files(certificate_files),
          witnesses(std::move(policy)),
          kept_heads(std::move(places)),
          issuer(given.issuer) {}

    /// Sessions tell the parts below to forget: they end before those do.
    ~Parts() {
        if (filing) filing->stop();
        db.stop();
    }

    ServeOptions options;
    domain::Knowledge knowledge;
    std::unique_ptr<Clock> clock;
    Database database;
    std::unique_ptr<service::KeyService> keys;
    Endpoint endpoint;
    http::TlsFiles files;
    crypto::WitnessPolicy witnesses;
    service::HeadPlaces kept_heads;
    std::string issuer;
    client::Outbound outbound{};
    std::stop_source outbound_stop{};  ///< of the calls to others

    Metrics metrics{SPONSIO_VERSION};
    service::Vault vault = keys->vault();
    service::RowMemory rows;
    db::DbExecutor db{{.connection = database.connection(),
                       .threads = options.db_threads,
                       .observer = std::make_shared<DatabaseObserver>(metrics, rows)}};

    // Capabilities.
    service::MatterCache matter_book;
    service::Registry registry{knowledge.regions, *clock};
    service::AccessService access{db, *clock};
    service::OrganisationService organisations{db, vault, access, registry, *clock};
    service::MatterService matters{db, vault, knowledge.catalogue, knowledge.rules, *clock};
    service::LogService ledger{db,
                               service::log_keys(*keys),
                               {.name = options.log_name,
                                .shards = std::max(options.shards, options.writers),
                                .heads = kept_heads,
                                .witnesses = witnesses},
                               *clock};
    service::ProofService proofs{db, witnesses};
    service::LeaseBook leases{options.writers};
    std::unique_ptr<service::FilingService> filing;
    Draws draws{{.db = db,
                 .vault = vault,
                 .matters = matter_book,
                 .rules = knowledge.rules,
                 .calendar = knowledge.calendar,
                 .clock = *clock,
                 .sign = {},
                 .leaves_waiting = [this] { filing->log_waiting(); }},
                *keys,
                metrics};
    service::VerificationService verification{db, vault, matter_book, *clock};
    service::OversightService oversight{db,
                                        {.vault = vault,
                                         .matters = matter_book,
                                         .alarms = {knowledge.rules, knowledge.calendar},
                                         .clock = *clock,
                                         .redraw = draws.redraw(),
                                         .reseat = draws.reseat()}};
    service::FindingService findings{db,
                                     {.vault = vault,
                                      .matters = matter_book,
                                      .rules = knowledge.rules,
                                      .calendar = knowledge.calendar,
                                      .clock = *clock,
                                      .metrics = &metrics}};
    service::RectificationService rectifications{db, vault, matter_book, *clock};
    service::ClockService clocks{
        {.db = db, .alarms = {knowledge.rules, knowledge.calendar}, .clock = *clock, .metrics = &metrics}};
    service::ReportQueue report_queue{vault, knowledge.regions, knowledge.rules, knowledge.calendar};
    service::RecordService records{db, vault};
    service::IssueService::Parts issue_parts{
        .db = db,
        .vault = vault,
        .matters = matter_book,
        .rules = knowledge.rules,
        .calendar = knowledge.calendar,
        .clock = *clock,
        .metrics = metrics,
        .signer = [this](Instant now) { return keys->signer(service::purpose::record, now); },
        .published = [this] { return keys->record_keys().resolver(); },
        .on_issued =
            [this](db::PgSession& session, std::span<service::IssuedRecord const> issued) {
                return queue_reports(session, issued);
            },
        .leaves_waiting = [this] { filing->log_waiting(); }};
    // Two: one computes while the database works for the other.
    std::array<service::IssueService, 2> issuers{
        {{issue_parts, {.issuer = issuer, .share = {.part = 0, .parts = 2}}},
         {issue_parts, {.issuer = issuer, .share = {.part = 1, .parts = 2}}}}};
    service::StatusService statuses{
        {.db = db,
         .clock = *clock,
         .metrics = metrics,
         .signer = [this](Instant now) { return keys->signer(service::purpose::record, now); }},
        {.issuer = issuer}};
    service::LogKeeper keeper{{.db = db,
                               .vault = vault,
                               .keys = [this] { return keys->keys(); },
                               .rules = knowledge.rules,
                               .clock = *clock,
                               .leaves_waiting = [this] { filing->log_waiting(); }}};
    service::ReportService reports{db, vault, knowledge.regions, *clock};
    service::AuditService audit{db};
    service::UsedKeys used_keys{db, *clock};
    service::KnowledgeService knowledge_service{db, knowledge, *clock};

    // The outside.
    std::unique_ptr<client::PlatformClient> platform;
    std::unique_ptr<service::SubmissionDelivery> delivery;
    std::unique_ptr<Departments> departments;
    std::unique_ptr<http::Server> server;
    std::unique_ptr<http::OpsServer> ops;
    std::atomic<bool> ready{false};

    // What goes on by itself.
    service::LogCheck log_check{
        db, {.keys = ledger.keys(), .vault = vault, .heads = ledger.heads().directories}, &metrics};
    std::vector<std::unique_ptr<work::Periodic>> rounds;
    std::unique_ptr<Cosigning> cosigning;
    std::unique_ptr<work::Submitter> submitter;

    Outcome<void> queue_reports(db::PgSession& session, std::span<service::IssuedRecord const> issued);
    Outcome<void> check_database();
    void forget_with_sessions();
    Outcome<void> open_ledger();
    Outcome<void> connect_platform();
    Outcome<void> connect_witnesses();
    void connect_departments(std::vector<ConfiguredDepartment> configured);
    Outcome<void> open_doors();
    void begin_work();
    http::Router routes();
    std::vector<http::Check> checks();
    Outcome<std::size_t> measure_filing();
};

/// The records have been stored in this very transaction; their reports wait for the platform from the same
/// moment on.
Outcome<void> Application::Parts::queue_reports(db::PgSession& session,
                                                std::span<service::IssuedRecord const> issued) {
    std::vector<service::RecordToReport> to_report;
    for (service::IssuedRecord const& record : issued) to_report.push_back({record.id, record.opened});
    return report_queue.queue(session, to_report, clock->now());
}

Outcome<void> Application::Parts::check_database() {
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool const guarded = !options.heads.empty() || !options.witnesses.empty();
    bool const must_wait = !guarded && has_several_hosts(options.database);
    return db.run_blocking(limit,
                           [must_wait](db::PgSession& session) { return fit_to_serve(session, must_wait); });
}

/// Every part that remembers rows.
void Application::Parts::forget_with_sessions() {
    rows.add([this] { matter_book.forget(); });
    rows.add([this] { access.forget(); });
    rows.add([this] { records.forget(); });
    rows.add([this] { statuses.forget(); });
    rows.add([this] { ledger.forget(); });
}

/// Nothing is signed before every head has been recomputed from what is stored.
Outcome<void> Application::Parts::open_ledger() {
    auto shards = ledger.prepare(std::chrono::steady_clock::now() + std::chrono::seconds(60));
    if (!shards) return shards.error();
    filing = std::make_unique<service::FilingService>(
        service::FilingOptions{.connection = database.connection(), .shards = std::move(*shards)}, db,
        service::FilingParts{vault, knowledge.calendar, knowledge.rules, knowledge.regions, matter_book,
                             *clock, &metrics, &rows},
        service::LogWriterParts{.keys = ledger.keys(), .heads = ledger.heads(), .leases = leases});
    return {};
}

Outcome<void> Application::Parts::connect_platform() {
    if (options.platform.empty()) return {};
    auto client = client::make_platform_client({.url = options.platform,
                                                .ca_file = options.platform_ca,
                                                .token_file = options.platform_token_file,
                                                .outbound = outbound});
    if (!client) return client.error();
    platform = std::move(*client);
    auto signer = [this] { return keys->signer(service::purpose::submission, clock->now()).value(); };
    delivery = std::make_unique<service::SubmissionDelivery>(
        db, vault, *platform, signer, *clock, crypto::system_entropy(), &metrics,
        service::DeliveryOptions{
            .receiver = {.name = options.platform_name.empty() ? options.platform : options.platform_name},
            .peer = options.platform});
    return {};
}

Outcome<void> Application::Parts::connect_witnesses() {
    auto made = Cosigning::make(options, witnesses, outbound, db, *clock, metrics);
    if (!made) return made.error();
    cosigning = std::move(*made);
    return {};
}

void Application::Parts::connect_departments(std::vector<ConfiguredDepartment> configured) {
    departments = std::make_unique<Departments>(std::move(configured), issuer,
                                                service::InquiryParts{.db = db,
                                                                      .vault = vault,
                                                                      .matters = matter_book,
                                                                      .rules = knowledge.rules,
                                                                      .calendar = knowledge.calendar,
                                                                      .clock = *clock},
                                                *keys, metrics);
}

http::Router Application::Parts::routes() {
    http::Router router;
    router.authorise(api::authorise_with(access));
    router.add(api::catalogue_routes(knowledge.catalogue, *clock));
    router.add(api::organisation_routes(organisations));
    router.add(api::matter_routes(matters));
    router.add(api::commitment_routes(*filing));
    router.add(api::rectification_routes(rectifications));
    router.add(api::verification_routes(verification));
    router.add(api::oversight_routes(oversight));
    router.add(api::check_routes(departments->assist(), [this] { return departments->statuses(); }));
    router.add(draws.routes());
    router.add(api::finding_routes(findings));
    router.add(api::record_routes(records));
    router.add(api::log_routes(ledger));
    router.add(api::proof_routes(proofs));
    router.add(api::public_key_routes({.jwks = [this] { return keys->jwks(); },
                                       .sm2_pem =
                                           [this](std::optional<std::string> const& kid) {
                                               return keys->submission_pem(kid, clock->now());
                                           },
                                       .record_type = json::write(domain::record_type_metadata(issuer))}));
    router.add(api::status_list_routes(statuses));
    router.add(api::submission_routes(reports));
    router.add(api::audit_routes(audit));
    router.add(api::knowledge_routes(knowledge_service));
    return router;
}

std::vector<http::Check> Application::Parts::checks() {
    using Heads = std::vector<store::LogHead>;
    auto const heads =
        db.run_blocking(std::chrono::steady_clock::now() + std::chrono::seconds(2),
                        [](db::PgSession& session) -> Outcome<Heads> { return store::log_heads(session); });
    std::string frozen;
    if (heads)
        for (store::LogHead const& head : *heads)
            if (head.frozen_why && !head.ended_at)
                frozen += "shard " + std::to_string(head.shard) + " is frozen: " + *head.frozen_why + ". ";
    auto const writers = filing->stats();
    bool const accepting = ready.load();
    return {{"accepting", accepting, accepting ? "" : "stopping or starting"},
            {"database", heads.has_value(), heads ? "" : std::string(heads.error().problem->slug)},
            {"log", frozen.empty(), frozen},
            {"filing", writers.can_store, writers.why}};
}

/// What /readyz says of filing, as numbers to watch.
Outcome<std::size_t> Application::Parts::measure_filing() {
    auto const writers = filing->stats();
    metrics.filing_ready.set(writers.can_store ? 1 : 0);
    metrics.filing_round_age.set(std::chrono::duration<double>(writers.oldest_round).count());
    return std::size_t{0};
}

Outcome<void> Application::Parts::open_doors() {
    auto tls = http::TlsContext::load(files);
    if (!tls) return tls.error();
    show_end(**tls, metrics);
    std::size_t const connections = connections_that_fit(options.connections);
    if (connections < options.connections)
        log::warn("server.few_open_files", {{log::Key::connections, connections}});
    server = std::make_unique<http::Server>(http::ServerOptions{.address = endpoint.host,
                                                                .port = endpoint.port,
                                                                .io_threads = options.io_threads,
                                                                .limits = {.connections = connections},
                                                                .timeouts = {.idle = options.keep_alive},
                                                                .temporary = options.state},
                                            routes(), *tls, &metrics);
    if (auto started = server->start(); !started) return started;
    auto const ops_at = Endpoint::parse(options.ops);
    if (!ops_at) return ops_at.error();
    ops = std::make_unique<http::OpsServer>(
        http::OpsOptions{.address = ops_at->host, .port = ops_at->port}, [this] { return checks(); },
        metrics);
    return ops->start();
}

void Application::Parts::begin_work() {
    auto const run = [this](char const* name, std::chrono::milliseconds pause, work::Periodic::Round round) {
        rounds.push_back(std::make_unique<work::Periodic>(
            work::Periodic::Options{.name = name, .pause = pause}, std::move(round), metrics));
    };
    run("filing_watch", options.work_pause, [this] { return measure_filing(); });
    run("effect", options.work_pause, work::effect_round(findings));
    run("alarms", options.work_pause, work::alarm_rounds(clocks));
    run("expiry", options.work_pause, work::expiry_rounds(clocks));
    for (service::IssueService& issuer_of_a_share : issuers)
        run("issue", options.work_pause, work::issuing_rounds(issuer_of_a_share));
    run("log_keeper", pause_of_keeper,
        [this] { return keeper.round(std::chrono::steady_clock::now() + std::chrono::seconds(30)); });
    run("used_keys", pause_of_used_keys,
        [this] { return used_keys.round(std::chrono::steady_clock::now() + std::chrono::seconds(30)); });
    run("knowledge", pause_of_knowledge, [this] {
        return knowledge_service.round(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    });
    run("log_check", check_pause, work::log_check_round(log_check));
    cosigning->start();
    departments->start(options.work_pause);
    draws.start(options.work_pause);
    if (delivery) {
        submitter =
            std::make_unique<work::Submitter>(*delivery, work::SubmitterOptions{.tick = options.work_pause});
        submitter->start();
    }
    ready = true;
}

Outcome<std::unique_ptr<Application>> Application::start(ServeOptions options) {
    auto at = Endpoint::parse(options.listen);
    if (!at) return at.error();
    auto witnesses = witness_policy(options);
    if (!witnesses) return witnesses.error();
    std::stop_source outbound_stop;
    client::Outbound outbound{
        .proxy = options.proxy, .no_proxy = options.no_proxy, .stop = outbound_stop.get_token()};
    // Heads are asked for to the very end: without them nothing is signed.
    auto heads = head_places(options, {.proxy = options.proxy, .no_proxy = options.no_proxy});
    if (!heads) return heads.error();
    auto asked = read_departments(options.departments, outbound);
    if (!asked) return asked.error();
    auto clock = clock_from(options.training_clock);
    if (!clock) return clock.error();
    auto database = Database::open(options.database, Database::Use::serve);
    if (!database) return database.error();
    auto knowledge = open_knowledge(*database, options.calendars, **clock);
    if (!knowledge) return knowledge.error();
    auto keys = open_keys(*database, key_place(options.state, options.passphrase_file), **clock);
    if (!keys) return keys.error();
    // Only now: before there are keys, nothing is made in a directory that may have been mistyped.
    auto files = certificate_of(options).files(SystemClock{}.now());
    if (!files) return files.error();
    auto endpoint = with_free_port(*at);
    if (!endpoint) return endpoint.error();
    if (auto kept = settle_names(*database, options, endpoint->text(), (*clock)->now()); !kept)
        return kept.error();

    auto parts = std::make_unique<Parts>(options, std::move(*knowledge), std::move(*clock),
                                         std::move(*database), std::move(*keys), *endpoint, *files,
                                         std::move(*witnesses), std::move(*heads));
    parts->outbound = std::move(outbound);
    parts->outbound_stop = std::move(outbound_stop);
    parts->forget_with_sessions();
    if (auto kept = parts->check_database(); !kept) return kept.error();
    if (auto opened = parts->open_ledger(); !opened) return opened.error();
    if (auto connected = parts->connect_platform(); !connected) return connected.error();
    if (auto connected = parts->connect_witnesses(); !connected) return connected.error();
    parts->connect_departments(std::move(*asked));
    if (auto open = parts->open_doors(); !open) return open.error();
    parts->begin_work();
    log::info("server.ready",
              {{log::Key::address, parts->endpoint.text()}, {log::Key::threads, options.io_threads}});
    return std::unique_ptr<Application>(new Application(std::move(parts)));
}

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Application::~Application() = default;

Application::Addresses Application::addresses() const {
    auto const ops_at = Endpoint::parse(parts_->options.ops).value();
    return {parts_->endpoint.text(), Endpoint{ops_at.host, parts_->ops->port()}.text(),
            parts_->files.certificate};
}

Outcome<void> Application::reload() {
    auto tls = certificate_of(parts_->options).load(SystemClock{}.now());
    if (!tls) return tls.error();
    show_end(**tls, parts_->metrics);
    parts_->server->use(std::move(*tls));
    return {};
}

bool Application::answers() const {
    return parts_->server->goes_round(std::chrono::seconds(5));
}

bool Application::stop() {
    Parts& parts = *parts_;
    log::info("server.stopping", {{log::Key::step, "doors"}});
    parts.ready = false;
    bool const clean = parts.server->drain(parts.options.grace);
    log::info("server.stopping", {{log::Key::step, "work"}});
    parts.outbound_stop.request_stop();  // an answer that is missed is asked for at the next start
    if (parts.submitter) parts.submitter->stop();
    parts.cosigning->stop();
    parts.departments->stop();
    parts.draws.stop();
    for (auto const& round : parts.rounds) round->stop();
    log::info("server.stopping", {{log::Key::step, "database"}});
    parts.filing->stop();
    parts.db.stop();
    parts.ops->drain(std::chrono::milliseconds(500));
    parts.database.stop();
    log::info("server.stopped", {{log::Key::status, clean ? 0 : 3}});
    return clean;
}

}  // namespace sponsio::app

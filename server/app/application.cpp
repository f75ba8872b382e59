#include "server/app/application.hpp"

#include "server/api/authorise.hpp"
#include "server/api/once.hpp"
#include "server/api/signed_steps.hpp"
#include "server/app/certificate.hpp"
#include "server/app/foundation.hpp"
#include "server/app/open_files.hpp"
#include "server/app/wings/assessments.hpp"
#include "server/app/wings/console.hpp"
#include "server/app/wings/contract.hpp"
#include "server/app/wings/cosigning.hpp"
#include "server/app/wings/departments.hpp"
#include "server/app/wings/desk.hpp"
#include "server/app/wings/draws.hpp"
#include "server/app/wings/erasure.hpp"
#include "server/app/wings/exposures.hpp"
#include "server/app/wings/filing.hpp"
#include "server/app/wings/findings.hpp"
#include "server/app/wings/keys.hpp"
#include "server/app/wings/knowledge.hpp"
#include "server/app/wings/ledger.hpp"
#include "server/app/wings/listings.hpp"
#include "server/app/wings/matters.hpp"
#include "server/app/wings/objections.hpp"
#include "server/app/wings/parties.hpp"
#include "server/app/wings/publicity.hpp"
#include "server/app/wings/records.hpp"
#include "server/app/wings/removals.hpp"
#include "server/app/wings/repairs.hpp"
#include "server/app/wings/revocations.hpp"
#include "server/app/wings/sessions.hpp"
#include "server/app/wings/submissions.hpp"
#include "server/app/wings/subscriptions.hpp"
#include "server/app/wings/tasks.hpp"
#include "server/app/wings/window.hpp"
#include "server/base/log.hpp"
#include "server/http/ops.hpp"
#include "server/http/server.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <ranges>

namespace sponsio::app {

/// Read from top to bottom: each part needs only what stands above it, and goes before it.
struct Application::Parts {
    explicit Parts(Opened opened) : base(std::move(opened)) {}

    /// Sessions tell the wings to forget: they end before those do.
    ~Parts() {
        if (filing) filing->close();
        base.db.stop();
    }

    Foundation base;
    std::function<void()> leaves_waiting = [this] { filing->log_waiting(); };

    Parties parties{base};
    Matters matters{base};
    Ledger ledger{base, leaves_waiting};
    std::unique_ptr<Filing> filing;  ///< when the log is open
    Keys keys{base, leaves_waiting};
    Knowledge knowledge{base};
    Draws draws{base, leaves_waiting};
    Tasks tasks{base, draws};
    Departments departments{std::move(base.departments), base.options.issuer, base.ground, *base.keys};
    Findings findings{base};
    Desk desk{base};
    Submissions submissions{base};
    Records records{base, submissions.queueing(), leaves_waiting};
    Subscriptions subscriptions{base};
    Erasure erasure{base, submissions.reports(), leaves_waiting};
    Publicity publicity{base};
    Listings listings{base, submissions.reports()};
    Removals removals{base};
    Objections objections{base, submissions.reports(), leaves_waiting};
    Repairs repairs{base, submissions.reports(), leaves_waiting};
    Revocations revocations{base, submissions.reports(), leaves_waiting};
    Window window{base, objections.service(), repairs.service(), leaves_waiting};
    Exposures exposures{base};
    Assessments assessments{base, leaves_waiting};
    std::unique_ptr<Cosigning> cosigning;
    Sessions sessions{base, parties.access()};
    Console console{base, draws.shown(), publicity.service(), tasks.inspections()};
    Contract contract{base};

    std::unique_ptr<http::Server> server;
    std::unique_ptr<http::OpsServer> ops;
    std::atomic<bool> ready{false};

    /// In the order of their start; they stop in the reverse.
    std::vector<Wing*> wings() {
        return {&parties,       &matters,   &*filing,   &findings,    &tasks,       &records,    &keys,
                &desk,          &knowledge, &ledger,    &draws,       &departments, &*cosigning, &submissions,
                &subscriptions, &erasure,   &publicity, &objections,  &listings,    &repairs,    &revocations,
                &removals,      &window,    &exposures, &assessments, &sessions,    &console,    &contract};
    }

    Outcome<void> connect();

    Outcome<void> open_doors();
    std::vector<http::Check> checks();
};

Outcome<void> Application::Parts::connect() {
    if (auto fit = base.check_database(); !fit) return fit;
    auto open_log = Filing::open(base, ledger);
    if (!open_log) return open_log.error();
    filing = std::move(*open_log);
    if (auto connected = submissions.connect(base); !connected) return connected;
    if (auto connected = subscriptions.connect(base); !connected) return connected;
    auto witnesses =
        Cosigning::make(base.options, base.witnesses, base.outbound, base.db, *base.clock, base.metrics);
    if (!witnesses) return witnesses.error();
    cosigning = std::move(*witnesses);
    return {};
}

Outcome<void> Application::Parts::open_doors() {
    ServeOptions const& options = base.options;
    auto tls = http::TlsContext::load(base.files);
    if (!tls) return tls.error();
    show_end(**tls, base.metrics);
    std::size_t const connections = connections_that_fit(options.connections);
    if (connections < options.connections)
        log::warn("server.few_open_files", {{log::Key::connections, connections}});
    http::Router router;
    router.authorise(api::authorise_with(parties.access()));
    router.around([once = api::once_per_key(base.vault, *base.clock),
                   signs = api::signed_steps(base.vault, *base.clock)](http::Route const& route,
                                                                       http::Handler handler) {
        return once(route, signs(route, std::move(handler)));
    });
    for (Wing* wing : wings()) wing->add_routes(router);
    server = std::make_unique<http::Server>(
        http::ServerOptions{
            .address = base.endpoint.host,
            .port = base.endpoint.port,
            .io_threads = options.io_threads,
            .limits = {.connections = connections,
                       .per_network = options.connections_per_address.value_or(connections / 4),
                       .handshakes = {options.handshakes_per_address}},
            .timeouts = {.idle = options.keep_alive},
            .rates = options.rates,
            .temporary = options.state},
        std::move(router), *tls, &base.metrics);
    if (auto started = server->start(); !started) return started;
    auto const ops_at = Endpoint::parse(options.ops);
    if (!ops_at) return ops_at.error();
    ops = std::make_unique<http::OpsServer>(
        http::OpsOptions{.address = ops_at->host, .port = ops_at->port}, [this] { return checks(); },
        base.metrics);
    return ops->start();
}

std::vector<http::Check> Application::Parts::checks() {
    auto const frozen = ledger.frozen();
    auto const writers = filing->stats();
    bool const accepting = ready.load();
    std::string away;
    if (!frozen)
        away =
            frozen.error().cause.empty() ? std::string(frozen.error().problem->slug) : frozen.error().cause;
    return {{"accepting", accepting, accepting ? "" : "stopping or starting"},
            {"database", frozen.has_value(), away},
            {"log", !frozen || frozen->empty(), frozen ? *frozen : ""},
            {"filing", writers.can_store, writers.why}};
}

Outcome<std::unique_ptr<Application>> Application::start(ServeOptions options) {
    auto opened = open_all(std::move(options));
    if (!opened) return opened.error();
    auto parts = std::make_unique<Parts>(std::move(*opened));
    if (auto connected = parts->connect(); !connected) return connected.error();
    if (auto open = parts->open_doors(); !open) return open.error();
    for (Wing* wing : parts->wings()) wing->start(parts->base.options.work_pause);
    parts->ready = true;
    log::info("server.ready", {{log::Key::address, parts->base.endpoint.text()},
                               {log::Key::threads, parts->base.options.io_threads}});
    return std::unique_ptr<Application>(new Application(std::move(parts)));
}

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Application::~Application() = default;

Application::Addresses Application::addresses() const {
    auto const ops_at = Endpoint::parse(parts_->base.options.ops).value();
    return {parts_->base.endpoint.text(), Endpoint{ops_at.host, parts_->ops->port()}.text(),
            parts_->base.files.certificate};
}

Outcome<void> Application::reload() {
    auto tls = certificate_of(parts_->base.options).load(SystemClock{}.now());
    if (!tls) return tls.error();
    show_end(**tls, parts_->base.metrics);
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
    bool const clean = parts.server->drain(parts.base.options.grace);
    log::info("server.stopping", {{log::Key::step, "work"}});
    parts.base.outbound_stop.request_stop();  // an answer that is missed is asked for at the next start
    for (Wing* wing : parts.wings() | std::views::reverse) wing->stop();
    log::info("server.stopping", {{log::Key::step, "database"}});
    parts.filing->close();
    parts.base.db.stop();
    parts.ops->drain(std::chrono::milliseconds(500));
    parts.base.database.stop();
    log::info("server.stopped", {{log::Key::status, clean ? 0 : 3}});
    return clean;
}

}  // namespace sponsio::app

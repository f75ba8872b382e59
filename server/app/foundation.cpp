#include "server/app/foundation.hpp"

#include "server/app/certificate.hpp"
#include "server/app/identity.hpp"
#include "server/app/knowledge_commands.hpp"
#include "server/app/observer.hpp"
#include "server/app/server_keys.hpp"
#include "server/app/training_clock.hpp"
#include "server/app/wings/cosigning.hpp"
#include "server/service/parties/taking_over.hpp"
#include "server/service/unit/row_proofs.hpp"

namespace sponsio::app {
namespace {

Outcome<void> take_over(Database const& database, service::KeyService& keys, Clock const& clock) {
    try {
        db::PgSession session(database.connection());
        if (auto taken = service::take_over_registry(session, keys, clock.now()); !taken) return taken;
        return service::take_over_rows(session, keys, clock.now());
    } catch (db::DbError const& error) {
        return db::fault_of(error);
    }
}

}  // namespace

Outcome<Opened> open_all(ServeOptions options) {
    auto at = Endpoint::parse(options.listen);
    if (!at) return at.error();
    auto witnesses = witness_policy(options);
    if (!witnesses) return witnesses.error();
    std::stop_source outbound_stop;
    client::Outbound const outbound{
        .proxy = options.proxy, .no_proxy = options.no_proxy, .stop = outbound_stop.get_token()};
    // Heads are asked for to the very end: without them nothing is signed.
    auto heads = head_places(options, {.proxy = options.proxy, .no_proxy = options.no_proxy});
    if (!heads) return heads.error();
    auto departments = read_departments(options.departments, outbound);
    if (!departments) return departments.error();
    auto clock = clock_from(options.training_clock);
    if (!clock) return clock.error();
    auto database = Database::open(options.database, Database::Use::serve);
    if (!database) return database.error();
    auto knowledge = open_knowledge(*database, options.calendars, **clock);
    if (!knowledge) return knowledge.error();
    auto keys = open_keys(*database, key_place(options.state, options.passphrase_file), **clock);
    if (!keys) return keys.error();
    if (auto taken = take_over(*database, **keys, **clock); !taken) return taken.error();
    // Only now: before there are keys, nothing is made in a directory that may have been mistyped.
    auto files = certificate_of(options).files(SystemClock{}.now());
    if (!files) return files.error();
    auto endpoint = with_free_port(*at);
    if (!endpoint) return endpoint.error();
    if (auto kept = settle_names(*database, **keys, options, endpoint->text(), (*clock)->now()); !kept)
        return kept.error();
    return Opened{.options = std::move(options),
                  .endpoint = *endpoint,
                  .files = *files,
                  .clock = std::move(*clock),
                  .database = std::move(*database),
                  .knowledge = std::move(*knowledge),
                  .keys = std::move(*keys),
                  .witnesses = std::move(*witnesses),
                  .heads = std::move(*heads),
                  .departments = std::move(*departments),
                  .outbound = outbound,
                  .outbound_stop = std::move(outbound_stop)};
}

Foundation::Foundation(Opened opened)
    : Opened(std::move(opened)),
      metrics(SPONSIO_VERSION),
      vault(keys->vault()),
      person_terms(keys->person_terms()),
      db({.connection = db::with_before_commit(database.connection(), service::row_prover(vault)),
          .threads = options.db_threads,
          .observer = std::make_shared<DatabaseObserver>(metrics, rows)}),
      ground{.db = db,
             .vault = vault,
             .matters = matters,
             .rules = knowledge.rules,
             .calendar = knowledge.calendar,
             .clock = *clock,
             .metrics = &metrics} {}

Outcome<void> Foundation::check_database() {
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool const guarded = !options.heads.empty() || !options.witnesses.empty();
    bool const must_wait = !guarded && has_several_hosts(options.database);
    return db.run_blocking(limit,
                           [must_wait](db::PgSession& session) { return fit_to_serve(session, must_wait); });
}

}  // namespace sponsio::app

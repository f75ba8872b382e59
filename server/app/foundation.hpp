#pragma once

#include "crypto/log/witness.hpp"
#include "server/app/database.hpp"
#include "server/app/endpoint.hpp"
#include "server/app/serve_options.hpp"
#include "server/app/wings/departments.hpp"
#include "server/base/metrics.hpp"
#include "server/client/https_client.hpp"
#include "server/db/executor.hpp"
#include "server/domain/knowledge.hpp"
#include "server/http/tls.hpp"
#include "server/paper/printer.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/log/head_place.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/row_memory.hpp"

#include <memory>
#include <stop_token>
#include <vector>

namespace sponsio::app {

/// What a server was told, read and opened.
struct Opened {
    ServeOptions options;
    Endpoint endpoint;  ///< where it listens, with its port
    http::TlsFiles files;
    std::unique_ptr<Clock> clock;
    Database database;
    domain::Knowledge knowledge;
    std::unique_ptr<service::KeyService> keys;
    crypto::WitnessPolicy witnesses;
    service::HeadPlaces heads;
    std::vector<ConfiguredDepartment> departments;
    client::Outbound outbound;
    std::stop_source outbound_stop;  ///< of the calls to others
};

/// Reads what `options` names, and opens the database, the keys and the certificate. The fault is a sentence
/// for the operator.
Outcome<Opened> open_all(ServeOptions options);

/// What all wings stand on.
struct Foundation : Opened {
    explicit Foundation(Opened opened);

    /// Refused if the database may lose what it acknowledged.
    Outcome<void> check_database();

    Metrics metrics;
    service::Vault vault;
    service::PersonTerms person_terms;
    service::RowMemory rows;
    db::DbExecutor db;
    service::MatterCache matters;
    service::Ground ground;
    paper::Printer printer{paper::installed_program()};
};

}  // namespace sponsio::app

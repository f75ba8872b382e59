#pragma once

#include "server/app/database.hpp"
#include "server/http/rate.hpp"
#include "server/service/parties/access_service.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sponsio::app {

/// What a server is for: whether others may come to rely on what it signs.
enum class Profile { production, training };

/// What `sponsio serve` is told.
struct ServeOptions {
    DatabaseOptions database;
    std::filesystem::path state;  ///< keys and certificate; the data directory, or --state with a real server
    std::optional<Profile> profile{};  ///< by default by where it listens: see profile_of()
    std::string listen = "127.0.0.1:8443";
    std::string ops = "127.0.0.1:9443";
    std::vector<std::string> names{};  ///< host names for the self-made certificate
    std::filesystem::path certificate{}, certificate_key{};
    std::string issuer{};  ///< URL under which integrators know this server; by default the listening address
    std::string security_contact{};  ///< URI for reports of weaknesses; empty: none is published
    std::filesystem::path passphrase_file{};
    std::string platform{};  ///< URL of the sharing platform; empty: nothing is submitted
    std::filesystem::path platform_ca{};
    std::filesystem::path platform_token_file{};  ///< bearer token in its first line; empty: none is sent
    std::string platform_name{};                  ///< the receiver in every manifest; empty: the URL
    std::filesystem::path webhook_ca{};
    bool webhook_private_targets =
        false;  ///< receivers of integrators may lie in networks that are not public
    std::filesystem::path departments{};  ///< JSON file of the departments to ask; empty: none
    std::string proxy{};     ///< URL; empty: platform, departments and witnesses are reached without one
    std::string no_proxy{};  ///< hosts reached without it
    std::filesystem::path training_clock{};
    std::vector<std::filesystem::path> calendars{};  ///< working days of years this program does not carry
    std::filesystem::path log_file{};
    service::TokenPolicy tokens{};
    std::size_t connections = 4096;                        ///< served at once
    std::optional<std::size_t> connections_per_address{};  ///< by default a quarter of them
    std::uint32_t handshakes_per_address = 200;            ///< a second
    http::Rates rates{};                                   ///< of requests
    std::chrono::seconds keep_alive{60};  ///< how long a connection may be idle between requests
    /// Half the cores: the other half is PostgreSQL's.
    unsigned io_threads = std::max(1U, std::thread::hardware_concurrency() / 2);
    unsigned db_threads = 4;
    /// Shards of the log that this process writes as its share. Where cores are few, one writer with large
    /// batches costs less than two that share them.
    unsigned writers = std::max(1U, std::thread::hardware_concurrency() / 4);
    unsigned shards = 0;  ///< that the log has at least; never fewer than writers
    /// Places that keep the log's published heads outside the database: directories, and URLs of witnesses
    /// that are named above; none: the state directory's log/.
    std::vector<std::string> heads{};
    std::string log_name{};  ///< in the origin of every shard; by default the host of the issuer
    std::vector<std::string> witnesses{};      ///< URLs
    std::vector<std::string> witness_vkeys{};  ///< their verifier keys, in the same order
    /// Only these are trusted there: one file for all or one for each; none: the system's.
    std::vector<std::filesystem::path> witness_cas{};
    std::optional<std::size_t> witness_quorum{};  ///< by default one, if there is any witness
    std::vector<std::string> beacons{};  ///< verifier keys of the public beacons that draws may promise
    std::chrono::milliseconds work_pause{
        500};                        ///< between two looks of a background worker that found nothing
    std::chrono::seconds grace{20};  ///< for requests in flight when stopping
};

}  // namespace sponsio::app

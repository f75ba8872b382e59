#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <filesystem>
#include <string>

namespace sponsio::app {

/// What a PEM file with a server's certificate and those above it shows.
struct CertificateLook {
    Instant ends{};
    bool names_host = false;   ///< RFC 6125, as OpenSSL checks it
    bool chain_holds = false;  ///< each is issued and signed by the next
    bool self_signed = false;

    /// Fault: a sentence if the files cannot be used together.
    static Outcome<CertificateLook> at(std::filesystem::path const& certificate,
                                       std::filesystem::path const& key, std::string const& host);
};

}  // namespace sponsio::app

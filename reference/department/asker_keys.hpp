#pragma once

#include "crypto/tokens/jws.hpp"
#include "server/client/https_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace sponsio::department {

/// The keys of the askers: a JWK set in a file or behind an https URL. It is read when an unknown key id
/// occurs, at most once a second, so that a new key is soon known and a wrong one costs little. May be used
/// from several threads.
class AskerKeys {
  public:
    /// Refused with a sentence: a URL of another scheme, an unreadable CA file. Does not read the keys yet.
    static Outcome<std::unique_ptr<AskerKeys>> make(std::string place, std::filesystem::path const& ca_file);

    boost::asio::awaitable<std::optional<crypto::PublicKey>> find(std::string kid);

  private:
    explicit AskerKeys(std::string place) : place_(std::move(place)) {}

    std::optional<crypto::PublicKey> known(std::string const& kid) const;
    bool time_to_look();
    [[nodiscard]] std::string text() const;

    std::string place_;
    std::optional<client::HttpsClient> client_{};  ///< nothing: a file
    mutable std::mutex mutex_;
    crypto::Jwks keys_;
    std::chrono::steady_clock::time_point looked_at_{};
    boost::asio::thread_pool reader_{1};  ///< reading blocks; destroyed before the members that it uses
};

}  // namespace sponsio::department

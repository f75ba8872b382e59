#pragma once

#include "reference/front/own_key.hpp"
#include "reference/witness/followed_log.hpp"
#include "server/base/time.hpp"
#include "server/http/router.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::witness {

/// The interface of a witness (C2SP tlog-witness). Its cosignature states one thing: of each log that it
/// follows, it has seen only one history. May be used from several threads.
class Cosigner {
  public:
    struct Parts {
        std::string name;  ///< of the witness's key
        front::OwnKey const& key;
        Clock const& clock;
        std::vector<crypto::NoteVerifier> logs;  ///< their keys, named like their origins; several of one log
        std::filesystem::path directory;         ///< for what was cosigned
        bool moved = false;                      ///< it may be a copy
    };

    /// Refused with a sentence.
    static Outcome<std::unique_ptr<Cosigner>> open(Parts parts);

    /// POST /add-checkpoint, GET /{origin hash}/checkpoint, GET /vkey. The cosigner outlives the router.
    http::Router router();

    /// The verifier key that belongs to the present cosigning key.
    [[nodiscard]] Outcome<std::string> vkey() const;

  private:
    explicit Cosigner(Parts parts) : parts_(std::move(parts)) {}

    Outcome<FollowedLog::Answer> add(std::string const& body);
    Outcome<std::string> last_of(std::string_view origin_hash) const;

    Parts parts_;
    std::map<std::string, std::unique_ptr<FollowedLog>, std::less<>> logs_;  ///< by origin
    std::map<std::string, FollowedLog const*, std::less<>> by_hash_;  ///< by the origin's SHA-256 in hex
};

}  // namespace sponsio::witness

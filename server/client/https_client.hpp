#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::client {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// One request to a server of another party.
struct Call {
    std::string method = "GET";
    std::string url;  ///< https://host[:port]/path?query
    Fields headers{};
    std::string body{};
    Deadline deadline{};
};

/// A final answer (RFC 9110 §15.3 to §15.6); interim answers are skipped.
struct Answer {
    unsigned status = 0;
    Fields headers{};
    std::string body{};
    Instant received_at{};  ///< by the clock of this machine

    /// The first field of that name, compared without regard to case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
};

/// The stage at which a call without an answer ended.
/// `address`: ClientOptions::public_only, and there is no public one.
enum class Stage : unsigned char { url, resolve, address, connect, handshake, send, receive };

[[nodiscard]] std::string_view name(Stage stage);

struct Failure {
    Stage stage = Stage::url;
    std::string cause{};  ///< for the log: an error of the system or of TLS; never a value of the request

    /// False: no byte of the request was sent, so the call may be repeated without asking. True: the peer may
    /// have acted on it, so ask before repeating it.
    [[nodiscard]] bool maybe_received() const noexcept { return stage >= Stage::send; }
};

/// An answer of any status, or the reason why there is none.
using Exchange = boost::system::result<Answer, Failure>;

[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const&);

/// The settings that all clients of a process share.
struct Outbound {
    std::string proxy{};     ///< http[s]://host:port; empty: none, whatever the environment says
    std::string no_proxy{};  ///< hosts reached without it, separated by commas
    std::stop_token stop{};  ///< cuts the calls under way, and those begun later at once
};

struct ClientOptions {
    std::filesystem::path ca_file{};  ///< only these are trusted; empty: the system's
    std::size_t max_answer = std::size_t{1024} * 1024;
    std::string user_agent = "sponsio";
    /// Only addresses that the whole internet reaches: for a URL that somebody else chose, which must not
    /// lead into the operator's own network. The address is looked at when it is connected to, whatever the
    /// name said before. A proxy decides for itself.
    bool public_only = false;
    Outbound outbound{};
};

/// HTTPS client: host name verified, TLS 1.2 or newer, redirects not followed, everything under the deadline
/// of the call. Connections are kept and reused. If a host has several addresses, they are tried in turn
/// while there is time (RFC 8305). Failures are logged. Safe to share between threads.
class HttpsClient {
  public:
    /// Refused with a sentence if the CA file holds no certificate.
    static Outcome<HttpsClient> make(ClientOptions options);

    /// Blocks: not for a thread that runs an io_context. If the peer has closed a kept connection meanwhile,
    /// the request may be sent twice, so it must be idempotent (RFC 9110 §9.2.2).
    [[nodiscard]] Exchange request(Call const& call) const;

  private:
    struct Shared;

    explicit HttpsClient(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    std::shared_ptr<Shared> shared_;
};

}  // namespace sponsio::client

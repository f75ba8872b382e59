#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::client {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// One request to somebody else's server.
struct Call {
    std::string method = "GET";
    std::string url;  ///< https://host[:port]/path?query
    Fields headers{};
    std::string body{};
    Deadline deadline{};
};

struct Answer {
    unsigned status = 0;
    Fields headers{};
    std::string body{};

    /// The first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
};

/// How far a call got that brought no answer.
enum class Stage : unsigned char { url, resolve, connect, handshake, send, receive };

[[nodiscard]] std::string_view name(Stage stage);

struct Failure {
    Stage stage = Stage::url;
    std::string cause{};  ///< for the log: an error of the system or of TLS; never a value of the request

    /// False: not a byte of the request left this machine, so it may be sent again without asking. True: the
    /// peer may have taken it, so ask before sending again.
    [[nodiscard]] bool maybe_received() const noexcept { return stage >= Stage::send; }
};

/// A call's answer of any status, or why there is none.
using Exchange = boost::system::result<Answer, Failure>;

[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const&);

struct ClientOptions {
    std::filesystem::path ca_file{};  ///< only these are trusted; empty: the system's
    std::size_t max_answer = std::size_t{1024} * 1024;
    std::string user_agent = "sponsio";
};

/// HTTPS client: host name verified, one new connection per call, redirects not followed, everything under
/// the deadline of the call. Safe to share between threads.
class HttpsClient {
  public:
    /// Refused with a sentence if the CA file cannot be read.
    static Outcome<HttpsClient> make(ClientOptions options);

    /// On the executor of the caller.
    [[nodiscard]] boost::asio::awaitable<Exchange> request(Call call) const;
    /// For threads that may block; not for one that runs an io_context. A name server that does not answer
    /// can hold it past the deadline, for as long as the resolver of the system tries.
    [[nodiscard]] Exchange request_blocking(Call call) const;

  private:
    struct Settings;

    explicit HttpsClient(std::shared_ptr<Settings const> settings) : settings_(std::move(settings)) {}

    std::shared_ptr<Settings const> settings_;
};

}  // namespace sponsio::client

#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::client {

/// The outcome of a call to the sharing platform, as far as the sender must distinguish it.
struct PlatformReply {
    enum class Kind : unsigned char {
        answered,     ///< 200 or 201: `body` is the answer
        not_there,    ///< 404 to a question: the platform never took this batch
        refused,      ///< any other 4xx: it will not take these bytes as they are
        unavailable,  ///< 408, 429, 5xx: it did not deal with it now, or says so
        not_sent,     ///< not a byte of the request left this machine
        lost          ///< sent, or partly, and no whole answer came back
    };
    Kind kind = Kind::lost;
    std::string body{};  ///< of any status; it may repeat what was sent, so it is for no log
    std::string
        cause{};  ///< a word for the log and for people: "connect", "status_503"; no value of a record
    std::optional<std::chrono::seconds> retry_after{};  ///< how long it wants to be left alone
    std::optional<std::int32_t> status{};               ///< nothing where no whole answer came
    std::string content_type{};                         ///< as it came; empty if none
};

[[nodiscard]] std::string_view name(PlatformReply::Kind kind);

/// The sharing platform's exchange interface (schema/exchange.yaml). A seam: tests put a scripted one in its
/// place. Blocks; safe from several threads.
class PlatformClient {
  public:
    virtual ~PlatformClient() = default;
    virtual PlatformReply put(std::string const& batch_no, std::string body, Deadline deadline) = 0;
    virtual PlatformReply get(std::string const& batch_no, Deadline deadline) = 0;
};

struct PlatformOptions {
    std::string url;                     ///< https://host[:port], perhaps with a path before /exchange
    std::filesystem::path ca_file{};     ///< only these are trusted; empty: the system's
    std::filesystem::path token_file{};  ///< a bearer token in its first line; empty: none is sent
    std::size_t max_answer = std::size_t{16} << 20;
    Outbound outbound{};
};

/// Refused with a sentence: no https URL, unreadable CA or token file.
Outcome<std::unique_ptr<PlatformClient>> make_platform_client(PlatformOptions const& options);

}  // namespace sponsio::client

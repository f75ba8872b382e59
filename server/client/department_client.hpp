#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::client {

/// The outcome of an inquiry to a department, as far as the caller must distinguish it.
struct DepartmentReply {
    enum class Kind : unsigned char {
        answered,  ///< 200: `body` is the answer, a compact JWS; nothing of it is checked yet
        refused,   ///< any other 4xx: it will not take this question as it is
        busy,      ///< 429 or 503: it is there and says when to come back, perhaps
        failed,    ///< 408 and any other 5xx
        not_sent,  ///< not a byte of the question left this machine
        lost       ///< sent, or partly, and no whole answer came back
    };
    Kind kind = Kind::lost;
    std::string body{};
    std::string cause{};  ///< a word for log and people: "connect", "status_503"; no value of a question
    std::optional<std::chrono::seconds> retry_after{};  ///< how long it wants to be left alone
};

[[nodiscard]] std::string_view name(DepartmentReply::Kind kind);

/// The gateway of one department (schema/departments.yaml). A seam: tests put a scripted one in its place.
/// Blocks; safe from several threads.
class DepartmentGateway {
  public:
    virtual ~DepartmentGateway() = default;
    /// `question`: a compact JWS of type "sponsio-check+jwt".
    virtual DepartmentReply ask(std::string question, Deadline deadline) = 0;
};

struct DepartmentGatewayOptions {
    std::string url;                  ///< https://host[:port], perhaps with a path before /checks
    std::filesystem::path ca_file{};  ///< only these are trusted; empty: the system's
    std::size_t max_answer = 65536;
    Outbound outbound{};
};

/// Refused with a sentence: no https URL, unreadable CA file.
Outcome<std::unique_ptr<DepartmentGateway>> make_department_gateway(DepartmentGatewayOptions const& options);

}  // namespace sponsio::client

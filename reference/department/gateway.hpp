#pragma once

#include "crypto/random.hpp"
#include "reference/department/answers.hpp"
#include "reference/department/asker_keys.hpp"
#include "reference/department/holdings.hpp"
#include "reference/front/own_key.hpp"
#include "server/http/router.hpp"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>

namespace sponsio::department {

/// The parts of a gateway, which outlive it.
struct GatewayParts {
    std::string department;  ///< its word
    std::filesystem::path holdings;
    AskerKeys& askers;
    Answers& answers;
    front::OwnKey const& key;
    Clock const& clock;
    /// A deliberate fault for tests: the delay between storing and sending an answer.
    std::chrono::milliseconds answer_delay{0};
};

/// The protocol of schema/departments.yaml over holdings: a question is checked and answered once; a repeated
/// question gets the same answer.
class Gateway {
  public:
    explicit Gateway(GatewayParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] http::Router router();

    /// The key that signs its answers now, as a JWK with kid and alg.
    [[nodiscard]] Outcome<domain::Json> public_key() const;

  private:
    http::awaitable<Outcome<domain::InquiryQuestion>> read(std::string const& token);
    Outcome<std::string> answer(domain::InquiryQuestion const& question);
    Outcome<std::string> sign(domain::InquiryContent const& question, Fact const& fact, Instant now) const;

    GatewayParts parts_;
    std::mutex mutex_;  ///< one question at a time is looked up and kept
};

}  // namespace sponsio::department

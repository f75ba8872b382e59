#pragma once

#include "reference/platform/archive.hpp"
#include "reference/platform/judge.hpp"
#include "server/http/router.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::platform {

struct ExchangeOptions {
    std::optional<std::filesystem::path> registry{};  ///< read anew for every batch; nothing: every unit
    std::vector<crypto::PublicKey> sender_keys{};     ///< good for any unit that is let in
    std::string token{};                              ///< every request must bear it; empty: none
    /// A deliberate fault for tests: the connection is cut after storing, without an
    /// answer, for so many batches.
    unsigned drop_answers = 0;
};

/// The exchange interface of schema/exchange.yaml over an archive. One batch at a time.
class Exchange {
  public:
    Exchange(Archive& archive, domain::Regions const& regions, Clock const& clock, ExchangeOptions options)
        : archive_(archive), regions_(regions), clock_(clock), options_(std::move(options)) {}

    [[nodiscard]] http::Router router();

  private:
    struct Taken {
        std::string answer;
        bool fresh;  ///< stored just now, not a repetition
    };

    Outcome<Taken> take(std::string const& batch_no, std::string const& body);
    Outcome<std::string> answer_of(std::string const& batch_no);
    Outcome<domain::Json> copies(http::Request const& request);
    bool drop_this_answer();

    Archive& archive_;
    domain::Regions const& regions_;
    Clock const& clock_;
    ExchangeOptions options_;
    std::mutex mutex_;
};

}  // namespace sponsio::platform

#pragma once

#include "crypto/digest.hpp"
#include "server/base/fault.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace sponsio::department {

/// An answer and the question that it was given to.
struct GivenAnswer {
    crypto::Digest content;  ///< SHA-256 of the question's content, without its times
    std::string token;
};

/// The store of given answers: one file each by the id of the question, durable before the answer is sent,
/// never changed. Of the question only a digest is kept.
class Answers {
  public:
    static Outcome<Answers> open(std::filesystem::path directory);

    /// `question` is a UUID in its canonical form.
    [[nodiscard]] Outcome<std::optional<GivenAnswer>> find(std::string const& question) const;
    Outcome<void> keep(std::string const& question, GivenAnswer const& answer) const;

  private:
    explicit Answers(std::filesystem::path directory) : directory_(std::move(directory)) {}

    [[nodiscard]] std::filesystem::path file_of(std::string const& question) const;

    std::filesystem::path directory_;
};

}  // namespace sponsio::department

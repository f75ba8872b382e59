#pragma once

#include "reference/front/files.hpp"
#include "reference/front/front.hpp"
#include "reference/witness/cosigner.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::witness {

struct WitnessOptions {
    front::FrontOptions front;
    std::string name;                      ///< of its key; a URL without scheme is customary
    std::vector<std::string> log_vkeys{};  ///< verifier keys of the logs it follows
    bool moved = false;                    ///< its directory was copied here, and the original is dead
    std::vector<std::filesystem::path> log_files{};  ///< files with one of them on each line
};

/// A witness in a process of its own: key, state and certificate in one directory, HTTPS in front of them.
class Witness {
  public:
    /// `clock` outlives it. Refused with a sentence for the operator.
    static Outcome<std::unique_ptr<Witness>> start(WitnessOptions const& options, Clock const& clock);
    Witness(Witness const&) = delete;
    Witness& operator=(Witness const&) = delete;

    [[nodiscard]] front::Front& front() noexcept { return *front_; }

    [[nodiscard]] Outcome<std::string> vkey() const { return cosigner_->vkey(); }

  private:
    explicit Witness(crypto::FileLock lock) : lock_(std::move(lock)) {}

    crypto::FileLock lock_;
    std::unique_ptr<front::OwnKey> key_;
    std::unique_ptr<Cosigner> cosigner_;
    std::unique_ptr<front::Front> front_;  // last: it goes first
};

}  // namespace sponsio::witness

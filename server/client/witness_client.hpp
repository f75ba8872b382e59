#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace sponsio::client {

/// The outcome of a request to a witness.
struct WitnessReply {
    enum class Kind : unsigned char {
        cosigned,    ///< `body`: lines of signatures
        other_size,  ///< the request does not go on from where the witness is; `body`: its size, as it came
        refused,     ///< any other 4xx: it will not cosign this
        unavailable  ///< no answer, 408, 429 or 5xx: ask again later
    };
    Kind kind = Kind::unavailable;
    std::string body{};
    std::string cause{};                                ///< a word for the log: "connect", "status_422"
    std::optional<std::chrono::seconds> retry_after{};  ///< how long it wants to be left alone

    /// The size in `body` of an `other_size` reply, if it is a number.
    [[nodiscard]] std::optional<std::uint64_t> size() const;
};

/// A witness of a log (C2SP tlog-witness). A seam: tests put a scripted one in its place. Blocks; safe from
/// several threads.
class WitnessClient {
  public:
    virtual ~WitnessClient() = default;
    /// `body` as crypto::AddCheckpoint writes it.
    virtual WitnessReply add_checkpoint(std::string body, Deadline deadline) = 0;
    /// Sends GET <prefix>/<log_hash>/checkpoint, where the hash is the origin's SHA-256 in hex, for the last
    /// checkpoint that the witness cosigned. Returns `cosigned` with the note, `refused` if the witness shows
    /// none of that log, else `unavailable`.
    virtual WitnessReply last_checkpoint(std::string const& log_hash, Deadline deadline) = 0;
    /// The witness's address, for messages.
    [[nodiscard]] virtual std::string url() const = 0;
};

struct WitnessOptions {
    std::string url;                  ///< the submission prefix, https://host[:port][/path]
    std::filesystem::path ca_file{};  ///< only these are trusted; empty: the system's
    Outbound outbound{};
};

/// Refused with a sentence: no https URL, unreadable CA file.
Outcome<std::unique_ptr<WitnessClient>> make_witness_client(WitnessOptions const& options);

}  // namespace sponsio::client

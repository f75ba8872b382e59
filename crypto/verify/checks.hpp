#pragma once

#include "crypto/verify/input.hpp"
#include "crypto/verify/verdict.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// One function for each kind of artefact. They throw Refuted and NotChecked.
namespace sponsio::verify {

/// Checks that an entry is in a log (C2SP tlog-proof).
struct ProofOptions {
    std::string proof;  ///< file
    std::string entry;  ///< file with exactly the bytes of the leaf
    TrustOptions trust;
};

Findings check_proof(ProofOptions const& options);

/// Checks that a commitment was filed in these words: the answer of POST /v1/commitments, or its receipt.
struct ReceiptOptions {
    std::string receipt;  ///< file
    TrustOptions trust;
};

Findings check_receipt(ReceiptOptions const& options);

/// Checks that a credit record is genuine (RFC 9901) and, if given, its status and its place in the log.
struct RecordOptions {
    std::string record;  ///< file
    std::string jwks;    ///< file
    std::string issuer;
    std::string status_list;                     ///< file
    std::optional<std::chrono::sys_seconds> at;  ///< judge by this time; now where absent
    std::string proof;  ///< file; `proof`, `entry` and `trust.vkeys` together or not at all
    std::string entry;
    TrustOptions trust;
};

Findings check_record(RecordOptions const& options);

/// Checks that a log's later tree begins with the earlier one.
struct ConsistencyOptions {
    std::string old_checkpoint;  ///< file
    std::string new_checkpoint;  ///< file
    std::string log;             ///< directory or https address
    std::string ca;
    TrustOptions trust;
};

Findings check_consistency(ConsistencyOptions const& options);

/// Checks that a submission batch is whole and signed (docs/submission.md).
struct BatchOptions {
    /// A directory with manifest.json, records.jsonl and manifest.sm2; these three files; or one file with
    /// the body that was sent.
    std::vector<std::string> paths;
    std::string key;  ///< SM2 public key in PEM; empty: sm2-public.pem of the directory
};

Findings check_batch(BatchOptions const& options);

/// Checks a whole log: every entry, every tile, the root, and that it extends the earlier checkpoints.
struct LogOptions {
    std::string log;  ///< directory or https address
    std::string ca;
    std::vector<std::string> old_checkpoints;  ///< files
    TrustOptions trust;
    std::function<void(std::uint64_t done, std::uint64_t of)> progress = {};
};

/// Holds a few hundred tiles in memory, whatever the size of the log.
Findings check_log(LogOptions const& options);

/// Checks that the result of a draw follows from the data that were fixed and published (docs/draw.md) and,
/// if their files are given, who signed the result and that the draw was fixed in the log.
struct DrawOptions {
    std::string statement;  ///< file, draw.json
    std::string pool;       ///< file, draw-pool.txt
    std::string full;       ///< file, draw-full.txt; of version 2
    std::string opening;    ///< file; the opening of an object of version 2
    std::string jwks;       ///< file
    std::string proof;      ///< file; together with `trust.vkeys` or not at all
    std::string entry;      ///< file; the statement's own where absent
    TrustOptions trust;
};

Findings check_draw(DrawOptions const& options);

}  // namespace sponsio::verify

#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/edge.hpp"
#include "server/service/log/state.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/log_check.hpp"
#include "server/store/records.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// Two things that are stored, or a stored thing and its signature, do not fit together.
struct LogMismatch {
    std::int16_t shard = 0;  ///< 0: of something that is in no shard yet
    Bilingual what;          ///< the end of a sentence: "tile 0/12 is not made of its entries"

    bool operator==(LogMismatch const&) const = default;
};

struct LogWalkParts {
    LogKeys keys;
    Vault const& vault;
    std::vector<std::filesystem::path> heads;  ///< directories with heads kept outside the database
    std::optional<std::int16_t> shard{};       ///< this one alone
};

/// One way through everything the log vouches for, from the first entry to the last row, in bounded steps.
/// First each shard's tree is made anew from its entries alone and compared with the stored tiles, with every
/// checkpoint that was signed, with the head and with the checkpoint kept outside. Then every row that has an
/// entry is held against it: commitments (opened), leaves, credit records (opened). At last as many rows must
/// have been seen as there are entries. Writers go on meanwhile. For one thread.
class LogWalk {
  public:
    explicit LogWalk(LogWalkParts parts);

    /// Looks at one piece, of 256 entries or rows at most, in one snapshot. Without a mismatch the next call
    /// looks at the next piece; after one it looks at the same again, until skip(). DbError and FaultError
    /// leave the walk where it was.
    std::vector<LogMismatch> step(db::PgSession& db);
    /// Goes on behind the piece that does not fit.
    void skip();

    [[nodiscard]] bool done() const noexcept { return phase_ == Phase::done; }

    /// Entries of trees and rows that were looked at.
    [[nodiscard]] std::uint64_t looked_at() const noexcept { return looked_at_; }

  private:
    enum class Phase : std::uint8_t { begin, trees, commitments, leaves, records, sums, done };

    /// A shard whose tree was made anew.
    struct Walked {
        std::int16_t shard;
        std::uint64_t size = 0;  ///< up to here
        std::uint64_t rows = 0;  ///< that lie below size
        bool whole = false;      ///< no mismatch was skipped
        bool ended = false;
    };

    class Entries;

    void list_shards(db::PgSession& db);
    using Kept = std::vector<crypto::Checkpoint>;  ///< outside the database, newest first
    Kept kept_outside() const;
    void look_at_bundle(db::PgSession& db, Kept const& kept);
    void take_run(store::LogHead const& head, store::LogRun const& run, Kept const& kept);
    void compare_checkpoint(store::LogHead const& head, store::LogRun const& run);
    void compare_tiles(db::PgSession& db, std::int16_t shard);
    void compare_end(store::LogHead const& head, Kept const& kept);
    void next_tree();

    void look_at_commitments(db::PgSession& db);
    void look_at_commitment(Entries& entries, store::LoggedCommitment const& row, store::LeafRow const* leaf);
    void look_at_leaves(db::PgSession& db);
    void look_at_leaf(Entries& entries, store::LeafRow const& row);
    void look_at_records(db::PgSession& db);
    void look_at_record(store::CreditRecord const& row, store::LeafRow const* leaf);
    void compare_sums();
    void compare_entry(Entries& entries, store::LogPlace const& place, std::string const& entry,
                       std::string const& subject);
    std::optional<std::string> opened(store::SealedColumns const& sealed, std::string const& place,
                                      std::int16_t shard, std::string const& subject);

    [[nodiscard]] bool concerns(std::int16_t shard) const { return !parts_.shard || *parts_.shard == shard; }

    void found(std::int16_t shard, std::string en, std::string zh);

    LogWalkParts parts_;
    Phase phase_ = Phase::begin;
    std::vector<Walked> shards_;
    std::size_t tree_ = 0;  ///< index in shards_
    crypto::LogEdge edge_;
    /// The last key of the piece before.
    std::string code_;
    std::int16_t code_shard_ = 0;
    std::int64_t leaf_ = 0;
    std::int64_t position_ = 0;

    // Of the present step.
    std::vector<LogMismatch> mismatches_;
    std::vector<store::LogPlace> places_;  ///< of the rows looked at
    std::uint64_t looked_at_now_ = 0;
    std::function<void()> onwards_;  ///< what makes the next step look at the next piece
    std::uint64_t looked_at_ = 0;
};

/// The whole way at once: everything that does not fit. `progress` is told after every step how much was
/// looked at.
std::vector<LogMismatch> check_whole_log(db::PgSession& db, LogWalkParts parts,
                                         std::function<void(std::uint64_t)> const& progress = {});

}  // namespace sponsio::service

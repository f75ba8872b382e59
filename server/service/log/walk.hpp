#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/edge.hpp"
#include "server/service/log/state.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/audit.hpp"
#include "server/store/events.hpp"
#include "server/store/log_check.hpp"
#include "server/store/records.hpp"
#include "server/store/row_proofs.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// A mismatch between two stored things, or between a stored thing and its signature.
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
    /// Whether the rows of the registry from before there were proofs were taken over (take_over_registry).
    bool registry_proven = true;
    bool rows_proven = true;  ///< the same of the rows that are proven by notes (take_over_rows)
};

/// One pass over everything that the log vouches for, from the first entry to the last row, in bounded steps.
/// First each shard's tree is recomputed from its entries alone and compared with the stored tiles, every
/// signed checkpoint, the head and the heads kept outside. Then every row with an entry is compared with it:
/// commitments (decrypted, and what their columns repeat of it), leaves, credit records (decrypted). The
/// steps of every finding must prove what is on record of it. The history is chained again and compared with
/// every head that was logged; a row with a lifecycle must say what its events say, a row that says who may
/// do what must be there if the history says that it was made, and those that are there are looked at for
/// their proofs, as are the rows of proceedings for theirs. Finally the numbers of rows and entries must
/// agree. Writers go on meanwhile. For one thread.
class LogWalk {
  public:
    explicit LogWalk(LogWalkParts parts);

    /// Checks one piece of at most 256 entries or rows, in one snapshot. Without a mismatch the next call
    /// checks the next piece; after one it checks the same again, until skip(). DbError and FaultError leave
    /// the walk where it was.
    std::vector<LogMismatch> step(db::PgSession& db);
    /// Moves past the piece with the mismatch.
    void skip();

    [[nodiscard]] bool done() const noexcept { return phase_ == Phase::done; }

    /// The number of tree entries and rows checked.
    [[nodiscard]] std::uint64_t looked_at() const noexcept { return looked_at_; }

  private:
    enum class Phase : std::uint8_t {
        begin,
        trees,
        commitments,
        leaves,
        records,
        findings,
        history,
        registry,
        notes,
        sums,
        done
    };

    /// A shard whose tree was recomputed.
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
    void compare_content(store::LoggedCommitment const& row, std::int16_t shard, std::string const& content);
    void look_at_leaves(db::PgSession& db);
    void look_at_leaf(Entries& entries, store::LeafRow const& row);
    void look_at_records(db::PgSession& db);
    void look_at_record(store::CreditRecord const& row, store::LeafRow const* leaf);
    void look_at_findings(db::PgSession& db);
    void look_at_history(db::PgSession& db);
    void look_at_states(db::PgSession& db, std::vector<store::EventPage::Row> const& rows);
    void look_at_makings(db::PgSession& db, std::vector<store::EventPage::Row> const& rows);
    void look_at_queries(db::PgSession& db, std::vector<store::EventPage::Row> const& rows);
    void compare_head(db::PgSession& db, store::AuditRun const& made, store::AuditRun const& logged);
    void look_at_registry(db::PgSession& db);
    template <class Row>
    void look_at_rows(db::PgSession& db);
    void look_at_notes(db::PgSession& db);
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
    /// The last key of the previous piece.
    std::string code_;
    std::int16_t code_shard_ = 0;
    std::int64_t leaf_ = 0;
    std::int64_t position_ = 0;
    Uuid finding_{};
    store::AuditRun chain_;  ///< as its events give it, up to the last one looked at
    std::size_t table_ = 0;  ///< of the registry, in the order of for_each_registry_row
    Uuid row_{};             ///< the last key looked at there
    store::RowNote note_{};  ///< the last one looked at

    // The mismatches found in the present step.
    std::vector<LogMismatch> mismatches_;
    std::vector<store::LogPlace> places_;  ///< of the rows looked at
    std::uint64_t looked_at_now_ = 0;
    std::function<void()> onwards_;  ///< what makes the next step look at the next piece
    std::uint64_t looked_at_ = 0;
};

/// Walks the whole log at once and returns every mismatch. `progress` is called after every step with the
/// number checked.
std::vector<LogMismatch> check_whole_log(db::PgSession& db, LogWalkParts parts,
                                         std::function<void(std::uint64_t)> const& progress = {});

}  // namespace sponsio::service

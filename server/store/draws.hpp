#pragma once

#include "server/db/session.hpp"
#include "server/domain/draw.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Draws, one row each. Every step only adds columns to it.
namespace sponsio::store {

struct DrawRow {
    /// The values that are fixed and logged before the public input is known.
    struct Commitment {
        std::int64_t objects;
        std::int32_t inspectors;
        std::int64_t pool_bytes;
        Digest pool_digest;
        Digest seed_commitment;
        SealedColumns seed;
        Instant at;
        Instant reveal_by;
        /// Of the full pool; nothing in version 1 of the draw, which published it.
        std::optional<Digest> full_digest{};
    };

    struct Input {
        std::string text;
        AccountId by;
        Instant at;
        std::string beacon_note{};           ///< the signed value; empty: no beacon
        std::string protocol{};              ///< SHA-256, in hex, of the paper on the throw; empty: no dice
        std::optional<AccountId> witness{};  ///< who saw the dice fall
    };

    struct Reveal {
        Digest seed;
        Instant at;
    };

    struct Void {
        domain::VoidReason why;
        Instant at;
    };

    DrawId id;
    OrganisationId organisation;
    AccountId created_by;
    Instant created_at;
    std::string title;  ///< JSON of a Bilingual
    std::string plan;   ///< JSON of domain::DrawPlan
    domain::DrawState state = domain::DrawState::preparing;
    std::optional<Commitment> committed{};
    std::optional<Input> input{};
    std::optional<Reveal> revealed{};
    std::optional<Void> voided{};
    std::optional<std::string> waits_why{};  ///< slug of the problem that holds up the background work
};

/// The seal label (Vault) of a draw's seed.
std::string seed_label(DrawId id);

void insert(db::PgSession& db, DrawRow const& draw);
std::optional<DrawRow> draw_by_id(db::PgSession& db, DrawId id);
/// The draw, locked until the transaction ends.
std::optional<DrawRow> lock_draw(db::PgSession& db, DrawId id);
/// A draw in that state whose time for another try has come, locked until the transaction ends, passing over
/// draws that others hold. The background work moves those that are preparing and
/// those that have their input.
std::optional<DrawRow> claim_draw(db::PgSession& db, domain::DrawState state, Instant now);

/// Keeps the matters of a draw, and the days on which their commitments were accepted, from other draws until
/// it ends. Returns the matters that an open draw has already; then nothing was kept.
std::vector<MatterId> keep_matters(db::PgSession& db, DrawId id, std::vector<MatterId> const& matters,
                                   std::optional<Instant> from, std::optional<Instant> until);

/// Each of these writes the state that its step leads to.
void set_committed(db::PgSession& db, DrawId id, DrawRow::Commitment const& commitment);
void set_input(db::PgSession& db, DrawId id, DrawRow::Input const& input);
void set_revealed(db::PgSession& db, DrawId id, DrawRow::Reveal const& reveal);  ///< and frees its matters
void set_void(db::PgSession& db, DrawId id, DrawRow::Void const& end);           ///< and frees its matters
/// Keeps the background work from trying again before `retry_at`.
void set_waiting(db::PgSession& db, DrawId id, std::string const& why, Instant retry_at);

/// The draws of these organisations, in the order in which they were made, after `after`.
std::vector<DrawRow> draws_after(db::PgSession& db, std::vector<OrganisationId> const& of,
                                 std::optional<DrawId> after, int limit);
/// The draws of all organisations.
std::vector<DrawRow> all_draws_after(db::PgSession& db, std::optional<DrawId> after, int limit);

}  // namespace sponsio::store

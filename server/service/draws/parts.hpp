#pragma once

#include "crypto/draw/statement.hpp"
#include "server/domain/access.hpp"
#include "server/domain/draw.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/reached.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draw_pool.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/draws.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The parts that the background work on draws shares.
namespace sponsio::service {

/// The points at which tests simulate a crash; each is just before or just after a commit.
enum class DrawPoint { before_commitment, after_commitment, before_reveal, after_reveal };

struct DrawParts : Ground {
    /// The compact JWS over a payload, by the key that signs draws at that time.
    std::function<Outcome<std::string>(std::string_view payload, Instant now)> sign;
    std::function<void()> leaves_waiting;  ///< called when there are new leaves for the log
    Reached<DrawPoint> reached{};
};

domain::DrawPlan plan_of(store::DrawRow const& row);

/// The verifier key of the beacon that is promised; empty: none.
std::string beacon_key(domain::DrawPlan const& plan);

/// The head of the full pool, without the number of objects of each stratum.
crypto::draw::Plan pool_head(DrawId id, domain::DrawPlan const& plan,
                             std::vector<store::DrawInspector> const& inspectors,
                             std::optional<crypto::Digest> const& key);

/// The full pool of a draw, which may be gone over any number of times. Throws Failure where it is damaged.
crypto::draw::EachObject stored_objects(db::PgSession& db, DrawId id);
/// The key under which objects and inspectors are hidden; nothing in version 1 of the draw.
std::optional<crypto::Digest> pool_key(db::PgSession& db, store::DrawRow const& row);

/// What of a draw happened at its objects, as the database says it: with the place in the log and the ref in
/// the pool.
struct AtObjects {
    std::vector<store::DrawRecusal> recusals;
    std::vector<store::DrawReassignment> reassigned{};
};

/// Adds a public leaf about the draw for the log's writer; its content gets a salt.
void leave_leaf(db::PgSession& db, DrawId id, json::Object content, Instant now);

/// The statement of a draw whose commitment is in the log; the seed as far as it is known.
crypto::draw::Statement statement_head(db::PgSession& db, store::DrawRow const& row);

/// The draw if it is of the caller's own tree; others do not exist for the caller.
Outcome<store::DrawRow> own_draw(db::PgSession& db, Vault const& vault, std::optional<store::DrawRow> row,
                                 domain::Official const& who);

/// An event in the draw's history that does not change its state.
void note_on(db::PgSession& db, store::DrawRow const& row, std::string event, AccountId actor, Instant now);

/// Ends the draw publicly without a result: its event, its leaf, and its matters are free.
Outcome<void> end_draw(db::PgSession& db, store::DrawRow const& row, domain::DrawEvent event,
                       domain::VoidReason why, domain::DrawFacts const& facts, domain::Actor const& actor,
                       Instant now);

/// Composes and signs the statement of a revision, stores it, and adds its leaf. Whatever is published calls
/// objects and inspectors by the names that the draw's version has for them.
Outcome<void> publish_statement(db::PgSession& db, DrawParts const& parts, crypto::draw::Statement said,
                                crypto::draw::Plan const& head, std::span<crypto::draw::Drawn const> drawn,
                                AtObjects const& happened, Instant now);

}  // namespace sponsio::service

#pragma once

#include "crypto/draw/statement.hpp"
#include "server/domain/draw.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/reached.hpp"
#include "server/store/draw_pool.hpp"
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

/// The head of the pool file, without the number of objects of each stratum.
crypto::draw::Plan pool_head(DrawId id, domain::DrawPlan const& plan,
                             std::vector<store::DrawInspector> const& inspectors);

/// Adds a public leaf about the draw for the log's writer; its content gets a salt.
void leave_leaf(db::PgSession& db, DrawId id, json::Object content, Instant now);

/// The statement of a draw whose commitment is in the log; seed and recusals as far as they are known.
crypto::draw::Statement statement_head(db::PgSession& db, store::DrawRow const& row);

/// Composes and signs the statement of a revision, stores it, and adds its leaf.
Outcome<void> publish_statement(db::PgSession& db, DrawParts const& parts, crypto::draw::Statement said,
                                crypto::draw::Plan const& head, std::span<crypto::draw::Drawn const> drawn,
                                Instant now);

}  // namespace sponsio::service

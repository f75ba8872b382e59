#include "server/service/draws/public_draws.hpp"

#include "server/service/draws/view.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draw_pool.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

/// The number of drawn objects from which counts are cached for some seconds.
constexpr std::int64_t large_draw = 5'000;

/// The revision that is public.
Outcome<int> shown_revision(db::PgSession& db, DrawId id) {
    auto const row = store::draw_by_id(db, id);
    if (!row) return fault(problem::not_found);
    DrawLeaves const leaves(db, id);
    if (shown_state(*row, leaves) != domain::DrawState::revealed)
        return fault(problem::not_found, "There is no result yet; the digest of the pool is in the draw.",
                     "尚无抽取结果；名单摘要见抽查信息。");
    return leaves.shown_revision();
}

}  // namespace

Async<Page> PublicDraws::list(std::optional<DrawId> after, int limit, Deadline deadline) {
    return db_.run(deadline, [this, after, limit](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Page> {
            Page page;
            for (store::DrawRow const& row : store::all_draws_after(db, after, limit))
                page.add(draw_line(row, DrawLeaves(db, row.id), clock_.now()), row.id.text());
            return page;
        });
    });
}

std::shared_ptr<PublicDraws::Outcomes const> PublicDraws::outcomes_of(db::PgSession& db, DrawId id) {
    if (auto counted = counted_.find(id)) return counted;
    auto outcomes = std::make_shared<Outcomes const>(store::outcomes_of(db, id));
    std::int64_t drawn = 0;
    for (store::StratumOutcome const& outcome : *outcomes) drawn += outcome.drawn;
    if (drawn >= large_draw) counted_.keep(id, outcomes);
    return outcomes;
}

Async<Json> PublicDraws::draw(DrawId id, Deadline deadline) {
    return db_.run(deadline, [this, id](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::draw_by_id(db, id);
            if (!row) return fault(problem::not_found);
            DrawLeaves const leaves(db, id);
            JsonObject view = draw_view(*row, leaves, clock_.now());
            bool const revealed = shown_state(*row, leaves) == domain::DrawState::revealed;
            auto const organisation = store::organisation_by_id(db, row->organisation).value();
            view.add("organisation", JsonObject{{"uscc", organisation.uscc}, {"name", organisation.name}})
                .add("outcomes", revealed ? outcomes_view(*outcomes_of(db, id)) : Json(json::Array{}));
            return Json(std::move(view));
        });
    });
}

Async<std::string> PublicDraws::statement(DrawId id, Deadline deadline) {
    return db_.run(deadline, [id](db::PgSession& db) -> Outcome<std::string> {
        auto const revision = shown_revision(db, id);
        if (!revision) return revision.error();
        return store::statement_of(db, id, *revision).value().document;
    });
}

Async<crypto::Digest> PublicDraws::pool(DrawId id, Deadline deadline) {
    return db_.run(deadline, [id](db::PgSession& db) -> Outcome<crypto::Digest> {
        if (auto const revision = shown_revision(db, id); !revision) return revision.error();
        return store::draw_by_id(db, id).value().committed.value().pool_digest;
    });
}

Async<std::optional<std::string>> PublicDraws::pool_piece(DrawId id, int number, Deadline deadline) {
    return db_.run(deadline, [id, number](db::PgSession& db) -> Outcome<std::optional<std::string>> {
        return store::pool_chunk(db, id, number);
    });
}

}  // namespace sponsio::service

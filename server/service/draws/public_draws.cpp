#include "server/service/draws/public_draws.hpp"

#include "server/service/draws/parts.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draw_pool.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

namespace draw = crypto::draw;
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

/// The outcomes from which nobody's result can be read: none while a check is open, since each that closes
/// would be told by what it changes, and none of strata of which few were drawn.
std::vector<store::StratumOutcome> outcomes_of_nobody(std::vector<store::StratumOutcome> outcomes,
                                                      std::int64_t least) {
    bool const done =
        std::ranges::all_of(outcomes, [](store::StratumOutcome const& outcome) { return outcome.open == 0; });
    if (!done) return {};
    std::erase_if(outcomes, [&](store::StratumOutcome const& outcome) { return outcome.drawn < least; });
    return outcomes;
}

/// The opening of the commitment in that place, if it was in the pool.
std::optional<draw::Opening> opening_of(db::PgSession& db, DrawId id, store::Place const& place) {
    auto const row = store::draw_by_id(db, id).value();
    auto const key = pool_key(db, row);
    auto const chunk = store::chunk_with(db, id, place);
    if (!key || !chunk) return std::nullopt;
    std::string_view const lines = *chunk;
    draw::ObjectId const object{static_cast<std::uint64_t>(place.shard),
                                static_cast<std::uint64_t>(place.leaf)};
    std::string const stem = "object " + object.text() + " ";
    std::size_t begin = 0;
    if (!lines.starts_with(stem)) begin = lines.find("\n" + stem) + 1;  // 0: it is nowhere
    if (begin == 0 && !lines.starts_with(stem)) return std::nullopt;
    return draw::Hider(*key).opening(lines.substr(begin, lines.find('\n', begin) - begin));
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
            Outcomes shown;
            if (revealed) {
                auto const least = rules_.number(domain::rule::draw_group, organisation.region_code,
                                                 china_date(clock_.now()));
                if (!least) return least.error();
                shown = outcomes_of_nobody(*outcomes_of(db, id), *least);
            }
            view.add("organisation", JsonObject{{"uscc", organisation.uscc}, {"name", organisation.name}})
                .add("outcomes", outcomes_view(shown));
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
        return store::published_chunk(db, id, number);
    });
}

Async<Json> PublicDraws::opening(DrawId id, domain::OpeningRequest request, Deadline deadline) {
    return db_.run(deadline, [id, request = std::move(request)](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            if (auto const revision = shown_revision(db, id); !revision) return revision.error();
            store::Place const place{static_cast<std::int16_t>(request.shard), request.leaf};
            auto const digest = store::content_digest_at(db, place);
            auto const opening = digest == crypto::sha256(as_bytes(request.content))
                                     ? opening_of(db, id, place)
                                     : std::nullopt;
            if (!opening)
                return fault(problem::not_found,
                             "The pool of this draw holds no commitment of which this is the receipt.",
                             "本次抽取的名单中没有与该回执相符的承诺。");
            json::Array lots;
            for (crypto::Digest const& lot : draw::lots_of(opening->root(), opening->weight))
                lots.push_back(to_hex(lot));
            return Json(JsonObject{{"draw_id", id.text()},
                                   {"object", opening->id.text()},
                                   {"stratum", opening->stratum},
                                   {"weight", opening->weight},
                                   {"opening", opening->text()},
                                   {"lots", std::move(lots)}});
        });
    });
}

}  // namespace sponsio::service

#include "server/service/draws/parts.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/log_leaf.hpp"

namespace sponsio::service {

namespace draw = crypto::draw;

domain::DrawPlan plan_of(store::DrawRow const& row) {
    return domain::DrawPlan::from_json(domain::parse_json(row.plan).value());
}

draw::Plan pool_head(DrawId id, domain::DrawPlan const& plan,
                     std::vector<store::DrawInspector> const& inspectors) {
    draw::Plan head{.draw_id = id.text(),
                    .assign = static_cast<unsigned>(plan.inspectors_per_object),
                    .dice = static_cast<unsigned>(plan.public_input.dice.value_or(0))};
    if (auto const& beacon = plan.public_input.beacon)
        head.beacon = draw::Beacon{beacon->source, static_cast<std::uint64_t>(beacon->round)};
    for (domain::DrawPlan::Stratum const& stratum : plan.strata)
        head.strata.push_back({.name = stratum.name,
                               .objects = 0,
                               .numerator = static_cast<std::uint32_t>(stratum.ratio.numerator),
                               .denominator = static_cast<std::uint32_t>(stratum.ratio.denominator),
                               .minimum = static_cast<std::uint64_t>(stratum.minimum)});
    for (store::DrawInspector const& inspector : inspectors)
        head.inspectors.push_back(draw::InspectorRef::parse(inspector.ref).value());
    return head;
}

void leave_leaf(db::PgSession& db, DrawId id, json::Object content, Instant now) {
    std::string text = salted_content(std::move(content));
    store::NewLeaf leaf = log_leaf(crypto::log_kind::draw, id.text(), crypto::sha256(as_bytes(text)), now);
    leaf.content = std::move(text);
    store::insert_leaf(db, leaf, now);
}

draw::Statement statement_head(db::PgSession& db, store::DrawRow const& row) {
    store::DrawRow::Commitment const& committed = row.committed.value();
    store::LeafRow const leaf = DrawLeaves(db, row.id).committed().value();
    draw::Statement said{.draw_id = row.id.text(),
                         .pool_digest = committed.pool_digest,
                         .objects = static_cast<std::uint64_t>(committed.objects),
                         .inspectors = static_cast<std::uint64_t>(committed.inspectors),
                         .seed_commitment = committed.seed_commitment,
                         .committed_at = to_rfc3339(committed.at),
                         .committed_leaf = {.shard = static_cast<std::uint64_t>(leaf.place->shard),
                                            .leaf_index = leaf.place->index,
                                            .entry = leaf.leaf.entry,
                                            .content = leaf.leaf.content.value_or("")},
                         .reveal_by = to_rfc3339(committed.reveal_by),
                         .public_input = row.input.value().text,
                         .public_input_at = to_rfc3339(row.input->at)};
    if (row.revealed) {
        said.seed = row.revealed->seed;
        said.revealed_at = to_rfc3339(row.revealed->at);
    }
    return said;
}

Outcome<void> publish_statement(db::PgSession& db, DrawParts const& parts, draw::Statement said,
                                draw::Plan const& head, std::span<draw::Drawn const> drawn, Instant now) {
    std::string const result = draw::result_text(head, drawn);
    said.result_digest = crypto::sha256(as_bytes(result));
    auto const jws = parts.sign(said.payload(), now);
    if (!jws) return jws.error();
    DrawId const id = DrawId::parse(said.draw_id).value();
    store::insert_statement(db, id, {static_cast<int>(said.revision), said.file(result, *jws)}, now);
    leave_leaf(db, id, draw::revealed_content(said), now);
    return {};
}

}  // namespace sponsio::service

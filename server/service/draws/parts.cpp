#include "server/service/draws/parts.hpp"

#include "crypto/log/entry.hpp"
#include "server/base/log.hpp"
#include "server/service/draws/view.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>
#include <map>

namespace sponsio::service {

namespace draw = crypto::draw;

domain::DrawPlan plan_of(store::DrawRow const& row) {
    return domain::DrawPlan::from_json(domain::parse_json(row.plan).value());
}

draw::Plan pool_head(DrawId id, domain::DrawPlan const& plan,
                     std::vector<store::DrawInspector> const& inspectors,
                     std::optional<crypto::Digest> const& key) {
    draw::Plan head{.draw_id = id.text(),
                    .assign = static_cast<unsigned>(plan.inspectors_per_object),
                    .dice = static_cast<unsigned>(plan.public_input.dice.value_or(0)),
                    .key = key};
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

draw::EachObject stored_objects(db::PgSession& db, DrawId id) {
    return [&db, id](std::function<void(draw::Candidate const&)> const& take) {
        draw::PoolReader reader({.object = take});
        for (int number = 1;; ++number) {
            auto const chunk = store::pool_chunk(db, id, number);
            if (!chunk) break;
            if (!reader.feed(*chunk)) throw Failure("a stored pool cannot be read");
        }
        if (!reader.finish()) throw Failure("a stored pool cannot be read");
    };
}

std::optional<crypto::Digest> pool_key(db::PgSession& db, store::DrawRow const& row) {
    if (!row.committed || !row.committed->full_digest) return std::nullopt;
    draw::PoolReader reader({});
    auto const chunk = store::pool_chunk(db, row.id, 1);
    if (!chunk || !reader.feed(*chunk) || !reader.plan().key) throw Failure("a stored pool has no key");
    return reader.plan().key;
}

namespace {

/// What the draw's version calls its drawn objects, and the inspectors beside them.
class PublicNames {
  public:
    PublicNames(draw::Plan const& head, std::span<draw::Drawn const> drawn) {
        if (head.key) hider_.emplace(*head.key);
        for (draw::Drawn const& one : drawn) names_.emplace(one.id.text(), one.name());
    }

    [[nodiscard]] std::string const& object(std::string const& place) const { return names_.at(place); }

    [[nodiscard]] draw::InspectorRef inspector(std::string const& place, std::string const& ref) const {
        auto const known = draw::InspectorRef::parse(ref).value();
        return hider_ ? hider_->seen(object(place), known) : known;
    }

  private:
    std::optional<draw::Hider> hider_;
    std::map<std::string, std::string> names_;
};

}  // namespace

std::string beacon_key(domain::DrawPlan const& plan) {
    return plan.public_input.beacon ? plan.public_input.beacon->key : std::string();
}

void leave_leaf(db::PgSession& db, DrawId id, json::Object content, Instant now) {
    std::string text = salted_content(std::move(content));
    store::NewLeaf leaf = log_leaf(crypto::log_kind::draw, id.text(), crypto::sha256(as_bytes(text)), now);
    leaf.content = std::move(text);
    store::insert_leaf(db, leaf, now);
}

Outcome<store::DrawRow> own_draw(db::PgSession& db, Vault const& vault, std::optional<store::DrawRow> row,
                                 domain::Official const& who) {
    if (!row || !reaches(db, vault, who, domain::Holding::draws, row->organisation))
        return fault(problem::not_found);
    return std::move(*row);
}

void note_on(db::PgSession& db, store::DrawRow const& row, std::string event, AccountId actor, Instant now) {
    std::string const state(domain::word(row.state));
    store::append(db, store::Event{.shard = 0,
                                   .at = now,
                                   .lifecycle = std::string(domain::draw_lifecycle.name),
                                   .subject = row.id.text(),
                                   .from = state,
                                   .event = std::move(event),
                                   .to = state,
                                   .actor = actor,
                                   .why = {},
                                   .rule = {}});
}

Outcome<void> end_draw(db::PgSession& db, store::DrawRow const& row, domain::DrawEvent event,
                       domain::VoidReason why, domain::DrawFacts const& facts, domain::Actor const& actor,
                       Instant now) {
    auto const moved =
        step(db, domain::draw_lifecycle, row.state, event, facts,
             {.subject = row.id.text(), .actor = actor, .now = now, .why = std::string(domain::word(why))});
    if (!moved) return moved.error();
    log::warn("draw.void", {{log::Key::id, row.id}, {log::Key::rule, domain::word(why)}});
    store::set_void(db, row.id, {why, now});
    leave_leaf(db, row.id, draw::void_content(row.id.text(), domain::word(why)), now);
    return {};
}

draw::Statement statement_head(db::PgSession& db, store::DrawRow const& row) {
    store::DrawRow::Commitment const& committed = row.committed.value();
    store::LeafRow const leaf = DrawLeaves(db, row.id).committed().value();
    draw::Statement said{.version = committed.full_digest ? 2U : 1U,
                         .draw_id = row.id.text(),
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
                         .public_input_at = to_rfc3339(row.input->at),
                         .beacon_key = beacon_key(plan_of(row)),
                         .beacon_note = row.input->beacon_note,
                         .protocol = row.input->protocol};
    if (row.revealed) {
        said.seed = row.revealed->seed;
        said.revealed_at = to_rfc3339(row.revealed->at);
    }
    return said;
}

Outcome<void> publish_statement(db::PgSession& db, DrawParts const& parts, draw::Statement said,
                                draw::Plan const& head, std::span<draw::Drawn const> drawn,
                                AtObjects const& happened, Instant now) {
    PublicNames const names(head, drawn);
    for (store::DrawRecusal const& one : happened.recusals)
        said.recusals.push_back({names.object(one.object), names.inspector(one.object, one.ref)});
    for (store::DrawReassignment const& one : happened.reassigned)
        said.reassigned.push_back(
            {names.object(one.object), static_cast<unsigned>(one.seat),
             one.ref ? std::optional(names.inspector(one.object, *one.ref)) : std::nullopt});
    said.repeats = draw::repeats_of(drawn);
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

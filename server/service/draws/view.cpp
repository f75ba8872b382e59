#include "server/service/draws/view.hpp"

#include "crypto/digest.hpp"
#include "crypto/log/entry.hpp"
#include "server/service/unit/history_view.hpp"

namespace sponsio::service {
namespace {

using domain::DrawPlan;
using domain::DrawState;
using domain::Json;
using domain::JsonObject;

Json strata_view(DrawPlan const& plan) {
    json::Array list;
    for (DrawPlan::Stratum const& stratum : plan.strata)
        list.push_back(JsonObject{
            {"name", stratum.name},
            {"matters", json::Array(stratum.matter_codes.begin(), stratum.matter_codes.end())},
            {"ratio",
             JsonObject{{"numerator", stratum.ratio.numerator}, {"denominator", stratum.ratio.denominator}}},
            {"minimum", stratum.minimum}});
    return list;
}

Json promised_view(domain::PublicInputPlan const& plan) {
    Json beacon;
    if (plan.beacon)
        beacon = JsonObject{{"source", plan.beacon->source},
                            {"round", plan.beacon->round},
                            {"vkey", plan.beacon->key.empty() ? Json() : Json(plan.beacon->key)}};
    return JsonObject{{"dice", or_null(plan.dice)}, {"beacon", std::move(beacon)}};
}

Json pool_view(std::optional<store::DrawRow::Commitment> const& committed) {
    if (!committed) return {};
    return JsonObject{{"digest_sha256", to_hex(committed->pool_digest)},
                      {"objects", committed->objects},
                      {"inspectors", committed->inspectors},
                      {"size", committed->pool_bytes}};
}

Json leaf_view(std::optional<store::LeafRow> const& leaf) {
    if (!leaf) return {};
    return JsonObject{{"shard", leaf->place->shard},
                      {"leaf_index", leaf->place->index},
                      {"entry", leaf->leaf.entry},
                      {"content", leaf->leaf.content.value_or("")}};
}

}  // namespace

DrawLeaves::DrawLeaves(db::PgSession& db, DrawId id)
    : leaves_(store::leaves_about(db, std::string(crypto::log_kind::draw), id.text())) {}

std::optional<store::LeafRow> DrawLeaves::committed() const {
    if (leaves_.empty() || !leaves_.front().place) return std::nullopt;
    return leaves_.front();
}

int DrawLeaves::shown_revision() const {
    std::size_t shown = 0;
    while (shown + 1 < leaves_.size() && leaves_[shown + 1].place) ++shown;
    return static_cast<int>(shown);
}

DrawState shown_state(store::DrawRow const& row, DrawLeaves const& leaves) {
    bool const too_soon = row.state == DrawState::revealed && leaves.shown_revision() == 0;
    return too_soon ? DrawState::input_given : row.state;
}

bool overdue(store::DrawRow const& row, DrawLeaves const& leaves, Instant now) {
    DrawState const state = shown_state(row, leaves);
    bool const waits = state == DrawState::committed || state == DrawState::input_given;
    return waits && row.committed->reveal_by <= now;
}

JsonObject draw_line(store::DrawRow const& row, DrawLeaves const& leaves, Instant now) {
    return JsonObject{{"draw_id", row.id.text()},
                      {"title", domain::parse_json(row.title).value()},
                      {"state", domain::word(shown_state(row, leaves))},
                      {"created_at", to_rfc3339(row.created_at)},
                      {"reveal_by", row.committed ? Json(to_rfc3339(row.committed->reveal_by)) : Json()},
                      {"overdue", overdue(row, leaves, now)}};
}

JsonObject draw_view(store::DrawRow const& row, DrawLeaves const& leaves, Instant now) {
    DrawPlan const plan = DrawPlan::from_json(domain::parse_json(row.plan).value());
    bool const revealed = shown_state(row, leaves) == DrawState::revealed;
    JsonObject view = draw_line(row, leaves, now);
    view.add("strata", strata_view(plan))
        .add("accepted_from", or_null(plan.from))
        .add("accepted_until", or_null(plan.until))
        .add("inspectors_per_object", plan.inspectors_per_object)
        .add("forbid_own_organisation", plan.forbid_own_organisation)
        .add("promised_input", promised_view(plan.public_input))
        .add("pool", pool_view(row.committed))
        .add("seed_commitment", row.committed ? Json(to_hex(row.committed->seed_commitment)) : Json())
        .add("committed_at", row.committed ? Json(to_rfc3339(row.committed->at)) : Json())
        .add("committed_leaf", row.committed ? leaf_view(leaves.committed()) : Json())
        .add("public_input", row.input ? Json(row.input->text) : Json())
        .add("protocol_sha256",
             row.input && !row.input->protocol.empty() ? Json(row.input->protocol) : Json())
        .add("public_input_at", row.input ? Json(to_rfc3339(row.input->at)) : Json())
        .add("seed", revealed ? Json(to_hex(row.revealed->seed)) : Json())
        .add("revealed_at", revealed ? Json(to_rfc3339(row.revealed->at)) : Json())
        .add("revision", revealed ? Json(leaves.shown_revision()) : Json())
        .add("void_why", row.voided ? Json(domain::word(row.voided->why)) : Json())
        .add("voided_at", row.voided ? Json(to_rfc3339(row.voided->at)) : Json());
    return view;
}

Json outcomes_view(std::vector<store::StratumOutcome> const& outcomes) {
    json::Array list;
    for (store::StratumOutcome const& outcome : outcomes)
        list.push_back(JsonObject{{"stratum", outcome.stratum},
                                  {"drawn", outcome.drawn},
                                  {"open", outcome.open},
                                  {"consistent", outcome.consistent},
                                  {"inconsistent", outcome.inconsistent},
                                  {"cannot_verify", outcome.cannot_verify},
                                  {"non_cooperation", outcome.non_cooperation},
                                  {"set_aside", outcome.set_aside}});
    return list;
}

}  // namespace sponsio::service

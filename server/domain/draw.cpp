#include "server/domain/draw.hpp"

#include "server/base/form.hpp"
#include "text/bytes.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace sponsio::domain {
namespace {

using S = DrawState;
using E = DrawEvent;

Outcome<void> commitment_is_logged(DrawFacts const& facts) {
    if (!facts.commitment_logged)
        return fault(
            problem::wrong_step,
            "The commitment to pool and seed is not in the log yet: input that comes before it proves "
            "nothing.",
            "抽查名单与随机种子的承诺尚未写入日志，此前给出的公开随机数不能作为证明。");
    return {};
}

Outcome<void> time_is_over(DrawFacts const& facts) {
    if (!facts.lapsed)
        return fault(problem::too_early, "The draw may still be revealed in time.",
                     "该次抽查尚未超过揭示期限。");
    return {};
}

constexpr DrawLifecycle::Row rows[] = {
    {S::preparing, E::commit, S::committed},
    {S::preparing, E::give_up, S::voided},
    {S::committed, E::give_input, S::input_given, {"the commitment is in the log", commitment_is_logged}},
    {S::input_given, E::reveal, S::revealed},
    {S::input_given, E::give_up, S::voided},
    {S::committed, E::lapse, S::voided, {"the time limit is over", time_is_over}},
    {S::input_given, E::lapse, S::voided, {"the time limit is over", time_is_over}},
    {S::revealed, E::redraw, S::revealed},
    {S::revealed, E::reassign, S::revealed},
};

// The limits of crypto/draw/draw.hpp.
constexpr int min_dice = 4;
constexpr int max_dice = 100;
constexpr std::int64_t max_denominator = 1'000'000;
constexpr std::int64_t max_safe_round = (std::int64_t{1} << 53) - 1;
constexpr std::size_t max_strata = 100;
constexpr std::size_t max_matters = 200;
constexpr std::size_t max_units = 200;
constexpr std::size_t max_beacon_note = 4'000;
constexpr std::size_t digest_digits = 64;
constexpr std::int64_t max_shard = 32'767;
constexpr std::size_t max_content = 64'000;

bool made_of(std::string_view text, std::string_view more) {
    return std::ranges::all_of(text, [more](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    });
}

Ratio read_ratio(Fields& fields) {
    Ratio ratio{fields.integer("numerator", 1, max_denominator),
                fields.integer("denominator", 1, max_denominator)};
    if (ratio.numerator > ratio.denominator)
        fields.refuse("numerator", reason::out_of_range, {.min = 1, .max = ratio.denominator});
    return ratio;
}

DrawRequest::Stratum read_stratum(Fields& fields) {
    DrawRequest::Stratum stratum{.name = fields.text("name", {.max = 40}),
                                 .matters = fields.texts("matters", {.max = max_matters}, {.max = 32}),
                                 .ratio = {}};
    if (!made_of(stratum.name, "-")) fields.refuse("name", reason::bad_format, form::word_with_hyphens);
    fields.optional_object("ratio", [&](Fields& ratio) { stratum.ratio = read_ratio(ratio); });
    stratum.minimum = fields.optional_integer("minimum", 0, 1'000'000).value_or(0);
    return stratum;
}

PublicInputPlan read_public_input(Fields& fields) {
    PublicInputPlan plan;
    if (auto const dice = fields.optional_integer("dice", min_dice, max_dice))
        plan.dice = static_cast<int>(*dice);
    fields.optional_object("beacon", [&](Fields& beacon) {
        plan.beacon = {.source = beacon.text("source", {.max = 100}),
                       .round = beacon.integer("round", 0, max_safe_round)};
        if (!made_of(plan.beacon->source, ".-"))
            beacon.refuse("source", reason::bad_format, form::word_with_hyphens);
    });
    if (!plan.dice && !plan.beacon) fields.refuse("", reason::empty);
    return plan;
}

template <class Ids>
Json texts_of(Ids const& ids) {
    json::Array list;
    for (auto const& id : ids) list.push_back(id.text());
    return list;
}

template <class AnyId>
std::vector<AnyId> ids_of(Json const& list) {
    std::vector<AnyId> ids;
    for (Json const& text : list.as_array()) ids.push_back(AnyId::parse(text.as_string()).value());
    return ids;
}

Json or_nothing(std::optional<Instant> const& time) {
    return time ? Json(to_rfc3339(*time)) : Json();
}

std::optional<Instant> instant_of(Json const& text) {
    if (text.is_null()) return std::nullopt;
    return parse_rfc3339(text.as_string()).value();
}

Json json_of(DrawPlan::Stratum const& stratum) {
    return JsonObject{{"name", stratum.name},
                      {"matters", texts_of(stratum.matters)},
                      {"matter_codes", json::Array(stratum.matter_codes.begin(), stratum.matter_codes.end())},
                      {"numerator", stratum.ratio.numerator},
                      {"denominator", stratum.ratio.denominator},
                      {"minimum", stratum.minimum}};
}

DrawPlan::Stratum stratum_of(Json const& json) {
    DrawPlan::Stratum stratum{.name = json.at("name").as_string(),
                              .matters = ids_of<MatterId>(json.at("matters")),
                              .matter_codes = {},
                              .ratio = {json.at("numerator").as_int(), json.at("denominator").as_int()},
                              .minimum = json.at("minimum").as_int()};
    for (Json const& code : json.at("matter_codes").as_array())
        stratum.matter_codes.push_back(code.as_string());
    return stratum;
}

}  // namespace

DrawLifecycle const draw_lifecycle{"draw", DrawState::preparing, rows};

PublicInput PublicInput::read(Fields& fields) {
    PublicInput input;
    for (std::int64_t const die : fields.integers("dice", {.min = 0, .max = max_dice}, 1, 6))
        input.dice.push_back(static_cast<int>(die));
    if (!input.dice.empty()) {
        input.thrown = {fields.text("protocol_sha256", {.min = digest_digits, .max = digest_digits}),
                        fields.id<AccountId>("witness")};
        if (!is_lower_hex(input.thrown->protocol))
            fields.refuse("protocol_sha256", reason::bad_format, form::hex);
    }
    fields.optional_object(
        "beacon", [&](Fields& given) { input.beacon = given.text("note", {.max = max_beacon_note}); });
    return input;
}

DrawDecision DrawDecision::read(Fields& fields) {
    return {fields.boolean("accepted"), fields.text("opinion", {.max = 4000})};
}

OpeningRequest OpeningRequest::read(Fields& fields) {
    return {.shard = static_cast<int>(fields.integer("shard", 1, max_shard)),
            .leaf = fields.integer("leaf_index", 0, max_safe_round),
            .content = fields.text("content", {.max = max_content})};
}

DrawRequest DrawRequest::read(Fields& fields) {
    DrawRequest request{.title = fields.bilingual("title", {.max = 200}),
                        .strata = {},
                        .accepted_from = fields.optional_date("accepted_from"),
                        .accepted_to = fields.optional_date("accepted_to"),
                        .units = {},
                        .public_input = {}};
    fields.objects("strata", {.max = max_strata},
                   [&](Fields& stratum) { request.strata.push_back(read_stratum(stratum)); });
    std::set<std::string> names;
    for (std::size_t i = 0; i != request.strata.size(); ++i)
        if (!names.insert(request.strata[i].name).second)
            fields.refuse_element("strata", i, reason::listed_twice);
    fields.optional_object("inspectors", [&](Fields& inspectors) {
        request.units = inspectors.texts("units", {.max = max_units}, {.max = 18});
    });
    request.inspectors_per_object = static_cast<int>(fields.integer("inspectors_per_object", 1, 5));
    request.forbid_own_organisation = fields.boolean("forbid_own_organisation");
    fields.object("public_input", [&](Fields& input) { request.public_input = read_public_input(input); });
    request.reveal_within_hours = static_cast<int>(fields.integer("reveal_within_hours", 1, 720));
    if (request.accepted_from && request.accepted_to && *request.accepted_from > *request.accepted_to)
        fields.refuse("accepted_to", reason::out_of_range, form::date);
    return request;
}

Json DrawPlan::to_json() const {
    json::Array list;
    for (Stratum const& stratum : strata) list.push_back(json_of(stratum));
    Json beacon;
    if (public_input.beacon)
        beacon = JsonObject{{"source", public_input.beacon->source},
                            {"round", public_input.beacon->round},
                            {"key", public_input.beacon->key}};
    return JsonObject{{"strata", std::move(list)},
                      {"agencies", texts_of(agencies)},
                      {"from", or_nothing(from)},
                      {"until", or_nothing(until)},
                      {"units", texts_of(units)},
                      {"any_unit", any_unit},
                      {"inspectors_per_object", inspectors_per_object},
                      {"forbid_own_organisation", forbid_own_organisation},
                      {"dice", public_input.dice ? Json(*public_input.dice) : Json()},
                      {"beacon", std::move(beacon)},
                      {"reveal_within_hours", reveal_within_hours}};
}

DrawPlan DrawPlan::from_json(Json const& json) {
    DrawPlan plan{.strata = {},
                  .agencies = ids_of<OrganisationId>(json.at("agencies")),
                  .from = instant_of(json.at("from")),
                  .until = instant_of(json.at("until")),
                  .units = ids_of<OrganisationId>(json.at("units")),
                  .any_unit = json.at("any_unit").as_bool(),
                  .inspectors_per_object = static_cast<int>(json.at("inspectors_per_object").as_int()),
                  .forbid_own_organisation = json.at("forbid_own_organisation").as_bool(),
                  .public_input = {},
                  .reveal_within_hours = static_cast<int>(json.at("reveal_within_hours").as_int())};
    for (Json const& stratum : json.at("strata").as_array()) plan.strata.push_back(stratum_of(stratum));
    if (!json.at("dice").is_null()) plan.public_input.dice = static_cast<int>(json.at("dice").as_int());
    if (Json const& beacon = json.at("beacon"); !beacon.is_null())
        plan.public_input.beacon = {beacon.at("source").as_string(), beacon.at("round").as_int(),
                                    beacon.find("key") ? beacon.at("key").as_string() : std::string()};
    return plan;
}

}  // namespace sponsio::domain

#include "crypto/draw/draw.hpp"
#include "crypto/draw/text.hpp"
#include "text/json.hpp"

#include <charconv>
#include <unordered_set>

namespace sponsio::crypto::draw {
namespace {

constexpr std::uint64_t max_shard = 65'535;
constexpr std::size_t digits_of_ref = 16;
constexpr std::size_t max_beacon_digits = 256;

Result<void> check_strata(std::span<Stratum const> strata) {
    if (strata.empty() || strata.size() > max_strata)
        return refusal(draw_error::too_large, "A draw has 1 to 1000 strata.");
    std::unordered_set<std::string_view> names;
    std::uint64_t wanted = 0;
    for (Stratum const& stratum : strata) {
        if (auto good = stratum.check(); !good) return good;
        if (!names.insert(stratum.name).second)
            return refusal(draw_error::duplicate, "Two strata have the same name.");
        wanted += stratum.wanted();
    }
    if (wanted > max_drawn)
        return refusal(draw_error::too_large, "More than a million objects would be drawn.");
    return {};
}

}  // namespace

std::string ObjectId::text() const {
    return std::to_string(shard) + "/" + std::to_string(leaf);
}

std::optional<ObjectId> ObjectId::parse(std::string_view text) {
    if (text.find('/') == std::string_view::npos) return std::nullopt;
    auto const shard = number_up_to(take_until(text, '/'), max_shard);
    auto const leaf = number_up_to(text, static_cast<std::uint64_t>(json::max_safe_integer));
    if (!shard || *shard == 0 || !leaf) return std::nullopt;
    return ObjectId{*shard, *leaf};
}

std::string InspectorRef::text() const {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out(digits_of_ref, '0');
    for (std::size_t i = 0; i != out.size(); ++i) out[i] = digits[value >> (60 - 4 * i) & 15];
    return out;
}

std::optional<InspectorRef> InspectorRef::parse(std::string_view text) {
    if (text.size() != digits_of_ref || !is_lower_hex(text)) return std::nullopt;
    InspectorRef ref;
    std::from_chars(text.data(), text.data() + text.size(), ref.value, 16);
    return ref;
}

std::uint64_t Stratum::wanted() const noexcept {
    std::uint64_t const share = (objects * numerator + denominator - 1) / denominator;
    return std::min(objects, std::max(minimum, share));
}

Result<void> Stratum::check() const {
    if (!is_stratum_name(name))
        return refusal(draw_error::bad_line, "A stratum's name is not 1 to 40 of a-z, 0-9 and hyphen.");
    if (objects > max_objects || minimum > max_objects)
        return refusal(draw_error::bad_number, "A stratum has more objects than a draw takes.");
    if (denominator == 0 || denominator > max_denominator || numerator > denominator)
        return refusal(draw_error::bad_number, "A stratum's ratio is not between 0 and 1.");
    return {};
}

Result<void> Beacon::check() const {
    if (!is_source_name(source))
        return refusal(draw_error::bad_line,
                       "A beacon's source is not 1 to 100 of a-z, 0-9, dot and hyphen.");
    if (round > static_cast<std::uint64_t>(json::max_safe_integer))
        return refusal(draw_error::bad_number, "A beacon's round is too large.");
    return {};
}

Result<void> Plan::check() const {
    if (!is_uuid(draw_id)) return refusal(draw_error::bad_line, "The draw's id is not a UUID in lower case.");
    if (assign > max_assign) return refusal(draw_error::bad_number, "An object has at most 5 inspectors.");
    if (dice == 0 && !beacon)
        return refusal(draw_error::no_public_input, "Neither dice nor a beacon is promised.");
    if (dice != 0 && (dice < min_dice || dice > max_dice))
        return refusal(draw_error::bad_number, "Between 4 and 100 dice are rolled.");
    if (beacon)
        if (auto good = beacon->check(); !good) return good;
    if (auto good = check_strata(strata); !good) return good;
    if (inspectors.size() > max_inspectors)
        return refusal(draw_error::too_large, "A draw has at most 10000 inspectors.");
    if (std::ranges::adjacent_find(inspectors, std::greater_equal{}) != inspectors.end())
        return refusal(draw_error::out_of_order, "The inspectors are not ascending.");
    if (objects() == 0) return refusal(draw_error::empty_pool, "There is no object to draw from.");
    return {};
}

std::vector<std::string> Plan::public_lines() const {
    std::vector<std::string> lines;
    if (dice != 0) lines.push_back("dice " + std::to_string(dice));
    if (beacon) lines.push_back("beacon " + beacon->source + " " + std::to_string(beacon->round));
    return lines;
}

std::uint64_t Plan::objects() const noexcept {
    std::uint64_t sum = 0;
    for (Stratum const& stratum : strata) sum += stratum.objects;
    return sum;
}

// ---------------------------------------------------------------------------------------- public input
namespace {

std::string beacon_stem(Beacon const& beacon) {
    return "beacon=" + beacon.source + ":" + std::to_string(beacon.round) + ":";
}

/// Whether the text is "dice=" and `count` numbers from 1 to 6 with commas between them.
bool are_dice(std::string_view text, unsigned count) {
    static constexpr std::string_view stem = "dice=";
    if (!text.starts_with(stem)) return false;
    text.remove_prefix(stem.size());
    if (text.size() != 2 * std::size_t{count} - 1) return false;
    for (std::size_t i = 0; i != text.size(); ++i)
        if (i % 2 == 0 ? text[i] < '1' || text[i] > '6' : text[i] != ',') return false;
    return true;
}

bool is_beacon(std::string_view text, Beacon const& beacon) {
    std::string const stem = beacon_stem(beacon);
    if (!text.starts_with(stem)) return false;
    text.remove_prefix(stem.size());
    return !text.empty() && text.size() <= max_beacon_digits && text.size() % 2 == 0 && is_lower_hex(text);
}

}  // namespace

Result<void> check_public_input(Plan const& plan, std::string_view text) {
    std::string_view dice;
    if (plan.dice != 0) dice = plan.beacon ? take_until(text, ';') : std::exchange(text, {});
    if (plan.dice != 0 && !are_dice(dice, plan.dice))
        return refusal(draw_error::bad_public_input,
                       "There are not as many dice as promised, each from 1 to 6.", "/dice");
    if (plan.beacon ? !is_beacon(text, *plan.beacon) : !text.empty())
        return refusal(
            draw_error::bad_public_input,
            "The beacon's value is not that of the promised source and round, as 2 to 256 lower-case "
            "hexadecimal digits.",
            "/beacon");
    return {};
}

Result<std::string> public_input(Plan const& plan, std::span<unsigned const> dice,
                                 std::string_view beacon_hex) {
    std::string text;
    for (unsigned const value : dice) text += (text.empty() ? "dice=" : ",") + std::to_string(value);
    if (dice.empty() != (plan.dice == 0))
        return refusal(draw_error::bad_public_input,
                       "Dice are given where none are promised, or are missing.", "/dice");
    if (beacon_hex.empty() == plan.beacon.has_value())
        return refusal(draw_error::bad_public_input,
                       "A beacon's value is given where none is promised, or is missing.", "/beacon");
    if (plan.beacon) text += (text.empty() ? "" : ";") + beacon_stem(*plan.beacon) + std::string(beacon_hex);
    if (auto const good = check_public_input(plan, text); !good) return good.error();
    return text;
}

}  // namespace sponsio::crypto::draw

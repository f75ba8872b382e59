#include "crypto/draw/pool.hpp"

#include "crypto/draw/text.hpp"

#include <array>

namespace sponsio::crypto::draw {
namespace {

constexpr std::string_view pool_v1 = "sponsio-draw-pool/v1";
constexpr std::string_view full_v2 = "sponsio-draw-full/v2";

std::string at_line(std::uint64_t number) {
    return "line " + std::to_string(number);
}

}  // namespace

std::string_view pool_format(Plan const& plan) {
    return plan.key ? full_v2 : pool_v1;
}

Result<void> PoolReader::feed(std::string_view piece) {
    hasher_.update(as_bytes(piece));
    for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
        std::string_view text = piece.substr(0, end);
        if (!rest_.empty()) text = rest_.append(text);
        if (auto read = line(text); !read) return read;
        rest_.clear();
        piece.remove_prefix(end + 1);
    }
    rest_ += piece;
    if (rest_.size() > max_pool_line)
        return refusal(draw_error::bad_line, "The line is longer than any can be.",
                       at_line(line_number_ + 1));
    return {};
}

Result<Digest> PoolReader::finish() {
    if (!rest_.empty())
        return refusal(draw_error::line_end, "The last line has no line feed.", at_line(line_number_ + 1));
    if (step_ < Step::stratum)
        return refusal(draw_error::bad_line, "The file ends before its strata.", at_line(line_number_ + 1));
    if (step_ != Step::object)
        if (auto const good = end_of_head(); !good) return good.error();
    for (std::size_t i = 0; i != counts_.size(); ++i)
        if (counts_[i] != plan_.strata[i].objects)
            return refusal(draw_error::wrong_count, "The stratum has fewer objects than it says.",
                           at_line(stratum_lines_[i]));
    return hasher_.finish();
}

Result<void> PoolReader::line(std::string_view text) {
    ++line_number_;
    auto const read = [&]() -> Result<void> {
        if (text.ends_with('\r'))
            return refusal(draw_error::line_end, "The line ends with a carriage return.");
        if (text.ends_with(' ')) return refusal(draw_error::bad_line, "The line ends with a blank.");
        auto const step = step_of(text);
        if (!step) return step.error();
        if (*step == Step::format) hidden_ = text == full_v2;
        std::string_view rest = text;
        take_until(rest, ' ');
        auto done = *step == Step::object ? object_line(rest) : head_line(*step, rest);
        step_ = *step;
        return done;
    }();
    if (read) return {};
    Error error = read.error();
    error.where = at_line(line_number_);
    return error;
}

/// The kind of the line, if such a line may stand here.
Result<PoolReader::Step> PoolReader::step_of(std::string_view text) const {
    // Most lines, by far.
    if (step_ == Step::object && text.starts_with("object ")) return Step::object;

    struct Kind {
        std::string_view begins;
        Step step;
        std::array<Step, 3> after;
    };

    static constexpr auto kinds = std::to_array<Kind>({
        {"draw ", Step::draw, {Step::format, Step::format, Step::format}},
        {"key ", Step::key, {Step::draw, Step::draw, Step::draw}},
        {"assign ", Step::assign, {Step::draw, Step::key, Step::key}},
        {"public dice ", Step::dice, {Step::assign, Step::assign, Step::assign}},
        {"public beacon ", Step::beacon, {Step::assign, Step::dice, Step::dice}},
        {"stratum ", Step::stratum, {Step::dice, Step::beacon, Step::stratum}},
        {"inspector ", Step::inspector, {Step::stratum, Step::inspector, Step::inspector}},
        {"object ", Step::object, {Step::stratum, Step::inspector, Step::object}},
    });
    if (step_ == Step::nothing) {
        if (text == pool_v1 || text == full_v2) return Step::format;
        return refusal(draw_error::bad_line,
                       "The file begins with neither sponsio-draw-pool/v1 nor sponsio-draw-full/v2.");
    }
    auto const kind =
        std::ranges::find_if(kinds, [&](Kind const& known) { return text.starts_with(known.begins); });
    if (kind == kinds.end()) return refusal(draw_error::bad_line, "No line of a pool begins like this.");
    bool const key_is_due =
        hidden_ ? kind->step == Step::assign && step_ == Step::draw : kind->step == Step::key;
    if (key_is_due) return refusal(draw_error::out_of_order, "The key stands in version 2, and only there.");
    if (kind->step == Step::stratum && step_ == Step::assign)
        return refusal(draw_error::no_public_input, "Neither dice nor a beacon is promised.");
    if (std::ranges::find(kind->after, step_) == kind->after.end())
        return refusal(draw_error::out_of_order, "The line does not belong here.");
    return kind->step;
}

Result<void> PoolReader::head_line(Step step, std::string_view rest) {
    switch (step) {
        case Step::draw:
            plan_.draw_id = rest;
            if (!is_uuid(rest))
                return refusal(draw_error::bad_line, "The draw's id is not a UUID in lower case.");
            return {};
        case Step::key:
            plan_.key = as_digest(is_lower_hex(rest) ? from_hex(rest) : std::nullopt);
            if (!plan_.key)
                return refusal(draw_error::bad_line, "The key is not 32 bytes in lower-case hexadecimal.");
            return {};
        case Step::assign: {
            auto const count = number_up_to(rest, max_assign);
            if (!count) return refusal(draw_error::bad_number, "It is not a number from 0 to 5.");
            plan_.assign = static_cast<unsigned>(*count);
            return {};
        }
        case Step::dice:
        case Step::beacon: return public_line(rest);
        case Step::stratum: return stratum_line(rest);
        case Step::inspector: return inspector_line(rest);
        default: return {};
    }
}

Result<void> PoolReader::public_line(std::string_view rest) {
    if (take_until(rest, ' ') == "dice") {
        auto const count = number_up_to(rest, max_dice);
        if (!count || *count < min_dice)
            return refusal(draw_error::bad_number, "It is not a number from 4 to 100.");
        plan_.dice = static_cast<unsigned>(*count);
        return {};
    }
    Beacon beacon{.source = std::string(take_until(rest, ' '))};
    auto const round = parse_decimal(rest);
    if (!round) return refusal(draw_error::bad_number, "The beacon's round is not a number.");
    beacon.round = *round;
    plan_.beacon = std::move(beacon);
    return plan_.beacon->check();
}

Result<void> PoolReader::stratum_line(std::string_view rest) {
    Stratum stratum{.name = std::string(take_until(rest, ' '))};
    auto const objects = parse_decimal(take_until(rest, ' '));
    std::string_view ratio = take_until(rest, ' ');
    auto const numerator = number_up_to(take_until(ratio, '/'), max_denominator);
    auto const denominator = number_up_to(ratio, max_denominator);
    auto const minimum = parse_decimal(rest);
    if (!objects || !numerator || !denominator || !minimum)
        return refusal(draw_error::bad_number, "One of the stratum's numbers is none, or is too large.");
    stratum.objects = *objects;
    stratum.numerator = static_cast<std::uint32_t>(*numerator);
    stratum.denominator = static_cast<std::uint32_t>(*denominator);
    stratum.minimum = *minimum;
    if (auto good = stratum.check(); !good) return good;
    if (!strata_.emplace(stratum.name, static_cast<std::uint32_t>(plan_.strata.size())).second)
        return refusal(draw_error::duplicate, "Two strata have the same name.");
    if (plan_.strata.size() == max_strata)
        return refusal(draw_error::too_large, "A draw has at most 1000 strata.");
    plan_.strata.push_back(std::move(stratum));
    counts_.push_back(0);
    stratum_lines_.push_back(line_number_);
    return {};
}

Result<void> PoolReader::inspector_line(std::string_view rest) {
    auto const ref = InspectorRef::parse(rest);
    if (!ref) return refusal(draw_error::bad_line, "It is not 16 lower-case hexadecimal digits.");
    if (!plan_.inspectors.empty() && *ref == plan_.inspectors.back())
        return refusal(draw_error::duplicate, "The inspector stands twice.");
    if (!plan_.inspectors.empty() && *ref < plan_.inspectors.back())
        return refusal(draw_error::out_of_order, "The inspectors are not ascending.");
    if (plan_.inspectors.size() == max_inspectors)
        return refusal(draw_error::too_large, "A draw has at most 10000 inspectors.");
    plan_.inspectors.push_back(*ref);
    return {};
}

/// Checks the head's lines against each other.
Result<void> PoolReader::end_of_head() {
    if (auto const good = plan_.check(); !good) {
        Error error = good.error();
        error.where = at_line(line_number_);
        return error;
    }
    calls_.plan(plan_);
    return {};
}

Result<void> PoolReader::object_line(std::string_view rest) {
    if (step_ != Step::object)
        if (auto good = end_of_head(); !good) return good;
    auto const id = ObjectId::parse(take_until(rest, ' '));
    if (!id) return refusal(draw_error::bad_number, "The object's place is not <shard>/<leaf>.");
    if (*id <= last_)
        return *id == last_
                   ? refusal(draw_error::duplicate, "The object stands twice.")
                   : refusal(draw_error::out_of_order, "The objects are not ascending by shard and leaf.");
    last_ = *id;

    std::string_view const name = take_until(rest, ' ');
    if (name != plan_.strata[last_stratum_].name) {
        auto const known = strata_.find(name);
        if (known == strata_.end())
            return refusal(draw_error::unknown_stratum, "The head of the file has no such stratum.");
        last_stratum_ = known->second;
    }
    if (++counts_[last_stratum_] > plan_.strata[last_stratum_].objects)
        return refusal(draw_error::wrong_count, "The stratum has more objects than it says.");

    auto const weight = number_up_to(take_until(rest, ' '), max_weight);
    if (!weight || *weight == 0)
        return refusal(draw_error::bad_weight, "The weight is not a number from 1 to 16.");
    if (auto good = barred(rest); !good) return good;
    calls_.object({*id, last_stratum_, static_cast<std::uint32_t>(*weight), barred_});
    return {};
}

Result<void> PoolReader::barred(std::string_view rest) {
    barred_.clear();
    while (!rest.empty()) {
        auto const ref = InspectorRef::parse(take_until(rest, ' '));
        if (!ref)
            return refusal(draw_error::bad_line,
                           "A barred inspector is not 16 lower-case hexadecimal digits.");
        if (!barred_.empty() && *ref <= barred_.back())
            return *ref == barred_.back()
                       ? refusal(draw_error::duplicate, "An inspector is barred twice.")
                       : refusal(draw_error::out_of_order, "The barred inspectors are not ascending.");
        if (!std::ranges::binary_search(plan_.inspectors, *ref))
            return refusal(draw_error::unknown_inspector, "The head of the file has no such inspector.");
        barred_.push_back(*ref);
    }
    return {};
}

}  // namespace sponsio::crypto::draw

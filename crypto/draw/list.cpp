#include "crypto/draw/list.hpp"

#include "crypto/draw/hidden.hpp"
#include "crypto/draw/text.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <type_traits>

namespace sponsio::crypto::draw {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10;
constexpr std::size_t digits_of_lot = 64;
constexpr std::size_t max_head_line = 200;

bool is_lot(std::string_view text) {
    return text.size() == digits_of_lot && is_lower_hex(text);
}

/// The lots of a pool in the order of its list, some at a time. A stratum is cut into parts of about the same
/// size by the beginning of its lots, since those are as good as random.
class InOrder {
  public:
    InOrder(std::span<std::uint64_t const> lots, std::uint64_t at_once) : at_once_(at_once) {
        for (std::uint64_t const count : lots) {
            first_part_.push_back(sizes_.size());
            std::uint64_t const parts = std::max<std::uint64_t>(1, (count + at_once - 1) / at_once);
            sizes_.insert(sizes_.end(), parts, count / parts);
        }
        first_part_.push_back(sizes_.size());
    }

    /// Takes the next parts; false if there are none left.
    bool next() {
        begin_ = end_;
        std::uint64_t sum = 0;
        while (end_ != sizes_.size() && (end_ == begin_ || sum + sizes_[end_] <= at_once_))
            sum += sizes_[end_++];
        return begin_ != end_;
    }

    [[nodiscard]] bool holds(std::uint32_t stratum) const {
        return first_part_[stratum] < end_ && first_part_[stratum + 1] > begin_;
    }

    [[nodiscard]] bool holds(std::uint32_t stratum, Digest const& lot) const {
        std::uint64_t const parts = first_part_[stratum + 1] - first_part_[stratum];
        std::uint64_t const high =
            std::uint64_t{lot[0]} << 24 | std::uint64_t{lot[1]} << 16 | std::uint64_t{lot[2]} << 8 | lot[3];
        std::uint64_t const part = first_part_[stratum] + (high * parts >> 32);
        return part >= begin_ && part < end_;
    }

  private:
    std::uint64_t at_once_;
    std::vector<std::uint64_t> first_part_;  ///< of each stratum, and the number of all parts
    std::vector<std::uint64_t> sizes_;       ///< about how many lots each part has
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
};

ListHead head_of(Plan const& plan, Digest const& full, EachObject const& objects) {
    ListHead head{.plan = plan, .inspectors = plan.inspectors.size(), .full = full};
    head.plan.inspectors.clear();
    head.plan.key.reset();
    head.lots.resize(plan.strata.size());
    objects([&](Candidate const& object) {
        head.lots.at(object.stratum) += object.weight;
        ++head.weights[object.weight];
    });
    if (auto const good = head.check(); !good) throw Failure("list: " + good.error().message);
    return head;
}

}  // namespace

Digest write_list(Plan const& plan, Digest const& full, EachObject const& objects,
                  std::function<void(std::string_view)> const& sink, std::uint64_t at_once) {
    ListHead const head = head_of(plan, full, objects);
    Hasher hasher(Hasher::Kind::sha256);
    std::string buffer = head.text();
    auto const flush = [&] {
        hasher.update(as_bytes(buffer));
        sink(buffer);
        buffer.clear();
    };
    Hider const hider(plan.key.value());
    InOrder order(head.lots, at_once);
    std::vector<std::pair<std::uint32_t, Digest>> some;
    while (order.next()) {
        some.clear();
        objects([&](Candidate const& object) {
            if (!order.holds(object.stratum)) return;
            Digest const root = hider.root(object, plan.strata[object.stratum].name);
            for (Digest const& lot : lots_of(root, object.weight))
                if (order.holds(object.stratum, lot)) some.emplace_back(object.stratum, lot);
        });
        std::ranges::sort(some);
        for (auto const& [stratum, lot] : some) {
            buffer += Hex<std::tuple_size_v<Digest>>(lot.data()).view();
            buffer += '\n';
            if (buffer.size() >= piece_size) flush();
        }
    }
    flush();
    return hasher.finish();
}

// ---------------------------------------------------------------------------------------------- the head
Result<void> ListHead::check() const {
    if (auto good = plan.check(); !good) return good;
    if (inspectors > max_inspectors)
        return refusal(draw_error::too_large, "A draw has at most 10000 inspectors.");
    std::uint64_t objects = 0, by_weight = 0, by_stratum = 0;
    for (auto const& [weight, count] : weights) {
        if (weight == 0 || weight > max_weight)
            return refusal(draw_error::bad_weight, "A weight is not a number from 1 to 16.");
        if (count == 0 || count > max_strata * max_objects)
            return refusal(draw_error::bad_number, "A weight that nothing has is listed.");
        objects += count;
        by_weight += count * weight;
    }
    for (std::size_t i = 0; i != lots.size(); ++i) {
        if (lots[i] < plan.strata[i].objects || lots[i] > plan.strata[i].objects * max_weight)
            return refusal(draw_error::wrong_count, "A stratum has fewer lots than objects, or too many.");
        by_stratum += lots[i];
    }
    if (objects != plan.objects() || by_weight != by_stratum)
        return refusal(draw_error::wrong_count, "The weights are of other objects than the strata.");
    return {};
}

std::string ListHead::text() const {
    std::string out = std::string(list_format) + "\ndraw " + plan.draw_id + "\nassign " +
                      std::to_string(plan.assign) + "\ninspectors " + std::to_string(inspectors) + "\nfull " +
                      to_hex(full) + "\n";
    for (std::string const& line : plan.public_lines()) out += "public " + line + "\n";
    for (auto const& [weight, count] : weights)
        out += "weight " + std::to_string(weight) + " " + std::to_string(count) + "\n";
    for (std::size_t i = 0; i != plan.strata.size(); ++i) {
        Stratum const& stratum = plan.strata[i];
        out += "stratum " + stratum.name + " " + std::to_string(stratum.objects) + " " +
               std::to_string(lots[i]) + " " + std::to_string(stratum.numerator) + "/" +
               std::to_string(stratum.denominator) + " " + std::to_string(stratum.minimum) + "\n";
    }
    return out;
}

// ----------------------------------------------------------------------------------------------- reading
Result<void> ListReader::feed(std::string_view piece) {
    hasher_.update(as_bytes(piece));
    for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
        std::string_view text = piece.substr(0, end);
        if (!rest_.empty()) text = rest_.append(text);
        ++line_number_;
        if (auto const read = line(text); !read) {
            Error error = read.error();
            error.where = "line " + std::to_string(line_number_);
            return error;
        }
        rest_.clear();
        piece.remove_prefix(end + 1);
    }
    rest_ += piece;
    if (rest_.size() > max_head_line)
        return refusal(draw_error::bad_line, "The line is longer than any can be.",
                       "line " + std::to_string(line_number_ + 1));
    return {};
}

Result<Digest> ListReader::finish() {
    std::string const next = "line " + std::to_string(line_number_ + 1);
    if (!rest_.empty()) return refusal(draw_error::line_end, "The last line has no line feed.", next);
    if (in_head_) return refusal(draw_error::bad_line, "The file ends before its lots.", next);
    for (; left_ == 0 && stratum_ + 1 < head_.lots.size(); left_ = head_.lots[stratum_]) ++stratum_;
    if (left_ != 0) return refusal(draw_error::wrong_count, "The list has fewer lots than it says.", next);
    return hasher_.finish();
}

Result<void> ListReader::line(std::string_view text) {
    if (text.ends_with('\r')) return refusal(draw_error::line_end, "The line ends with a carriage return.");
    if (!in_head_) return lot_line(text);
    if (text.size() > max_head_line)
        return refusal(draw_error::bad_line, "The line is longer than any can be.");
    if (line_number_ == 1) {
        if (text != list_format)
            return refusal(draw_error::bad_line, "The file does not begin with sponsio-draw-pool/v2.");
        said_ = std::string(text) + "\n";
        return {};
    }
    if (is_lot(text)) {
        if (auto good = end_of_head(); !good) return good;
        return lot_line(text);
    }
    said_ += text;
    said_ += '\n';
    std::string_view rest = text;
    std::string_view const word = take_until(rest, ' ');
    return head_line(word, rest);
}

/// Takes what the line says; that it stands where it belongs is seen when the head is written again.
Result<void> ListReader::head_line(std::string_view word, std::string_view rest) {
    Plan& plan = head_.plan;
    bool good = true;
    auto const take = [&](auto& place, std::uint64_t most) {
        auto const number = number_up_to(rest, most);
        good = number.has_value();
        if (good) place = static_cast<std::remove_reference_t<decltype(place)>>(*number);
    };
    if (word == "draw") {
        plan.draw_id = rest;
    } else if (word == "assign") {
        take(plan.assign, max_assign);
    } else if (word == "inspectors") {
        take(head_.inspectors, max_inspectors);
    } else if (word == "full") {
        auto const digest = as_digest(is_lower_hex(rest) ? from_hex(rest) : std::nullopt);
        if (!digest) return refusal(draw_error::bad_line, "It is not a digest in lower-case hexadecimal.");
        head_.full = *digest;
    } else if (word == "public" && take_until(rest, ' ') == "dice") {
        take(plan.dice, max_dice);
    } else if (word == "public") {
        plan.beacon = Beacon{.source = std::string(take_until(rest, ' '))};
        take(plan.beacon->round, std::numeric_limits<std::uint64_t>::max());
    } else if (word == "weight") {
        auto const weight = number_up_to(take_until(rest, ' '), max_weight);
        if (!weight) return refusal(draw_error::bad_weight, "The weight is not a number from 1 to 16.");
        take(head_.weights[static_cast<std::uint32_t>(*weight)], max_strata * max_objects);
    } else if (word == "stratum") {
        return stratum_line(rest);
    } else {
        return refusal(draw_error::bad_line, "No line of a pool begins like this.");
    }
    if (!good) return refusal(draw_error::bad_number, "The number is none, or is too large.");
    return {};
}

Result<void> ListReader::stratum_line(std::string_view rest) {
    Stratum stratum{.name = std::string(take_until(rest, ' '))};
    auto const objects = number_up_to(take_until(rest, ' '), max_objects);
    auto const lots = number_up_to(take_until(rest, ' '), max_objects * max_weight);
    std::string_view ratio = take_until(rest, ' ');
    auto const numerator = number_up_to(take_until(ratio, '/'), max_denominator);
    auto const denominator = number_up_to(ratio, max_denominator);
    auto const minimum = number_up_to(rest, max_objects);
    if (!objects || !lots || !numerator || !denominator || !minimum)
        return refusal(draw_error::bad_number, "One of the stratum's numbers is none, or is too large.");
    if (head_.lots.size() == max_strata)
        return refusal(draw_error::too_large, "A draw has at most 1000 strata.");
    stratum.objects = *objects;
    stratum.numerator = static_cast<std::uint32_t>(*numerator);
    stratum.denominator = static_cast<std::uint32_t>(*denominator);
    stratum.minimum = *minimum;
    head_.plan.strata.push_back(std::move(stratum));
    head_.lots.push_back(*lots);
    return {};
}

Result<void> ListReader::end_of_head() {
    if (auto good = head_.check(); !good) return good;
    if (head_.text() != said_)
        return refusal(draw_error::out_of_order, "The head's lines are not those of a pool, in their order.");
    in_head_ = false;
    left_ = head_.lots.front();
    calls_.head(head_);
    return {};
}

Result<void> ListReader::lot_line(std::string_view text) {
    if (!is_lot(text)) return refusal(draw_error::bad_line, "A lot is not 64 lower-case hexadecimal digits.");
    while (left_ == 0) {
        if (++stratum_ == head_.lots.size())
            return refusal(draw_error::wrong_count, "The list has more lots than it says.");
        left_ = head_.lots[stratum_];
        last_.clear();
    }
    if (!last_.empty() && text <= last_)
        return text == last_ ? refusal(draw_error::duplicate, "The lot stands twice.")
                             : refusal(draw_error::out_of_order, "The lots are not ascending.");
    last_ = text;
    --left_;
    calls_.lot(stratum_, text);
    return {};
}

}  // namespace sponsio::crypto::draw

#include "crypto/draw/draw.hpp"

#include "crypto/draw/hidden.hpp"
#include "crypto/draw/text.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace sponsio::crypto::draw {
std::string_view algorithm(unsigned version) {
    return version == 1 ? "sponsio-draw/v1" : "sponsio-draw/v2";
}

Digest seed_commitment(ByteView seed) {
    return sha256(seed);
}

Digest chance(ByteView seed, Digest const& pool_digest, std::string_view public_input, unsigned version) {
    std::string const pool = to_hex(pool_digest);
    return hmac_sha256(seed, {as_bytes(algorithm(version)), as_bytes("\n"), as_bytes(pool), as_bytes("\n"),
                              as_bytes(public_input), as_bytes("\n")});
}

std::string Drawn::name() const {
    return lot ? to_hex(*lot) : id.text();
}

bool before(Drawn const& a, Drawn const& b) noexcept {
    return std::tie(a.ticket, a.lot, a.id) < std::tie(b.ticket, b.lot, b.id);
}

// --------------------------------------------------------------------------------------------- objects
namespace {

/// The spelling of ids and lots without allocating: this runs for every object of the pool.
class Text {
  public:
    void clear() noexcept { size_ = 0; }

    void add(char c) noexcept { text_[size_++] = c; }

    void add(std::uint64_t number) noexcept {
        auto const [end, error] = std::to_chars(text_ + size_, text_ + sizeof text_, number);
        size_ = static_cast<std::size_t>(end - text_);
    }

    void cut(std::size_t size) noexcept { size_ = size; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

  private:
    char text_[64];  // two numbers of 20 digits, two marks, a lot of two digits
    std::size_t size_ = 0;
};

/// The smallest of the object's lots.
Digest ticket_of(PreparedHmac const& lots, ObjectId const& id, std::uint32_t weight) {
    Text text;
    text.add(id.shard);
    text.add('/');
    text.add(id.leaf);
    Digest ticket = lots(text.view());
    if (weight == 1) return ticket;
    text.add('#');
    std::size_t const stem = text.size();
    for (std::uint32_t lot = 2; lot <= weight; ++lot) {
        text.cut(stem);
        text.add(std::uint64_t{lot});
        ticket = std::min(ticket, lots(text.view()));
    }
    return ticket;
}

}  // namespace

Bowls::Bowls(std::span<Stratum const> strata) {
    std::uint64_t total = 0;
    for (Stratum const& stratum : strata) {
        bowls_.push_back({.wanted = stratum.wanted()});
        total += stratum.wanted();
    }
    if (total > max_drawn) throw Failure("a draw of more objects than can be kept");
}

bool Bowls::takes(std::uint32_t stratum, Digest const& ticket) const {
    Bowl const& bowl = bowls_.at(stratum);
    if (bowl.smallest.size() != bowl.wanted) return true;
    return bowl.wanted != 0 && ticket <= bowl.smallest.front().ticket;
}

void Bowls::add(Drawn lot) {
    Bowl& bowl = bowls_.at(lot.stratum);
    if (bowl.wanted == 0) return;
    if (bowl.smallest.size() == bowl.wanted) {
        if (!before(lot, bowl.smallest.front())) return;
        std::ranges::pop_heap(bowl.smallest, before);
        bowl.smallest.pop_back();
    }
    bowl.smallest.push_back(std::move(lot));
    std::ranges::push_heap(bowl.smallest, before);
}

std::vector<Drawn> Bowls::take() {
    std::vector<Drawn> out;
    for (Bowl& bowl : bowls_) {
        std::ranges::sort(bowl.smallest, before);
        std::ranges::move(bowl.smallest, std::back_inserter(out));
        bowl.smallest.clear();
    }
    return out;
}

Sampler::Sampler(Digest const& chance, Plan const& plan)
    : lots_(hmac_sha256(chance, as_bytes("objects"))),
      bowls_(plan.strata),
      hider_(plan.key ? std::make_unique<Hider const>(*plan.key) : nullptr) {
    for (Stratum const& stratum : plan.strata) strata_.push_back(stratum.name);
}

Sampler::Sampler(Sampler&&) noexcept = default;
Sampler& Sampler::operator=(Sampler&&) noexcept = default;
Sampler::~Sampler() = default;

void Sampler::add(Candidate const& object) {
    if (hider_) return add_hidden(object);
    Digest const ticket = ticket_of(lots_, object.id, object.weight);
    if (bowls_.takes(object.stratum, ticket))
        bowls_.add({.id = object.id,
                    .stratum = object.stratum,
                    .ticket = ticket,
                    .barred = {object.barred.begin(), object.barred.end()}});
}

Digest Sampler::lot_ticket(Digest const& lot) const {
    return lots_(Hex<std::tuple_size_v<Digest>>(lot.data()).view());
}

void Sampler::add_hidden(Candidate const& object) {
    Digest const root = hider_->root(object, strata_.at(object.stratum));
    std::pair<Digest, Digest> best{lot_ticket(root), root};
    if (object.weight != 1) {
        best.first.fill(0xFF);
        for (Digest const& lot : lots_of(root, object.weight)) best = std::min(best, {lot_ticket(lot), lot});
    }
    if (bowls_.takes(object.stratum, best.first))
        bowls_.add({.id = object.id,
                    .stratum = object.stratum,
                    .ticket = best.first,
                    .barred = {object.barred.begin(), object.barred.end()},
                    .weight = object.weight,
                    .lot = best.second,
                    .root = root});
}

std::vector<Drawn> Sampler::take() {
    auto drawn = bowls_.take();
    if (hider_) find_repeats(drawn);
    return drawn;
}

/// Who draws from lots alone meets two of one object, and has to be told that they are of one.
void Sampler::find_repeats(std::vector<Drawn>& drawn) const {
    for (auto first = drawn.begin(); first != drawn.end();) {
        auto const end =
            std::find_if(first, drawn.end(), [&](Drawn const& one) { return one.stratum != first->stratum; });
        Drawn const last = *(end - 1);
        for (; first != end; ++first) {
            auto const lots = lots_of(first->root, first->weight);
            auto const early = std::ranges::count_if(lots, [&](Digest const& lot) {
                return std::pair(lot_ticket(lot), lot) <= std::pair(last.ticket, *last.lot);
            });
            first->repeats = early > 1;
        }
    }
}

// ------------------------------------------------------------------------------------------ inspectors
Assigner::Assigner(Digest const& chance, Plan const& plan)
    : ranks_(hmac_sha256(chance, as_bytes("inspectors"))),
      inspectors_(plan.inspectors),
      assign_(plan.assign) {}

Result<Seats> Assigner::seats(std::string_view object, std::span<InspectorRef const> barred,
                              std::span<InspectorRef const> recused) const {
    std::vector<std::pair<Digest, InspectorRef>> ranking;
    std::string const stem = std::string(object) + " ";
    if (assign_ != 0)
        for (InspectorRef const ref : inspectors_)
            if (!std::ranges::binary_search(barred, ref))
                ranking.emplace_back(ranks_(stem + ref.text()), ref);
    // Each recusal moves one more inspector up, so nobody further back can get a seat.
    auto const reach = std::min<std::size_t>(ranking.size(), assign_ + recused.size());
    std::ranges::partial_sort(ranking, ranking.begin() + static_cast<std::ptrdiff_t>(reach));

    std::size_t next = 0;
    auto const next_one = [&]() -> std::optional<InspectorRef> {
        if (next == reach) return std::nullopt;
        return ranking[next++].second;
    };
    Seats seats(assign_);
    for (auto& seat : seats) seat = next_one();
    for (InspectorRef const ref : recused) {
        auto const seat = std::ranges::find(seats, std::optional(ref));
        if (seat == seats.end())
            return Error{draw_error::not_seated, "An inspector is recused who has no seat there.", {}, 0};
        *seat = next_one();
    }
    return seats;
}

}  // namespace sponsio::crypto::draw

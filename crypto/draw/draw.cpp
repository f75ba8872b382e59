#include "crypto/draw/draw.hpp"

#include <algorithm>
#include <charconv>

namespace sponsio::crypto::draw {
Digest seed_commitment(ByteView seed) {
    return sha256(seed);
}

Digest chance(ByteView seed, Digest const& pool_digest, std::string_view public_input) {
    std::string const pool = to_hex(pool_digest);
    return hmac_sha256(seed, {as_bytes(algorithm), as_bytes("\n"), as_bytes(pool), as_bytes("\n"),
                              as_bytes(public_input), as_bytes("\n")});
}

bool before(Drawn const& a, Drawn const& b) noexcept {
    return a.ticket != b.ticket ? a.ticket < b.ticket : a.id < b.id;
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

Sampler::Sampler(Digest const& chance, Plan const& plan) : lots_(hmac_sha256(chance, as_bytes("objects"))) {
    std::uint64_t total = 0;
    for (Stratum const& stratum : plan.strata) {
        bowls_.push_back({.wanted = stratum.wanted()});
        total += stratum.wanted();
    }
    if (total > max_drawn) throw Failure("a draw of more objects than can be kept");
}

void Sampler::add(Candidate const& object) {
    Bowl& bowl = bowls_.at(object.stratum);
    if (bowl.wanted == 0) return;
    Drawn lot{
        .id = object.id, .stratum = object.stratum, .ticket = ticket_of(lots_, object.id, object.weight)};
    bool const full = bowl.smallest.size() == bowl.wanted;
    if (full && !before(lot, bowl.smallest.front())) return;
    if (full) {
        std::ranges::pop_heap(bowl.smallest, before);
        bowl.smallest.pop_back();
    }
    lot.barred.assign(object.barred.begin(), object.barred.end());
    bowl.smallest.push_back(std::move(lot));
    std::ranges::push_heap(bowl.smallest, before);
}

std::vector<Drawn> Sampler::take() {
    std::vector<Drawn> out;
    for (Bowl& bowl : bowls_) {
        std::ranges::sort(bowl.smallest, before);
        std::ranges::move(bowl.smallest, std::back_inserter(out));
        bowl.smallest.clear();
    }
    return out;
}

// ------------------------------------------------------------------------------------------ inspectors
Assigner::Assigner(Digest const& chance, Plan const& plan)
    : ranks_(hmac_sha256(chance, as_bytes("inspectors"))),
      inspectors_(plan.inspectors),
      assign_(plan.assign) {}

Result<Seats> Assigner::seats(ObjectId const& object, std::span<InspectorRef const> barred,
                              std::span<InspectorRef const> recused) const {
    std::vector<std::pair<Digest, InspectorRef>> ranking;
    std::string const stem = object.text() + " ";
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

#include "crypto/draw/statement.hpp"
#include "crypto/draw/text.hpp"

#include <algorithm>
#include <map>

namespace sponsio::crypto::draw {

struct ListDrawing::State {
    State(Facts given, std::vector<Digest> repeated, std::optional<Opening> object)
        : facts(std::move(given)), repeats(std::move(repeated)), opened(std::move(object)) {
        for (std::size_t i = 0; i != repeats.size(); ++i)
            for (Digest const& lot : lots_of(repeats[i], max_weight)) repeated_lots.emplace(to_hex(lot), i);
        known.resize(repeats.size());
        if (!opened) return;
        Digest const root = opened->root();
        own_lots.emplace(to_hex(root), opened->weight == 1);
        auto const lots = lots_of(root, max_weight);
        for (std::uint32_t i = 0; i != lots.size(); ++i)
            own_lots.emplace(to_hex(lots[i]), opened->weight != 1 && i < opened->weight);
    }

    void begin(ListHead const& head) {
        if (auto const good = check_public_input(head.plan, facts.public_input); !good) {
            bad_input = good.error();
            return;
        }
        Digest const chance = draw::chance(facts.seed, facts.pool_digest, facts.public_input, 2);
        tickets.emplace(hmac_sha256(chance, as_bytes("objects")));
        bowls.emplace(head.plan.strata);
    }

    void add(std::uint32_t stratum, std::string_view digits) {
        if (!bowls) return;
        Digest const drawn = (*tickets)(digits);
        if (opened) look_at(stratum, digits, drawn);
        auto const repeated = repeated_lots.empty() ? repeated_lots.end() : repeated_lots.find(digits);
        if (repeated == repeated_lots.end() && !bowls->takes(stratum, drawn)) return;
        Drawn lot{.id = {}, .stratum = stratum, .ticket = drawn, .lot = *as_digest(from_hex(digits))};
        if (repeated == repeated_lots.end())
            bowls->add(std::move(lot));
        else if (std::optional<Drawn>& best = known[repeated->second]; !best || before(lot, *best))
            best = std::move(lot);
    }

    void look_at(std::uint32_t stratum, std::string_view digits, Digest const& drawn) {
        auto const own = own_lots.find(digits);
        if (own == own_lots.end()) return;
        bool const belongs = own->second && reader.head().plan.strata[stratum].name == opened->stratum;
        opened_well = opened_well && belongs;
        ++opened_lots;
        ticket = opened_lots == 1 ? drawn : std::min(ticket, drawn);
    }

    std::vector<Drawn> take() {
        for (std::optional<Drawn>& best : known)
            if (best) bowls->add(std::move(*best));
        return bowls->take();
    }

    Facts facts;
    std::vector<Digest> repeats;
    std::optional<Opening> opened;
    std::map<std::string, std::size_t, std::less<>> repeated_lots{};  ///< whose repeat it is
    std::map<std::string, bool, std::less<>> own_lots{};  ///< whether its weight gives it that lot
    std::vector<std::optional<Drawn>> known{};            ///< the best lot of each repeat
    std::optional<PreparedHmac> tickets{};
    std::optional<Bowls> bowls{};
    std::optional<Error> bad_input{};
    bool opened_well = true;
    std::uint32_t opened_lots = 0;
    Digest ticket{};
    ListReader reader{
        {.head = [this](ListHead const& head) { begin(head); },
         .lot = [this](std::uint32_t stratum, std::string_view digits) { add(stratum, digits); }}};
};

ListDrawing::ListDrawing(Facts facts, std::vector<Digest> repeats, std::optional<Opening> opened)
    : state_(new State(std::move(facts), std::move(repeats), std::move(opened))) {}

ListDrawing::ListDrawing(ListDrawing&&) noexcept = default;
ListDrawing& ListDrawing::operator=(ListDrawing&&) noexcept = default;
ListDrawing::~ListDrawing() = default;

Result<void> ListDrawing::feed(std::string_view piece) {
    return state_->reader.feed(piece);
}

Result<std::vector<Drawn>> ListDrawing::finish() {
    auto const digest = state_->reader.finish();
    if (!digest) return digest.error();
    if (*digest != state_->facts.pool_digest)
        return refusal(draw_error::pool_changed, "The pool is not the one that was committed to.");
    if (state_->bad_input) return *state_->bad_input;
    if (state_->opened && (!state_->opened_well || state_->opened_lots != state_->opened->weight))
        return refusal(draw_error::not_opened, "The pool does not hold that object with that weight.");
    return state_->take();
}

ListHead const& ListDrawing::head() const noexcept {
    return state_->reader.head();
}

Digest const& ListDrawing::ticket() const noexcept {
    return state_->ticket;
}

}  // namespace sponsio::crypto::draw

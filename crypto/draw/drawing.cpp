#include "crypto/draw/statement.hpp"
#include "crypto/draw/text.hpp"

#include <map>

namespace sponsio::crypto::draw {

struct Drawing::State {
    explicit State(Facts given) : facts(std::move(given)) {}

    /// The digest is not checked here; finish() compares it.
    void begin(Plan const& plan) {
        if (auto const good = check_public_input(plan, facts.public_input); !good) {
            bad_input = good.error();
            return;
        }
        Digest const chance = draw::chance(facts.seed, facts.pool_digest, facts.public_input);
        sampler.emplace(chance, plan);
        assigner.emplace(chance, plan);
    }

    Result<void> assign(std::vector<Drawn>& drawn) {
        std::map<ObjectId, std::vector<InspectorRef>> recused;
        for (Recusal const& recusal : facts.recusals) recused[recusal.object].push_back(recusal.inspector);
        for (Drawn& one : drawn) {
            auto const node = recused.extract(one.id);
            auto seats = assigner->seats(
                one.id, one.barred,
                node ? std::span<InspectorRef const>(node.mapped()) : std::span<InspectorRef const>());
            if (!seats) return seats.error();
            one.seats = std::move(*seats);
        }
        if (!recused.empty())
            return refusal(draw_error::not_seated,
                           "An inspector is recused from an object that was not drawn.");
        return {};
    }

    Facts facts;
    std::optional<Sampler> sampler;
    std::optional<Assigner> assigner;
    std::optional<Error> bad_input;
    PoolReader reader{{.plan = [this](Plan const& plan) { begin(plan); },
                       .object =
                           [this](Candidate const& object) {
                               if (sampler) sampler->add(object);
                           }}};
};

Drawing::Drawing(Facts facts) : state_(new State(std::move(facts))) {}

Drawing::Drawing(Drawing&&) noexcept = default;
Drawing& Drawing::operator=(Drawing&&) noexcept = default;
Drawing::~Drawing() = default;

Result<void> Drawing::feed(std::string_view piece) {
    return state_->reader.feed(piece);
}

Result<std::vector<Drawn>> Drawing::finish() {
    auto const digest = state_->reader.finish();
    if (!digest) return digest.error();
    if (*digest != state_->facts.pool_digest)
        return refusal(draw_error::pool_changed, "The pool is not the one that was committed to.");
    if (state_->bad_input) return *state_->bad_input;
    auto drawn = state_->sampler->take();
    if (auto const good = state_->assign(drawn); !good) return good.error();
    return drawn;
}

Plan const& Drawing::plan() const noexcept {
    return state_->reader.plan();
}

}  // namespace sponsio::crypto::draw

#include "crypto/draw/statement.hpp"
#include "crypto/draw/text.hpp"

#include <algorithm>
#include <map>

namespace sponsio::crypto::draw {

struct Drawing::State {
    State(Facts given, std::vector<Recusal> left, std::optional<Digest> full_pool)
        : facts(std::move(given)), recusals(std::move(left)), full(full_pool) {}

    /// The digest is not checked here; finish() compares it.
    void begin(Plan const& plan) {
        if (auto const good = check_public_input(plan, facts.public_input); !good) {
            bad_input = good.error();
            return;
        }
        Digest const chance = draw::chance(facts.seed, facts.pool_digest, facts.public_input, plan.version());
        sampler.emplace(chance, plan);
        assigner.emplace(chance, plan);
    }

    Result<void> assign(std::vector<Drawn>& drawn) {
        std::map<std::string, std::vector<InspectorRef>> recused;
        for (Recusal const& recusal : recusals) recused[recusal.object].push_back(recusal.inspector);
        for (Drawn& one : drawn) {
            std::string const name = one.name();
            auto const node = recused.extract(name);
            auto seats = assigner->seats(name, one.barred,
                                         node ? known(name, node.mapped()) : std::vector<InspectorRef>());
            if (!seats) return seats.error();
            one.seats = std::move(*seats);
        }
        if (!recused.empty())
            return refusal(draw_error::not_seated,
                           "An inspector is recused from an object that was not drawn.");
        return {};
    }

    /// The inspectors whom the statement names beside that object, as the pool names them.
    [[nodiscard]] std::vector<InspectorRef> known(std::string const& name,
                                                  std::vector<InspectorRef> refs) const {
        Plan const& plan = reader.plan();
        if (!plan.key) return refs;
        Hider const hider(*plan.key);
        for (InspectorRef const ref : plan.inspectors) std::ranges::replace(refs, hider.seen(name, ref), ref);
        return refs;
    }

    Facts facts;
    std::vector<Recusal> recusals;
    std::optional<Digest> full;
    std::optional<Sampler> sampler;
    std::optional<Assigner> assigner;
    std::optional<Error> bad_input;
    PoolReader reader{{.plan = [this](Plan const& plan) { begin(plan); },
                       .object =
                           [this](Candidate const& object) {
                               if (sampler) sampler->add(object);
                           }}};
};

Drawing::Drawing(Facts facts, std::vector<Recusal> recusals, std::optional<Digest> full)
    : state_(new State(std::move(facts), std::move(recusals), full)) {}

Drawing::Drawing(Drawing&&) noexcept = default;
Drawing& Drawing::operator=(Drawing&&) noexcept = default;
Drawing::~Drawing() = default;

Result<void> Drawing::feed(std::string_view piece) {
    return state_->reader.feed(piece);
}

Result<std::vector<Drawn>> Drawing::finish() {
    auto const digest = state_->reader.finish();
    if (!digest) return digest.error();
    bool const same_version = state_->full.has_value() == plan().key.has_value();
    if (!same_version || *digest != state_->full.value_or(state_->facts.pool_digest))
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

#include "server/service/draws/pool_builder.hpp"

#include "server/service/unit/transaction.hpp"
#include "server/store/conflicts.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sponsio::service {
namespace {

namespace draw = crypto::draw;
using domain::DrawPlan;
using domain::VoidReason;

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

/// Random pseudonyms, sorted, so that a position in the list reveals nothing.
std::vector<store::DrawInspector> pseudonyms(std::vector<store::Verifier> const& people) {
    std::map<std::string, AccountId> named;
    for (store::Verifier const& person : people) {
        std::string ref;
        do ref = to_hex(crypto::system_entropy().array<8>());
        while (named.contains(ref));
        named.emplace(std::move(ref), person.account);
    }
    std::vector<store::DrawInspector> inspectors;
    for (auto const& [ref, account] : named) inspectors.push_back({ref, account});
    return inspectors;
}

/// The inspectors barred from each object.
class Barring {
  public:
    Barring(db::PgSession& db, DrawPlan const& plan, std::vector<store::Verifier> const& people,
            std::vector<store::DrawInspector> const& inspectors)
        : plan_(plan) {
        for (store::DrawInspector const& inspector : inspectors)
            refs_.emplace(inspector.account, draw::InspectorRef::parse(inspector.ref).value());
        std::vector<AccountId> accounts;
        for (store::Verifier const& person : people) {
            accounts.push_back(person.account);
            of_unit_[person.organisation].push_back(refs_.at(person.account));
        }
        for (store::BarredSubject& one : store::subjects_barred_for(db, accounts))
            declared_[std::move(one.subject_index)].push_back(refs_.at(one.account));
    }

    /// The barred inspectors of a candidate whose matter that unit verifies; valid until the next call.
    std::span<draw::InspectorRef const> of(store::Candidate const& candidate, OrganisationId unit) {
        barred_.clear();
        if (auto const filer = refs_.find(candidate.filed_by); filer != refs_.end())
            barred_.push_back(filer->second);
        if (auto const declared = declared_.find(candidate.committer_index); declared != declared_.end())
            add(declared->second);
        for (auto const& [organisation, refs] : of_unit_) {
            bool const own = plan_.forbid_own_organisation && organisation == candidate.organisation;
            if (own || (!plan_.any_unit && organisation != unit)) add(refs);
        }
        std::ranges::sort(barred_);
        auto const doubles = std::ranges::unique(barred_);
        barred_.erase(doubles.begin(), doubles.end());
        return barred_;
    }

  private:
    void add(std::vector<draw::InspectorRef> const& refs) {
        barred_.insert(barred_.end(), refs.begin(), refs.end());
    }

    DrawPlan const& plan_;
    std::map<AccountId, draw::InspectorRef> refs_;
    std::map<OrganisationId, std::vector<draw::InspectorRef>> of_unit_;
    std::map<std::vector<std::uint8_t>, std::vector<draw::InspectorRef>> declared_;
    std::vector<draw::InspectorRef> barred_;
};

/// Puts a file together from pieces and cuts it into chunks, at the ends of lines.
class Chunks {
  public:
    explicit Chunks(std::function<void(int number, std::string const& content)> store)
        : store_(std::move(store)) {}

    void take(std::string_view piece) {
        buffer_ += piece;
        if (buffer_.size() >= chunk_bytes) flush();
    }

    void flush() {
        if (buffer_.empty()) return;
        size_ += static_cast<std::int64_t>(buffer_.size());
        store_(++number_, buffer_);
        buffer_.clear();
    }

    [[nodiscard]] std::int64_t size() const { return size_; }

  private:
    std::function<void(int, std::string const&)> store_;
    std::string buffer_;
    int number_ = 0;
    std::int64_t size_ = 0;
};

/// The first object that begins in a chunk of the pool.
std::optional<store::Place> first_object(std::string_view chunk) {
    static constexpr std::string_view line = "object ";
    auto const at = chunk.starts_with(line) ? 0 : chunk.find("\nobject ");
    if (at == std::string_view::npos) return std::nullopt;
    chunk.remove_prefix(at + line.size() + (at == 0 ? 0 : 1));
    auto const id = draw::ObjectId::parse(chunk.substr(0, chunk.find(' '))).value();
    return store::Place{static_cast<std::int16_t>(id.shard), static_cast<std::int64_t>(id.leaf)};
}

/// The weight by the policy of the commitment's own version; the stronger reason counts.
std::uint32_t weight_of(store::Candidate const& candidate, domain::DrawWeights const& weights) {
    int weight = 1;
    if (candidate.earlier_breach) weight = std::max(weight, weights.earlier_breach);
    if (candidate.first_time) weight = std::max(weight, weights.first_time);
    return static_cast<std::uint32_t>(weight);
}

}  // namespace

Outcome<std::optional<VoidReason>> PoolBuilder::build(db::PgSession& db, store::DrawRow const& row,
                                                      Instant now) const {
    store::allow_long_statements(db);
    DrawPlan const plan = plan_of(row);
    auto const people = store::verifiers_of(db, plan.units, now);
    if (people.size() < static_cast<std::size_t>(plan.inspectors_per_object))
        return std::optional(VoidReason::too_few_inspectors);
    auto const inspectors = pseudonyms(people);
    draw::Plan head =
        pool_head(row.id, plan, inspectors, crypto::Digest(crypto::system_entropy().array<32>()));

    store::CandidateFilter question{plan.agencies, {}, plan.from, plan.until};
    std::map<MatterId, std::uint32_t> stratum_of;
    for (std::uint32_t i = 0; i != plan.strata.size(); ++i)
        for (MatterId const& matter : plan.strata[i].matters) {
            stratum_of.emplace(matter, i);
            question.matters.push_back(matter);
        }
    for (auto const& [matter, count] : store::count_candidates(db, question))
        head.strata[stratum_of.at(matter)].objects += static_cast<std::uint64_t>(count);
    if (head.objects() == 0) return std::optional(VoidReason::empty_pool);
    auto const region = store::organisation_by_id(db, row.organisation).value().region_code;
    auto const least = parts_.rules.number(domain::rule::draw_group, region, china_date(now));
    if (!least) return least.error();
    if (std::ranges::any_of(head.strata, [&](draw::Stratum const& stratum) {
            return stratum.objects != 0 && stratum.objects < static_cast<std::uint64_t>(*least);
        }))
        return std::optional(VoidReason::pool_too_small);

    store::insert_inspectors(db, row.id, inspectors);
    Barring barring(db, plan, people, inspectors);
    Chunks chunks([&](int number, std::string const& content) {
        store::insert_chunk(db, row.id, number, content, first_object(content));
    });
    draw::PoolWriter writer(head, [&](std::string_view piece) { chunks.take(piece); });
    store::each_candidate(db, question, [&](store::Candidate const& candidate) {
        auto const matter = parts_.matters.find(db, candidate.matter, candidate.version);
        writer.add(
            {.id = {static_cast<std::uint64_t>(candidate.shard), static_cast<std::uint64_t>(candidate.leaf)},
             .stratum = stratum_of.at(candidate.matter),
             .weight = weight_of(candidate, matter->content.verification.weights),
             .barred = barring.of(candidate, matter->verifying_unit)});
    });
    crypto::Digest const full = writer.finish();
    chunks.flush();
    // What is published is in no order that filing left in it.
    Chunks list([&](int number, std::string const& content) {
        store::insert_list_chunk(db, row.id, number, content);
    });
    crypto::Digest const digest = draw::write_list(head, full, stored_objects(db, row.id),
                                                   [&](std::string_view piece) { list.take(piece); });
    list.flush();

    auto const seed = crypto::system_entropy().array<32>();
    store::DrawRow::Commitment const commitment{
        .objects = static_cast<std::int64_t>(head.objects()),
        .inspectors = static_cast<std::int32_t>(inspectors.size()),
        .pool_bytes = list.size(),
        .pool_digest = digest,
        .seed_commitment = draw::seed_commitment(seed),
        .seed = parts_.vault.seal(ByteView(seed), store::seed_label(row.id)),
        .at = now,
        .reveal_by = now + std::chrono::hours{plan.reveal_within_hours},
        .full_digest = full};
    store::set_committed(db, row.id, commitment);
    draw::Statement const said{.draw_id = row.id.text(),
                               .pool_digest = digest,
                               .seed_commitment = commitment.seed_commitment,
                               .committed_leaf = {},
                               .reveal_by = to_rfc3339(commitment.reveal_by),
                               .beacon_key = beacon_key(plan)};
    leave_leaf(db, row.id, draw::committed_content(said, head), now);
    return std::optional<VoidReason>{};
}

}  // namespace sponsio::service

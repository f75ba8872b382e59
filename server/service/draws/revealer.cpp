#include "server/service/draws/revealer.hpp"

#include "server/base/internal.hpp"
#include "server/service/tasks/alarms.hpp"
#include "server/service/tasks/first_inquiry.hpp"
#include "server/service/tasks/open_ends.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/matters.hpp"
#include "server/store/tasks.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

namespace draw = crypto::draw;
using domain::DrawPlan;
using domain::VoidReason;

std::vector<MatterId> matters_of(DrawPlan const& plan) {
    std::vector<MatterId> matters;
    for (DrawPlan::Stratum const& stratum : plan.strata)
        matters.insert(matters.end(), stratum.matters.begin(), stratum.matters.end());
    return matters;
}

/// Decrypts the seed of the commitment.
Outcome<crypto::Digest> open_seed(Vault const& vault, store::DrawRow const& row) {
    auto const bytes = vault.open(row.committed->seed, store::seed_label(row.id));
    if (!bytes) return bytes.error();
    crypto::Digest seed{};
    if (bytes->size() != seed.size()) return internal("seed");
    std::ranges::copy(as_bytes(*bytes), seed.begin());
    if (draw::seed_commitment(seed) != row.committed->seed_commitment) return internal("seed");
    return seed;
}

/// Whether what will be published is what was committed to, and made from the full pool of which the draw has
/// the digest.
bool list_is_unchanged(db::PgSession& db, store::DrawRow const& row) {
    crypto::Hasher hasher(crypto::Hasher::Kind::sha256);
    draw::ListReader reader({});
    for (int number = 1;; ++number) {
        auto const chunk = store::published_chunk(db, row.id, number);
        if (!chunk) break;
        hasher.update(as_bytes(*chunk));
        bool const has_head = number == 1 && row.committed->full_digest.has_value();
        if (has_head && !reader.feed(*chunk)) return false;
    }
    return hasher.finish() == row.committed->pool_digest &&
           (!row.committed->full_digest || reader.head().full == *row.committed->full_digest);
}

/// Draws from the stored chunks; nothing if their digest is not the committed one.
std::optional<std::pair<draw::Plan, std::vector<draw::Drawn>>> draw_from(db::PgSession& db, DrawId id,
                                                                         draw::Drawing drawing) {
    for (int number = 1;; ++number) {
        auto const chunk = store::pool_chunk(db, id, number);
        if (!chunk) break;
        if (!drawing.feed(*chunk)) return std::nullopt;
    }
    auto drawn = drawing.finish();
    if (!drawn) return std::nullopt;
    return std::pair{drawing.plan(), std::move(*drawn)};
}

}  // namespace

/// The result before any of it is written.
struct DrawRevealer::Result {
    DrawPlan plan;
    draw::Plan head;
    std::vector<draw::Drawn> drawn;
    AtObjects happened{};
    std::map<draw::InspectorRef, AccountId> accounts{};
};

std::set<draw::InspectorRef> gone_from(db::PgSession& db, DrawPlan const& plan,
                                       std::vector<store::DrawInspector> const& inspectors, Instant now) {
    std::set<AccountId> present;
    for (store::Verifier const& person : store::verifiers_of(db, plan.units, now))
        present.insert(person.account);
    std::set<draw::InspectorRef> gone;
    for (store::DrawInspector const& inspector : inspectors)
        if (!present.contains(inspector.account))
            gone.insert(draw::InspectorRef::parse(inspector.ref).value());
    return gone;
}

Result<draw::Seats> seat_those_present(draw::Assigner const& assigner, draw::Drawn const& drawn,
                                       std::set<draw::InspectorRef> const& gone,
                                       std::vector<draw::InspectorRef>& recused,
                                       std::optional<std::size_t> only) {
    for (;;) {
        auto seats = assigner.seats(drawn.name(), drawn.barred, recused);
        if (!seats) return seats;
        std::optional<draw::InspectorRef> left;
        for (std::size_t i = 0; i != seats->size() && !left; ++i)
            if (auto const& sits = (*seats)[i]; (!only || i == *only) && sits && gone.contains(*sits))
                left = sits;
        if (!left) return seats;
        recused.push_back(*left);
    }
}

Outcome<std::optional<VoidReason>> DrawRevealer::reveal(db::PgSession& db, store::DrawRow& row,
                                                        Instant now) const {
    store::allow_long_statements(db);
    DrawPlan const plan = plan_of(row);
    auto const due = due_dates(db, plan, now);
    if (!due) return due.error();
    auto const seed = open_seed(parts_.vault, row);
    if (!seed) return seed.error();
    if (!list_is_unchanged(db, row)) return std::optional(VoidReason::pool_changed);
    auto found = draw_from(db, row.id,
                           draw::Drawing({*seed, row.committed->pool_digest, row.input.value().text}, {},
                                         row.committed->full_digest));
    row.revealed = {*seed, now};
    draw::Statement said = statement_head(db, row);
    if (!found || !draw::check_committed(said, found->first)) return std::optional(VoidReason::pool_changed);

    Result result{plan, std::move(found->first), std::move(found->second)};
    if (auto seated = seat(db, row, result); !seated) return seated.error();
    store::set_revealed(db, row.id, *row.revealed);
    if (auto made = add_checks(db, row.id, result, *due, now); !made) return made.error();
    int serial = 0;
    for (store::DrawRecusal const& recusal : result.happened.recusals)
        store::insert_recusal(db, row.id, ++serial, recusal, now);
    auto const published =
        publish_statement(db, parts_, std::move(said), result.head, result.drawn, result.happened, now);
    if (!published) return published.error();
    return std::optional<VoidReason>{};
}

Outcome<DrawRevealer::DueDates> DrawRevealer::due_dates(db::PgSession& db, DrawPlan const& plan,
                                                        Instant now) const {
    DueDates dates;
    for (MatterId const& matter : matters_of(plan)) {
        int const newest = store::matter_version(db, matter, 1).value().newest_version;
        for (int version = 1; version <= newest; ++version) {
            auto const known = parts_.matters.find(db, matter, version);
            if (!domain::is_drawn(known->content.verification.coverage)) continue;
            auto const period = verification_period(*known, now, parts_.calendar);
            if (!period) return period.error();
            dates.emplace(std::pair{matter, version}, end_of(*period));
        }
    }
    return dates;
}

/// An account may have been closed, or its holder may have gone away, since the pool was fixed.
Outcome<void> DrawRevealer::seat(db::PgSession& db, store::DrawRow const& row, Result& result) const {
    auto const inspectors = store::draw_inspectors(db, row.id);
    for (store::DrawInspector const& inspector : inspectors)
        result.accounts.emplace(draw::InspectorRef::parse(inspector.ref).value(), inspector.account);
    auto const gone = gone_from(db, result.plan, inspectors, row.revealed->at);
    if (gone.empty()) return {};
    draw::Assigner const assigner(
        draw::chance(row.revealed->seed, row.committed->pool_digest, row.input->text, result.head.version()),
        result.head);
    for (draw::Drawn& drawn : result.drawn) {
        std::vector<draw::InspectorRef> recused;
        auto seats = seat_those_present(assigner, drawn, gone, recused);
        if (!seats) return internal("seats");
        drawn.seats = std::move(*seats);
        for (draw::InspectorRef const& ref : recused)
            result.happened.recusals.push_back({drawn.id.text(), ref.text()});
    }
    return {};
}

Outcome<void> DrawRevealer::add_checks(db::PgSession& db, DrawId id, Result const& result,
                                       DueDates const& due, Instant now) const {
    using Place = std::pair<std::int16_t, std::int64_t>;
    auto const place_of = [](draw::ObjectId const& object) {
        return Place{static_cast<std::int16_t>(object.shard), static_cast<std::int64_t>(object.leaf)};
    };
    std::vector<Place> places;
    places.reserve(result.drawn.size());
    for (draw::Drawn const& drawn : result.drawn) places.push_back(place_of(drawn.id));
    std::map<Place, store::DrawnCommitment> commitments;
    for (auto& one : store::lock_drawn(db, places, result.plan.agencies, matters_of(result.plan)))
        commitments.emplace(Place{one.shard, one.leaf}, std::move(one));

    std::vector<store::TaskToAdd> tasks;
    FirstInquiries questions;
    std::vector<store::DrawObject> objects;
    for (draw::Drawn const& drawn : result.drawn) {
        auto const found = commitments.find(place_of(drawn.id));
        if (found == commitments.end()) return internal("drawn_commitment");
        store::DrawnCommitment const& commitment = found->second;
        store::DrawObject object{.object = drawn.id.text(),
                                 .stratum = result.head.strata.at(drawn.stratum).name,
                                 .ticket = drawn.ticket,
                                 .barred = {},
                                 .commitment_code = commitment.code,
                                 .task = {},
                                 .set_aside = {},
                                 .lot = drawn.lot,
                                 .repeated_root = drawn.repeats ? std::optional(drawn.root) : std::nullopt};
        for (draw::InspectorRef const& ref : drawn.barred) object.barred.push_back(ref.text());
        if (commitment.state != domain::CommitmentState::effective) {
            object.set_aside = store::NotChecked::not_effective;
        } else if (commitment.open_task) {
            object.set_aside = store::NotChecked::open_task;
        } else {
            auto const matter = parts_.matters.find(db, commitment.matter, commitment.version);
            tasks.push_back(inquiry_of(id, result, drawn, commitment, *matter,
                                       due.at({commitment.matter, commitment.version}), now));
            questions.add(tasks.back(), matter->content.verification);
            object.task = tasks.back().id;
        }
        objects.push_back(std::move(object));
    }
    store::add_tasks(db, tasks);
    questions.queue(db, now);
    arm(db, tasks, now);
    store::insert_objects(db, id, objects);
    return {};
}

store::TaskToAdd DrawRevealer::inquiry_of(DrawId id, Result const& result, draw::Drawn const& drawn,
                                          store::DrawnCommitment const& commitment, KnownMatter const& matter,
                                          store::TaskEnd const& end, Instant now) {
    store::TaskToAdd task{.id = new_id<TaskId>(now),
                          .shard = commitment.shard,
                          .commitment_code = commitment.code,
                          .organisation = matter.verifying_unit,
                          .source = domain::TaskSource::draw,
                          .mode = std::string(domain::word(matter.content.verification.mode)),
                          .created_at = now,
                          .due_at = end.due_at,
                          .rule = end.rule,
                          .draw = id,
                          .inspectors_needed = result.plan.inspectors_per_object,
                          .waits_for = end.waits_for};
    for (std::size_t seat = 0; seat != drawn.seats.size(); ++seat)
        if (auto const& ref = drawn.seats[seat])
            task.inspectors.push_back({static_cast<int>(seat) + 1, result.accounts.at(*ref), ref->text()});
    return task;
}

void DrawRevealer::arm(db::PgSession& db, std::span<store::TaskToAdd const> tasks, Instant now) const {
    std::map<std::pair<OrganisationId, Instant>, TaskId> first;
    for (store::TaskToAdd const& task : tasks) {
        if (task.waits_for) continue;
        auto const [at, fresh] = first.try_emplace({task.organisation, task.due_at}, task.id);
        if (!fresh) at->second = std::min(at->second, task.id);
    }
    std::vector<store::BucketTasks> added;
    added.reserve(first.size());
    for (auto const& [bucket, id] : first) added.push_back({bucket.first, bucket.second, id});
    arm_alarms(db, {parts_.rules, parts_.calendar}, added, now);
}

}  // namespace sponsio::service

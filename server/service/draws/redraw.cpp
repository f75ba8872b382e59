#include "server/service/draws/redraw.hpp"

#include "server/base/internal.hpp"
#include "server/service/draws/revealer.hpp"
#include "server/store/inspectors.hpp"

#include <algorithm>
#include <map>
#include <type_traits>

namespace sponsio::service {
namespace {

namespace draw = crypto::draw;
using domain::DrawPlan;

draw::ObjectId object_id(std::string const& text) {
    return draw::ObjectId::parse(text).value();
}

draw::InspectorRef ref_of(std::string const& text) {
    return draw::InspectorRef::parse(text).value();
}

/// The recused inspectors of each object, in order.
class Struck {
  public:
    explicit Struck(std::vector<store::DrawRecusal> const& rows) {
        for (store::DrawRecusal const& row : rows) strike(object_id(row.object), ref_of(row.ref));
    }

    void strike(draw::ObjectId const& object, draw::InspectorRef const& ref) {
        all_.push_back({object.text(), ref.text()});
        of_[object].push_back(ref);
    }

    [[nodiscard]] std::vector<draw::InspectorRef> of(draw::ObjectId const& object) const {
        auto const found = of_.find(object);
        return found == of_.end() ? std::vector<draw::InspectorRef>{} : found->second;
    }

    [[nodiscard]] std::vector<store::DrawRecusal> const& all() const { return all_; }

  private:
    std::vector<store::DrawRecusal> all_;
    std::map<draw::ObjectId, std::vector<draw::InspectorRef>> of_;
};

/// All drawn objects, as in the pool; without seats.
std::vector<draw::Drawn> drawn_objects(db::PgSession& db, DrawId id, draw::Plan const& head) {
    std::map<std::string_view, std::uint32_t> number;
    for (std::uint32_t i = 0; i != head.strata.size(); ++i) number.emplace(head.strata[i].name, i);
    std::vector<draw::Drawn> all;
    for (store::DrawObject const& row : store::objects_of(db, id)) {
        draw::Drawn drawn{.id = object_id(row.object),
                          .stratum = number.at(row.stratum),
                          .ticket = row.ticket,
                          .lot = row.lot,
                          .root = row.repeated_root.value_or(crypto::Digest{}),
                          .repeats = row.repeated_root.has_value()};
        for (std::string const& ref : row.barred) drawn.barred.push_back(ref_of(ref));
        all.push_back(std::move(drawn));
    }
    return all;
}

AccountId account_of(std::vector<store::DrawInspector> const& inspectors, std::string const& ref) {
    return std::ranges::find(inspectors, ref, &store::DrawInspector::ref)->account;
}

}  // namespace

/// The next revision of a draw's statement, made in the transaction that changes an object's inspector.
class DrawRedraw::Revision {
  public:
    Revision(db::PgSession& db, store::DrawRow const& row, std::string const& object, Instant now)
        : db_(db),
          row_(row),
          now_(now),
          object_(object_id(object)),
          plan_(plan_of(row)),
          inspectors_(store::draw_inspectors(db, row.id)),
          head_(pool_head(row.id, plan_, inspectors_, pool_key(db, row))),
          assigner_(
              draw::chance(row.revealed->seed, row.committed->pool_digest, row.input->text, head_.version()),
              head_),
          struck_(store::recusals_of(db, row.id)),
          recusals_before_(struck_.all().size()),
          drawn_(drawn_objects(db, row.id, head_)) {}

    /// The inspector drawn for that seat; nothing if nobody was left.
    Outcome<std::optional<draw::InspectorRef>> holder(std::size_t seat) {
        draw::Drawn const& one = changed();
        auto const seats = assigner_.seats(one.name(), one.barred, struck_.of(one.id));
        if (!seats) return internal("seats");
        return seats->at(seat);
    }

    /// Strikes out the holder of the seat, and successors who may not take it. An inspector in another seat
    /// whose account is closed is not recused: the unit replaces them.
    Outcome<std::optional<Replacement>> pass_on(std::size_t seat, draw::InspectorRef const& holder,
                                                store::TaskRow const& task) {
        draw::Drawn const& one = changed();
        std::vector<draw::InspectorRef> recused = struck_.of(one.id);
        std::size_t const known = recused.size();
        recused.push_back(holder);
        auto const seats = seat_those_present(assigner_, one, unfit_for(task), recused, seat);
        if (!seats) return internal("seats");
        for (std::size_t i = known; i != recused.size(); ++i) struck_.strike(one.id, recused[i]);
        auto const next = seats->at(seat);
        if (!next) return std::optional<Replacement>{};
        return std::optional(Replacement{account_of(inspectors_, next->text()), next->text()});
    }

    Outcome<void> publish(DrawParts const& parts, Instant now) {
        for (draw::Drawn& one : drawn_) {
            auto seats = assigner_.seats(one.name(), one.barred, struck_.of(one.id));
            if (!seats) return internal("seats");
            one.seats = std::move(*seats);
        }
        auto const& all = struck_.all();
        for (std::size_t i = recusals_before_; i != all.size(); ++i)
            store::insert_recusal(db_, row_.id, static_cast<int>(i) + 1, all[i], now);
        draw::Statement said = statement_head(db_, row_);
        said.revision = static_cast<std::uint64_t>(store::newest_revision(db_, row_.id)) + 1;
        return publish_statement(db_, parts, std::move(said), head_, drawn_,
                                 {all, store::reassignments_of(db_, row_.id)}, now);
    }

  private:
    [[nodiscard]] draw::Drawn const& changed() const {
        return *std::ranges::find(drawn_, object_, &draw::Drawn::id);
    }

    /// Inspectors who cannot take a seat of this task: no longer verifiers, away, in another seat of it, or
    /// recused.
    [[nodiscard]] std::set<draw::InspectorRef> unfit_for(store::TaskRow const& task) const {
        auto unfit = gone_from(db_, plan_, inspectors_, now_);
        for (store::InspectorRow const& one : store::inspectors_of(db_, task.id))
            if (one.sits() || one.left_why == store::LeftBecause::recused)
                if (auto const in =
                        std::ranges::find(inspectors_, one.account, &store::DrawInspector::account);
                    in != inspectors_.end())
                    unfit.insert(ref_of(in->ref));
        return unfit;
    }

    db::PgSession& db_;
    store::DrawRow const& row_;
    Instant now_;
    draw::ObjectId object_;
    DrawPlan plan_;
    std::vector<store::DrawInspector> inspectors_;
    draw::Plan head_;
    draw::Assigner assigner_;
    Struck struck_;
    std::size_t recusals_before_;
    std::vector<draw::Drawn> drawn_;
};

/// Runs `change(Revision&, object)` on the draw of the task, with an event of the draw's lifecycle.
template <class Change>
auto DrawRedraw::on_draw(db::PgSession& db, store::TaskRow const& task, domain::DrawEvent event, AccountId by,
                         Instant now, Change change) const
    -> std::invoke_result_t<Change, Revision&, std::string const&> {
    DrawId const id = task.draw.value();
    auto const row = store::lock_draw(db, id);
    auto const object = store::object_of_task(db, id, task.id);
    if (!row || !object) return internal("a drawn task without its draw");
    auto const moved = step(db, domain::draw_lifecycle, row->state, event, {},
                            {.subject = id.text(), .actor = by, .now = now, .why = *object});
    if (!moved) return moved.error();
    Revision revision(db, *row, *object, now);
    return change(revision, *object);
}

Outcome<std::optional<Replacement>> DrawRedraw::operator()(db::PgSession& db, DrawnLeaving const& leaving,
                                                           Instant now) const {
    auto const seat = static_cast<std::size_t>(leaving.seat) - 1;
    return on_draw(db, leaving.task, domain::DrawEvent::redraw, leaving.decided_by, now,
                   [&](Revision& revision, auto const&) -> Outcome<std::optional<Replacement>> {
                       auto const holder = revision.holder(seat);
                       if (!holder) return holder.error();
                       if (!*holder) return std::optional<Replacement>{};
                       auto next = revision.pass_on(seat, **holder, leaving.task);
                       if (!next) return next;
                       if (auto published = revision.publish(parts_, now); !published)
                           return published.error();
                       return next;
                   });
}

Outcome<void> DrawRedraw::reseated(db::PgSession& db, DrawnReseating const& given, Instant now) const {
    return on_draw(db, given.task, domain::DrawEvent::reassign, given.decided_by, now,
                   [&](Revision& revision, std::string const& object) -> Outcome<void> {
                       auto const holder = revision.holder(static_cast<std::size_t>(given.seat) - 1);
                       if (!holder) return holder.error();
                       store::add_reassignment(
                           db, given.task.draw.value(),
                           {object, given.seat, *holder ? std::optional((*holder)->text()) : std::nullopt},
                           now);
                       return revision.publish(parts_, now);
                   });
}

}  // namespace sponsio::service

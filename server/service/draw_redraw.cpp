#include "server/service/draw_redraw.hpp"

#include "server/service/draw_revealer.hpp"

#include <algorithm>
#include <map>

namespace sponsio::service {
namespace {

namespace draw = crypto::draw;

Fault broken(std::string cause) {
    return Fault{.problem = &problem::internal, .cause = std::move(cause)};
}

draw::ObjectId object_id(std::string const& text) {
    return draw::ObjectId::parse(text).value();
}

draw::InspectorRef ref_of(std::string const& text) {
    return draw::InspectorRef::parse(text).value();
}

/// Who was recused from each object, in order.
class Struck {
  public:
    explicit Struck(std::vector<store::DrawRecusal> const& rows) {
        for (store::DrawRecusal const& row : rows) strike(object_id(row.object), ref_of(row.ref));
    }

    void strike(draw::ObjectId const& object, draw::InspectorRef const& ref) {
        all_.push_back({object, ref});
        of_[object].push_back(ref);
    }

    [[nodiscard]] std::vector<draw::InspectorRef> of(draw::ObjectId const& object) const {
        auto const found = of_.find(object);
        return found == of_.end() ? std::vector<draw::InspectorRef>{} : found->second;
    }

    [[nodiscard]] std::vector<draw::Recusal> const& all() const { return all_; }

  private:
    std::vector<draw::Recusal> all_;
    std::map<draw::ObjectId, std::vector<draw::InspectorRef>> of_;
};

/// Everything that was drawn, as the pool had it; without seats.
std::vector<draw::Drawn> drawn_objects(db::PgSession& db, DrawId id, draw::Plan const& head) {
    std::map<std::string_view, std::uint32_t> number;
    for (std::uint32_t i = 0; i != head.strata.size(); ++i) number.emplace(head.strata[i].name, i);
    std::vector<draw::Drawn> all;
    for (store::DrawObject const& row : store::objects_of(db, id)) {
        draw::Drawn drawn{
            .id = object_id(row.object), .stratum = number.at(row.stratum), .ticket = row.ticket};
        for (std::string const& ref : row.barred) drawn.barred.push_back(ref_of(ref));
        all.push_back(std::move(drawn));
    }
    return all;
}

AccountId account_of(std::vector<store::DrawInspector> const& inspectors, std::string const& ref) {
    return std::ranges::find(inspectors, ref, &store::DrawInspector::ref)->account;
}

}  // namespace

Outcome<std::optional<Replacement>> DrawRedraw::operator()(db::PgSession& db, DrawnLeaving const& leaving,
                                                           Instant now) const {
    DrawId const id = leaving.task.draw.value();
    auto const row = store::lock_draw(db, id);
    auto const object = store::object_of_task(db, id, leaving.task.id);
    if (!row || !object) return broken("a drawn task without its draw");
    auto const moved = step(db, domain::draw_lifecycle, row->state, domain::DrawEvent::redraw, {},
                            {.subject = id.text(), .actor = leaving.decided_by, .now = now, .why = *object});
    if (!moved) return moved.error();

    domain::DrawPlan const plan = plan_of(*row);
    auto const inspectors = store::draw_inspectors(db, id);
    draw::Plan const head = pool_head(id, plan, inspectors);
    draw::Assigner const assigner(
        draw::chance(row->revealed->seed, row->committed->pool_digest, row->input->text), head);
    auto const gone = gone_from(db, plan, inspectors);
    Struck struck(store::recusals_of(db, id));
    auto const before = struck.all().size();
    struck.strike(object_id(*object), ref_of(leaving.ref));

    std::vector<draw::Drawn> drawn = drawn_objects(db, id, head);
    std::optional<draw::InspectorRef> next;
    for (draw::Drawn& one : drawn) {
        std::vector<draw::InspectorRef> recused = struck.of(one.id);
        std::size_t const known = recused.size();
        bool const left = one.id == object_id(*object);
        auto const seat = static_cast<std::size_t>(leaving.seat) - 1;
        // Whoever sits elsewhere and has gone is for the unit to replace: nobody recused them.
        auto seats = left ? seat_those_present(assigner, one, gone, recused, seat)
                          : assigner.seats(one.id, one.barred, recused);
        if (!seats) return broken("seats");
        one.seats = std::move(*seats);
        if (!left) continue;
        for (std::size_t i = known; i != recused.size(); ++i) struck.strike(one.id, recused[i]);
        next = one.seats.at(seat);
    }
    for (std::size_t i = before; i != struck.all().size(); ++i)
        store::insert_recusal(db, id, static_cast<int>(i) + 1,
                              {struck.all()[i].object.text(), struck.all()[i].inspector.text()}, now);

    draw::Statement said = statement_head(db, *row);
    said.revision = static_cast<std::uint64_t>(store::newest_revision(db, id)) + 1;
    said.recusals = struck.all();
    auto const published = publish_statement(db, parts_, std::move(said), head, drawn, now);
    if (!published) return published.error();
    if (!next) return std::optional<Replacement>{};
    return std::optional(Replacement{account_of(inspectors, next->text()), next->text()});
}

}  // namespace sponsio::service

#include "server/service/tasks/view.hpp"

#include "server/service/tasks/check_steps.hpp"
#include "server/service/tasks/evidence.hpp"
#include "server/service/tasks/inspection.hpp"
#include "server/service/tasks/open_ends.hpp"
#include "server/service/tasks/oversight_steps.hpp"
#include "server/service/tasks/queue.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/task_requests.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using json::Array;

/// Decrypts the sealed parts of a task's history. The first fault becomes the answer.
class Opener {
  public:
    Opener(Vault const& vault, TaskId task) : vault_(vault), task_(task) {}

    Json text(std::optional<store::SealedColumns> const& sealed, std::string const& place) {
        if (!sealed) return {};
        auto plain = vault_.open(*sealed, place);
        if (plain) return std::move(*plain);
        if (!failed_) failed_ = plain.error();
        return {};
    }

    Json summary(std::optional<store::SealedColumns> const& sealed) {
        return text(sealed, summary_label(task_));
    }

    [[nodiscard]] std::optional<Fault> const& failed() const { return failed_; }

  private:
    Vault const& vault_;
    TaskId task_;
    std::optional<Fault> failed_;
};

Json seats_view(std::vector<store::InspectorRow> const& inspectors) {
    Array list;
    for (store::InspectorRow const& one : inspectors)
        list.push_back(JsonObject{{"seat", one.seat},
                                  {"account_id", one.account.text()},
                                  {"ref", or_null(one.ref)},
                                  {"how", domain::word(one.how)},
                                  {"assigned_at", to_rfc3339(one.assigned_at)},
                                  {"signed_off_at", or_null(one.signed_off_at)},
                                  {"left_at", or_null(one.left_at)},
                                  {"left_why", or_null(one.left_why)}});
    return list;
}

/// Who asked, who decided, when and why.
template <class Key>
void add_request(JsonObject& view, store::Request<Key> const& request, Opener& open) {
    auto const& decision = request.decision;
    RequestLabels const labels = labels_of(request.id);
    view.add("requested_by", request.asked_by.text())
        .add("requested_at", to_rfc3339(request.asked_at))
        .add("why", open.text(request.why, labels.why))
        .add("decided_by", decision ? Json(decision->by.text()) : Json())
        .add("decided_at", decision ? Json(to_rfc3339(decision->at)) : Json())
        .add("decision", decision ? open.text(decision->why, labels.decision) : Json());
}

Json recusals_view(std::vector<store::RecusalRow> const& recusals, Opener& open) {
    Array list;
    for (store::RecusalRow const& r : recusals) {
        JsonObject view{
            {"recusal_id", r.id.text()}, {"state", domain::word(r.state)}, {"inspector", r.inspector.text()}};
        add_request(view, r, open);
        list.emplace_back(std::move(view));
    }
    return list;
}

Json reopenings_view(std::vector<store::ReopeningRow> const& reopenings, Opener& open) {
    Array list;
    for (store::ReopeningRow const& r : reopenings) {
        JsonObject view{{"reopening_id", r.id.text()}, {"state", domain::word(r.state)}};
        add_request(view, r, open);
        list.emplace_back(std::move(view));
    }
    return list;
}

Json retractions_view(std::vector<store::RetractionRow> const& retractions, Opener& open) {
    Array list;
    for (store::RetractionRow const& r : retractions) {
        JsonObject view{{"retraction_id", r.id.text()},
                        {"state", domain::word(r.state)},
                        {"concluded_at", to_rfc3339(r.concluded_at)}};
        add_request(view, r, open);
        list.emplace_back(std::move(view));
    }
    return list;
}

Json inspections_view(std::vector<store::InspectionRow> const& inspections, Opener& open) {
    Array list;
    for (store::InspectionRow const& r : inspections) {
        JsonObject view{{"inspection_id", r.id.text()},
                        {"state", domain::word(r.state)},
                        {"planned_on", to_iso(r.planned_on)},
                        {"check_code", or_null(r.check_code)},
                        {"carried_out_at", or_null(r.carried_out_at)}};
        add_request(view, r, open);
        list.emplace_back(std::move(view));
    }
    return list;
}

Json notes_view(std::vector<store::NoteRow> const& notes, Opener& open) {
    Array list;
    for (store::NoteRow const& note : notes)
        list.push_back(JsonObject{{"kind", domain::word(note.kind)},
                                  {"by", note.account.text()},
                                  {"at", to_rfc3339(note.at)},
                                  {"text", open.text(note.text, note_label(note.id))}});
    return list;
}

Json conclusions_view(std::vector<store::EarlierConclusion> const& conclusions, Opener& open) {
    Array list;
    for (store::EarlierConclusion const& c : conclusions)
        list.push_back(JsonObject{{"result", domain::word(c.result)},
                                  {"checked_on", or_null(c.checked_on)},
                                  {"concluded_by", or_null(c.concluded_by)},
                                  {"concluded_at", or_null(c.concluded_at)},
                                  {"summary", open.summary(c.summary)},
                                  {"set_aside_at", to_rfc3339(c.set_aside_at)},
                                  {"set_aside_why", domain::word(c.why)}});
    return list;
}

}  // namespace

Outcome<Json> task_view(db::PgSession& db, Vault const& vault, MatterCache& matters, store::TaskRow const& t,
                        domain::WorkingCalendar const& calendar, Instant now) {
    auto const commitment = open_commitment(db, vault, matters, t.commitment_code);
    if (!commitment && commitment.error().problem != &problem::gone) return commitment.error();
    auto evidence = evidence_views(db, vault, t.id);
    if (!evidence) return evidence.error();
    ClockText const origin = ClockText::split(t.rule);
    Opener open(vault, t.id);
    JsonObject view = std::move(task_heads(db, {&t, 1}, now).front());
    view.add("rule_pack", origin.rule_pack)
        .add("calendar", t.waits_for ? Json() : or_null(origin.calendar))
        .add("provisional", domain::provisional_view(
                                provisional_end({t.due_at, t.rule, t.waits_for}, t.created_at, calendar)))
        .add("commitment", commitment ? commitment->summary() : Json())
        .add("result", or_null(t.result))
        .add("checked_on", or_null(t.checked_on))
        .add("summary", open.summary(t.summary))
        .add("concluded_by", or_null(t.concluded_by))
        .add("concluded_at", or_null(t.concluded_at))
        .add("evidence", std::move(*evidence))
        .add("seats", seats_view(store::inspectors_of(db, t.id)))
        .add("recusals", recusals_view(store::recusals_of(db, t.id), open))
        .add("reopenings", reopenings_view(store::reopenings_of(db, t.id), open))
        .add("retractions", retractions_view(store::retractions_of(db, t.id), open))
        .add("inspections", inspections_view(store::inspections_of(db, t.id), open))
        .add("notes", notes_view(store::notes_of(db, t.id), open))
        .add("earlier_conclusions", conclusions_view(store::earlier_conclusions_of(db, t.id), open))
        .add("closed_at", or_null(t.closed_at))
        .add("history", history_view(store::history(db, t.id.text())));
    if (open.failed()) return *open.failed();
    Json named = std::move(view);
    name_people(db, named);
    return named;
}

}  // namespace sponsio::service

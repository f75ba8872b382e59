#include "server/service/tasks/clue_steps.hpp"

#include "server/base/form.hpp"
#include "server/service/tasks/check_steps.hpp"
#include "server/service/tasks/first_inquiry.hpp"
#include "server/service/tasks/open_ends.hpp"

#include <array>

namespace sponsio::service {
namespace {

using domain::CommitmentState;
using domain::VerifyMode;

/// The period, by the matter's own plan or, if it is exempt, by the rule pack of the unit's region.
Outcome<domain::Period> period_of(KnownMatter const& matter, OversightParts const& parts,
                                  std::string const& region, Instant now) {
    if (matter.content.verification.mode != VerifyMode::exempt)
        return verification_period(matter, now, parts.calendar);
    auto const rule = parts.rules.clock(domain::rule::clue, region, china_date(now));
    if (!rule) return rule.error();
    return domain::begin_period(*rule, china_date(now), parts.calendar);
}

/// An exempt matter has no mode of verification: it is verified in writing.
std::string mode_of(KnownMatter const& matter) {
    VerifyMode const mode = matter.content.verification.mode;
    return std::string(domain::word(mode == VerifyMode::exempt ? VerifyMode::written : mode));
}

/// The commitment of a matter that the caller's unit verifies, locked.
Outcome<store::CommitmentRow> commitment_to_check(db::PgSession& db, std::string const& code) {
    auto commitment = store::lock_commitment(db, code);
    if (!commitment) return bad_field("/commitment_code", reason::no_such_thing, form::known_thing);
    bool const stands =
        commitment->state == CommitmentState::supervised || commitment->state == CommitmentState::effective;
    if (!stands)
        return fault(problem::conflict, "This commitment is being verified or has come to its end.",
                     "该承诺正在核查或者已经终结。");
    return std::move(*commitment);
}

domain::TaskSource source_of(ClueSource source) {
    switch (source) {
        case ClueSource::clue: return domain::TaskSource::clue;
        case ClueSource::complaint: return domain::TaskSource::complaint;
        case ClueSource::data_alert: break;
    }
    return domain::TaskSource::data_alert;
}

}  // namespace

Clue Clue::read(domain::Fields& fields) {
    return {fields.text("commitment_code", {.max = 20}), fields.choice<ClueSource>("source"),
            fields.text("why", {.max = 4000})};
}

Outcome<store::TaskRow> open_on_clue(db::PgSession& db, OversightParts const& parts,
                                     domain::Official const& who, Clue const& clue, Instant now) {
    // The unit is checked before the state: of other units' commitments nothing is revealed.
    auto const known = store::commitment_by_code(db, clue.commitment_code);
    auto const matter = known ? parts.matters.find(db, known->matter, known->matter_version) : nullptr;
    if (!matter || matter->verifying_unit != who.organisation)
        return bad_field("/commitment_code", reason::no_such_thing, form::known_thing);
    auto const commitment = commitment_to_check(db, clue.commitment_code);
    if (!commitment) return commitment.error();
    if (!store::lock_open_tasks(db, commitment->code).empty())
        return fault(problem::conflict, "A check of this commitment is open.",
                     "该承诺已有未办结的核查任务。");
    auto const period = period_of(*matter, parts, who.region_code, now);
    if (!period) return period.error();
    auto const end = end_of(*period);

    store::TaskToAdd const task{.id = new_id<TaskId>(now),
                                .shard = commitment->shard,
                                .commitment_code = commitment->code,
                                .organisation = who.organisation,
                                .source = source_of(clue.source),
                                .mode = mode_of(*matter),
                                .created_at = now,
                                .due_at = end.due_at,
                                .rule = end.rule,
                                .inspectors_needed = std::max(matter->content.verification.inspectors, 1),
                                .waits_for = end.waits_for};
    store::add_tasks(db, {&task, 1}, who.account);
    FirstInquiries question;
    question.add(task, matter->content.verification);
    question.queue(db, now);
    store::BucketTasks const bucket{task.organisation, task.due_at, task.id};
    if (!task.waits_for) arm_alarms(db, {parts.rules, parts.calendar}, {&bucket, 1}, now);
    TaskCase const check(db, store::task_by_id(db, task.id).value(), who.account, now);
    keep_note(check, parts.vault, store::NoteKind::clue, clue.why);
    return check.task;
}

}  // namespace sponsio::service

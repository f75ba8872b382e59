#include "server/service/exposures/service.hpp"

#include "server/base/internal.hpp"
#include "server/service/exposures/appointments.hpp"
#include "server/service/exposures/texts.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::ExposureEvent;
using domain::ExposureState;
using domain::Json;
using domain::JsonObject;
using domain::ReportSource;
using domain::ScreeningResult;

/// Whether somebody behind the report waits for their matter: a paper, an inspection or data has nobody.
bool waits_for_help(store::ExposureReportRow const& report) {
    bool const of_somebody =
        report.source == ReportSource::resident || report.source == ReportSource::grassroots;
    return of_somebody && !report.helped_at;
}

Json in_letter(Bilingual const& text) {
    return domain::to_json(text);
}

Json or_nothing(std::optional<std::string> const& text) {
    return text ? Json(*text) : Json();
}

}  // namespace

/// A locked case in one transaction.
struct ExposureService::Open {
    db::PgSession& db;
    store::ExposureRow row;
    domain::Official const& who;
    ExposureSide side;
    Instant now;
};

ExposureService::ExposureService(ExposureParts parts)
    : parts_(std::move(parts)),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who,
                            Uuid const& of) -> Outcome<std::string> {
                  auto const row = store::exposure_by_id(db, ExposureId{of});
                  if (!row || !side_of(*row, who)) return fault(problem::not_found);
                  return "/v1/exposures/" + row->id.text();
              }}) {}

// --------------------------------------------------------------------------------------------- it is read
Async<Json> ExposureService::exposure(Caller<Official> const& caller, ExposureId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        bool of_people = false;
        auto shown = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::exposure_by_id(db, id);
            auto const side = row ? side_of(*row, *caller.who) : std::nullopt;
            if (!side) return fault(problem::not_found);
            of_people = *side == ExposureSide::owner;
            return exposure_view(db, parts_, *row, *side, parts_.clock.now());
        });
        if (shown && of_people) note_case(session, caller, {}, {"reports"}, parts_.clock.now());
        return shown;
    });
}

Async<Page> ExposureService::list(Caller<Official> const& caller, ExposureFilter filter) {
    return parts_.db.run(
        caller.deadline, [this, caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = ExposureId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (auto const& row :
                 store::exposures_after(db, {caller.who->organisation, q.state, after, q.limit}))
                page.add(exposure_summary(row, parts_.catalogue, parts_.clock.now()), row.id.text());
            return page;
        });
}

Async<Page> ExposureService::entries(std::string after, int limit, Deadline deadline) {
    return parts_.db.run(
        deadline, [this, after = std::move(after), limit](db::PgSession& db) -> Outcome<Page> {
            auto const place = place_of<ExposureId>(after);
            if (!place) return place.error();
            Page page;
            for (auto const& row : store::public_exposures(db, parts_.clock.now(), *place, limit)) {
                auto entry = public_exposure(db, parts_.vault, row);
                if (!entry) return entry.error();
                page.add(std::move(*entry), list_key(row.exposed_at.value(), row.id.text()));
            }
            return page;
        });
}

// -------------------------------------------------------------------------------------------- it is moved
/// Runs `act(Open&)` on the locked case, stores the row and shows it. Without `of_the_unit` only its
/// authority may.
template <class Act>
Async<Json> ExposureService::on_exposure(Caller<Official> const& caller, ExposureId id, bool of_the_unit,
                                         Act act) {
    return parts_.db.run(
        caller.deadline,
        [this, caller, id, of_the_unit, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
            return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                auto row = store::lock_exposure(db, id);
                auto const side = row ? side_of(*row, *caller.who) : std::nullopt;
                if (!side || (!of_the_unit && *side != ExposureSide::owner)) return fault(problem::not_found);
                Open open{db, std::move(*row), *caller.who, *side, parts_.clock.now()};
                if (Outcome<void> acted = act(open); !acted) return acted.error();
                store::update(db, open.row);
                // A case that was handed over is shown once more to who did it.
                return exposure_view(db, parts_, open.row, *side, open.now);
            });
        });
}

Outcome<domain::ExposureFacts> ExposureService::facts(Open const& open) const {
    store::ExposureRow const& row = open.row;
    std::vector<AccountId> accounts{open.who.account};
    for (auto const& one :
         {row.screened_by, row.ordered_by, row.shown_by, row.proposed_by, row.checked_by, row.exposed_by})
        if (one) accounts.push_back(*one);
    Persons const persons(open.db, accounts);
    auto const reports = store::reports_of(open.db, row.id);
    return domain::ExposureFacts{
        .actor = persons.of(open.who.account),
        .known = persons.known(open.who.account),
        .now = open.now,
        .due = row.due_at,
        .blamed = row.result && domain::blames(*row.result),
        .meeting_missing = row.result == ScreeningResult::circular && row.meetings == 0,
        .repeated = store::orders_before(open.db, row) > 0,
        .all_helped = std::ranges::none_of(reports, waits_for_help),
        .correction_shown = row.shown_by.has_value(),
        .appeal_open = row.appeal_open,
        .screened_by = persons.of(row.screened_by),
        .ordered_by = persons.of(row.ordered_by),
        .shown_by = persons.of(row.shown_by),
        .proposed_by = persons.of(row.proposed_by),
        .checked_by = persons.of(row.checked_by),
        .exposed_by = persons.of(row.exposed_by)};
}

/// Moves it and keeps what was said, with the number of the paper that goes out, if one does.
Outcome<void> ExposureService::advance(Open& open, ExposureEvent event, JsonObject said,
                                       std::optional<std::string> number) const {
    auto const known = facts(open);
    if (!known) return known.error();
    auto const to = step(open.db, domain::exposure_lifecycle, open.row.state, event, *known,
                         {.subject = open.row.id.text(),
                          .actor = open.who.account,
                          .now = open.now,
                          .why = number,
                          .rule = open.row.rule});
    if (!to) return to.error();
    open.row.state = *to;
    if (number && !said.contains("number")) said.add("number", *number);
    say(open.db, parts_.vault, {open.row.id.raw(), open.who.account, open.now}, domain::word(event),
        Json(std::move(said)));
    return {};
}

/// From now on the case waits for the end of that period.
Outcome<void> ExposureService::begin_clock(Open& open, domain::ClockId id) const {
    CountedBy const by{parts_.rules, parts_.calendar, open.row.region};
    auto const clock = by.from(id, open.now);
    if (!clock) return clock.error();
    open.row.due_at = clock->due;
    open.row.rule = clock->rule;
    return {};
}

namespace {

void stop_clock(store::ExposureRow& row) {
    row.due_at = std::nullopt;
    row.rule = std::nullopt;
}

void drop_proposal(store::ExposureRow& row) {
    row.level = std::nullopt;
    row.proposed_by = row.checked_by = std::nullopt;
}

Outcome<LetterFacts> letter_facts(db::PgSession& db, store::ExposureRow const& row, std::string measures) {
    auto const authority = store::organisation_by_id(db, row.organisation);
    auto const superior = row.superior ? store::organisation_by_id(db, *row.superior) : std::nullopt;
    if (!authority) return internal("authority of an exposure");
    return LetterFacts{authority->name, superior ? superior->name : std::string(), std::move(measures)};
}

}  // namespace

Async<Json> ExposureService::match(Caller<Official> const& caller, ExposureId id,
                                   domain::MatchCorrection match) {
    return on_exposure(caller, id, false, [this, match = std::move(match)](Open& open) -> Outcome<void> {
        if (open.row.state != ExposureState::reported)
            return fault(problem::wrong_step, "Which proof it is, is settled before it is looked into.",
                         "证明事项的认定应当在审查之前更正；已审查的，请先退回。");
        domain::ProofItem const* item = match.item ? parts_.catalogue.find(*match.item) : nullptr;
        if (match.item && (!item || !item->valid_on(open.row.asked_on)))
            return bad_field("/item_id", reason::no_such_thing, form::known_thing);
        if (match.item && match.item != open.row.item) {
            auto const other = store::lock_open_exposure(open.db, open.row.unit_key, open.row.region,
                                                         *match.item, open.row.demand);
            if (other && other->id != open.row.id)
                return fault(problem::conflict,
                             "A case about that proof and unit is open already: " + other->id.text() + ".",
                             "该单位同一证明事项已有案件正在办理：" + other->id.text() + "。");
        }
        open.row.item = match.item;
        open.row.match_score = match.item ? 100 : 0;
        open.row.matched_by = domain::MatchedBy::person;
        say(open.db, parts_.vault, {open.row.id.raw(), open.who.account, open.now}, "match",
            JsonObject{{"item_id", or_nothing(match.item)}, {"why", match.why}});
        return {};
    });
}

Async<Json> ExposureService::screen(Caller<Official> const& caller, ExposureId id,
                                    domain::Screening screening) {
    return on_exposure(caller, id, false, [this, s = std::move(screening)](Open& open) -> Outcome<void> {
        domain::ProofItem const* item = open.row.item ? parts_.catalogue.find(*open.row.item) : nullptr;
        if (auto good = domain::check_exceptions(s, item); !good) return good;
        JsonObject said = s.said().as_object();
        if (auto moved = advance(open, ExposureEvent::screen, std::move(said)); !moved) return moved;
        open.row.result = s.result;
        open.row.proof_label = s.proof_label;
        open.row.screened_by = open.who.account;
        open.row.repeat_no = store::orders_before(open.db, open.row);
        return {};
    });
}

/// The case goes to the authority that leads: it has one owner, always.
Outcome<void> ExposureService::hand_over(Open& open, std::string const& uscc) const {
    auto const lead = store::organisation_by_uscc(open.db, uscc);
    if (!lead || !is_authority(open.db, parts_.vault, lead->id) || open.row.unit == lead->id)
        return bad_field("/lead_uscc", reason::no_such_thing, form::known_thing);
    open.row.organisation = lead->id;
    return {};
}

Async<Json> ExposureService::decide(Caller<Official> const& caller, ExposureId id,
                                    domain::ScreeningDecision decision) {
    return on_exposure(caller, id, false, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        using enum domain::ScreeningOutcome;
        JsonObject said = d.said().as_object();
        if (d.outcome == ask_unit) {
            auto const clock = d.special ? domain::rule::exposure_special : domain::rule::exposure_answer;
            if (auto begun = begin_clock(open, clock); !begun) return begun;
            open.row.asked_number = d.number;
            auto const facts = letter_facts(open.db, open.row, "");
            if (!facts) return facts.error();
            said.add("letter", in_letter(question_letter(open.row, *facts)));
            if (auto moved = advance(open, ExposureEvent::ask_unit, std::move(said), d.number); !moved)
                return moved;
            open.row.asked_by = open.who.account;
            return {};
        }
        if (d.outcome == explain) {
            auto moved = advance(open, ExposureEvent::explain, std::move(said));
            if (moved) stop_clock(open.row);
            return moved;
        }
        if (d.outcome == return_screening) {
            auto const clock = begin_clock(open, domain::rule::exposure_screen);
            if (!clock) return clock;
            return advance(open, ExposureEvent::return_screening, std::move(said));
        }
        if (auto begun = begin_clock(open, domain::rule::exposure_meeting); !begun) return begun;
        if (auto moved = advance(open, ExposureEvent::call_meeting, std::move(said)); !moved) return moved;
        return d.lead_uscc ? hand_over(open, *d.lead_uscc) : Outcome<void>{};
    });
}

Async<Json> ExposureService::settle(Caller<Official> const& caller, ExposureId id,
                                    domain::MeetingOutcome outcome) {
    return on_exposure(caller, id, false, [this, o = std::move(outcome)](Open& open) -> Outcome<void> {
        if (o.held_on > china_date(open.now)) return bad_field("/held_on", reason::in_future);
        auto moved = advance(open, ExposureEvent::settle_meeting,
                             {{"held_on", to_iso(o.held_on)},
                              {"resolution", o.resolution},
                              {"evidence_id", o.minutes.text()}});
        if (!moved) return moved;
        if (auto there = check_case_file(open.db, open.row.id.raw(), "/evidence_id", o.minutes); !there)
            return there;
        ++open.row.meetings;
        return begin_clock(open, domain::rule::exposure_screen);
    });
}

Async<Json> ExposureService::help(Caller<Official> const& caller, ExposureId id, domain::HelpGiven help) {
    return on_exposure(caller, id, false, [this, help = std::move(help)](Open& open) -> Outcome<void> {
        auto report = store::exposure_report_by_id(open.db, help.report);
        if (!report || report->exposure != open.row.id)
            return bad_field("/report_id", reason::no_such_thing, form::known_thing);
        if (report->helped_at)
            return fault(problem::conflict, "How this was done is recorded already.",
                         "该反映人的事项已登记办结。");
        report->helped_at = open.now;
        report->helped_by = open.who.account;
        store::update(open.db, *report);
        say(open.db, parts_.vault, {open.row.id.raw(), open.who.account, open.now}, "help",
            JsonObject{{"report_id", help.report.text()}, {"how", help.how}});
        return {};
    });
}

// ------------------------------------------------------------------------------------------- the unit says
Async<Json> ExposureService::answer(Caller<Official> const& caller, ExposureId id,
                                    domain::UnitAnswer answer) {
    return on_exposure(caller, id, true, [this, a = std::move(answer)](Open& open) -> Outcome<void> {
        auto moved = advance(open, ExposureEvent::answer,
                             {{"admitted", a.admitted},
                              {"statement", a.statement},
                              {"claimed_basis", or_nothing(a.claimed_basis)}});
        if (moved) stop_clock(open.row);
        return moved;
    });
}

Async<Json> ExposureService::correct(Caller<Official> const& caller, ExposureId id,
                                     domain::CorrectionReport report) {
    return on_exposure(caller, id, true, [this, r = std::move(report)](Open& open) -> Outcome<void> {
        auto moved = advance(open, ExposureEvent::show_correction,
                             {{"statement", r.statement}, {"evidence_id", r.evidence.text()}});
        if (!moved) return moved;
        if (auto there = check_case_file(open.db, open.row.id.raw(), "/evidence_id", r.evidence); !there)
            return there;
        open.row.shown_by = open.who.account;
        open.row.correction = r.evidence;
        stop_clock(open.row);
        if (open.row.state == ExposureState::corrected) drop_proposal(open.row);
        return {};
    });
}

Async<Json> ExposureService::appeal(Caller<Official> const& caller, ExposureId id,
                                    domain::UnitAppeal appeal) {
    return on_exposure(caller, id, true, [this, a = std::move(appeal)](Open& open) -> Outcome<void> {
        CountedBy const by{parts_.rules, parts_.calendar, open.row.region};
        auto const clock = by.from(domain::rule::exposure_appeal, open.now);
        if (!clock) return clock.error();
        if (auto moved = advance(open, ExposureEvent::appeal, {{"statement", a.statement}}); !moved)
            return moved;
        open.row.appeal_open = true;
        open.row.appealed_by = open.who.account;
        open.row.appeal_due_at = clock->due;
        open.row.appeal_rule = clock->rule;
        return {};
    });
}

// --------------------------------------------------------------------------------------- it is decided about
Async<Json> ExposureService::decide_answer(Caller<Official> const& caller, ExposureId id,
                                           domain::AnswerDecision decision) {
    return on_exposure(caller, id, false, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        if (d.justified) {
            auto moved = advance(open, ExposureEvent::accept_answer, {{"reasons", d.reasons}});
            if (moved) stop_clock(open.row);
            return moved;
        }
        open.row.repeat_no = store::orders_before(open.db, open.row);
        bool const again = open.row.repeat_no > 0;
        auto const before = std::pair(open.row.due_at, open.row.rule);
        auto const clock = again ? domain::rule::exposure_yellow : domain::rule::exposure_correct;
        if (auto begun = begin_clock(open, clock); !begun) return begun;
        open.row.order_number = d.number;
        auto const facts = letter_facts(open.db, open.row, d.measures.value());
        if (!facts) return facts.error();
        JsonObject said{{"reasons", d.reasons},
                        {"measures", *d.measures},
                        {"letter", in_letter(order_letter(open.row, *facts))}};
        // The guard of a silent unit looks at the period that it was given to answer.
        auto const after = std::exchange(open.row.due_at, before.first);
        auto moved = advance(open, again ? ExposureEvent::order_again : ExposureEvent::order_correction,
                             std::move(said), d.number);
        open.row.due_at = after;
        if (!moved) return moved;
        open.row.ordered_by = open.who.account;
        open.row.ordered_at = open.now;
        return {};
    });
}

Async<Json> ExposureService::decide_correction(Caller<Official> const& caller, ExposureId id,
                                               domain::CorrectionDecision decision) {
    return on_exposure(caller, id, false, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        auto const event = d.accepted ? ExposureEvent::confirm_correction : ExposureEvent::reject_correction;
        if (auto moved = advance(open, event, {{"reasons", d.reasons}}); !moved) return moved;
        if (d.accepted) {
            open.row.corrected_at = open.now;
            return {};
        }
        open.row.shown_by = std::nullopt;
        open.row.correction = std::nullopt;
        if (open.row.state != ExposureState::warned_yellow) return {};
        return begin_clock(open, domain::rule::exposure_yellow);
    });
}

Async<Json> ExposureService::propose(Caller<Official> const& caller, ExposureId id,
                                     domain::ExposureProposal proposal) {
    return on_exposure(caller, id, false, [this, p = std::move(proposal)](Open& open) -> Outcome<void> {
        auto moved = advance(open, ExposureEvent::propose_exposure,
                             {{"level", domain::word(p.level)}, {"reasons", p.reasons}});
        if (!moved) return moved;
        open.row.level = p.level;
        open.row.proposed_by = open.who.account;
        stop_clock(open.row);
        return {};
    });
}

Async<Json> ExposureService::check(Caller<Official> const& caller, ExposureId id, domain::LegalCheck check) {
    return on_exposure(caller, id, false, [this, c = std::move(check)](Open& open) -> Outcome<void> {
        auto const event = c.agreed ? ExposureEvent::check_exposure : ExposureEvent::refuse_exposure;
        if (auto moved = advance(open, event, {{"opinion", c.opinion}}); !moved) return moved;
        if (c.agreed)
            open.row.checked_by = open.who.account;
        else
            drop_proposal(open.row);
        return {};
    });
}

Async<Json> ExposureService::decide_exposure(Caller<Official> const& caller, ExposureId id,
                                             domain::ExposureDecision decision) {
    return on_exposure(caller, id, false, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        if (!d.agreed) {
            auto moved = advance(open, ExposureEvent::refuse_exposure, {{"reasons", d.reasons}});
            if (moved) drop_proposal(open.row);
            return moved;
        }
        bool const open_to_all = open.row.level == domain::ExposureLevel::open;
        open.row.notice_number = d.number;
        auto const facts = letter_facts(open.db, open.row, "");
        if (!facts) return facts.error();
        JsonObject said{{"reasons", d.reasons}, {"letter", in_letter(exposure_notice(open.row, *facts))}};
        auto moved = advance(open, open_to_all ? ExposureEvent::expose : ExposureEvent::notify_unit,
                             std::move(said), d.number);
        if (!moved) return moved;
        open.row.exposed_by = open.who.account;
        open.row.exposed_at = open.now;
        if (!open_to_all) return {};
        CountedBy const by{parts_.rules, parts_.calendar, open.row.region};
        auto const shown = by.from(domain::rule::exposure_shown, open.now);
        if (!shown) return shown.error();
        open.row.shown_until = shown->due;
        return {};
    });
}

Async<Json> ExposureService::decide_appeal(Caller<Official> const& caller, ExposureId id,
                                           domain::AppealDecision decision) {
    return on_exposure(caller, id, false, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        JsonObject said{{"reasons", d.reasons}};
        if (d.upheld) {
            open.row.withdrawal_number = d.number;
            auto const facts = letter_facts(open.db, open.row, "");
            if (!facts) return facts.error();
            said.add("letter", in_letter(withdrawal_notice(open.row, *facts)));
        }
        auto moved = advance(open, d.upheld ? ExposureEvent::uphold_appeal : ExposureEvent::reject_appeal,
                             std::move(said), d.number);
        if (!moved) return moved;
        open.row.appeal_open = false;
        open.row.appeal_decided_by = open.who.account;
        if (!d.upheld) return {};
        open.row.withdrawn_at = open.now;
        stop_clock(open.row);
        return {};
    });
}

}  // namespace sponsio::service

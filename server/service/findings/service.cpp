#include "server/service/findings/service.hpp"

#include "server/base/form.hpp"
#include "server/db/error.hpp"
#include "server/domain/second_person.hpp"
#include "server/service/findings/proof.hpp"
#include "server/service/findings/view.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/evidence.hpp"
#include "server/store/task_reasons.hpp"
#include "server/store/tasks.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::CheckResult;
using domain::Holding;
using domain::Json;

/// Refuses a task that is not closed or did not conclude against the commitment.
Outcome<void> speaks_against(store::TaskRow const& task) {
    if (task.state != domain::TaskState::closed)
        return fault(problem::wrong_step, "A finding is drafted from a closed check; close this one first.",
                     "认定意见应当依据已办结的核查起草，请先办结该核查任务。");
    if (task.result != CheckResult::inconsistent && task.result != CheckResult::non_cooperation)
        return fault(problem::conflict, "This check found nothing that speaks against the commitment.",
                     "该核查未发现与承诺不符的情形。");
    return {};
}

/// Nobody is said to have broken a promise that nothing shows them to have made (docs/law.md B8, D13).
Outcome<void> promise_is_shown(domain::AssentState assent) {
    if (assent == domain::AssentState::none)
        return fault(
            problem::conflict,
            "Nothing shows that the committer made this promise: it was filed without their assent "
            "(assent_state none), so no finding can say that they broke it.",
            "该承诺受理时未附承诺人的签署（assent_state 为 none），无从证明系本人作出，不得据以作出认定。");
    if (assent == domain::AssentState::paper_missing)
        return fault(
            problem::conflict,
            "The image of the signed paper is not here yet; the agency adds it first (addSignedPaper).",
            "承诺书签署件的影像尚未上传，请受理单位先行补充（addSignedPaper）。");
    return {};
}

/// A breach falls on whoever has the number, so nobody's is found while a department says it is another's.
Outcome<void> is_known_person(db::PgSession& db, TaskId task) {
    for (auto const& [id, row] : store::reasons_of(db, {&task, 1}))
        if (row.reason == domain::TaskReason::department_other_person)
            return fault(
                problem::conflict,
                "A department says that this number belongs to another name; who promised is not known.",
                "部门答复姓名与证件号码不符，承诺人身份存疑，不得据以作出认定。");
    return {};
}

/// A database refusal in the words of this resource, if it has any.
Fault fault_in_words(db::DbError const& error) {
    if (auto people = people_fault(error)) return std::move(*people);
    Fault f = db::fault_of(error);
    if (error.kind() == db::ErrorKind::unique && error.constraint() == "finding_live")
        f.detail = {"There is a finding on this check already.", "该核查任务已有认定意见。"};
    return f;
}

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        return fault_in_words(error);
    }
}

}  // namespace

std::optional<Fault> people_fault(db::DbError const& error) {
    if (error.kind() != db::ErrorKind::check) return std::nullopt;
    std::string const& check = error.constraint();
    if (check == "finding_reviewer_is_another")
        return fault(problem::same_person, "Who drafted a finding cannot review it.",
                     "起草人不得审核本人起草的认定意见。");
    if (check == "finding_decider_is_a_third")
        return fault(problem::same_person, "Who drafted or reviewed a finding cannot decide on it.",
                     "起草人、审核人不得作出决定。");
    return std::nullopt;
}

Outcome<Made> FindingService::make_draft(db::PgSession& db, domain::Official const& who,
                                         domain::FindingDraft const& draft) const {
    // The task is locked, so that it does not change while a finding is drafted on it.
    auto const task = store::lock_task(db, draft.task);
    if (!task || !is_own_case(who, task->organisation))
        return bad_field("/task_id", reason::no_such_thing, form::known_thing);
    if (!Persons(db, {who.account}).known(who.account)) return domain::unknown_person();
    if (auto against = speaks_against(*task); !against) return against.error();
    if (auto evidence = check_evidence(db, draft); !evidence) return evidence.error();
    auto const commitment = store::lock_commitment(db, task->commitment_code);
    if (!commitment || commitment->state != domain::CommitmentState::in_question)
        return fault(problem::conflict, "The question about this commitment is settled.",
                     "该承诺的存疑事项已有结论。");
    auto const opened = open_commitment(db, parts_.vault, parts_.matters, task->commitment_code);
    if (!opened) return opened.error();
    if (auto shown = promise_is_shown(opened->assent); !shown) return shown.error();
    if (auto known = is_known_person(db, task->id); !known) return known.error();
    Instant const now = parts_.clock.now();
    auto const road = domain::Road::of(
        parts_.rules, draft.kind, {who.region_code, china_date(now), opened->matter->content.action_kind});
    if (!road) return road.error();
    if (auto fits = check_measures(*road, draft.circumstances); !fits) return fits.error();
    auto const id = new_id<FindingId>(now);
    store::FindingRow const row{
        .id = id,
        .task = task->id,
        .commitment_code = task->commitment_code,
        .organisation = who.organisation,
        .kind = draft.kind,
        .culpability = draft.culpability,
        .severity = draft.severity,
        .draft = parts_.vault.seal(json::canonical(draft.sealed_part()), draft_label(id)),
        .drafted_by = who.account,
        .drafted_at = now};
    store::insert(db, row, draft.evidence);
    store::Event const began =
        birth(domain::finding_lifecycle, Move{.subject = id.text(), .actor = who.account, .now = now});
    store::append(db, began);
    prove_steps(db, parts_.vault, id, std::span(&began, 1));
    auto answer = finding_view(db, parts_, row, now);
    if (!answer) return answer.error();
    return Made{"/v1/findings/" + id.text(), std::move(*answer)};
}

Async<Created> FindingService::draft(Caller<Official> const& caller, RequestOnce once,
                                     domain::FindingDraft draft) {
    return parts_.db.run(caller.deadline,
                         [this, caller, once = std::move(once),
                          draft = std::move(draft)](db::PgSession& session) -> Outcome<Created> {
                             return in_words([&]() -> Outcome<Created> {
                                 return create_once(
                                     session, parts_.vault, *caller.who, once, parts_.clock.now(),
                                     [&](db::PgSession& db) { return make_draft(db, *caller.who, draft); });
                             });
                         });
}

/// Runs `act(FindingCase&)` on the locked finding, stores the changes and returns the finding.
template <class Act>
Async<Json> FindingService::on_finding(Caller<Official> const& caller, FindingId id, Act act) {
    return parts_.db.run(
        caller.deadline, [this, caller, id, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
            auto const work = [&](db::PgSession& db) -> Outcome<Json> {
                auto row = store::lock_finding(db, id);
                if (!row || !is_own_case(*caller.who, row->organisation)) return fault(problem::not_found);
                FindingCase one(db, parts_, std::move(*row), caller.who.get(), parts_.clock.now());
                if (Outcome<void> done = act(one); !done) return done.error();
                one.save();
                return finding_view(db, parts_, one.row(), parts_.clock.now());
            };
            return in_words([&]() -> Outcome<Json> { return in_transaction(session, caller, work); });
        });
}

Async<Json> FindingService::review(Caller<Official> const& caller, FindingId id, domain::Review review) {
    return on_finding(caller, id,
                      [review = std::move(review)](FindingCase& one) { return one.review(review); });
}

Async<Json> FindingService::amend(Caller<Official> const& caller, FindingId id,
                                  domain::FindingAmendment amendment) {
    return on_finding(caller, id, [amendment = std::move(amendment)](FindingCase& one) {
        return one.amend(amendment.draft);
    });
}

Async<Json> FindingService::compose_prior_notice(Caller<Official> const& caller, FindingId id,
                                                 domain::PriorNotice notice) {
    return on_finding(caller, id, [notice = std::move(notice)](FindingCase& one) {
        return one.compose_prior_notice(notice);
    });
}

Async<Json> FindingService::serve_prior_notice(Caller<Official> const& caller, FindingId id,
                                               domain::Service service) {
    return on_finding(caller, id, [service = std::move(service)](FindingCase& one) {
        return one.serve_prior_notice(service);
    });
}

Async<Json> FindingService::compose_order(Caller<Official> const& caller, FindingId id,
                                          domain::RectifyOrder order) {
    return on_finding(caller, id,
                      [order = std::move(order)](FindingCase& one) { return one.compose_order(order); });
}

Async<Json> FindingService::serve_order(Caller<Official> const& caller, FindingId id,
                                        domain::Service service) {
    return on_finding(caller, id,
                      [service = std::move(service)](FindingCase& one) { return one.serve_order(service); });
}

Async<Json> FindingService::end_order(Caller<Official> const& caller, FindingId id,
                                      domain::OrderOutcome outcome) {
    return on_finding(caller, id,
                      [outcome = std::move(outcome)](FindingCase& one) { return one.end_order(outcome); });
}

Async<Json> FindingService::request_hearing(Caller<Official> const& caller, FindingId id,
                                            domain::HearingStep request) {
    return on_finding(caller, id, [request = std::move(request)](FindingCase& one) {
        return one.request_hearing(request);
    });
}

Async<Json> FindingService::withdraw_hearing(Caller<Official> const& caller, FindingId id,
                                             domain::HearingStep withdrawal) {
    return on_finding(caller, id, [withdrawal = std::move(withdrawal)](FindingCase& one) {
        return one.withdraw_hearing(withdrawal);
    });
}

Async<Json> FindingService::compose_hearing_notice(Caller<Official> const& caller, FindingId id,
                                                   domain::HearingNotice notice) {
    return on_finding(caller, id, [notice = std::move(notice)](FindingCase& one) {
        return one.compose_hearing_notice(notice);
    });
}

Async<Json> FindingService::serve_hearing_notice(Caller<Official> const& caller, FindingId id,
                                                 domain::Service service) {
    return on_finding(caller, id, [service = std::move(service)](FindingCase& one) {
        return one.serve_hearing_notice(service);
    });
}

Async<Json> FindingService::hold_hearing(Caller<Official> const& caller, FindingId id,
                                         domain::HearingRecord record) {
    return on_finding(caller, id,
                      [record = std::move(record)](FindingCase& one) { return one.hold_hearing(record); });
}

Async<Json> FindingService::recheck(Caller<Official> const& caller, FindingId id, domain::Recheck recheck) {
    return on_finding(caller, id,
                      [recheck = std::move(recheck)](FindingCase& one) { return one.recheck(recheck); });
}

Async<Json> FindingService::defend(Caller<Official> const& caller, FindingId id, domain::Defence defence) {
    return on_finding(caller, id,
                      [defence = std::move(defence)](FindingCase& one) { return one.defend(defence); });
}

Async<Json> FindingService::decide(Caller<Official> const& caller, FindingId id, domain::Decision decision) {
    return on_finding(caller, id,
                      [decision = std::move(decision)](FindingCase& one) { return one.decide(decision); });
}

Async<Json> FindingService::serve_decision(Caller<Official> const& caller, FindingId id,
                                           domain::Service service) {
    return on_finding(
        caller, id, [service = std::move(service)](FindingCase& one) { return one.serve_decision(service); });
}

Async<Json> FindingService::decide_late_service(Caller<Official> const& caller, FindingId id,
                                                domain::LateServiceDecision decision) {
    return on_finding(caller, id, [decision = std::move(decision)](FindingCase& one) {
        return one.decide_late_service(decision);
    });
}

Async<Json> FindingService::seek_remedy(Caller<Official> const& caller, FindingId id, Remedy remedy) {
    return on_finding(caller, id, [remedy](FindingCase& one) { return one.seek_remedy(remedy); });
}

Async<Json> FindingService::end_remedy(Caller<Official> const& caller, FindingId id, RemedyOutcome outcome) {
    return on_finding(caller, id, [outcome](FindingCase& one) { return one.end_remedy(outcome); });
}

Async<Json> FindingService::finding(Caller<Official> const& caller, FindingId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        auto view = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::finding_by_id(db, id);
            if (!row || !is_own_case(*caller.who, row->organisation)) return fault(problem::not_found);
            return finding_view(db, parts_, *row, parts_.clock.now());
        });
        if (view)
            note_case(session, caller, {view->at("commitment_code").as_string()}, {"facts", "statements"},
                      parts_.clock.now());
        return view;
    });
}

Async<Page> FindingService::list(Caller<Official> const& caller, FindingFilter question) {
    return parts_.db.run(
        caller.deadline, [caller, q = std::move(question)](db::PgSession& db) -> Outcome<Page> {
            auto const after = FindingId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (auto const& row :
                 store::findings_after(db, caller.who->organisation, q.state, after, q.limit))
                page.add(finding_summary(row), row.id.text());
            return page;
        });
}

std::shared_ptr<EvidenceIntake> FindingService::take_in() const {
    return take_in_evidence(parts_.vault, parts_.clock.now());
}

Async<void> FindingService::expects_evidence(Caller<Official> const& caller, FindingId id) {
    return parts_.db.run(caller.deadline, [caller, id](db::PgSession& db) -> Outcome<void> {
        auto const row = store::finding_by_id(db, id);
        if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
        return {};
    });
}

Async<Created> FindingService::add_evidence(Caller<Official> const& caller, RequestOnce once, FindingId id,
                                            EvidenceUpload upload) {
    return parts_.db.run(caller.deadline,
                         [this, caller, once = std::move(once), id,
                          upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                             Instant const now = parts_.clock.now();
                             auto const make = [&](db::PgSession& db) -> Outcome<Made> {
                                 auto const row = store::lock_finding(db, id);
                                 if (!row || row->organisation != caller.who->organisation)
                                     return fault(problem::not_found);
                                 std::string const path = "/v1/findings/" + id.text() + "/evidence";
                                 return keep_piece(db, id, path, caller.who->account, upload, now);
                             };
                             return create_once(session, parts_.vault, *caller.who, once, now, make);
                         });
}

Async<EvidenceDownload> FindingService::evidence(Caller<Official> const& caller, FindingId finding,
                                                 EvidenceId id) {
    return parts_.db.run(caller.deadline,
                         [this, caller, finding, id](db::PgSession& db) -> Outcome<EvidenceDownload> {
                             auto const row = store::finding_by_id(db, finding);
                             if (!row || row->organisation != caller.who->organisation)
                                 return fault(problem::not_found);
                             return evidence_download(db, parts_.vault, finding, id);
                         });
}

Async<std::string> FindingService::evidence_part(Deadline deadline,
                                                 std::shared_ptr<EvidenceDownload const> file,
                                                 std::int32_t number) {
    return parts_.db.run(deadline, [this, file, number](db::PgSession& db) -> Outcome<std::string> {
        return service::evidence_part(db, parts_.vault, *file, number);
    });
}

Async<Json> FindingService::document(Caller<Official> const& caller, DocumentId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const paper = store::document_by_id(db, id);
        if (!paper) return fault(problem::not_found);
        auto const owner = store::finding_by_id(db, paper->document.finding);
        if (!owner || !is_own_case(*caller.who, owner->organisation)) return fault(problem::not_found);
        note_case(db, caller, {owner->commitment_code}, {"text"}, parts_.clock.now());
        return document_view(db, parts_.vault, *paper);
    });
}

Async<Json> FindingService::signatures(Caller<Official> const& caller, FindingId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::finding_by_id(db, id);
        if (!row || !is_own_case(*caller.who, row->organisation)) return fault(problem::not_found);
        auto view = signatures_view(db, parts_.vault, *row);
        if (view) note_case(db, caller, {row->commitment_code}, {"statements"}, parts_.clock.now());
        return view;
    });
}

/// Runs `act(FindingCase&)` in a transaction of its own on the finding that `lock`
/// finds; nothing if it finds none.
template <class Lock, class Act>
std::optional<FindingService::Tried> FindingService::try_next(db::PgSession& session, Instant now, Lock lock,
                                                              Act act) {
    std::optional<Tried> current;
    try {
        // A crash before COMMIT leaves the finding as it was, and the next round finds it again.
        auto done = in_transaction(session, [&](db::PgSession& db) -> Outcome<void> {
            current.reset();
            auto row = lock(db);
            if (!row) return {};
            current = Tried{row->id, row->remedy_until, {}};
            FindingCase one(db, parts_, std::move(*row), nullptr, now);
            return act(one);
        });
        if (current) current->outcome = std::move(done);
    } catch (...) {
        if (!current) throw;  // not about one finding
        current->outcome = db::fault_from_current_exception();
    }
    return current;
}

std::optional<FindingService::Tried> FindingService::set_next_end(db::PgSession& session, Instant now,
                                                                  std::optional<FindingId> seen) {
    auto const lock = [&](db::PgSession& db) {
        return store::lock_finding_awaiting_calendar(db, parts_.calendar.years(), seen);
    };
    return try_next(session, now, lock, [](FindingCase& one) { return one.set_open_ends(); });
}

std::optional<FindingService::Tried> FindingService::effect_next(db::PgSession& session, Instant now,
                                                                 std::optional<store::DueAfter> const& seen) {
    auto const lock = [&](db::PgSession& db) { return store::lock_due_finding(db, now, seen); };
    return try_next(session, now, lock, [](FindingCase& one) { return one.take_effect(); });
}

Outcome<EffectRound> FindingService::take_effect(Deadline deadline, int at_most) {
    return parts_.db.run_blocking(deadline, [this, at_most](db::PgSession& db) -> Outcome<EffectRound> {
        EffectRound round;
        Instant const now = parts_.clock.now();
        int left = at_most;
        auto const took = [&](std::optional<Tried> const& one, int& done) {
            if (!one) return false;
            --left;
            if (one->outcome)
                ++done;
            else
                round.failures.push_back({one->id, one->outcome.error()});
            return true;
        };
        std::optional<FindingId> opened;
        while (left > 0) {
            auto const one = set_next_end(db, now, opened);
            if (!took(one, round.ends_set)) break;
            opened = one->id;
        }
        std::optional<store::DueAfter> seen;
        while (left > 0) {
            auto const one = effect_next(db, now, seen);
            if (!took(one, round.effective)) break;
            seen = store::DueAfter{one->remedy_until.value(), one->id};
        }
        round.more = left == 0;
        if (parts_.metrics)
            parts_.metrics->findings_awaiting_calendar.set(
                static_cast<double>(store::findings_awaiting_calendar(db)));
        return round;
    });
}

}  // namespace sponsio::service

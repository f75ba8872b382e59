#include "server/service/departments/inquiry_service.hpp"

#include "crypto/tokens/jws.hpp"
#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/service/departments/inquiry_task.hpp"
#include "server/service/departments/inquiry_tickets.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/refusals.hpp"
#include "server/store/peer_holds.hpp"
#include "server/store/task_reasons.hpp"

#include <algorithm>

namespace sponsio::service {

using client::DepartmentReply;
using domain::InquiryAnswer;
using domain::InquiryEvent;
using domain::InquiryState;

namespace {

constexpr int counted_at_once = 200;

Fault refused_answer(std::string_view cause, std::string en, std::string zh) {
    Fault refused = fault(problem::invalid, std::move(en), std::move(zh));
    refused.cause = std::string(cause);
    return refused;
}

/// Moves an inquiry by an event, and writes the event.
Outcome<void> move_inquiry(db::PgSession& db, store::InquiryRow& row, InquiryEvent event, Instant now,
                           std::optional<std::string> why = {}, std::optional<std::string> rule = {}) {
    auto const to = step(db, domain::inquiry_lifecycle, row.state, event, {},
                         {.subject = row.id.text(),
                          .actor = domain::System{},
                          .now = now,
                          .why = std::move(why),
                          .rule = std::move(rule),
                          .shard = row.shard});
    if (!to) return to.error();
    row.state = *to;
    return {};
}

}  // namespace

/// An answer that passed every check.
struct InquiryService::Told {
    domain::InquiryReply reply;
    Uuid jti;
    std::string token;  ///< as it came
};

InquiryService::InquiryService(Ground const& ground, Department department,
                               client::DepartmentGateway& gateway, SignInquiry sign, crypto::Entropy& entropy,
                               InquiryOptions options)
    : Errand(ground.db, ground.clock, {department.url, options.database_limit, options.reached}),
      ground_(ground),
      department_(std::move(department)),
      gateway_(gateway),
      sign_(std::move(sign)),
      entropy_(entropy),
      options_(std::move(options)),
      breaker_(department_.attempts, options_.breaker_pause),
      bucket_(department_.max_per_second) {}

// -------------------------------------------------------------------------------------------------- 1. count
Outcome<bool> InquiryService::count() {
    return in_database([this](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
            bool any = false;
            for (store::InquiryRow const& row :
                 store::lock_uncounted(db, department_.word, counted_at_once)) {
                auto const rule =
                    ground_.rules.clock(domain::rule::online_wait, row.region, china_date(row.created_at));
                if (!rule) return rule.error();
                auto const due = domain::due(*rule, row.created_at, ground_.calendar);
                // Without the year's calendar it waits with no end, and is looked at again.
                if (!due && due.error().problem == &problem::calendar_unknown) continue;
                if (!due) return due.error();
                store::set_wait(db, row, due->ends, ClockText::of(*due).line());
                any = true;
            }
            return any;
        });
    });
}

// ---------------------------------------------------------------------------------------------------- 2. ask
client::Breaker::State InquiryService::breaker() const {
    std::lock_guard const lock(mutex_);
    return breaker_.state();
}

bool InquiryService::may_ask(Instant now) {
    std::lock_guard const lock(mutex_);
    return breaker_.admit(now) && bucket_.take(now);
}

Outcome<std::optional<InquiryClaim>> InquiryService::claim(db::PgSession& db, Instant now) {
    using Claimed = std::optional<InquiryClaim>;
    while (auto row = store::lock_due_inquiry(db, department_.word, now)) {
        auto const task = store::task_by_id(db, row->task);
        if (!task || !takes_answers(*task)) {
            if (auto dropped = drop(db, *row, now); !dropped) return dropped.error();
            continue;
        }
        if (!may_ask(now)) return Claimed{};
        auto content = content_of(db, *row);
        if (!content && content.error().problem == &problem::gone) {
            if (auto dropped = drop(db, *row, now); !dropped) return dropped.error();
            continue;
        }
        if (!content) return content.error();
        if (!row->question)
            row->question =
                ground_.vault.seal(json::canonical(content->to_json()), store::question_label(row->id));
        if (auto moved = move_inquiry(db, *row, InquiryEvent::ask, now); !moved) return moved.error();
        store::take_into_asking(db, *row, now, now + department_.timeout + options_.lease);
        return Claimed{InquiryClaim{row->id, row->attempts + 1, std::move(*content), now}};
    }
    return Claimed{};
}

/// The stored content once the inquiry was asked; before that, the content from the commitment.
Outcome<domain::InquiryContent> InquiryService::content_of(db::PgSession& db,
                                                           store::InquiryRow const& row) const {
    if (!row.question)
        return question_about(db, ground_, row.id, row.department, row.commitment_code, options_.issuer);
    auto stored = ground_.vault.open_json(*row.question, store::question_label(row.id));
    if (!stored) return stored.error();
    return domain::InquiryContent::read(*stored);
}

Outcome<void> InquiryService::drop(db::PgSession& db, store::InquiryRow& row, Instant now) {
    if (auto moved = move_inquiry(db, row, InquiryEvent::drop, now); !moved) return moved;
    store::end_inquiry(db, row, row.state);
    store::end_reason(db, row.task, domain::TaskReason::department_silent, now);
    return {};
}

Outcome<bool> InquiryService::ask() {
    {
        std::lock_guard const lock(mutex_);
        if (!breaker_.ready(ground_.clock.now())) return false;
    }
    return run_errand();
}

Outcome<DepartmentReply> InquiryService::exchange(InquiryClaim const& claim) {
    auto question =
        sign_(domain::InquiryQuestion::at(claim.content, claim.asked_at).payload(), claim.asked_at);
    if (!question) return question.error();
    DepartmentReply reply =
        gateway_.ask(std::move(*question), std::chrono::steady_clock::now() + department_.timeout);
    log::info("check.exchanged", {{log::Key::id, claim.id},
                                  {log::Key::name, department_.word},
                                  {log::Key::attempt, claim.attempt},
                                  {log::Key::status, client::name(reply.kind)},
                                  {log::Key::cause, reply.cause}});
    return reply;
}

std::optional<store::InquiryRow> InquiryService::lock_again(db::PgSession& db, InquiryClaim const& claim) {
    return store::lock_asking(db, claim.id, claim.attempt);
}

Outcome<void> InquiryService::settle(db::PgSession& db, store::InquiryRow& row, InquiryClaim& claim,
                                     DepartmentReply const& reply, Instant now) {
    claim.refused.reset();
    if (reply.kind != DepartmentReply::Kind::answered)
        return put_back(db, row, reply.cause.empty() ? std::string(client::name(reply.kind)) : reply.cause,
                        now);
    auto told = read_answer(db, row, claim, reply.body, now);
    if (told) return take_answer(db, row, *told, now);
    if (told.error().problem != &problem::invalid) return told.error();
    claim.refused = told.error();
    return put_back(db, row, claim.refused->cause, now);
}

Outcome<void> InquiryService::heard(InquiryClaim const& claim, DepartmentReply const& reply,
                                    Outcome<void> const& settled, Instant now) {
    Outcome<void> done = settled;
    std::string outcome(client::name(reply.kind));
    if (claim.refused) {
        outcome = "bad_answer";
        log::warn("check.bad_answer", {{log::Key::id, claim.id}, {log::Key::cause, claim.refused->cause}});
        if (settled)
            done = in_database([&](db::PgSession& session) -> Outcome<void> {
                record_refusal(session, domain::inquiry_lifecycle.name, claim.id.text(),
                               domain::word(InquiryState::queued), domain::System{},
                               refusal_text(*claim.refused), now);
                return {};
            });
    }
    if (ground_.metrics) ground_.metrics->department_asked.with({department_.word, outcome}).add();
    std::lock_guard const lock(mutex_);
    if (reply.kind == DepartmentReply::Kind::answered && !claim.refused)
        breaker_.succeeded();
    else
        breaker_.failed(now);
    if (ground_.metrics)
        ground_.metrics->department_breaker.with({department_.word})
            .set(breaker_.state() == client::Breaker::State::closed ? 0 : 1);
    return done;
}

/// Verifies the signature first: unsigned content is not read.
Outcome<InquiryService::Told> InquiryService::read_answer(db::PgSession& db, store::InquiryRow const& row,
                                                          InquiryClaim const& claim, std::string const& body,
                                                          Instant now) const {
    crypto::JwsPolicy const policy{.typ = std::string(domain::inquiry_reply_type), .kid_required = false};
    auto const jws = crypto::jws_verify(
        body, [this](std::string_view) { return std::optional(department_.key); }, policy);
    if (!jws)
        return refused_answer(jws.error().code, "The department's answer is not signed as it must be.",
                              "部门应答的签名无效。");
    auto reply = domain::InquiryReply::parse(to_string(jws->payload));
    if (!reply)
        return refused_answer("unreadable_answer", "The department's answer has not the promised form.",
                              "部门应答格式不符合约定。");
    if (auto fits = reply->answers(claim.content, row.first_asked_at.value(), now); !fits)
        return fits.error();
    Uuid const jti = Uuid::parse(reply->jti).value();
    if (store::reply_known(db, row.department, jti, row.id))
        return refused_answer("replayed_jti",
                              "The department's answer was given before, to another question.",
                              "该应答此前已用于另一次询问。");
    return Told{std::move(*reply), jti, body};
}

Outcome<void> InquiryService::take_answer(db::PgSession& db, store::InquiryRow& row, Told const& told,
                                          Instant now) {
    auto task = store::lock_task(db, row.task);
    if (!task) return internal("a question without task");
    InquiryAnswer const answer = told.reply.answer;
    row.answer = answer;
    row.answered_at = now;
    row.reply = ground_.vault.seal_beside(row.question.value(), told.token, store::reply_label(row.id));
    bool const of_use = takes_answers(*task);
    if (of_use)
        row.evidence = keep_answer(db, ground_.vault, task->id,
                                   {.kind = domain::EvidenceKind::electronic_data,
                                    .name = row.department + "-" + row.id.text() + ".jwt",
                                    .content_type = std::string(domain::check_media_type),
                                    .bytes = told.token},
                                   std::nullopt, now);
    if (auto moved = move_inquiry(db, row, InquiryEvent::answer, now, std::string(domain::word(answer)));
        !moved)
        return moved;
    store::set_answer(db, row, told.jti);
    if (!of_use) return {};
    note_answer(db, task->id, answer, now);
    if (answer == InquiryAnswer::match) {
        auto const closed = close_on_match(db, ground_, *task, now);
        if (!closed) return closed.error();
        return {};
    }
    if (answer == InquiryAnswer::mismatch || answer == InquiryAnswer::other_person) return {};
    return ask_person(db, ground_, department_, row, *task, options_.issuer, now);
}

Outcome<void> InquiryService::put_back(db::PgSession& db, store::InquiryRow& row, std::string const& why,
                                       Instant now) {
    if (auto moved = move_inquiry(db, row, InquiryEvent::put_back, now, why); !moved) return moved;
    store::put_back(db, row, now + pause_after(row.attempts), why);
    if (row.attempts >= department_.attempts)
        store::add_reason(
            db, row.task,
            {.reason = domain::TaskReason::department_silent, .since = now, .rule = std::nullopt});
    return {};
}

/// Doubles from 1 s up to the cap, varied by up to a quarter.
std::chrono::milliseconds InquiryService::pause_after(int attempts) {
    std::chrono::seconds const doubled{std::int64_t{1} << std::clamp(attempts - 1, 0, 20)};
    return spread_pause(doubled, options_.longest_pause, 250, entropy_);
}

// ------------------------------------------------------------------------------------------------ 3. give up
Outcome<bool> InquiryService::give_up() {
    bool const silent = breaker() != client::Breaker::State::closed;
    return in_database([this, silent](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
            Instant const now = ground_.clock.now();
            // An inquiry that was never sent is tried once, unless the department is known
            // to be down or asked to wait.
            bool const down = silent || store::peer_held(db, department_.url, now);
            auto row = store::lock_late_inquiry(db, department_.word, now, down);
            if (!row) return false;
            if (auto done = give_up_in(db, *row, now); !done) return done.error();
            return true;
        });
    });
}

Outcome<void> InquiryService::give_up_in(db::PgSession& db, store::InquiryRow& row, Instant now) {
    auto task = store::lock_task(db, row.task);
    if (!task || !takes_answers(*task)) return drop(db, row, now);
    if (auto moved = move_inquiry(db, row, InquiryEvent::give_up, now, row.last_error, row.wait_rule); !moved)
        return moved;
    store::end_inquiry(db, row, row.state);
    store::add_reason(db, task->id,
                      {.reason = domain::TaskReason::department_silent, .since = now, .rule = row.wait_rule});
    return ask_person(db, ground_, department_, row, *task, options_.issuer, now);
}

// -------------------------------------------------------------------------------------------------- together
Outcome<std::size_t> InquiryService::round(std::function<bool()> const& stop) {
    std::size_t done = 0;
    std::optional<Fault> failed;
    // Inquiries that cannot be computed or given up do not delay those that can be asked.
    for (auto one : {&InquiryService::count, &InquiryService::give_up, &InquiryService::ask}) {
        while (!stop()) {
            auto const did = (this->*one)();
            if (!did && !failed) failed = did.error();
            if (!did || !*did) break;
            ++done;
        }
    }
    if (failed) return *failed;
    return done;
}

}  // namespace sponsio::service

#include "server/service/draws/rounds.hpp"

#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/service/unit/transaction.hpp"

namespace sponsio::service {
namespace {

using domain::DrawEvent;
using domain::DrawState;
using domain::VoidReason;

/// The wait is for a calendar, disk space or an operator, which take minutes.
constexpr std::chrono::minutes pause_before_retry{1};

}  // namespace

/// The work on draws in one state.
struct DrawRounds::Stage {
    DrawState from;
    DrawEvent event;
    db::Isolation isolation;
    DrawPoint before;
    DrawPoint after;
    std::function<Outcome<std::optional<VoidReason>>(db::PgSession&, store::DrawRow&, Instant)> go;
};

Outcome<std::size_t> DrawRounds::round(Deadline deadline) {
    // One snapshot, so that the counted candidates are the ones read afterwards.
    Stage const commit{
        DrawState::preparing,
        DrawEvent::commit,
        db::Isolation::repeatable_read,
        DrawPoint::before_commitment,
        DrawPoint::after_commitment,
        [this](db::PgSession& db, store::DrawRow& row, Instant now) { return builder_.build(db, row, now); }};
    Stage const reveal{DrawState::input_given,
                       DrawEvent::reveal,
                       db::Isolation::read_committed,
                       DrawPoint::before_reveal,
                       DrawPoint::after_reveal,
                       [this](db::PgSession& db, store::DrawRow& row, Instant now) {
                           return revealer_.reveal(db, row, now);
                       }};
    return parts_.db.run_blocking(deadline, [&](db::PgSession& db) -> Outcome<std::size_t> {
        auto const committed = next(db, commit);
        if (!committed) return committed;
        auto const revealed = next(db, reveal);
        if (!revealed) return revealed;
        return *committed + *revealed;
    });
}

/// Moves one waiting draw by a stage. Returns the number moved.
Outcome<std::size_t> DrawRounds::next(db::PgSession& db, Stage const& stage) {
    std::optional<DrawId> at_work;
    try {
        auto const moved = db::retry([&] { return attempt(db, stage, at_work); });
        if (moved) return std::size_t{*moved ? 1U : 0U};
        put_off(db, at_work.value(), moved.error());
        return std::size_t{1};
    } catch (db::DbError const& error) {
        using enum db::ErrorKind;
        // Without a database the reason cannot be stored either; a stage that was
        // committed is found in the next round.
        if (!at_work || error.kind() == connection || error.kind() == unknown_outcome) throw;
        put_off(db, *at_work, db::fault_of(error));
    } catch (Failure const& failure) {
        put_off(db, at_work.value(), internal(failure.what()));
    }
    return 1;
}

Outcome<bool> DrawRounds::attempt(db::PgSession& db, Stage const& stage, std::optional<DrawId>& at_work) {
    Instant const now = parts_.clock.now();
    db::Tx tx(db, {.isolation = stage.isolation});
    auto row = store::claim_draw(db, stage.from, now);
    if (!row) return false;
    at_work = row->id;
    auto const ended = stage.go(db, *row, now);
    if (!ended) return ended.error();
    if (*ended) {
        auto done = end_draw(db, *row, DrawEvent::give_up, **ended, {}, domain::System{}, now);
        if (!done) return done.error();
    } else {
        auto const moved = step(db, domain::draw_lifecycle, stage.from, stage.event, {},
                                {.subject = row->id.text(), .actor = domain::System{}, .now = now});
        if (!moved) return moved.error();
    }
    // After a crash before the commit nothing of the stage is stored, and the draw is claimed again.
    parts_.reached(stage.before);
    tx.commit();
    // After a crash here, or a lost answer, the draw is in its next state and the stage is not repeated. The
    // log's writer finds the pending leaf.
    parts_.reached(stage.after);
    parts_.leaves_waiting();
    return true;
}

void DrawRounds::put_off(db::PgSession& db, DrawId id, Fault const& why) {
    log::error("draw.waits",
               {{log::Key::id, id}, {log::Key::problem, why.problem->slug}, {log::Key::cause, why.cause}});
    db::Tx tx(db);
    store::set_waiting(db, id, std::string(why.problem->slug), parts_.clock.now() + pause_before_retry);
    tx.commit();
}

}  // namespace sponsio::service

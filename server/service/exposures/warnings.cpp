#include "server/service/exposures/warnings.hpp"

#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/exposures.hpp"

namespace sponsio::service {
namespace {

using domain::ExposureEvent;
using domain::ExposureState;

/// One step on, with the next period if there is one.
Outcome<void> warn(db::PgSession& db, ExposureParts const& parts, store::ExposureRow row, Instant now) {
    bool const yellow = row.state == ExposureState::correction_ordered;
    auto const to = step(db, domain::exposure_lifecycle, row.state,
                         yellow ? ExposureEvent::warn_yellow : ExposureEvent::warn_red,
                         domain::ExposureFacts{.actor = {}, .now = now, .due = row.due_at},
                         {.subject = row.id.text(),
                          .actor = domain::System{},
                          .now = now,
                          .rule = row.rule,
                          .organisation = row.organisation});
    if (!to) return to.error();
    row.state = *to;
    row.due_at = std::nullopt;
    row.rule = std::nullopt;
    if (yellow) {
        CountedBy const by{parts.rules, parts.calendar, row.region};
        auto const clock = by.from(domain::rule::exposure_yellow, now);
        if (!clock) return clock.error();
        row.due_at = clock->due;
        row.rule = clock->rule;
    }
    store::update(db, row);
    return {};
}

}  // namespace

Outcome<std::size_t> ExposureWarnings::round(Deadline deadline, int at_most) {
    return parts_.db.run_blocking(deadline, [this, at_most](db::PgSession& session) -> Outcome<std::size_t> {
        std::size_t warned = 0;
        std::optional<ExposureId> seen;
        for (int i = 0; i != at_most; ++i) {
            Instant const now = parts_.clock.now();
            auto const one = in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
                auto row = store::lock_to_warn(db, now, seen);
                if (!row) return false;
                seen = row->id;
                if (auto done = warn(db, parts_, std::move(*row), now); !done) return done.error();
                return true;
            });
            if (!one) return one.error();
            if (!*one) break;
            ++warned;
        }
        return warned;
    });
}

}  // namespace sponsio::service

#include "server/service/erasure/retention.hpp"

#include "server/domain/rule_ids.hpp"
#include "server/service/erasure/steps.hpp"
#include "server/service/records/removal.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/personal_queries.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

constexpr int records_a_round = 50;
constexpr int erasures_a_round = 100;

}  // namespace

/// Who got its records destroys them too. The platform is told while there is a line to tell it by.
Outcome<void> Retention::remove_elsewhere(db::PgSession& db, std::string const& commitment_code,
                                          std::string const& rule, Instant now) const {
    for (RecordId const record : store::records_of_commitment(db, commitment_code)) {
        bool const held = store::platform_holds(db, record);
        bool const ordered =
            order_removal(db, {.record = record,
                               .measure = domain::RemovalMeasure::erase,
                               .why = std::string(domain::word(domain::ErasureReason::retention_over)),
                               .actor = domain::System{},
                               .now = now});
        if (!ordered || !held || !parts_.take_back) continue;
        if (auto told = parts_.take_back(db, record, rule, now); !told) return told;
    }
    return {};
}

Outcome<std::size_t> Retention::end_records(Deadline deadline) const {
    return parts_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        Instant const now = parts_.clock.now();
        std::size_t ended = 0;
        for (std::string const& region : store::regions_of_organisations(session)) {
            // The oldest first: behind the first that is still kept, all are.
            for (auto const& one : store::records_effective_before(session, region, now, records_a_round)) {
                auto const rule =
                    parts_.rules.clock(domain::rule::retention, region, china_date(one.effective_at));
                if (!rule) return rule.error();
                auto const kept = domain::due(*rule, one.effective_at, parts_.calendar);
                if (!kept) return kept.error();
                if (!kept->over(now)) break;
                auto const erased = in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
                    std::string const line = ClockText::of(*kept).line();
                    auto ordered = remove_elsewhere(db, one.commitment_code, line, now);
                    if (!ordered) return ordered.error();
                    return erase_by_rule(db, parts_.vault, one, line, now);
                });
                if (!erased) return erased.error();
                if (*erased) ++ended;
            }
        }
        return ended;
    });
}

Outcome<std::size_t> Retention::finish(Deadline deadline) const {
    return parts_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        auto const left = parts_.vault.keys().ids();
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            std::size_t finished = 0;
            for (store::ErasureRow& row : store::lock_unfinished_erasures(db, erasures_a_round)) {
                auto const is_left = [&](std::string const& id) {
                    return std::ranges::find(left, id) != left.end();
                };
                if (std::ranges::any_of(row.key_ids, is_left)) continue;
                auto const to =
                    step(db, domain::erasure_lifecycle, row.state, domain::ErasureEvent::finish, {},
                         {.subject = row.id.text(),
                          .actor = domain::System{},
                          .now = parts_.clock.now(),
                          .why = row.commitment_code,
                          .organisation = row.organisation});
                if (!to) return to.error();
                row.state = *to;
                row.finished_at = parts_.clock.now();
                store::update(db, row);
                ++finished;
            }
            return finished;
        });
    });
}

}  // namespace sponsio::service

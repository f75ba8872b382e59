#include "server/service/tasks/presence.hpp"

#include "server/service/unit/clock_text.hpp"

namespace sponsio::service {

Outcome<void> is_here(db::PgSession& db, AccountId account, Instant now) {
    auto const until = store::away_until(db, account, now);
    if (!until) return {};
    std::string const day = to_iso(last_day(*until));
    return fault(problem::conflict,
                 "This inspector is away until " + day + "; end the absence first, or name somebody else.",
                 "该核查人员在 " + day + " 前（含当日）不在岗；请先结束该不在岗登记，或者另选他人。");
}

}  // namespace sponsio::service

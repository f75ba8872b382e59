#include "server/domain/removal.hpp"

#include "server/domain/decode.hpp"

namespace sponsio::domain {
namespace {

using S = RemovalState;
using E = RemovalEvent;

Outcome<void> is_over(RemovalFacts const& f) {
    if (f.due && f.now >= *f.due) return {};
    return fault(problem::too_early, "The time for the receipts is not over.", "撤除回执的期限尚未届满。");
}

Outcome<void> all_confirmed(RemovalFacts const& f) {
    if (f.waiting == 0) return {};
    return fault(problem::conflict, std::to_string(f.waiting) + " receivers have not confirmed the removal.",
                 "尚有 " + std::to_string(f.waiting) + " 个接收方未确认撤除。");
}

constexpr Guard<RemovalFacts> over{"its time is over", is_over};
constexpr Guard<RemovalFacts> confirmed{"every receiver confirmed", all_confirmed};

constexpr RemovalLifecycle::Row rows[] = {
    {S::ordered, E::confirm, S::ordered},
    {S::overdue, E::confirm, S::overdue},
    {S::ordered, E::run_out, S::overdue, over},
    {S::ordered, E::finish, S::finished, confirmed},
    {S::overdue, E::finish, S::finished, confirmed},
    {S::ordered, E::call_off, S::called_off},
    {S::overdue, E::call_off, S::called_off},
};

}  // namespace

RemovalLifecycle const removal_lifecycle{"removal", RemovalState::ordered, rows};

RemovalReceipt RemovalReceipt::read(Fields& fields) {
    return {fields.choice<RemovalMeasure>("measure"), fields.instant("removed_at"),
            fields.optional_text("reference", {.max = 100})};
}

}  // namespace sponsio::domain

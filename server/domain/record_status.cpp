#include "server/domain/record_status.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

using S = RecordState;
using E = RecordEvent;
using C = RecordCause;

// Whoever reads one status must learn first what forbids most. A record that was withdrawn is never to be
// used, a suspended one is not to be used now (both in the sense of draft-ietf-oauth-status-list-21 §7.1). A
// repair ends publicity, sharing and measures (docs/law.md I1), so no mark of a dispute, which says that the
// record stands, may hide it. Of the marks the remedy comes first (docs/law.md E9): a court or a
// reconsideration body can undo the finding itself, while an objection (docs/law.md, Objection) is answered
// by those who keep the record.
constexpr CauseRule rules_by_strength[] = {
    {C::withdrawal, RecordStatus::invalid, E::withdraw, std::nullopt},
    {C::suspension, RecordStatus::suspended, E::suspend, E::resume},
    {C::repair, RecordStatus::repaired, E::repair, E::revoke_repair},
    {C::remedy, RecordStatus::remedy_pending, E::seek_remedy, E::end_remedy},
    {C::objection, RecordStatus::objected, E::object, E::end_objection},
};

template <C cause>
Outcome<void> is_not_open(OpenCauses const& open) {
    if (!open.has(cause)) return {};
    std::string const name(word(cause));
    return fault(problem::conflict, "The record's " + name + " is open already.",
                 "该记录的状态事由 " + name + " 已经存在。");
}

template <C cause>
Outcome<void> is_open(OpenCauses const& open) {
    if (open.has(cause)) return {};
    std::string const name(word(cause));
    return fault(problem::conflict, "The record has no open " + name + " that could end.",
                 "该记录没有可以终结的状态事由 " + name + "。");
}

constexpr RecordLifecycle::Row rows[] = {
    {S::active, E::object, S::active, {"no objection open", is_not_open<C::objection>}},
    {S::active, E::end_objection, S::active, {"objection open", is_open<C::objection>}},
    {S::active, E::seek_remedy, S::active, {"no remedy open", is_not_open<C::remedy>}},
    {S::active, E::end_remedy, S::active, {"remedy open", is_open<C::remedy>}},
    {S::active, E::repair, S::active, {"no repair open", is_not_open<C::repair>}},
    {S::active, E::revoke_repair, S::active, {"repair open", is_open<C::repair>}},
    {S::active, E::suspend, S::active, {"no suspension open", is_not_open<C::suspension>}},
    {S::active, E::resume, S::active, {"suspension open", is_open<C::suspension>}},
    {S::active, E::withdraw, S::withdrawn},
};

}  // namespace

RecordLifecycle const record_lifecycle{"credit record", RecordState::active, rows};

std::span<CauseRule const> cause_rules() {
    return rules_by_strength;
}

CauseRule const& rule_of(RecordCause cause) {
    return *std::ranges::find(rules_by_strength, cause, &CauseRule::cause);
}

RecordStatus status_of(OpenCauses causes) {
    for (CauseRule const& rule : rules_by_strength)
        if (causes.has(rule.cause)) return rule.status;
    return RecordStatus::valid;
}

RecordState state_of(OpenCauses causes) {
    return causes.has(C::withdrawal) ? S::withdrawn : S::active;
}

bool is_shared(RecordStatus status) {
    using enum RecordStatus;
    return status == valid || status == objected || status == remedy_pending;
}

bool is_removed(OpenCauses causes) {
    return causes.has(C::withdrawal) || causes.has(C::repair);
}

OpenCauses after(OpenCauses open, RecordEvent event) {
    for (CauseRule const& rule : rules_by_strength) {
        if (rule.opened_by == event) return open.with(rule.cause);
        if (rule.ended_by == event) return open.without(rule.cause);
    }
    return open;
}

Outcome<RecordStatus> StatusSteps::next(RecordStatus from, RecordEvent event, OpenCauses const& open) const {
    if (from != status_of(open))
        return Fault{.problem = &problem::internal, .cause = "a record's status is not that of its causes"};
    auto const state = record_lifecycle.next(state_of(open), event, open);
    if (!state) return state.error();
    return status_of(after(open, event));
}

}  // namespace sponsio::domain

#include "server/domain/revocation.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

Outcome<void> by_another(RevocationFacts const& f) {
    if (!f.known) return unknown_person();
    return second_person(f.actor, f.requested_by,
                         "Who asked for a finding to be revoked does not decide about it.",
                         "申请撤销认定的人员不得自行决定。");
}

Outcome<void> effective_by_another(RevocationFacts const& f) {
    if (auto another = by_another(f); !another) return another;
    if (!f.effective)
        return fault(problem::conflict, "This finding is not in effect any more.", "该认定已不具有效力。");
    return {};
}

constexpr RevocationLifecycle::Row rows[] = {
    {RevocationState::requested,
     RevocationEvent::revoke,
     RevocationState::revoked,
     {"another person; the finding is in effect", effective_by_another}},
    {RevocationState::requested,
     RevocationEvent::refuse,
     RevocationState::refused,
     {"another person", by_another}},
};

}  // namespace

RevocationLifecycle const revocation_lifecycle{"revocation of a finding", RevocationState::requested, rows};

RevocationDraft RevocationDraft::read(Fields& fields) {
    return {fields.choice<RevocationGround>("ground"), fields.text("number", {.max = 128}),
            fields.date("decided_on"), fields.id<EvidenceId>("evidence_id"),
            fields.text("why", {.max = 4000})};
}

RevocationDecision RevocationDecision::read(Fields& fields) {
    return {fields.boolean("revoked"), fields.text("opinion", {.max = 4000})};
}

}  // namespace sponsio::domain

#pragma once

#include "server/base/fault.hpp"
#include "server/domain/person_id.hpp"

namespace sponsio::domain {

/// The rule of everything that takes two: who decides is another person than the one named, whichever of
/// their accounts they use. problem::same_person in these words if not.
inline Outcome<void> second_person(PersonId decider, PersonId other, char const* en, char const* zh) {
    if (decider != other) return {};
    return fault(problem::same_person, en, zh);
}

/// The refusal for a step that decides about somebody, of an account whose person nobody entered.
inline Fault unknown_person() {
    return fault(
        problem::forbidden,
        "Steps that decide about somebody need a known person; an administrator enters the document of "
        "who holds this account (POST /v1/accounts/{account_id}/person).",
        "涉及当事人权利义务的环节须由身份已登记的人员办理；请管理员登记该账号持有人的证件"
        "（POST /v1/accounts/{account_id}/person）。");
}

}  // namespace sponsio::domain

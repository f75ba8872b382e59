#pragma once

#include "server/domain/decode.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/case_steps.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What is said at the steps of an objection, a repair or a publication: kept sealed, shown with who said it.
namespace sponsio::service {

/// Who says something, and when.
struct Speaker {
    Uuid of;                      ///< the case, locked
    std::optional<AccountId> by;  ///< nobody: the subject
    Instant now;
};

/// Keeps what was said at that step, an object.
void say(db::PgSession& db, Vault const& vault, Speaker const& who, std::string_view step,
         domain::Json const& said);
/// [{step, by, at, said}], oldest first. What was erased is null.
Outcome<domain::Json> steps_view(db::PgSession& db, Vault const& vault, Uuid const& of);
/// What was said last at that step; nothing if it was not taken. problem::gone if it was erased.
Outcome<std::optional<domain::Json>> said_last(db::PgSession& db, Vault const& vault, Uuid const& of,
                                               std::string_view step);

}  // namespace sponsio::service

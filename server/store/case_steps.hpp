#pragma once

#include "server/base/id.hpp"
#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// What was said at each step of an objection, a repair or a publication.
namespace sponsio::store {

/// Append-only.
struct CaseStep {
    Uuid of;                         ///< the objection, repair or publication
    std::int32_t serial;             ///< from 1 on, for each of them
    std::string step;                ///< event of its lifecycle; "created" for the first
    std::optional<AccountId> actor;  ///< nobody: the subject
    Instant at;
    SealedColumns content;  ///< a JSON object; sealed with case_step_label()
};

std::string case_step_label(Uuid const& of, std::int32_t serial);
/// The case is locked.
void insert(db::PgSession& db, CaseStep const& step);
/// Oldest first.
std::vector<CaseStep> case_steps(db::PgSession& db, Uuid const& of);

}  // namespace sponsio::store

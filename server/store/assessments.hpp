#pragma once

#include "server/db/session.hpp"
#include "server/domain/assessment.hpp"

#include <optional>
#include <string>
#include <vector>

/// Quarters that were frozen, and the counts that they are made of.
namespace sponsio::store {

struct AssessmentRow {
    AssessmentId id;
    std::string quarter;  ///< "2026-Q1"
    AccountId frozen_by;
    Instant frozen_at;
    std::string csv;        ///< the data set
    std::string signature;  ///< compact JWS over what it is and its digest
};

/// False if that quarter was frozen before.
bool insert(db::PgSession& db, AssessmentRow const& row);
/// The newest quarters first, beginning before that one.
std::vector<AssessmentRow> assessments_before(db::PgSession& db, std::optional<std::string> const& quarter,
                                              int limit);
std::optional<AssessmentRow> assessment_of(db::PgSession& db, std::string const& quarter);

/// Every indicator of that quarter, by region, unit and matter.
std::vector<domain::CountedShare> counted_shares(db::PgSession& db, domain::Quarter const& quarter);

}  // namespace sponsio::store

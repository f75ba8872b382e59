#pragma once

#include "server/domain/rule_ids.hpp"

/// The rules that filing reads.
namespace sponsio::domain::rule {

inline constexpr ClockId superseded_notice{"notice.superseded"};
inline constexpr ClockId entry{"filing.entry"};
inline constexpr NumberId questions{"eligibility.questions"};
inline constexpr NumberId validations{"eligibility.validations"};

}  // namespace sponsio::domain::rule

#include "server/base/problem.hpp"

#include "server/base/registry_problem.hpp"

#include <array>

namespace sponsio {

std::span<Problem const* const> all_problems() {
    using namespace problem;
    static constexpr std::array rows{&malformed,
                                     &bad_json,
                                     &invalid,
                                     &not_found,
                                     &gone,
                                     &method_not_allowed,
                                     &not_acceptable,
                                     &timed_out,
                                     &too_large,
                                     &media_type,
                                     &header_too_large,
                                     &unauthenticated,
                                     &token_expired,
                                     &forbidden,
                                     &idempotency_key_missing,
                                     &idempotency_key_reused,
                                     &conflict,
                                     &row_forged,
                                     &precondition_failed,
                                     &precondition_required,
                                     &notice_incomplete,
                                     &notice_stale,
                                     &wrong_step,
                                     &same_person,
                                     &sign_off_missing,
                                     &too_few_inspectors,
                                     &too_early,
                                     &too_late,
                                     &not_eligible,
                                     &ratio_out_of_bounds,
                                     &empty_pool,
                                     &calendar_unknown,
                                     &lint_failed,
                                     &throttled,
                                     &not_implemented,
                                     &internal,
                                     &overloaded,
                                     &unavailable,
                                     &not_the_writer,
                                     &outcome_unknown};
    return rows;
}

}  // namespace sponsio

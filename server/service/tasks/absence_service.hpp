#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/words.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/absences.hpp"

#include <optional>

namespace sponsio::service {

using store::AbsenceId;

enum class AbsenceState { announced, running, over };

constexpr auto words_of(AbsenceState) {
    using enum AbsenceState;
    return std::to_array<domain::Word<AbsenceState>>(
        {{announced, "announced"}, {running, "running"}, {over, "over"}});
}

/// Whole days in China. Why somebody is away is not asked.
struct AbsenceDraft {
    std::optional<AccountId> account{};  ///< nothing: the caller
    std::optional<Date> from{};          ///< nothing: today
    Date until;                          ///< the last day

    static AbsenceDraft read(domain::Fields& fields);
};

/// Periods in which somebody gets no check, neither by claim nor by draw nor from a supervisor. They are
/// entered for oneself, or by a supervisor for the people of the unit, and end by themselves.
class AbsenceService {
  public:
    explicit AbsenceService(Ground const& ground) : ground_(ground) {}

    Async<Created> enter(Caller<Official> const& caller, RequestOnce once, AbsenceDraft draft);
    /// Ends it before its time; no change if it is over.
    Async<domain::Json> end(Caller<Official> const& caller, AbsenceId id);
    /// With the open tasks of that person in the caller's unit, earliest due first.
    Async<domain::Json> one(Caller<Official> const& caller, AbsenceId id);
    /// The unit's for a supervisor, else the caller's own; newest first.
    Async<Page> list(Caller<Official> const& caller, std::optional<AbsenceId> before, int limit);

  private:
    Ground ground_;
};

}  // namespace sponsio::service

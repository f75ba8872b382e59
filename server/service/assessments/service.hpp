#pragma once

#include "server/db/executor.hpp"
#include "server/domain/assessment.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/once.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/vault.hpp"

#include <functional>
#include <string>

namespace sponsio::service {

struct AssessmentDraft {
    domain::Quarter quarter;

    static AssessmentDraft read(domain::Fields& fields);
};

/// Quarters frozen by an assessor: counted once, small figures hidden, signed, and a leaf of the log.
class AssessmentService {
  public:
    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        Clock const& clock;
        /// A compact JWS over the payload, by the key that signs records at that time.
        std::function<Outcome<std::string>(std::string_view payload, Instant now)> sign;
        std::function<void()> leaves_waiting;
    };

    explicit AssessmentService(Parts parts) : parts_(std::move(parts)) {}

    /// Only by an assessor of all organisations: a part of the figures, frozen for itself, would tell by
    /// subtraction what the whole hides. Fault: too_early before the quarter is over; conflict if it was
    /// frozen before; forbidden.
    Async<Created> freeze(Caller<domain::Official> caller, RequestOnce once, AssessmentDraft draft);

    /// For everybody; the newest quarter first.
    Async<Page> list(std::string before, int limit, Deadline deadline);

    struct Frozen {
        domain::Json statement;  ///< quarter, time, digest, signature
        std::string csv;
    };

    Async<Frozen> one(domain::Quarter quarter, Deadline deadline);

  private:
    Parts parts_;
};

}  // namespace sponsio::service

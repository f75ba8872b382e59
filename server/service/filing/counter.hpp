#pragma once

#include "server/service/filing/service.hpp"
#include "server/service/matters/service.hpp"

/// One call for somebody who stands at the counter: the notice is given, and the promise under it is filed.
namespace sponsio::service {

/// Two steps under one Idempotency-Key. The notice is given to the committer alone, and only once everything
/// else about the filing was found right; after a crash between the two, the same request finds the notice
/// that it gave and goes on with it.
class CounterService {
  public:
    CounterService(FilingParts const& parts, MatterService& matters, FilingService& filing)
        : parts_(parts), matters_(matters), filing_(filing) {}

    /// The answer has both documents; its location is the commitment's.
    Async<Created> file(Caller<Official> caller, RequestOnce once, domain::Json body);

  private:
    Outcome<void> may_promise(db::PgSession& db, store::MatterVersion const& version,
                              Filing const& filing) const;

    FilingParts parts_;
    MatterService& matters_;
    FilingService& filing_;
};

}  // namespace sponsio::service

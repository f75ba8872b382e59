#pragma once

#include "server/db/executor.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"

namespace sponsio::service {

/// The trail of all changes of state, for auditors. It holds no personal data.
class AuditService {
  public:
    explicit AuditService(db::DbExecutor& db) : db_(db) {}

    /// Events after the one numbered `after`, oldest first; of one subject if one is named.
    Async<Page> events(Caller<Official> caller, std::int64_t after, std::optional<std::string> subject,
                       int limit);

  private:
    db::DbExecutor& db_;
};

}  // namespace sponsio::service

#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/colleagues.hpp"
#include "server/store/work_list.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

/// An official's desk: what waits there, and who sits at the others.
namespace sponsio::service {

struct WorkFilter {
    std::optional<domain::WorkKind> kind;  ///< nothing: all that wait for the caller
    std::string after;                     ///< key of the last page; empty: from the start
    int limit = 50;
};

struct WorkPage {
    Page page;
    domain::Json counts;  ///< [{kind, count, exact}] of all kinds that may wait for the caller
};

class DeskService {
  public:
    explicit DeskService(Ground const& ground) : ground_(ground) {}

    /// What waits for the caller in any of their roles, what is due first first. Never what the law forbids
    /// them: their own draft, request or filing.
    Async<WorkPage> work(Caller<Official> caller, WorkFilter filter);

    /// People of the caller's organisation, so that one can be named. `organisation` of the question is the
    /// caller's.
    Async<Page> colleagues(Caller<Official> caller, store::ColleagueQuestion question);

  private:
    Ground ground_;
};

}  // namespace sponsio::service

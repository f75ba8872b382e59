#pragma once

#include "crypto/digest.hpp"
#include "server/base/fault.hpp"
#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/matter.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace sponsio::db {
class PgSession;
}

namespace sponsio::service {

/// A matter version with the data that filing needs. Versions never change, so each is read once.
struct KnownMatter {
    std::string code;
    int version;
    crypto::Digest digest;
    domain::MatterVersion content;
    OrganisationId verifying_unit;
    std::string verifying_region;       ///< whose rules say what happens around its deadlines
    std::string content_json;           ///< what is promised, as every answer about a commitment repeats it
    std::string breach_liability_json;  ///< and what a breach brings
};

class MatterCache {
  public:
    /// The matter from memory, or from the database at the first use.
    std::shared_ptr<KnownMatter const> find(db::PgSession& db, MatterId matter, int version);
    /// The matter from memory; null if it is not there.
    std::shared_ptr<KnownMatter const> known(MatterId matter, int version);
    /// For RowMemory.
    void forget();

  private:
    std::mutex mutex_;
    std::map<std::pair<Uuid, int>, std::shared_ptr<KnownMatter const>> known_;
};

/// The period of a verification that begins at `from`, by the plan of its matter. A year without a calendar
/// leaves its end open.
Outcome<domain::Period> verification_period(KnownMatter const& matter, Instant from,
                                            domain::WorkingCalendar const& calendar);

}  // namespace sponsio::service

#pragma once

#include "crypto/tokens/jws.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/short_cache.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/log.hpp"
#include "server/store/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// The part of a record that a reader asks for. The signature is the same for all parts.
enum class Disclose { none, subject, all };

constexpr auto words_of(Disclose) {
    using enum Disclose;
    return std::to_array<domain::Word<Disclose>>({{none, "none"}, {subject, "subject"}, {all, "all"}});
}

struct RecordView {
    RecordId id;
    std::int64_t position;
    Instant issued_at;
    domain::RecordState state;
    std::optional<domain::RecordStatus> status;  ///< that its causes give
    std::string sd_jwt;                          ///< with the disclosures the reader gets

    /// The record in the form of the feed.
    [[nodiscard]] domain::Json to_json() const;
};

struct RecordFeed {
    std::vector<RecordView> items;
    /// The position to go on from; nothing if there was nothing new.
    std::optional<std::int64_t> last;
};

/// A record with its leaf; nothing for one that has none.
struct LoggedRecord {
    OrganisationId organisation;  ///< the identifying unit
    RecordView record;
    std::optional<store::LeafRow> leaf;

    /// The record with a member `log`.
    [[nodiscard]] domain::Json to_json() const;
};

/// Reads issued records: those of the own unit, and those that a grant reaches. What is disclosed of persons
/// stands in the trail of queries, and which integrator got a record is remembered. Of a record that is
/// shared no more, others than its unit get no disclosure.
class RecordService {
  public:
    RecordService(db::DbExecutor& db, Vault const& vault, Clock const& clock)
        : db_(db), vault_(vault), clock_(clock) {}

    /// The feed after a position. Unless `disclose` is given, an integrator gets all disclosures and
    /// everybody else none.
    Async<RecordFeed> feed(Caller<Official> const& caller, std::int64_t after, int limit,
                           std::optional<Disclose> disclose);
    /// The record; without disclosures at most a second old.
    Async<std::shared_ptr<LoggedRecord const>> one(Caller<Official> const& caller, RecordId id,
                                                   std::optional<Disclose> disclose);

    /// For RowMemory.
    void forget() { known_.forget(); }

  private:
    [[nodiscard]] Outcome<std::shared_ptr<LoggedRecord const>> read(db::PgSession& db,
                                                                    Caller<Official> const& caller,
                                                                    RecordId id, Disclose disclose) const;
    [[nodiscard]] Outcome<RecordView> view(store::CreditRecord const& row, Disclose disclose) const;
    void note(db::PgSession& db, Caller<Official> const& caller, std::vector<store::CreditRecord> const& rows,
              Disclose disclose) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    Clock const& clock_;
    ShortCache<RecordId, LoggedRecord> known_{std::chrono::seconds(1), 10'000};
};

}  // namespace sponsio::service

#pragma once

#include "server/domain/publicity.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/publicity/entries.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/opened.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/publicity.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace sponsio::service {

struct PublicityParts : Ground {
    std::string issuer;  ///< the URL under which this server is known
};

struct PublicityFilter {
    std::optional<domain::PublicityState> state;  ///< nothing: all
    std::optional<RecordId> record;
    std::string after;  ///< publicity_id of the last one seen; empty: from the start
    int limit = 50;
};

/// Publication of records, a decision for each (docs/law.md G): refused where the rules allow none, proposed
/// with its basis and impact assessment, its masked preview approved by a second person, the subject told
/// before anybody reads it. It ends with its period, the repair or the withdrawal of the record, or by a
/// decision, and is gone at once.
class PublicityService {
  public:
    explicit PublicityService(PublicityParts parts);

    Async<Created> propose(Caller<Official> const& caller, RequestOnce once, domain::PublicityDraft draft);
    Async<domain::Json> publicity(Caller<Official> const& caller, PublicityId id);
    Async<Page> list(Caller<Official> const& caller, PublicityFilter filter);
    Async<domain::Json> approve(Caller<Official> const& caller, PublicityId id,
                                domain::PublicityApproval approval);
    /// Records that the subject was told, and publishes it.
    Async<domain::Json> publish(Caller<Official> const& caller, PublicityId id,
                                domain::PublicityNotice notice);
    /// Ends it because it should not have been, or not so.
    Async<domain::Json> take_down(Caller<Official> const& caller, PublicityId id,
                                  domain::PublicityTakeDown why);

    /// What everybody may read; `after` is the key of the last page.
    Async<Page> entries(std::string after, int limit, Deadline deadline);

    /// Ends what is due: its period is over, or its record is not to be shown any more. The number of those
    /// that ended. Blocks: for a thread of the background work.
    Outcome<std::size_t> end_due(Deadline deadline, int at_most);

    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    using Open = Opened<store::PublicityRow>;

    template <class Act>
    Async<domain::Json> on_publicity(Caller<Official> const& caller, PublicityId id, Act act);
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, domain::PublicityDraft const& draft);
    /// What of a record may be published, by the rules of that day.
    [[nodiscard]] Outcome<void> allowed(CountedBy const& by, OpenedFinding const& finding,
                                        domain::Severity severity, Date today) const;
    [[nodiscard]] Outcome<domain::PublicityFacts> facts(Open const& open) const;
    Outcome<void> advance(Open& open, domain::PublicityEvent event, domain::Json const& said,
                          std::optional<std::string> why) const;
    [[nodiscard]] Outcome<domain::Json> preview_of(store::PublicityRow const& row) const;
    [[nodiscard]] Outcome<domain::Json> view(db::PgSession& db, store::PublicityRow const& row) const;
    [[nodiscard]] Outcome<void> check_notice(Open& open, domain::PublicityNotice const& notice) const;

    PublicityParts parts_;
    FactReader facts_;
    CaseFileService files_;
};

}  // namespace sponsio::service

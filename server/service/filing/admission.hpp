#pragma once

#include "server/domain/commitment.hpp"
#include "server/domain/eligibility.hpp"
#include "server/domain/notice.hpp"
#include "server/domain/region.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/person_terms.hpp"
#include "server/service/unit/row_memory.hpp"
#include "server/store/commitments.hpp"

#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

/// Whether a commitment may be filed, and under which notice. Nothing here stores anything, so that the same
/// answer can be had without filing.
namespace sponsio::service {

/// One filing, decoded and indexed.
struct Filing {
    std::shared_ptr<domain::Official const> who;
    RequestOnce once;
    domain::CommitmentDraft draft;
    Bytes committer_index;
    Bytes name_index;
    bool late = false;  ///< it comes later than `filing.entry` allows, and does not say why
};

struct FilingParts : Ground {
    domain::Regions const& regions;
    PersonTerms const& terms;
    RowMemory* rows = nullptr;  ///< of the process; dropped with each new session
};

/// One of several filings of one request.
struct BulkFiling {
    RequestOnce once;
    domain::Json body;
};

/// What a day says about drafts: read once for all that one request brings.
struct FilingDay {
    Date today;
    Date in_time_from;  ///< a promise of an earlier day is entered late

    static Outcome<FilingDay> of(FilingParts const& parts, domain::Official const& who);
};

/// What can be told of a draft by itself: a minor has an agent (docs/law.md D12), and an electronic signature
/// is over what the draft says.
Outcome<void> check_draft(FilingParts const& parts, Official const& who,
                          domain::CommitmentDraft const& draft);

/// The body of a filing; every bad field at once.
Outcome<Filing> read_filing(FilingParts const& parts, FilingDay const& day,
                            std::shared_ptr<domain::Official const> who, RequestOnce once,
                            domain::Json const& body);

/// The breach that bars the committer from promising in this matter; nothing if none does.
Outcome<std::optional<domain::Bar>> bar_of(domain::Rules const& rules, std::string_view region, Date on,
                                           domain::MatterVersion const& matter,
                                           std::span<store::Breach const> breaches);

/// Used by one thread.
class Admission {
  public:
    explicit Admission(FilingParts const& parts) : parts_(parts) {}

    /// Under which notice the commitment may be filed, and with it under which version of the matter: that of
    /// its notice, as long as this is in force on the day of the promise or was superseded only lately.
    Outcome<store::FilingNotice> admit(db::PgSession& db, store::FilingContext const& context,
                                       Filing const& filing);
    /// What stands in the way whatever the notice: papers, the region of the day, a breach on record that
    /// bars from this matter.
    [[nodiscard]] Outcome<void> admit_person(db::PgSession& db, store::FilingContext const& context,
                                             Filing const& filing, MatterId matter, int version) const;

  private:
    using Asked = std::tuple<MatterId, int, int>;
    using Versions = std::vector<domain::VersionStart>;

    [[nodiscard]] Fault explained(Fault refused, domain::ClockId rule, Filing const& filing) const;
    Versions const& versions_above(db::PgSession& db, store::FilingNotice const& notice);
    Outcome<void> check_version(db::PgSession& db, store::FilingNotice const& notice, Filing const& filing);
    [[nodiscard]] Outcome<void> check_recipient(store::FilingNotice const& notice,
                                                Filing const& filing) const;

    FilingParts parts_;
    /// By matter, version and newest version: versions never change, so they are read once.
    std::map<Asked, Versions> versions_;
};

}  // namespace sponsio::service

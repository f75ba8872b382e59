#pragma once

#include "server/domain/listing.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/findings/periods.hpp"
#include "server/service/listings/grounds.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/opened.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/documents.hpp"
#include "server/store/listings.hpp"

#include <functional>
#include <optional>
#include <string>

namespace sponsio::service {

struct ListingParts : Ground {
    ReportQueue const& reports;  ///< what a listing and its end tell the platform goes there
    std::string issuer;          ///< as in the records
};

struct ListingFilter {
    std::optional<domain::ListingState> state;  ///< nothing: all
    std::optional<RecordId> record;
    std::string after;  ///< listing_id of the last one seen; empty: from the start
    int limit = 50;
};

/// The list of seriously dishonest subjects (docs/law.md H), a case for each entry: proposed over a record
/// that stands, its legal basis checked by a second person, the subject told, heard where it asks for it,
/// decided by the head, and listed with the service of the decision. It ends with its period, the repair or
/// the withdrawal of the record, or by a decision, and is gone at once. Only the own unit's are there.
class ListingService {
  public:
    explicit ListingService(ListingParts parts);

    Async<Created> propose(Caller<Official> const& caller, RequestOnce once, domain::ListingDraft draft);
    Async<domain::Json> listing(Caller<Official> const& caller, ListingId id);
    Async<Page> list(Caller<Official> const& caller, ListingFilter filter);
    Async<domain::Json> check(Caller<Official> const& caller, ListingId id, domain::BasisCheck check);
    /// Composes the prior notice; composed anew, the newest counts.
    Async<domain::Json> notify(Caller<Official> const& caller, ListingId id, domain::PriorNotice notice);
    /// Records the service of the paper that waits for it: the prior notice, the notice of the hearing, or
    /// the decision, with which the subject is listed.
    Async<domain::Json> serve(Caller<Official> const& caller, ListingId id, domain::Service service);
    /// What the party says, on a paper that it signed.
    Async<domain::Json> state(Caller<Official> const& caller, ListingId id, domain::ListingStatement said);
    Async<domain::Json> call_hearing(Caller<Official> const& caller, ListingId id,
                                     domain::HearingNotice notice);
    Async<domain::Json> hold_hearing(Caller<Official> const& caller, ListingId id,
                                     domain::HearingRecord record);
    Async<domain::Json> decide(Caller<Official> const& caller, ListingId id,
                               domain::ListingDecision decision);
    /// Takes the subject off the list because it should not be on it.
    Async<domain::Json> revoke(Caller<Official> const& caller, ListingId id, domain::ListingRevocation why);

    /// What everybody may read; `after` is the key of the last page.
    Async<Page> entries(std::string after, int limit, Deadline deadline);

    /// Ends what is due: its period is over, or its record does not stand any more. The number of those that
    /// ended. Blocks: for a thread of the background work.
    Outcome<std::size_t> end_due(Deadline deadline, int at_most);

    [[nodiscard]] CaseFileService& files() { return files_; }

  private:
    using Open = Opened<store::ListingRow>;

    Async<domain::Json> on_listing(Caller<Official> const& caller, ListingId id,
                                   std::function<Outcome<void>(Open&)> act);
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, domain::ListingDraft const& draft);
    [[nodiscard]] Outcome<domain::ListingFacts> facts(Open const& open) const;
    Outcome<void> advance(Open& open, domain::ListingEvent event, domain::Json const& said,
                          std::optional<std::string> why = {}, std::optional<std::string> rule = {}) const;
    [[nodiscard]] Outcome<CountedBy> counted_by(Open const& open) const;
    [[nodiscard]] Outcome<bool> gives_hearing(CountedBy const& by, Date today) const;

    [[nodiscard]] Outcome<domain::ListingText> text(Open const& open, std::string const& number) const;
    [[nodiscard]] Outcome<DocumentId> make_paper(Open const& open, store::DocumentKind kind,
                                                 std::string const& number, Bilingual const& text) const;
    [[nodiscard]] Outcome<store::ServiceRow> service_of(Open const& open, store::DocumentRow const& paper,
                                                        domain::Service const& service) const;
    Outcome<void> count_notice(Open& open, store::DocumentRow const& paper,
                               store::ServiceRow const& service) const;
    Outcome<void> list_now(Open& open, Serving const& serving) const;
    [[nodiscard]] Outcome<void> hearing_is_ahead(Open const& open, Serving const& serving) const;
    [[nodiscard]] Outcome<void> check_answers(Open const& open,
                                              domain::ListingDecision const& decision) const;
    Outcome<void> compose_decision(Open& open, domain::ListingDecision const& decision,
                                   domain::ListingText const& about) const;
    [[nodiscard]] Outcome<void> tell_platform(db::PgSession& db, store::ListingRow const& row,
                                              domain::Actor const& by, Instant now,
                                              std::string const& remarks) const;
    [[nodiscard]] Outcome<domain::Json> entry_of(store::ListingRow const& row) const;
    [[nodiscard]] Outcome<domain::Json> view(db::PgSession& db, store::ListingRow const& row) const;

    ListingParts parts_;
    FactReader facts_;
    CaseFileService files_;
};

/// [{state, ground, number, listed_at, until, rule, ended_at, ended_why}] of the cases about a record of
/// which its subject was told, oldest first.
domain::Json own_listings_view(db::PgSession& db, OrganisationId unit, RecordId record, int at_most);

}  // namespace sponsio::service

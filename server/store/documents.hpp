#pragma once

#include "server/db/session.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/service_entry.hpp"
#include "server/store/request.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The documents of a finding: their text, and their service.
namespace sponsio::store {

enum class DocumentKind {
    prior_notice,
    decision,
    dismissal,
    order,
    hearing_notice,
    hearing_record,
    objection_answer,
    repair_intake,  ///< that an application was taken in, or was not
    repair_answer,
    repair_revocation,
    listing_notice,  ///< those of the serious list
    listing_hearing_notice,
    listing_hearing_record,
    listing_decision,
    listing_dismissal,
    listing_removal
};

/// A paper that is made to be given to whoever asked for it, or that frees somebody: it need not be served.
constexpr bool is_answer(DocumentKind kind) {
    using enum DocumentKind;
    return kind == objection_answer || kind == repair_intake || kind == repair_answer ||
           kind == repair_revocation || kind == listing_dismissal || kind == listing_removal;
}

constexpr auto words_of(DocumentKind) {
    using enum DocumentKind;
    return std::to_array<domain::Word<DocumentKind>>({{prior_notice, "prior_notice"},
                                                      {decision, "decision"},
                                                      {dismissal, "dismissal"},
                                                      {order, "order"},
                                                      {hearing_notice, "hearing_notice"},
                                                      {hearing_record, "hearing_record"},
                                                      {objection_answer, "objection_answer"},
                                                      {repair_intake, "repair_intake"},
                                                      {repair_answer, "repair_answer"},
                                                      {repair_revocation, "repair_revocation"},
                                                      {listing_notice, "listing_notice"},
                                                      {listing_hearing_notice, "listing_hearing_notice"},
                                                      {listing_hearing_record, "listing_hearing_record"},
                                                      {listing_decision, "listing_decision"},
                                                      {listing_dismissal, "listing_dismissal"},
                                                      {listing_removal, "listing_removal"}});
}

struct DocumentRow {
    DocumentId id;
    FindingId finding;
    DocumentKind kind;
    std::string number;
    SealedColumns content;
    Digest digest;  ///< SHA-256 of the canonical JSON of its text
    AccountId made_by;
    Instant made_at;
    std::optional<Uuid> about{};         ///< the objection, the repair or the listing that it is of
    std::optional<std::string> words{};  ///< its template and version; nothing in what was made before
};

/// A period as the paper states it. Append-only.
struct StatedPeriodRow {
    DocumentId document;
    std::string clock;  ///< id of the rule: "defence.period"
    std::string rule;
    std::string rule_pack;
    std::optional<std::string> calendar;
    Date serve_by;                 ///< the last day holds if the paper is served on this day or before
    std::optional<Date> last_day;  ///< nothing while no calendar covers it
    std::optional<std::int32_t> waits_for;  ///< the year whose calendar is missing
};

struct ServiceRow {
    DocumentId document;
    Instant served_at;
    domain::ServiceMethod method;
    SealedColumns receipt;
    AccountId recorded_by;
    Instant recorded_at;
    std::optional<Digest> digest;  ///< of the paper that was served; nothing in what was recorded before
    /// The receipt, and the day from which periods run; nothing in what was recorded before there were these.
    std::optional<EvidenceId> evidence{};
    std::optional<Date> counts_from{};
    std::optional<domain::LeftProof> left_proof{};  ///< exactly where it was left
    std::optional<EvidenceId> consent{};            ///< to be served electronically
};

/// A service that was recorded late: it counts once a second person has confirmed it. `why` has the reason of
/// the delay and what the receipt says.
struct LateServiceRow : Request<LateServiceId> {
    DocumentId document;
    Instant served_at;
    domain::ServiceMethod method;
    EvidenceId evidence;
    domain::LateServiceState state = domain::LateServiceState::entered;
};

struct ServedDocument {
    DocumentRow document;
    std::optional<ServiceRow> service;
};

void insert(db::PgSession& db, DocumentRow const& row);
void insert(db::PgSession& db, StatedPeriodRow const& row);
/// Throws DbError of kind check on `service_after_paper` if the paper was not made at that time.
void insert(db::PgSession& db, ServiceRow const& row);
/// False if a late entry of this document waits already.
bool insert(db::PgSession& db, LateServiceRow const& row);
void decide(db::PgSession& db, LateServiceRow const& row);
/// The late entry of the finding that waits, locked.
std::optional<LateServiceRow> lock_waiting_late_service(db::PgSession& db, FindingId finding);
/// The late entries of a finding's papers, oldest first.
std::vector<LateServiceRow> late_services_of(db::PgSession& db, FindingId finding);
std::optional<ServedDocument> document_by_id(db::PgSession& db, DocumentId id);
/// The documents of one finding or of several, in the order in which they were made.
std::vector<ServedDocument> documents_of(db::PgSession& db, FindingId finding);
std::vector<ServedDocument> documents_of(db::PgSession& db, std::span<FindingId const> findings);
/// Those that answer an objection or a repair, in that order.
std::vector<DocumentRow> documents_about(db::PgSession& db, Uuid const& of);
/// The same with their services.
std::vector<ServedDocument> served_about(db::PgSession& db, Uuid const& of);
std::vector<StatedPeriodRow> stated_periods_of(db::PgSession& db, DocumentId document);

}  // namespace sponsio::store

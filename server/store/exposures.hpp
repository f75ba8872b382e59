#pragma once

#include "server/db/session.hpp"
#include "server/domain/exposure.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Units that demand proofs which may not be demanded: the cases, what was reported, and the
/// slips with which committees refuse.
namespace sponsio::store {

struct ExposureRow {
    ExposureId id;
    OrganisationId organisation;  ///< the authority that owns it
    domain::ExposureAuthority authority;
    std::string region;    ///< where it was demanded
    std::string unit_key;  ///< domain::unit_key()
    std::string unit_name;
    std::optional<std::string> unit_uscc;
    domain::OrganisationKind unit_kind;
    std::optional<OrganisationId> unit;      ///< where it works with this system
    std::optional<OrganisationId> superior;  ///< above the unit
    domain::DemandKind demand;
    Date asked_on;
    std::optional<std::string> item;  ///< of the catalogue
    std::int32_t match_score;
    domain::MatchedBy matched_by;
    Instant opened_at;
    domain::ExposureState state = domain::ExposureState::reported;
    std::optional<Instant> due_at{};  ///< the first instant after the period that runs
    std::optional<std::string> rule{};
    std::optional<domain::ScreeningResult> result{};
    std::optional<std::string> proof_label{};
    std::optional<AccountId> screened_by{};
    std::int32_t meetings = 0;
    std::optional<std::string> asked_number{};
    std::optional<AccountId> asked_by{};
    std::optional<std::string> order_number{};
    std::optional<AccountId> ordered_by{};
    std::optional<Instant> ordered_at{};
    std::int32_t repeat_no = 0;  ///< earlier orders to the unit about the same proof
    std::optional<AccountId> shown_by{};
    std::optional<EvidenceId> correction{};
    std::optional<domain::ExposureLevel> level{};
    std::optional<AccountId> proposed_by{};
    std::optional<AccountId> checked_by{};
    std::optional<AccountId> exposed_by{};
    std::optional<Instant> exposed_at{};
    std::optional<std::string> notice_number{};
    std::optional<Instant> shown_until{};
    std::optional<Instant> corrected_at{};
    bool appeal_open = false;
    std::optional<AccountId> appealed_by{};
    std::optional<Instant> appeal_due_at{};
    std::optional<std::string> appeal_rule{};
    std::optional<AccountId> appeal_decided_by{};
    std::optional<Instant> withdrawn_at{};
    std::optional<std::string> withdrawal_number{};
};

/// Throws DbError unique on `exposure_open` where an open case of that unit, place and item is there.
void insert(db::PgSession& db, ExposureRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, ExposureRow const& row);
std::optional<ExposureRow> exposure_by_id(db::PgSession& db, ExposureId id);
std::optional<ExposureRow> lock_exposure(db::PgSession& db, ExposureId id);
/// The open case that a report about the same demand joins, locked.
std::optional<ExposureRow> lock_open_exposure(db::PgSession& db, std::string const& unit_key,
                                              std::string const& region, std::string const& item,
                                              domain::DemandKind demand);
/// The first after `after` whose period of correction or yellow warning is over, locked; those that others
/// hold are passed over.
std::optional<ExposureRow> lock_to_warn(db::PgSession& db, Instant now, std::optional<ExposureId> after);
/// How often the unit was ordered to leave that proof alone, in other cases that were not withdrawn. A proof
/// on no list is told by its label.
std::int32_t orders_before(db::PgSession& db, ExposureRow const& row);

/// For whom a case is there.
struct ExposureList {
    OrganisationId of;  ///< as the owner, the unit, or what is above the unit
    std::optional<domain::ExposureState> state;
    std::optional<ExposureId> after;
    int limit;
};

/// Oldest first. Of the unit and what is above it, only those in which the unit was asked, or ordered.
std::vector<ExposureRow> exposures_after(db::PgSession& db, ExposureList const& list);
/// What everybody may read, in the order in which it was published: exposed, corrected, or withdrawn after it
/// had been.
std::vector<ExposureRow> public_exposures(db::PgSession& db, Instant now,
                                          std::optional<std::pair<Instant, ExposureId>> const& after,
                                          int limit);

struct ExposureReportRow {
    ExposureReportId id;
    ExposureId exposure;
    domain::ReportSource source;
    bool anonymous;  ///< towards the unit
    Instant reported_at;
    std::optional<AccountId> reported_by;  ///< nobody: without an account
    Digest code_digest;                    ///< of the code with which it is followed
    SealedColumns content;                 ///< JSON; sealed with report_label(id)
    std::optional<Instant> helped_at{};
    std::optional<AccountId> helped_by{};
};

std::string report_label(ExposureReportId id);
void insert(db::PgSession& db, ExposureReportRow const& row);
void update(db::PgSession& db, ExposureReportRow const& row);
std::optional<ExposureReportRow> exposure_report_by_id(db::PgSession& db, ExposureReportId id);
std::optional<ExposureReportRow> exposure_report_by_code(db::PgSession& db, Digest const& code);
/// Oldest first.
std::vector<ExposureReportRow> reports_of(db::PgSession& db, ExposureId id);

/// Append-only.
struct RefusalSlipRow {
    RefusalSlipId id;
    OrganisationId organisation;  ///< the committee
    std::optional<std::string> item;
    std::optional<ExposureReportId> report;
    AccountId made_by;
    Instant made_at;
    SealedColumns content;  ///< JSON; sealed with slip_label(id)
};

std::string slip_label(RefusalSlipId id);
void insert(db::PgSession& db, RefusalSlipRow const& row);
std::optional<RefusalSlipRow> refusal_slip_by_id(db::PgSession& db, RefusalSlipId id);

}  // namespace sponsio::store

#pragma once

#include "server/db/session.hpp"
#include "server/domain/campaign.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Campaigns against proofs that may not be demanded: the plan, its tasks, and what was counted.
namespace sponsio::store {

struct CampaignRow {
    CampaignId id;
    OrganisationId organisation;  ///< the authority that leads it
    domain::ExposureAuthority authority;
    std::string name;
    std::string number;                ///< of the paper that orders it
    std::vector<std::string> items;    ///< of the catalogue
    std::vector<std::string> regions;  ///< none within another
    Date starts_on;
    Date ends_on;
    Date before_from;
    Date before_to;
    Date after_from;
    Date after_to;
    AccountId drafted_by;
    Instant drafted_at;
    domain::CampaignState state = domain::CampaignState::drafted;
    std::optional<AccountId> opened_by{};
    std::optional<Instant> opened_at{};
    std::optional<AccountId> proposed_by{};  ///< of the result that waits or counts
    std::optional<Instant> proposed_at{};
    std::optional<AccountId> closed_by{};
    std::optional<Instant> closed_at{};
    std::optional<AccountId> withdrawn_by{};
    std::optional<Instant> withdrawn_at{};
};

void insert(db::PgSession& db, CampaignRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, CampaignRow const& row);
std::optional<CampaignRow> campaign_by_id(db::PgSession& db, CampaignId id);
/// Locked until the transaction ends. A step of one of its tasks locks the campaign first.
std::optional<CampaignRow> lock_campaign(db::PgSession& db, CampaignId id);

struct CampaignList {
    OrganisationId of;  ///< as the authority, or once it was opened as a unit with a task
    std::optional<domain::CampaignState> state;
    std::optional<CampaignId> after;
    int limit;
};

/// Oldest first.
std::vector<CampaignRow> campaigns_after(db::PgSession& db, CampaignList const& list);
/// What everybody may read: opened once, in the order in which they were.
std::vector<CampaignRow> public_campaigns(db::PgSession& db,
                                          std::optional<std::pair<Instant, CampaignId>> const& after,
                                          int limit);

struct CampaignTaskRow {
    CampaignTaskId id;
    CampaignId campaign;
    OrganisationId organisation;  ///< the authority
    domain::CampaignTaskKind kind;
    std::string region;
    OrganisationId unit;  ///< which reports it
    std::string title;
    Instant due_at;  ///< the first instant after its last day
    domain::CampaignTaskState state = domain::CampaignTaskState::assigned;
    std::int32_t reports = 0;  ///< how often it was reported; only the counts of the last one count
    std::optional<AccountId> reported_by{};
    std::optional<Instant> reported_at{};
    std::optional<AccountId> decided_by{};
    std::optional<Instant> decided_at{};
};

void insert(db::PgSession& db, CampaignTaskRow const& row);
void update(db::PgSession& db, CampaignTaskRow const& row);
std::optional<CampaignTaskRow> campaign_task_by_id(db::PgSession& db, CampaignTaskId id);
/// By region, kind and id.
std::vector<CampaignTaskRow> tasks_of(db::PgSession& db, CampaignId campaign);

/// A line of a report. Append-only.
struct CampaignCountRow {
    std::int32_t line;  ///< the first is 1
    std::string unit_key;
    std::string unit_name;
    std::optional<std::string> unit_uscc;
    std::string item;
    domain::CountedAs as;
    std::int64_t number;
};

/// The lines of the task's last report, in one statement.
void insert_report(db::PgSession& db, CampaignTaskRow const& task,
                   std::vector<CampaignCountRow> const& lines);
/// Of the task's last report, in its order.
std::vector<CampaignCountRow> counts_of(db::PgSession& db, CampaignTaskRow const& task);
/// Of the accepted reports of a campaign.
std::vector<domain::AcceptedCount> accepted_counts(db::PgSession& db, CampaignId campaign);

/// Cases of demanded proofs (exposure) in a region of the campaign, of its items.
struct CampaignCases {
    std::string region;
    std::int64_t ordered = 0;     ///< corrections that were ordered in its days
    std::int64_t committees = 0;  ///< of those: committees were made to issue it
    std::int64_t corrected = 0;   ///< of those: the correction is confirmed
};

/// In the order of the campaign's regions. Cases that were withdrawn do not count.
std::vector<CampaignCases> cases_of(db::PgSession& db, CampaignRow const& campaign);

}  // namespace sponsio::store

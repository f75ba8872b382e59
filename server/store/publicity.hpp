#pragma once

#include "server/db/session.hpp"
#include "server/domain/publicity.hpp"
#include "server/domain/record_lifecycle.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What is published of records.
namespace sponsio::store {

struct PublicityRow {
    PublicityId id;
    RecordId record;
    OrganisationId organisation;  ///< the identifying unit
    domain::Severity severity;
    SealedColumns preview;  ///< JSON, masked: what everybody would read; sealed with preview_label(id)
    Digest preview_digest;  ///< SHA-256 of it
    Date counts_from;       ///< the day of the identifying document
    Instant ends_at;        ///< the first instant after the longest period
    std::string rule;       ///< clock text
    AccountId proposed_by;
    Instant proposed_at;
    domain::PublicityState state = domain::PublicityState::proposed;
    std::optional<AccountId> approved_by{};
    std::optional<Instant> approved_at{};
    std::optional<std::string> number{};  ///< of the notice to the subject
    std::optional<Instant> told_at{};
    std::optional<domain::ServiceMethod> told_method{};
    std::optional<EvidenceId> receipt{};
    std::optional<AccountId> published_by{};
    std::optional<Instant> published_at{};
    std::optional<Instant> ended_at{};
    std::optional<domain::PublicityEnd> ended_why{};
};

std::string preview_label(PublicityId id);
/// Throws DbError unique on `publicity_open` while another decision about the record is open.
void insert(db::PgSession& db, PublicityRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, PublicityRow const& row);
std::optional<PublicityRow> publicity_by_id(db::PgSession& db, PublicityId id);
/// The row, locked until the transaction ends.
std::optional<PublicityRow> lock_publicity(db::PgSession& db, PublicityId id);
/// What is published of a record now, locked.
std::optional<PublicityRow> lock_published(db::PgSession& db, RecordId record);
/// The first published one after `after` whose time is over, or whose record is not to be shown any more,
/// locked, passing over those that others hold.
std::optional<PublicityRow> lock_to_end(db::PgSession& db, Instant now, std::optional<PublicityId> after);

struct PublicityList {
    OrganisationId of;
    std::optional<domain::PublicityState> state;
    std::optional<RecordId> record;
    std::optional<PublicityId> after;
    int limit;
};

/// Oldest first.
std::vector<PublicityRow> publicity_after(db::PgSession& db, PublicityList const& list);

/// What everybody may read.
struct PublicEntry {
    PublicityRow row;
    domain::RecordStatus status;  ///< of the record: valid, or with a mark
};

/// In the order in which they were published, after that place. One whose time is over, or whose record was
/// repaired, suspended or withdrawn, is not among them, whatever its row says.
std::vector<PublicEntry> public_entries(db::PgSession& db, Instant now,
                                        std::optional<std::pair<Instant, PublicityId>> const& after,
                                        int limit);

/// Whether anything of that record is among them.
bool is_shown(db::PgSession& db, RecordId record, Instant now);

}  // namespace sponsio::store

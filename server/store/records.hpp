#pragma once

#include "server/domain/person_id.hpp"
#include "server/domain/record_status.hpp"
#include "server/store/status.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Credit records from the effective finding to the feed.
namespace sponsio::store {

/// The facts of an effective finding, from the tables. The service opens the sealed parts.
struct FindingForRecord {
    FindingId finding;
    std::string commitment_code;
    OrganisationId organisation;  ///< the identifying unit
    std::string unit_name;
    std::string unit_uscc;
    std::string unit_region;
    std::string kind;
    std::string severity;
    SealedColumns text;    ///< facts, legal basis, proposed action
    std::int32_t version;  ///< of that text
    PersonId drafted_by;
    std::optional<PersonId> reviewed_by;
    std::optional<PersonId> decided_by;
    std::optional<std::string> decision_number;
    std::optional<Instant> decided_at;
    std::optional<Instant> served_at;
    std::optional<Instant> effective_at;
    Date made_on;
    SealedColumns commitment;  ///< the content of the commitment
    std::vector<std::uint8_t> committer_index;
    MatterId matter;
    int matter_version;
    bool corrected = false;  ///< there is a CorrectionRow
};

/// Takes effective findings off the queue for records, passing over those that others hold.
std::vector<FindingId> claim_effective_findings(db::PgSession& db, int limit);
/// The findings in no particular order; those missing, or without their commitment, are left out.
std::vector<FindingForRecord> findings_for_records(db::PgSession& db, std::span<FindingId const> ids);
/// Marks the finding as refused by a rule. False if the same rule refused it before.
bool refuse(db::PgSession& db, FindingId finding, std::string_view rule, Instant now);
/// Queues refused findings again, except those whose stored draft is in doubt. Returns their number.
std::int64_t reconsider_refused(db::PgSession& db);

/// The seal labels (Vault) of a draft's to-be-signed document and of a record's token.
std::string draft_label(RecordId id);
std::string record_label(RecordId id);

struct RecordDraft {
    RecordId id;
    FindingId finding;
    std::string commitment_code;
    OrganisationId organisation;
    std::vector<std::uint8_t> subject_index;
    std::string kid;
    SealedColumns to_be_signed;
    Digest digest;  ///< SHA-256 of the plain to-be-signed document
    Instant drafted_at;
    domain::DraftState state = domain::DraftState::drafted;
    std::optional<StatusPlace> status{};  ///< when read; nothing: drafted before there were status lists
};

/// Inserts the drafts; their status entries are stored apart.
void insert_drafts(db::PgSession& db, std::span<RecordDraft const> drafts);

/// One of several equal parts of all drafts.
struct DraftShare {
    int part = 0;
    int parts = 1;
};

/// Drafts of that share that wait for their signature, oldest first, after `after`; not locked.
std::vector<RecordDraft> drafts_waiting(db::PgSession& db, std::optional<RecordId> const& after, int limit,
                                        DraftShare share = {});
/// The states of drafts, locked until the transaction ends, in the order of their ids.
std::vector<std::pair<RecordId, domain::DraftState>> lock_drafts(db::PgSession& db,
                                                                 std::span<RecordId const> ids);
void set_states(db::PgSession& db, std::span<RecordId const> ids, domain::DraftState state);
/// Moves those that still wait to `issued`, and returns them.
std::vector<RecordId> issue_drafts(db::PgSession& db, std::span<RecordId const> ids);
/// Makes the finding of a superseded draft wait for a new one.
void release_finding(db::PgSession& db, FindingId id);
std::int64_t count_drafts(db::PgSession& db, FindingId finding);

struct CreditRecord {
    RecordId id;
    std::int64_t position;
    OrganisationId organisation;
    SealedColumns sd_jwt;
    Digest digest;  ///< SHA-256 of the plain token
    Instant issued_at;
    domain::RecordState state = domain::RecordState::active;
    /// That its causes give, as the status list says it; nothing of a record without a place in one.
    std::optional<domain::RecordStatus> status{};
};

/// The first of `count` consecutive positions, allocated under the lock that keeps the feed in order.
std::int64_t take_positions(db::PgSession& db, std::int64_t count);
/// Throws DbError unique if one of them exists already.
void insert_records(db::PgSession& db, std::span<CreditRecord const> records);
std::optional<CreditRecord> record_by_id(db::PgSession& db, RecordId id);
void set_state(db::PgSession& db, RecordId id, domain::RecordState state);
/// Takes records from before there was a log off the list of those without a leaf.
std::vector<RecordId> take_records_without_leaf(db::PgSession& db, int limit);
/// The finding that a record states.
std::optional<FindingId> finding_of_record(db::PgSession& db, RecordId id);
/// The record of a finding, once there is one.
std::optional<RecordId> record_of_finding(db::PgSession& db, FindingId finding);
/// The feed after `position`: of these organisations, or of all.
std::vector<CreditRecord> records_after(db::PgSession& db, std::int64_t position,
                                        std::optional<std::vector<OrganisationId>> const& of, int limit);
/// The codes of the commitments that these records are about.
std::vector<std::string> commitments_of(db::PgSession& db, std::vector<RecordId> const& records);

}  // namespace sponsio::store

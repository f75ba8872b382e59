#pragma once

#include "server/db/session.hpp"
#include "server/domain/objection.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Objections to records, and the corrections that come of them.
namespace sponsio::store {

struct ObjectionRow {
    ObjectionId id;
    RecordId record;
    OrganisationId organisation;  ///< the identifying unit, which answers
    domain::ObjectionChannel channel;
    domain::ObjectionGround ground;
    std::optional<domain::IdentityCheck> identity_check;
    std::optional<Digest> paper;  ///< of the image of the signed objection
    std::optional<std::string> platform_reference;
    std::optional<Date> received_on;    ///< by the platform
    std::optional<AccountId> filed_by;  ///< nobody: the subject
    Instant filed_at;
    std::optional<Instant>
        due_at;        ///< first instant after the unit's period; nothing where no calendar knows it
    std::string rule;  ///< clock text
    std::optional<Instant> platform_due_at;  ///< the same of the platform's
    std::optional<std::string> platform_rule;
    domain::ObjectionState state = domain::ObjectionState::filed;
    std::optional<domain::ObjectionOutcome> outcome{};  ///< proposed, and then decided
    std::optional<AccountId> proposed_by{};
    std::optional<AccountId> decided_by{};
    std::optional<Instant> decided_at{};
    std::optional<std::string> number{};  ///< of the answer
    std::optional<AccountId> extended_by{};
};

/// Throws DbError unique on `objection_open` while another objection to the record is open.
void insert(db::PgSession& db, ObjectionRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, ObjectionRow const& row);
std::optional<ObjectionRow> objection_by_id(db::PgSession& db, ObjectionId id);
/// The objection, locked until the transaction ends.
std::optional<ObjectionRow> lock_objection(db::PgSession& db, ObjectionId id);

struct ObjectionList {
    std::optional<std::vector<OrganisationId>> of;  ///< nothing: all
    std::optional<domain::ObjectionState> state;
    std::optional<RecordId> record;
    std::optional<ObjectionId> after;
    int limit;
};

/// Oldest first.
std::vector<ObjectionRow> objections_after(db::PgSession& db, ObjectionList const& list);

/// What a decision corrected. Append-only.
struct CorrectionRow {
    FindingId finding;
    std::int32_t serial;  ///< from 1 on, for each finding
    Uuid of;              ///< the objection
    std::string number;   ///< of the decision
    SealedColumns content;
    Digest proof;
    std::string proof_key;
    Instant made_at;
};

std::string correction_label(FindingId finding, std::int32_t serial);
void insert(db::PgSession& db, CorrectionRow const& row);
/// The newest one of each of these findings that has any.
std::vector<CorrectionRow> newest_corrections(db::PgSession& db, std::vector<FindingId> const& findings);

}  // namespace sponsio::store

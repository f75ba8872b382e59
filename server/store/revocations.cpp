#include "server/store/revocations.hpp"

#include "server/domain/record_lifecycle.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::RevocationState;

constexpr BinaryQuery insert_request{
    "revocations.ask",
    "insert into revocation (revocation_id, finding_id, organisation_id, ground, number, decided_on, "
    "evidence_id, due_at, rule, requested_by, requested_at, why, wrapped_key, master_key_id) values ($1, $2, "
    "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing returning true"};
constexpr BinaryQuery update_request{"revocations.decide",
                                     decide_sql<"revocation", "state", "revocation_id">};
constexpr SqlPiece columns{
    "select revocation_id, finding_id, organisation_id, ground, number, decided_on, evidence_id, due_at, "
    "rule, requested_by, requested_at, state, why, wrapped_key, master_key_id, "};
constexpr SqlPiece of_finding{"from revocation where finding_id = $1 "};
constexpr BinaryQuery select_waiting{"revocations.lock",
                                     sql<columns, decision_columns, of_finding,
                                         "and state = ", quoted<RevocationState::requested>, " for update">};
constexpr BinaryQuery select_newest{
    "revocations.newest", sql<columns, decision_columns, of_finding, "order by revocation_id desc limit 1">};

constexpr BinaryQuery select_drafts{
    "revocations.drafts", sql<"select record_id from record_draft where finding_id = $1 and state = ",
                              quoted<domain::DraftState::drafted>, " order by record_id for update">};

RevocationRow request_at(db::Rows::Row const& row) {
    return {{.id = row.get<RevocationId>(0),
             .asked_by = row.get<AccountId>(9),
             .asked_at = row.get<Instant>(10),
             .why = sealed_at(row, 12),
             .decision = decision_at(row, 15)},
            row.get<FindingId>(1),
            row.get<OrganisationId>(2),
            word_at<domain::RevocationGround>(row, 3),
            row.get<std::string>(4),
            row.get<Date>(5),
            row.get<EvidenceId>(6),
            row.get<std::optional<Instant>>(7),
            row.get<std::string>(8),
            word_at<RevocationState>(row, 11)};
}

}  // namespace

bool insert(db::PgSession& db, RevocationRow const& row) {
    Params params(row.id, row.finding, row.organisation, domain::word(row.ground), row.number, row.decided_on,
                  row.evidence, row.due_at, row.rule, row.asked_by, row.asked_at);
    return !db.exec(insert_request, add(params, row.why)).empty();
}

void decide(db::PgSession& db, RevocationRow const& row) {
    db.exec(update_request, decision_params(row, domain::word(row.state)));
}

std::optional<RevocationRow> lock_waiting_revocation(db::PgSession& db, FindingId finding) {
    return first_of(db.exec(select_waiting, Params(finding)), request_at);
}

std::optional<RevocationRow> newest_revocation(db::PgSession& db, FindingId finding) {
    return first_of(db.exec(select_newest, Params(finding)), request_at);
}

std::vector<RecordId> lock_live_drafts(db::PgSession& db, FindingId finding) {
    return column_of<RecordId>(db.exec(select_drafts, Params(finding)));
}

}  // namespace sponsio::store

#include "server/store/case_window.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using A = CaseAttempt;

using Attempts =
    Table<"case_attempt", A, Column<"at", &A::at>, Column<"code", &A::code>, Column<"address", &A::address>,
          Column<"opened", &A::opened>, Column<"finding_id", &A::finding>>;

constexpr BinaryQuery insert_code{"case_codes.insert", sql<CaseCodes::insert>};
using ProvenCode = CaseCodes::Update<&CaseCodeRow::proof, &CaseCodeRow::proof_key>;
constexpr BinaryQuery update_code{"case_codes.update", sql<ProvenCode::text>};
constexpr BinaryQuery select_case{
    "case_codes.case",
    sql<"select ", CaseCodes::list_after<"k.">,
        ", coalesce(c.committer_index, ''), coalesce(c.committer_name_index, '') from case_code k join "
        "finding f "
        "using (finding_id) join commitment c on c.code = f.commitment_code where k.digest = $1 and not "
        "exists "
        "(select from case_code n where n.finding_id = k.finding_id and n.document_id > k.document_id)">};
constexpr BinaryQuery insert_attempt{"case_attempts.insert", sql<Attempts::insert>};
constexpr BinaryQuery count_refused{
    "case_attempts.refused",
    "select (select count(*) from case_attempt where code = $1 and at > $3 and not opened), (select count(*) "
    "from case_attempt where address = $2 and at > $3 and not opened)"};
constexpr BinaryQuery select_attempts{
    "case_attempts.about", sql<Attempts::select, "where finding_id = $1 order by at desc limit $2">};
constexpr BinaryQuery insert_session{"case_sessions.insert", sql<CaseSessions::insert>};
constexpr BinaryQuery select_live{
    "case_sessions.live",
    sql<CaseSessions::select, "where token = $1 and expires_at > $2 and ended_at is null">};
using EndedSession =
    CaseSessions::Update<&CaseSessionRow::ended_at, &CaseSessionRow::proof, &CaseSessionRow::proof_key>;
constexpr BinaryQuery update_session{"case_sessions.update", sql<EndedSession::text>};

}  // namespace

void insert(db::PgSession& db, CaseCodeRow const& row) {
    db.exec(insert_code, CaseCodes::values(row));
}

void update(db::PgSession& db, CaseCodeRow const& row) {
    db.exec(update_code, ProvenCode::values(row));
}

std::optional<CodedCase> case_of_code(db::PgSession& db, Digest const& code) {
    return first_of(db.exec(select_case, Params(code)), [](db::Rows::Row const& row) {
        int const index = static_cast<int>(CaseCodes::width);
        return CodedCase{CaseCodes::read(row), row.get<std::vector<std::uint8_t>>(index),
                         row.get<std::vector<std::uint8_t>>(index + 1)};
    });
}

void insert(db::PgSession& db, CaseAttempt const& attempt) {
    db.exec(insert_attempt, Attempts::values(attempt));
}

RefusedAttempts refused_attempts(db::PgSession& db, Digest const& code, Digest const& address,
                                 Instant since) {
    db::Rows const rows = db.exec(count_refused, Params(code, address, since));
    return {rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1)};
}

std::vector<CaseAttempt> attempts_about(db::PgSession& db, FindingId finding, int most) {
    return all_of(db.exec(select_attempts, Params(finding, std::int32_t{most})), Attempts::read);
}

void insert(db::PgSession& db, CaseSessionRow const& row) {
    db.exec(insert_session, CaseSessions::values(row));
}

std::optional<CaseSessionRow> live_session(db::PgSession& db, Digest const& token, Instant now) {
    return first_of(db.exec(select_live, Params(token, now)), CaseSessions::read);
}

void update(db::PgSession& db, CaseSessionRow const& row) {
    db.exec(update_session, EndedSession::values(row));
}

}  // namespace sponsio::store

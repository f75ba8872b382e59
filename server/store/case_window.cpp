#include "server/store/case_window.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using C = CaseCodeRow;
using A = CaseAttempt;
using S = CaseSessionRow;

using Codes =
    Table<"case_code", C, Column<"document_id", &C::document>, Column<"finding_id", &C::finding>,
          Column<"subject_id", &C::subject>, Column<"digest", &C::digest>, Column<"made_at", &C::made_at>>;
using Attempts =
    Table<"case_attempt", A, Column<"at", &A::at>, Column<"code", &A::code>, Column<"address", &A::address>,
          Column<"opened", &A::opened>, Column<"finding_id", &A::finding>>;
using Sessions =
    Table<"case_session", S, Column<"session_id", &S::id>, Column<"finding_id", &S::finding>,
          Column<"subject_id", &S::subject>, Column<"token", &S::token>, Column<"opened_at", &S::opened_at>,
          Column<"expires_at", &S::expires_at>, Column<"ended_at", &S::ended_at>>;

constexpr BinaryQuery insert_code{"case_codes.insert", sql<Codes::insert>};
constexpr BinaryQuery select_case{
    "case_codes.case",
    "select k.finding_id, k.subject_id, coalesce(c.committer_index, ''), coalesce(c.committer_name_index, "
    "'') from case_code k join finding "
    "f using (finding_id) join commitment c on c.code = f.commitment_code where k.digest = $1 and not exists "
    "(select from case_code n where n.finding_id = k.finding_id and n.document_id > k.document_id)"};
constexpr BinaryQuery insert_attempt{"case_attempts.insert", sql<Attempts::insert>};
constexpr BinaryQuery count_refused{
    "case_attempts.refused",
    "select (select count(*) from case_attempt where code = $1 and at > $3 and not opened), (select count(*) "
    "from case_attempt where address = $2 and at > $3 and not opened)"};
constexpr BinaryQuery select_attempts{
    "case_attempts.about", sql<Attempts::select, "where finding_id = $1 order by at desc limit $2">};
constexpr BinaryQuery insert_session{"case_sessions.insert", sql<Sessions::insert>};
constexpr BinaryQuery select_live{
    "case_sessions.live", sql<Sessions::select, "where token = $1 and expires_at > $2 and ended_at is null">};
constexpr BinaryQuery update_ended{
    "case_sessions.end", "update case_session set ended_at = $2 where session_id = $1 and ended_at is null"};

}  // namespace

void insert(db::PgSession& db, CaseCodeRow const& row) {
    db.exec(insert_code, Codes::values(row));
}

std::optional<CodedCase> case_of_code(db::PgSession& db, Digest const& code) {
    return first_of(db.exec(select_case, Params(code)), [](db::Rows::Row const& row) {
        return CodedCase{row.get<FindingId>(0), row.get<domain::SubjectId>(1),
                         row.get<std::vector<std::uint8_t>>(2), row.get<std::vector<std::uint8_t>>(3)};
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
    db.exec(insert_session, Sessions::values(row));
}

std::optional<CaseSessionRow> live_session(db::PgSession& db, Digest const& token, Instant now) {
    return first_of(db.exec(select_live, Params(token, now)), Sessions::read);
}

void end_session(db::PgSession& db, CaseSessionId id, Instant now) {
    db.exec(update_ended, Params(id, now));
}

}  // namespace sponsio::store

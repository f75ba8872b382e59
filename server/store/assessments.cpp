#include "server/store/assessments.hpp"

#include "server/domain/lifecycles.hpp"
#include "server/domain/objection.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using namespace domain;

using Assessments =
    Table<"assessment", AssessmentRow, Column<"assessment_id", &AssessmentRow::id>,
          Column<"quarter", &AssessmentRow::quarter>, Column<"frozen_by", &AssessmentRow::frozen_by>,
          Column<"frozen_at", &AssessmentRow::frozen_at>, Column<"csv", &AssessmentRow::csv>,
          Column<"signature", &AssessmentRow::signature>>;

constexpr BinaryQuery insert_one{"assessments.insert",
                                 sql<Assessments::insert, " on conflict do nothing returning true">};
constexpr BinaryQuery select_before{
    "assessments.before",
    sql<Assessments::select, "where $1::text is null or quarter < $1 order by quarter desc limit $2">};
constexpr BinaryQuery select_one{"assessments.one", sql<Assessments::select, "where quarter = $1">};

/// Where a case of a commitment counts: at the unit that accepted it, in its region, under its matter.
constexpr SqlPiece place = "select o.region_code, o.uscc, o.name, m.matter_code, ";
constexpr SqlPiece of_commitment =
    " join organisation o on o.organisation_id = c.organisation_id join matter m on m.matter_id = "
    "c.matter_id ";
constexpr SqlPiece grouped = " group by o.organisation_id, m.matter_code";

constexpr BinaryQuery count_verified{
    "assessments.verified",
    sql<place,
        "count(*) filter (where exists (select from verification_task t where t.commitment_code = c.code and "
        "t.state = ",
        quoted<TaskState::closed>, ")), count(*) from commitment c", of_commitment,
        "where c.accepted_at >= $1 and c.accepted_at < $2 and c.state <> ",
        quoted<CommitmentState::withdrawn>, grouped>};
constexpr BinaryQuery count_in_time{
    "assessments.checked_in_time",
    sql<place,
        "count(*) filter (where t.closed_at <= t.due_at), count(*) from verification_task t join commitment "
        "c "
        "on c.code = t.commitment_code",
        of_commitment, "where t.due_at >= $1 and t.due_at < $2 and t.state <> ", quoted<TaskState::cancelled>,
        grouped>};
constexpr BinaryQuery count_inconsistent{
    "assessments.inconsistent",
    sql<place, "count(*) filter (where t.result = ", quoted<CheckResult::inconsistent>,
        "), count(*) from verification_task t join commitment c on c.code = t.commitment_code", of_commitment,
        "where t.closed_at >= $1 and t.closed_at < $2 and t.result in (",
        quoted<CheckResult::consistent, CheckResult::inconsistent>, ")", grouped>};
constexpr BinaryQuery count_upheld{
    "assessments.objection_upheld",
    sql<place, "count(*) filter (where j.outcome <> ", quoted<ObjectionOutcome::keep>,
        "), count(*) from objection j join credit_record r using (record_id) join record_draft d using "
        "(record_id) join commitment c on c.code = d.commitment_code",
        of_commitment, "where j.decided_at >= $1 and j.decided_at < $2", grouped>};
constexpr BinaryQuery count_corrected{
    "assessments.demand_corrected",
    "select region_code, '', '', '', count(corrected_at), count(*) from exposure where ordered_at >= $1 and "
    "ordered_at < $2 group by region_code"};

constexpr std::pair<Indicator, BinaryQuery const*> counts[] = {
    {Indicator::verified, &count_verified},
    {Indicator::checked_in_time, &count_in_time},
    {Indicator::inconsistent, &count_inconsistent},
    {Indicator::objection_upheld, &count_upheld},
    {Indicator::demand_corrected, &count_corrected}};

}  // namespace

bool insert(db::PgSession& db, AssessmentRow const& row) {
    return !db.exec(insert_one, Assessments::values(row)).empty();
}

std::vector<AssessmentRow> assessments_before(db::PgSession& db, std::optional<std::string> const& quarter,
                                              int limit) {
    return all_of(db.exec(select_before, Params().add(quarter).add(limit)), Assessments::read);
}

std::optional<AssessmentRow> assessment_of(db::PgSession& db, std::string const& quarter) {
    return first_of(db.exec(select_one, Params(quarter)), Assessments::read);
}

std::vector<CountedShare> counted_shares(db::PgSession& db, Quarter const& quarter) {
    std::vector<CountedShare> all;
    for (auto const& [indicator, query] : counts)
        for (auto const row : db.exec(*query, Params(quarter.begin(), quarter.end())))
            all.push_back({.indicator = indicator,
                           .region = row.get<std::string>(0),
                           .unit = row.get<std::string>(1),
                           .unit_name = row.get<std::string>(2),
                           .matter = row.get<std::string>(3),
                           .share = {row.get<std::int64_t>(4), row.get<std::int64_t>(5)}});
    return all;
}

}  // namespace sponsio::store

#include "server/store/finding_steps.hpp"

#include "server/store/table.hpp"

#include <algorithm>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Steps = Table<"finding_step", FindingStep, Column<"finding_id", &FindingStep::finding>,
                    Column<"step_no", &FindingStep::number>, Column<"event", &FindingStep::event>,
                    Column<"from_state", &FindingStep::from>, Column<"to_state", &FindingStep::to>,
                    Column<"actor", &FindingStep::actor>, Column<"at", &FindingStep::at>,
                    Column<"facts", &FindingStep::facts>, Column<"proof", &FindingStep::proof>,
                    Column<"proof_key", &FindingStep::proof_key>>;

constexpr BinaryQuery insert_step{"finding_steps.insert", sql<Steps::insert>};
constexpr BinaryQuery select_steps{"finding_steps.of", sql<Steps::select,
                                                           "where finding_id = any($1::uuid[]) "
                                                           "order by finding_id, step_no">};
constexpr BinaryQuery select_behind{
    "finding_steps.findings_behind",
    "select f.finding_id from finding f where f.finding_id > $1 and not exists (select from "
    "finding_without_steps w where w.finding_id = f.finding_id) order by f.finding_id limit $2"};
constexpr BinaryQuery take_old{
    "finding_steps.take_old",
    "delete from finding_without_steps where finding_id in (select finding_id from finding_without_steps "
    "order by finding_id limit $1) returning finding_id"};

constexpr BinaryQuery take_one{
    "finding_steps.take_one", "delete from finding_without_steps where finding_id = $1 returning finding_id"};

/// Puts each of `parts` with the finding that `of` names.
template <class Part, class Of>
void deal(std::vector<FindingOnRecord>& findings, std::vector<Part> FindingOnRecord::*to,
          std::vector<Part> parts, Of of) {
    for (Part& part : parts) {
        auto const whose =
            std::ranges::lower_bound(findings, of(part), {}, [](auto const& one) { return one.row.id; });
        if (whose != findings.end() && whose->row.id == of(part)) ((*whose).*to).push_back(std::move(part));
    }
}

}  // namespace

void insert(db::PgSession& db, std::span<FindingStep const> steps) {
    for (FindingStep const& step : steps) db.exec(insert_step, Steps::values(step));
}

std::vector<FindingOnRecord> findings_on_record(db::PgSession& db, std::span<FindingId const> ids) {
    std::vector<FindingOnRecord> findings;
    for (FindingRow& row : findings_by_id(db, ids)) findings.push_back({std::move(row), {}, {}, {}});
    std::ranges::sort(findings, {}, [](FindingOnRecord const& one) { return one.row.id; });
    deal(findings, &FindingOnRecord::papers, documents_of(db, ids),
         [](ServedDocument const& paper) { return paper.document.finding; });
    deal(findings, &FindingOnRecord::statements, statements_of(db, ids),
         [](StatementRow const& said) { return said.finding; });
    deal(findings, &FindingOnRecord::steps,
         all_of(db.exec(select_steps, Params().add(array_of(ids))), Steps::read),
         [](FindingStep const& step) { return step.finding; });
    return findings;
}

std::vector<FindingId> findings_with_steps_behind(db::PgSession& db, Uuid const& after, int limit) {
    return column_of<FindingId>(db.exec(select_behind, Params(after, std::int32_t{limit})));
}

std::vector<FindingId> take_findings_without_steps(db::PgSession& db, int limit) {
    return column_of<FindingId>(db.exec(take_old, Params(std::int32_t{limit})));
}

bool take_finding_without_steps(db::PgSession& db, FindingId id) {
    return !db.exec(take_one, Params(id)).empty();
}

}  // namespace sponsio::store

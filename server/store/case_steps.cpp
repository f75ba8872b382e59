#include "server/store/case_steps.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Steps =
    Table<"case_step", CaseStep, Column<"case_id", &CaseStep::of>, Column<"serial", &CaseStep::serial>,
          Column<"step", &CaseStep::step>, Column<"actor", &CaseStep::actor>, Column<"at", &CaseStep::at>,
          SealedColumn<"content", &CaseStep::content>>;

constexpr BinaryQuery insert_step{"case_steps.insert", sql<Steps::insert>};
constexpr BinaryQuery select_steps{"case_steps.of", sql<Steps::select, "where case_id = $1 order by serial">};

}  // namespace

std::string case_step_label(Uuid const& of, std::int32_t serial) {
    return "case_step.content:" + of.text() + ":" + std::to_string(serial);
}

void insert(db::PgSession& db, CaseStep const& step) {
    db.exec(insert_step, Steps::values(step));
}

std::vector<CaseStep> case_steps(db::PgSession& db, Uuid const& of) {
    return all_of(db.exec(select_steps, Params(of)), Steps::read);
}

}  // namespace sponsio::store

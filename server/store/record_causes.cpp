#include "server/store/record_causes.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery select_causes{
    "record_causes.of_record",
    "select serial, cause, opened_at, opened_by, opened_why, ended_at, ended_by, ended_why "
    "from record_cause where record_id = $1 order by serial"};
constexpr BinaryQuery insert_cause{
    "record_causes.open",
    "insert into record_cause (record_id, serial, cause, opened_at, opened_by, opened_why) "
    "select $1, coalesce(max(serial), 0) + 1, $2, $3, $4, $5 from record_cause where record_id = $1"};
constexpr BinaryQuery update_ended{"record_causes.end",
                                   "update record_cause set ended_at = $3, ended_by = $4, ended_why = $5 "
                                   "where record_id = $1 and cause = $2 and ended_at is null"};

RecordCauseRow cause_of(db::Rows::Row const& row) {
    RecordCauseRow cause{
        .serial = row.get<std::int32_t>(0),
        .cause = word_at<domain::RecordCause>(row, 1),
        .opened = {row.get<Instant>(2), row.get<std::optional<AccountId>>(3), row.get<std::string>(4)},
        .ended = std::nullopt};
    if (auto const at = row.get<std::optional<Instant>>(5))
        cause.ended = CauseStep{*at, row.get<std::optional<AccountId>>(6), row.get<std::string>(7)};
    return cause;
}

}  // namespace

std::vector<RecordCauseRow> causes_of(db::PgSession& db, RecordId record) {
    return all_of(db.exec(select_causes, Params(record)), cause_of);
}

void open_cause(db::PgSession& db, RecordId record, domain::RecordCause cause, CauseStep const& step) {
    db.exec(insert_cause, Params(record, domain::word(cause), step.at, step.by, step.why));
}

void end_cause(db::PgSession& db, RecordId record, domain::RecordCause cause, CauseStep const& step) {
    db.exec(update_ended, Params(record, domain::word(cause), step.at, step.by, step.why));
}

}  // namespace sponsio::store

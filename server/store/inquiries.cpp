#include "server/store/inquiries.hpp"

#include "server/db/pipeline.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

#include <algorithm>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::InquiryState;
using domain::word;
using Bytes = std::vector<std::uint8_t>;

constexpr BinaryQuery insert_inquiries{
    "checks.queue",
    "insert into department_check (shard, check_id, task_id, commitment_code, organisation_id, department, "
    "created_at, next_try_at) select $1, q.check_id, q.task_id, q.code, q.organisation_id, q.department, $2, "
    "$2 "
    "from unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[]) "
    "as q(check_id, task_id, code, organisation_id, department)"};
constexpr BinaryQuery insert_events{
    "checks.queue_events",
    sql<"insert into event (shard, at, lifecycle, subject, event, to_state, organisation_id) select $1, $2, "
        "'department check', q.check_id::text, 'created', ",
        quoted<InquiryState::queued>,
        ", q.organisation from unnest($3::uuid[], $4::uuid[]) with ordinality as q(check_id, organisation, "
        "place) order by q.place">};
constexpr SqlPiece inquiry_rows{
    "select c.shard, c.check_id, c.task_id, c.commitment_code, c.organisation_id, o.region_code, "
    "c.department, c.created_at, c.state, c.attempts, c.next_try_at, c.wait_until, c.wait_rule, "
    "c.first_asked_at, c.asked_at, c.last_error, c.question, c.wrapped_key, c.master_key_id, c.answer, "
    "c.reply, c.answered_at, c.evidence_id from department_check c "
    "join organisation o using (organisation_id) "};
constexpr BinaryQuery select_due{
    "checks.lock_due",
    sql<inquiry_rows, "where c.department = $1 and c.state in (",
        quoted<InquiryState::queued, InquiryState::asking>,
        ") and c.next_try_at <= $2 order by c.next_try_at, c.check_id limit 1 for update of c skip locked">};
constexpr BinaryQuery select_attempt{
    "checks.lock_asking", sql<inquiry_rows, "where c.check_id = $1 and c.state = ",
                              quoted<InquiryState::asking>, " and c.attempts = $2 for update of c">};
constexpr BinaryQuery select_uncounted{
    "checks.lock_uncounted",
    sql<inquiry_rows, "where c.department = $1 and c.wait_until is null and c.state in (",
        quoted<InquiryState::queued, InquiryState::asking>,
        ") order by c.created_at, c.check_id limit $2 for update of c skip locked">};
constexpr BinaryQuery select_late{
    "checks.lock_late",
    sql<inquiry_rows, "where c.department = $1 and c.state = ", quoted<InquiryState::queued>,
        " and c.wait_until <= $2 and ($3 or c.attempts > 0) order by c.wait_until, c.check_id limit 1 for "
        "update of c skip locked">};
constexpr BinaryQuery select_of_task{
    "checks.of_task",
    sql<inquiry_rows,
        "where c.organisation_id = $1 and c.task_id = $2 "
        "and (c.created_at, c.check_id) > ($3, $4) order by c.created_at, c.check_id limit $5">};
constexpr BinaryQuery select_of_unit{
    "checks.of_unit", sql<inquiry_rows,
                          "where c.organisation_id = $1 and (c.created_at, c.check_id) > ($2, $3) "
                          "order by c.created_at, c.check_id limit $4">};
constexpr BinaryQuery update_taken{
    "checks.take", sql<"update department_check set state = ", quoted<InquiryState::asking>,
                       ", attempts = attempts + 1, next_try_at = $3, asked_at = $4, first_asked_at = "
                       "coalesce(first_asked_at, $4), question = $5, wrapped_key = $6, master_key_id = $7 "
                       "where check_id = $1 and shard = $2">};
constexpr BinaryQuery update_back{
    "checks.put_back", sql<"update department_check set state = ", quoted<InquiryState::queued>,
                           ", next_try_at = $3, last_error = $4 where check_id = $1 and shard = $2">};
constexpr BinaryQuery select_reply{
    "checks.reply_known",
    "select 1 from department_check where department = $1 and reply_id = $2 and check_id <> $3"};
constexpr BinaryQuery update_answer{
    "checks.set_answer", sql<"update department_check set state = ", quoted<InquiryState::answered>,
                             ", answer = $3, reply = $4, reply_id = $5, answered_at = $6, evidence_id = $7, "
                             "last_error = null where check_id = $1 and shard = $2">};
constexpr BinaryQuery update_end{"checks.end",
                                 "update department_check set state = $3 where check_id = $1 and shard = $2"};
constexpr BinaryQuery update_wait{
    "checks.set_wait",
    "update department_check set wait_until = $3, wait_rule = $4 where check_id = $1 and shard = $2"};

InquiryRow inquiry_of(db::Rows::Row const& row) {
    InquiryRow check{.shard = row.get<std::int16_t>(0),
                     .id = row.get<InquiryId>(1),
                     .task = row.get<TaskId>(2),
                     .commitment_code = row.get<std::string>(3),
                     .organisation = row.get<OrganisationId>(4),
                     .region = row.get<std::string>(5),
                     .department = row.get<std::string>(6),
                     .created_at = row.get<Instant>(7),
                     .state = word_at<domain::InquiryState>(row, 8),
                     .attempts = row.get<std::int32_t>(9),
                     .next_try_at = row.get<Instant>(10),
                     .wait_until = row.get<std::optional<Instant>>(11),
                     .wait_rule = row.get<std::optional<std::string>>(12),
                     .first_asked_at = row.get<std::optional<Instant>>(13),
                     .asked_at = row.get<std::optional<Instant>>(14),
                     .last_error = row.get<std::optional<std::string>>(15)};
    if (!row.is_null(16)) check.question = sealed_at(row, 16);
    check.answer = optional_word_at<domain::InquiryAnswer>(row, 19);
    check.reply = row.get<std::optional<Bytes>>(20);
    check.answered_at = row.get<std::optional<Instant>>(21);
    check.evidence = row.get<std::optional<EvidenceId>>(22);
    return check;
}

struct InquiryColumns {
    db::Array<InquiryId> id;
    db::Array<TaskId> task;
    db::Array<std::string> code, department;
    db::Array<OrganisationId> organisation;

    explicit InquiryColumns(std::span<NewInquiry const> checks) {
        for (NewInquiry const& c : checks) {
            id.push(c.id);
            task.push(c.task);
            code.push(c.commitment_code);
            organisation.push(c.organisation);
            department.push(c.department);
        }
    }
};

}  // namespace

std::string question_label(InquiryId id) {
    return "department_check.question:" + id.text();
}

std::string reply_label(InquiryId id) {
    return "department_check.reply:" + id.text();
}

void queue_inquiries(db::Pipeline& pipeline, std::span<NewInquiry const> checks, std::int16_t shard,
                     Instant now) {
    if (checks.empty()) return;
    InquiryColumns const rows(checks);
    pipeline.add(insert_inquiries, Params()
                                       .add(shard)
                                       .add(now)
                                       .add(rows.id)
                                       .add(rows.task)
                                       .add(rows.code)
                                       .add(rows.organisation)
                                       .add(rows.department));
    pipeline.add(insert_events, Params().add(shard).add(now).add(rows.id).add(rows.organisation));
}

void queue_inquiries(db::PgSession& db, std::span<NewInquiry const> checks, std::int16_t shard, Instant now) {
    constexpr std::size_t at_once = 5'000;  // a draw may make a million
    while (!checks.empty()) {
        auto const some = checks.first(std::min(at_once, checks.size()));
        db::Pipeline pipeline;
        queue_inquiries(pipeline, some, shard, now);
        pipeline.run(db);
        checks = checks.subspan(some.size());
    }
}

std::optional<InquiryRow> lock_due_inquiry(db::PgSession& db, std::string const& department, Instant now) {
    return first_of(db.exec(select_due, Params(department, now)), inquiry_of);
}

void take_into_asking(db::PgSession& db, InquiryRow const& row, Instant now, Instant lease_until) {
    Params params(row.id, row.shard, lease_until, now);
    db.exec(update_taken, add(params, row.question.value()));
}

std::optional<InquiryRow> lock_asking(db::PgSession& db, InquiryId id, int attempt) {
    return first_of(db.exec(select_attempt, Params(id, std::int32_t{attempt})), inquiry_of);
}

void put_back(db::PgSession& db, InquiryRow const& row, Instant next_try, std::string_view why) {
    db.exec(update_back, Params(row.id, row.shard, next_try, why));
}

bool reply_known(db::PgSession& db, std::string const& department, Uuid const& reply, InquiryId question) {
    return !db.exec(select_reply, Params(department, InquiryId{reply}, question)).empty();
}

void set_answer(db::PgSession& db, InquiryRow const& row, Uuid const& reply) {
    db.exec(update_answer, Params(row.id, row.shard, optional_word(row.answer), row.reply, InquiryId{reply},
                                  row.answered_at, row.evidence));
}

void end_inquiry(db::PgSession& db, InquiryRow const& row, domain::InquiryState state) {
    db.exec(update_end, Params(row.id, row.shard, word(state)));
}

std::vector<InquiryRow> lock_uncounted(db::PgSession& db, std::string const& department, int limit) {
    return all_of(db.exec(select_uncounted, Params(department, std::int32_t{limit})), inquiry_of);
}

void set_wait(db::PgSession& db, InquiryRow const& row, Instant until, std::string const& rule) {
    db.exec(update_wait, Params(row.id, row.shard, until, rule));
}

std::optional<InquiryRow> lock_late_inquiry(db::PgSession& db, std::string const& department, Instant now,
                                            bool untried) {
    return first_of(db.exec(select_late, Params(department, now, untried)), inquiry_of);
}

std::vector<InquiryRow> checks_in(db::PgSession& db, InquiryList const& list) {
    Params params(list.organisation);
    if (list.task) params.add(*list.task);
    params.add(list.after ? list.after->first : long_ago)
        .add(list.after ? list.after->second : InquiryId{Uuid{}})
        .add(std::int32_t{list.limit});
    return all_of(db.exec(list.task ? select_of_task : select_of_unit, params), inquiry_of);
}

}  // namespace sponsio::store

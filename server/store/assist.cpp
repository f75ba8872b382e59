#include "server/store/assist.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::TicketState;
using domain::word;
using Bytes = std::vector<std::uint8_t>;

constexpr BinaryQuery insert_ticket{
    "assist.insert",
    "insert into assist_ticket (ticket_id, shard, task_id, check_id, organisation_id, unit_id, department, "
    "asked_by, question, wrapped_key, master_key_id, asked_at, due_at, rule) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};
constexpr SqlPiece ticket_rows{
    "select ticket_id, shard, task_id, check_id, organisation_id, unit_id, department, asked_by, "
    "question, wrapped_key, master_key_id, asked_at, due_at, rule, state, answer, reply, answered_by, "
    "answered_at, evidence_id from assist_ticket "};
constexpr BinaryQuery select_ticket{"assist.by_id", sql<ticket_rows, "where ticket_id = $1">};
constexpr BinaryQuery select_locked{"assist.lock", sql<ticket_rows, "where ticket_id = $1 for update">};
constexpr BinaryQuery select_due{
    "assist.lock_due", sql<ticket_rows, "where state = ", quoted<TicketState::open>,
                           " and due_at <= $1 order by due_at, ticket_id limit 1 for update skip locked">};
constexpr BinaryQuery select_idle{
    "assist.lock_idle",
    sql<"select a.ticket_id, a.shard, a.task_id, a.check_id, a.organisation_id, a.unit_id, a.department, "
        "a.asked_by, a.question, a.wrapped_key, a.master_key_id, a.asked_at, a.due_at, a.rule, a.state, "
        "a.answer, a.reply, a.answered_by, a.answered_at, a.evidence_id from assist_ticket a join "
        "verification_task t on t.task_id = a.task_id and t.shard = a.shard where a.state = ",
        quoted<TicketState::open>, " and t.closed_at is not null limit 1 for update of a skip locked">};
constexpr BinaryQuery select_endless{
    "assist.lock_endless", sql<ticket_rows, "where state = ", quoted<TicketState::open>,
                               " and due_at is null order by ticket_id limit $1 for update skip locked">};
constexpr BinaryQuery select_asked_of{
    "assist.asked_of", sql<ticket_rows,
                           "where unit_id = $1 and ($2::text is null or state = $2) "
                           "and (asked_at, ticket_id) > ($3, $4) order by asked_at, ticket_id limit $5">};
constexpr BinaryQuery select_asked_by{
    "assist.asked_by", sql<ticket_rows,
                           "where organisation_id = $1 and ($2::text is null or state = $2) "
                           "and (asked_at, ticket_id) > ($3, $4) order by asked_at, ticket_id limit $5">};
constexpr BinaryQuery update_ticket{
    "assist.update",
    "update assist_ticket set due_at = $2, rule = $3, state = $4, answer = $5, reply = $6, answered_by = $7, "
    "answered_at = $8, evidence_id = $9 where ticket_id = $1"};

TicketRow ticket_of(db::Rows::Row const& row) {
    return {.id = row.get<TicketId>(0),
            .shard = row.get<std::int16_t>(1),
            .task = row.get<TaskId>(2),
            .check = row.get<std::optional<InquiryId>>(3),
            .organisation = row.get<OrganisationId>(4),
            .unit = row.get<OrganisationId>(5),
            .department = row.get<std::optional<std::string>>(6),
            .asked_by = row.get<std::optional<AccountId>>(7),
            .question = sealed_at(row, 8),
            .asked_at = row.get<Instant>(11),
            .due_at = row.get<std::optional<Instant>>(12),
            .rule = row.get<std::string>(13),
            .state = word_at<domain::TicketState>(row, 14),
            .answer = optional_word_at<domain::InquiryAnswer>(row, 15),
            .reply = row.get<std::optional<Bytes>>(16),
            .answered_by = row.get<std::optional<AccountId>>(17),
            .answered_at = row.get<std::optional<Instant>>(18),
            .evidence = row.get<std::optional<EvidenceId>>(19)};
}

}  // namespace

std::string ticket_label(TicketId id) {
    return "assist_ticket.question:" + id.text();
}

std::string ticket_reply_label(TicketId id) {
    return "assist_ticket.reply:" + id.text();
}

void insert(db::PgSession& db, TicketRow const& row) {
    Params params(row.id, row.shard, row.task, row.check, row.organisation, row.unit, row.department,
                  row.asked_by);
    add(params, row.question).add(row.asked_at).add(row.due_at).add(row.rule);
    db.exec(insert_ticket, params);
}

std::optional<TicketRow> ticket_by_id(db::PgSession& db, TicketId id) {
    return first_of(db.exec(select_ticket, Params(id)), ticket_of);
}

std::optional<TicketRow> lock_ticket(db::PgSession& db, TicketId id) {
    return first_of(db.exec(select_locked, Params(id)), ticket_of);
}

void update(db::PgSession& db, TicketRow const& row) {
    db.exec(update_ticket, Params(row.id, row.due_at, row.rule, word(row.state), optional_word(row.answer),
                                  row.reply, row.answered_by, row.answered_at, row.evidence));
}

std::optional<TicketRow> lock_due_ticket(db::PgSession& db, Instant now) {
    return first_of(db.exec(select_due, Params(now)), ticket_of);
}

std::optional<TicketRow> lock_idle_ticket(db::PgSession& db) {
    return first_of(db.exec(select_idle), ticket_of);
}

std::vector<TicketRow> lock_endless_tickets(db::PgSession& db, int limit) {
    return all_of(db.exec(select_endless, Params(std::int32_t{limit})), ticket_of);
}

std::vector<TicketRow> tickets_in(db::PgSession& db, TicketList const& list) {
    Params const params(list.organisation, optional_word(list.state),
                        list.after ? list.after->first : long_ago,
                        list.after ? list.after->second : TicketId{Uuid{}}, std::int32_t{list.limit});
    return all_of(db.exec(list.asked_of ? select_asked_of : select_asked_by, params), ticket_of);
}

}  // namespace sponsio::store

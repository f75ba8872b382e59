#include "server/store/removals.hpp"

#include "server/domain/lifecycles.hpp"
#include "server/domain/publicity_lifecycle.hpp"
#include "server/domain/report.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::PublicityState;
using domain::ReceiptBasis;
using domain::ReceiverKind;
using domain::RemovalMeasure;
using domain::RemovalState;
using domain::ReportOp;
using domain::SubmissionState;
using R = RemovalRow;
using C = ReceiverRow;

constexpr auto is_open = piece<"state in (", quoted<RemovalState::ordered, RemovalState::overdue>, ")">;

constexpr BinaryQuery select_not_held{"record_holders.missing",
                                      "select q.record_id from unnest($2::uuid[]) as q(record_id) where not "
                                      "exists (select from record_holder h "
                                      "where h.record_id = q.record_id and h.organisation_id = $1)"};
constexpr BinaryQuery share_status{
    "record_holders.share_status",
    "select record_id from status_entry where record_id = any($1::uuid[]) order by record_id for share"};
constexpr BinaryQuery insert_holder{
    "record_holders.insert",
    "insert into record_holder (record_id, organisation_id, since) select q.record_id, $1, $3 from "
    "unnest($2::uuid[]) as q(record_id) on conflict do nothing"};
constexpr BinaryQuery join_open{
    "record_holders.join_removals",
    sql<"insert into removal_receiver (removal_id, receiver, organisation_id) select m.removal_id, ",
        quoted<ReceiverKind::integrator>, ", $1 from removal m where m.record_id = any($2::uuid[]) and m.",
        is_open, " on conflict do nothing">};
constexpr BinaryQuery select_since{
    "record_holders.since", "select since from record_holder where record_id = $1 and organisation_id = $2"};

using Removals =
    Table<"removal", R, Column<"removal_id", &R::id>, Column<"record_id", &R::record>,
          Column<"organisation_id", &R::organisation>, Column<"measure", &R::measure>, Column<"why", &R::why>,
          Column<"ordered_at", &R::ordered_at>, Column<"due_at", &R::due_at>, Column<"rule", &R::rule>,
          Column<"messages", &R::messages>, Column<"message_at", &R::message_at>, Column<"state", &R::state>,
          Column<"ended_at", &R::ended_at>>;
using Moved = Removals::Update<&R::due_at, &R::rule, &R::messages, &R::message_at, &R::state, &R::ended_at>;

// The last report that the platform has not refused says whether the record is there.
constexpr auto reported =
    piece<"(select s.op from submission_record s where s.record_id = m.record_id and s.state <> ",
          quoted<SubmissionState::rejected>, " order by s.attempt desc limit 1)">;
constexpr auto there = piece<"(", quoted<ReportOp::add, ReportOp::change>, ")">;
constexpr auto taken_back = piece<
    "from submission_record s where s.record_id = m.record_id and s.created_at >= m.ordered_at and s.op in (",
    quoted<ReportOp::withdraw, ReportOp::repair>, ") and s.state = ", quoted<SubmissionState::accepted>>;

constexpr BinaryQuery insert_one{"removals.insert", sql<Removals::insert, "on conflict do nothing">};
constexpr BinaryQuery select_erased{
    "removals.erased", sql<"select exists (select from removal where record_id = $1 and measure = ",
                           quoted<RemovalMeasure::erase>, ")">};
constexpr BinaryQuery insert_receivers{
    "removals.receivers",
    sql<"insert into removal_receiver (removal_id, receiver, organisation_id) select m.removal_id, r.* from "
        "removal m, lateral (select ",
        quoted<ReceiverKind::integrator>,
        ", h.organisation_id from record_holder h where h.record_id = m.record_id union all select ",
        quoted<ReceiverKind::publicity_site>,
        ", null where exists (select from publicity p where p.record_id = m.record_id and p.state in (",
        quoted<PublicityState::published, PublicityState::ended>, ")) union all select ",
        quoted<ReceiverKind::platform>, ", null where m.measure <> ", quoted<RemovalMeasure::end_publicity>,
        " and ", reported, " in ", there, ") r where m.removal_id = $1">};
constexpr BinaryQuery update_one{"removals.update", sql<Moved::text>};
constexpr BinaryQuery select_one{"removals.by_id", sql<Removals::select, "where removal_id = $1">};
constexpr BinaryQuery lock_one{"removals.lock", sql<Removals::select, "where removal_id = $1 for update">};
constexpr BinaryQuery lock_open{
    "removals.lock_open",
    sql<Removals::select, "where record_id = $1 and ", is_open, " order by removal_id for update">};
// What is waited for and can be told without being asked: the own pages, and the platform's answer.
constexpr BinaryQuery lock_to_do{
    "removals.to_do",
    sql<"select ", Removals::list_after<"m.">, " from removal m where m.", is_open,
        " and ($3::uuid is null or m.removal_id > $3) and (m.due_at is null or m.messages = 0 or (m.state = ",
        quoted<RemovalState::ordered>, " and m.due_at <= $1) or (m.state = ", quoted<RemovalState::overdue>,
        " and m.message_at <= $2) or not exists (select from removal_receiver c where c.removal_id = "
        "m.removal_id and c.confirmed_at is null) or exists (select from removal_receiver c where "
        "c.removal_id = m.removal_id and c.confirmed_at is null and (c.receiver = ",
        quoted<ReceiverKind::publicity_site>, " or (c.receiver = ", quoted<ReceiverKind::platform>,
        " and (exists (select ", taken_back, ") or ", reported,
        " is null))))) order by m.removal_id limit 1 for update of m skip locked">};
constexpr BinaryQuery select_list{
    "removals.list",
    sql<"select ", Removals::list_after<"m.">,
        " from removal m where ($1 or m.organisation_id = any($2::uuid[]) or ($3::uuid is not null and "
        "exists "
        "(select from removal_receiver c where c.removal_id = m.removal_id and c.organisation_id = $3))) and "
        "($4::text is null or m.state = $4) and ($5::uuid is null or m.record_id = $5) and ($6::uuid is null "
        "or m.removal_id > $6) order by m.removal_id limit $7">};

constexpr BinaryQuery select_receivers{
    "removal_receivers.of",
    "select c.removal_id, c.receiver, c.organisation_id, c.confirmed_at, c.basis, c.confirmed_by, "
    "c.removed_at, "
    "c.reference, o.name from removal_receiver c left join organisation o using (organisation_id) where "
    "c.removal_id = $1 order by c.receiver, c.organisation_id"};
constexpr BinaryQuery update_receipt{
    "removal_receivers.confirm",
    "update removal_receiver set confirmed_at = $4, basis = $5, confirmed_by = $6, removed_at = $7, "
    "reference = "
    "$8 where removal_id = $1 and receiver = $2 and organisation_id is not distinct from $3 and confirmed_at "
    "is null"};
constexpr BinaryQuery update_acknowledged{
    "removal_receivers.acknowledged",
    sql<"update removal_receiver c set confirmed_at = $2, basis = ", quoted<ReceiptBasis::acknowledgement>,
        ", reference = a.record_no from removal m, lateral (select s.record_no ", taken_back,
        " order by s.attempt desc limit 1) a where c.removal_id = $1 and m.removal_id = c.removal_id and "
        "c.receiver = ",
        quoted<ReceiverKind::platform>, " and c.confirmed_at is null">};
constexpr BinaryQuery update_never_taken{
    "removal_receivers.never_taken",
    sql<"update removal_receiver c set confirmed_at = $2, basis = ", quoted<ReceiptBasis::never_taken>,
        " from removal m where c.removal_id = $1 and m.removal_id = c.removal_id and c.receiver = ",
        quoted<ReceiverKind::platform>, " and c.confirmed_at is null and ", reported, " is null">};
constexpr BinaryQuery count_waiting{
    "removal_receivers.waiting",
    "select count(*) from removal_receiver where removal_id = $1 and confirmed_at is null"};
constexpr BinaryQuery select_platform{
    "removals.platform_holds",
    sql<"select coalesce(", reported, " in ", there, ", false) from (select $1::uuid as record_id) m">};
constexpr BinaryQuery count_all{
    "removals.counts",
    sql<"select count(*), coalesce(sum((select count(*) from removal_receiver c where c.removal_id = "
        "m.removal_id and c.confirmed_at is null)) filter (where m.state = ",
        quoted<RemovalState::overdue>, "), 0)::bigint from removal m where m.", is_open>};

ReceiverRow receiver_of(db::Rows::Row const& row) {
    return {.removal = row.get<RemovalId>(0),
            .kind = word_at<ReceiverKind>(row, 1),
            .organisation = row.get<std::optional<OrganisationId>>(2),
            .confirmed_at = row.get<std::optional<Instant>>(3),
            .basis = optional_word_at<ReceiptBasis>(row, 4),
            .confirmed_by = row.get<std::optional<AccountId>>(5),
            .removed_at = row.get<std::optional<Instant>>(6),
            .reference = row.get<std::optional<std::string>>(7),
            .name = row.get<std::optional<std::string>>(8)};
}

}  // namespace

std::vector<RecordId> records_not_held(db::PgSession& db, OrganisationId organisation,
                                       std::vector<RecordId> const& records) {
    return column_of<RecordId>(db.exec(select_not_held, Params().add(organisation).add(array_of(records))));
}

void add_holder(db::PgSession& db, OrganisationId organisation, std::vector<RecordId> const& records,
                Instant now) {
    db.exec(share_status, Params().add(array_of(records)));
    db.exec(insert_holder, Params().add(organisation).add(array_of(records)).add(now));
    db.exec(join_open, Params().add(organisation).add(array_of(records)));
}

std::optional<Instant> held_since(db::PgSession& db, RecordId record, OrganisationId organisation) {
    return value_of<Instant>(db.exec(select_since, Params(record, organisation)));
}

bool insert(db::PgSession& db, RemovalRow const& row) {
    if (row.measure == RemovalMeasure::erase && *value_of<bool>(db.exec(select_erased, Params(row.record))))
        return false;
    if (db.exec(insert_one, Removals::values(row)).affected() == 0) return false;
    db.exec(insert_receivers, Params(row.id));
    return true;
}

void update(db::PgSession& db, RemovalRow const& row) {
    db.exec(update_one, Moved::values(row));
}

std::optional<RemovalRow> removal_by_id(db::PgSession& db, RemovalId id) {
    return first_of(db.exec(select_one, Params(id)), Removals::read);
}

std::optional<RemovalRow> lock_removal(db::PgSession& db, RemovalId id) {
    return first_of(db.exec(lock_one, Params(id)), Removals::read);
}

std::vector<RemovalRow> lock_open_removals(db::PgSession& db, RecordId record) {
    return all_of(db.exec(lock_open, Params(record)), Removals::read);
}

std::optional<RemovalRow> lock_removal_to_do(db::PgSession& db, Instant now, Instant repeat,
                                             std::optional<RemovalId> after) {
    return first_of(db.exec(lock_to_do, Params(now, repeat, after)), Removals::read);
}

std::vector<RemovalRow> removals_after(db::PgSession& db, RemovalList const& list) {
    Params params;
    params.add(!list.of)
        .add(array_of(list.of.value_or(std::vector<OrganisationId>{})))
        .add(list.receiver)
        .add(optional_word(list.state))
        .add(list.record)
        .add(list.after)
        .add(std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Removals::read);
}

std::vector<ReceiverRow> receivers_of(db::PgSession& db, RemovalId removal) {
    return all_of(db.exec(select_receivers, Params(removal)), receiver_of);
}

bool confirm(db::PgSession& db, ReceiverRow const& row) {
    Params params;
    params.add(row.removal)
        .add(domain::word(row.kind))
        .add(row.organisation)
        .add(row.confirmed_at)
        .add(optional_word(row.basis))
        .add(row.confirmed_by)
        .add(row.removed_at)
        .add(row.reference);
    return db.exec(update_receipt, params).affected() != 0;
}

bool confirm_by_platform(db::PgSession& db, RemovalId removal, Instant now) {
    return db.exec(update_acknowledged, Params(removal, now)).affected() != 0 ||
           db.exec(update_never_taken, Params(removal, now)).affected() != 0;
}

std::int64_t receivers_waiting(db::PgSession& db, RemovalId removal) {
    return value_of<std::int64_t>(db.exec(count_waiting, Params(removal))).value_or(0);
}

bool platform_holds(db::PgSession& db, RecordId record) {
    return value_of<bool>(db.exec(select_platform, Params(record))).value_or(false);
}

RemovalCounts removal_counts(db::PgSession& db) {
    db::Rows const rows = db.exec(count_all);
    return {rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1)};
}

}  // namespace sponsio::store

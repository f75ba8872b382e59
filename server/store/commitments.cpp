#include "server/store/commitments.hpp"

#include "server/store/columns.hpp"
#include "server/store/feeds.hpp"
#include "server/store/sql.hpp"

#include <limits>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::CommitmentEvent;
using domain::CommitmentState;
using domain::TaskSource;
using Blob = std::vector<std::uint8_t>;

constexpr SqlPiece commitment_rows{
    "select shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, "
    "valid_until, accepted_at, committer_kind, committer_index, sealed, wrapped_key, master_key_id, "
    "content_digest, state, leaf_index from commitment "};
constexpr BinaryQuery select_one{"commitments.by_code", sql<commitment_rows, "where code = $1">};
constexpr BinaryQuery select_locked{"commitments.lock", sql<commitment_rows, "where code = $1 for update">};
constexpr BinaryQuery update_state{
    "commitments.set_state",
    "update commitment set state = $4 where code = $1 and shard = $2 and state = $3"};
constexpr BinaryQuery select_task{
    "commitments.task",
    sql<"select task_id, due_at, rule, waits_for, created_at, source in (",
        quoted<TaskSource::deadline, TaskSource::first_time>,
        ") from verification_task where commitment_code = $1 order by created_at limit 1">};
// The states of the index commitment_expiring, which are those that the lifecycle can expire.
constexpr BinaryQuery expire_some{
    "commitments.expire",
    sql<"with due as materialized (select shard, code, state, valid_until, organisation_id from "
        "commitment where valid_until is not null and state in (",
        quoted<CommitmentState::effective, CommitmentState::supervised>,
        ") and valid_until < $1 order by valid_until, code limit $3 for update "
        "skip locked), ended as (update commitment c set state = ",
        quoted<CommitmentState::expired>,
        " from due where c.code = due.code and c.shard = due.shard), told as "
        "(insert into event (shard, at, lifecycle, subject, from_state, event, "
        "to_state, organisation_id, rule) select shard, $2, 'commitment', code, state, ",
        quoted<CommitmentEvent::expire>, ", ", quoted<CommitmentState::expired>,
        ", organisation_id, 'commitment.valid_until ' || to_char(valid_until, 'YYYY-MM-DD') "
        "from due order by code) select count(*) from due">};
constexpr SqlPiece summaries{
    "select c.code, c.state, m.matter_code, c.matter_version, c.made_on, c.accepted_at, "
    "commitment_place(c.position, c.accepted_at), c.client_reference from commitment c "
    "join matter m on m.matter_id = c.matter_id where c.organisation_id = $1 "};
constexpr BinaryQuery select_list{
    "commitments.after",
    sql<summaries,
        "and ($2::text is null or c.state = $2) and (commitment_place(c.position, c.accepted_at), c.code) > "
        "($3, $4) and commitment_place(c.position, c.accepted_at) <= $6 "
        "order by commitment_place(c.position, c.accepted_at), c.code limit $5">};
constexpr BinaryQuery select_referenced{"commitments.by_reference",
                                        sql<summaries, "and c.client_reference = $2">};

CommitmentState state_of(std::string const& text) {
    return domain::from_word<CommitmentState>(text).value();
}

std::optional<std::uint64_t> leaf_of(std::optional<std::int64_t> column) {
    if (!column) return std::nullopt;
    return static_cast<std::uint64_t>(*column);
}

CommitmentSummary summary_of(db::Rows::Row const& row) {
    return {.code = row.get<std::string>(0),
            .state = state_of(row.get<std::string>(1)),
            .matter_code = row.get<std::string>(2),
            .matter_version = row.get<std::int32_t>(3),
            .made_on = row.get<Date>(4),
            .accepted_at = row.get<Instant>(5),
            .position = row.get<std::int64_t>(6),
            .client_reference = row.get<std::optional<std::string>>(7)};
}

}  // namespace

CommitmentRow commitment_at(db::Rows::Row const& row) {
    return {.shard = row.get<std::int16_t>(0),
            .code = row.get<std::string>(1),
            .notice = row.get<NoticeId>(2),
            .matter = row.get<MatterId>(3),
            .matter_version = row.get<std::int32_t>(4),
            .organisation = row.get<OrganisationId>(5),
            .filed_by = row.get<AccountId>(6),
            .made_on = row.get<Date>(7),
            .valid_until = row.get<std::optional<Date>>(8),
            .accepted_at = row.get<Instant>(9),
            .committer_kind = row.get<std::string>(10),
            .committer_index = row.get<Blob>(11),
            .sealed = {row.get<Blob>(12), row.get<std::optional<Blob>>(13),
                       row.get<std::optional<std::string>>(14)},
            .content_digest = row.get<Digest>(15),
            .state = state_of(row.get<std::string>(16)),
            .leaf_index = leaf_of(row.get<std::optional<std::int64_t>>(17))};
}

std::string content_label(std::string const& code) {
    return "commitment.sealed:" + code;
}

std::optional<CommitmentRow> commitment_by_code(db::PgSession& db, std::string const& code) {
    return first_of(db.exec(select_one, Params(code)), commitment_at);
}

std::optional<CommitmentRow> lock_commitment(db::PgSession& db, std::string const& code) {
    return first_of(db.exec(select_locked, Params(code)), commitment_at);
}

bool set_commitment_state(db::PgSession& db, std::string const& code, std::int16_t shard,
                          CommitmentState from, CommitmentState to) {
    return db.exec(update_state, Params(code, shard, domain::word(from), domain::word(to))).affected() == 1;
}

std::int64_t expire_commitments(db::PgSession& db, Date today, Instant now, int limit) {
    return db.exec(expire_some, Params(today, now, std::int32_t{limit}))[0].get<std::int64_t>(0);
}

std::optional<WatchingTask> task_of_commitment(db::PgSession& db, std::string const& code) {
    db::Rows const rows = db.exec(select_task, Params(code));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    TaskEnd end{row.get<Instant>(1), row.get<std::string>(2), row.get<std::optional<std::int32_t>>(3)};
    return WatchingTask{row.get<TaskId>(0), std::move(end), row.get<Instant>(4), row.get<bool>(5)};
}

std::vector<CommitmentSummary> commitments_after(db::PgSession& db, CommitmentList const& list) {
    std::optional<std::string> state;
    if (list.state) state = std::string(domain::word(*list.state));
    auto const after =
        list.after.value_or(CommitmentPlace{std::numeric_limits<std::int64_t>::min(), std::string()});
    std::int64_t const last = settled(db, Feed::commitments);
    return all_of(db.exec(select_list, Params(list.organisation, state, after.position, after.code,
                                              std::int32_t{list.limit}, last)),
                  summary_of);
}

std::optional<CommitmentSummary> commitment_by_reference(db::PgSession& db, OrganisationId organisation,
                                                         std::string const& client_reference) {
    return first_of(db.exec(select_referenced, Params(organisation, client_reference)), summary_of);
}

}  // namespace sponsio::store

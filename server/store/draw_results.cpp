#include "server/store/draw_results.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

#include <stdexcept>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::CheckResult;
using domain::TaskState;

// A share lock: nobody can withdraw the commitment, or open a task for it, before the commit.
constexpr BinaryQuery select_drawn{
    "draw_results.lock_drawn",
    "select c.shard, c.leaf_index, c.code, c.matter_id, c.matter_version, c.state, "
    "exists (select 1 from verification_task t where t.commitment_code = c.code and t.closed_at is null) "
    "from commitment c join unnest($1::int2[], $2::int8[]) as q(shard, leaf) "
    "on q.shard = c.shard and q.leaf = c.leaf_index "
    "where c.organisation_id = any($3) and c.matter_id = any($4) order by c.shard, c.leaf_index "
    "for no key update of c"};
// There is no array of arrays of different lengths: the barred inspectors of an object go as one text.
constexpr BinaryQuery insert_rows{
    "draw_results.insert_objects",
    "insert into draw_object (draw_id, place, object, stratum, ticket, barred, commitment_code, task_id, "
    "set_aside, lot, repeated_root) select $1, q.place, q.object, q.stratum, q.ticket, "
    "string_to_array(q.barred, ' '), q.code, q.task_id, q.set_aside, q.lot, q.root from unnest($2::text[], "
    "$3::text[], $4::bytea[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::bytea[], $10::bytea[]) "
    "with ordinality as q(object, stratum, ticket, barred, code, task_id, set_aside, lot, root, place)"};
constexpr BinaryQuery select_objects{
    "draw_results.objects",
    "select object, stratum, ticket, barred, commitment_code, task_id, set_aside, lot, repeated_root "
    "from draw_object where draw_id = $1 order by place"};
constexpr BinaryQuery select_object_of_task{
    "draw_results.object_of_task", "select object from draw_object where task_id = $2 and draw_id = $1"};
constexpr BinaryQuery select_recusals{
    "draw_results.recusals", "select object, ref from draw_recusal where draw_id = $1 order by serial"};
constexpr BinaryQuery insert_one_recusal{
    "draw_results.insert_recusal",
    "insert into draw_recusal (draw_id, serial, object, ref, at) values ($1, $2, $3, $4, $5)"};
constexpr BinaryQuery select_reassignments{
    "draw_results.reassignments",
    "select object, seat, ref from draw_reassignment where draw_id = $1 order by serial"};
// The draw is locked.
constexpr BinaryQuery insert_one_reassignment{
    "draw_results.add_reassignment",
    "insert into draw_reassignment (draw_id, serial, object, seat, ref, at) "
    "select $1, coalesce(max(serial), 0) + 1, $2, $3, $4, $5 from draw_reassignment where draw_id = $1"};
constexpr BinaryQuery insert_one_statement{
    "draw_results.insert_statement",
    "insert into draw_statement (draw_id, revision, document, made_at) values ($1, $2, $3, $4)"};
constexpr BinaryQuery select_statement{
    "draw_results.statement",
    "select revision, document from draw_statement where draw_id = $1 and revision <= $2 "
    "order by revision desc limit 1"};
constexpr BinaryQuery select_newest_revision{
    "draw_results.newest_revision",
    "select coalesce(max(revision), 0) from draw_statement where draw_id = $1"};
constexpr BinaryQuery select_outcomes{
    "draw_results.outcomes",
    sql<"select o.stratum, count(*), count(*) filter (where t.closed_at is null and o.set_aside is null), "
        "count(*) filter (where t.state = ",
        quoted<TaskState::closed>, " and t.result = ", quoted<CheckResult::consistent>,
        "), count(*) filter (where t.state = ", quoted<TaskState::closed>, " and t.result = ",
        quoted<CheckResult::inconsistent>, "), count(*) filter (where t.state = ", quoted<TaskState::closed>,
        " and t.result = ", quoted<CheckResult::cannot_verify>, "), count(*) filter (where t.state = ",
        quoted<TaskState::closed>, " and t.result = ", quoted<CheckResult::non_cooperation>,
        "), count(*) filter (where o.set_aside is not null or t.state = ", quoted<TaskState::cancelled>,
        ") from draw_object o left join verification_task t on t.task_id = o.task_id where o.draw_id = $1 "
        "group by o.stratum order by min(o.place)">};

std::string words(std::vector<std::string> const& list) {
    std::string text;
    for (std::string const& word : list) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

std::vector<DrawnCommitment> lock_drawn(db::PgSession& db,
                                        std::vector<std::pair<std::int16_t, std::int64_t>> const& places,
                                        std::vector<OrganisationId> const& agencies,
                                        std::vector<MatterId> const& matters) {
    db::Array<std::int16_t> shards;
    db::Array<std::int64_t> leaves;
    db::Array<OrganisationId> organisations;
    db::Array<MatterId> of;
    for (auto const& [shard, leaf] : places) {
        shards.push(shard);
        leaves.push(leaf);
    }
    for (OrganisationId const& id : agencies) organisations.push(id);
    for (MatterId const& id : matters) of.push(id);
    std::vector<DrawnCommitment> drawn;
    for (auto const& row : db.exec(select_drawn, Params(shards, leaves, organisations, of)))
        drawn.push_back({.shard = row.get<std::int16_t>(0),
                         .leaf = row.get<std::int64_t>(1),
                         .code = row.get<std::string>(2),
                         .matter = row.get<MatterId>(3),
                         .version = row.get<std::int32_t>(4),
                         .state = word_at<domain::CommitmentState>(row, 5),
                         .open_task = row.get<bool>(6)});
    return drawn;
}

void insert_objects(db::PgSession& db, DrawId draw, std::span<DrawObject const> objects) {
    db::Array<std::string> names, strata, barred, codes, set_aside;
    db::Array<Digest> tickets;
    db::Array<TaskId> tasks;
    db::Array<Digest> lots, roots;
    for (DrawObject const& object : objects) {
        names.push(object.object);
        strata.push(object.stratum);
        tickets.push(object.ticket);
        barred.push(words(object.barred));
        codes.push(object.commitment_code);
        tasks.push(object.task);
        set_aside.push(optional_word(object.set_aside));
        lots.push(object.lot);
        roots.push(object.repeated_root);
    }
    db.exec(insert_rows, Params(draw, names, strata, tickets, barred, codes, tasks, set_aside, lots, roots));
}

std::vector<DrawObject> objects_of(db::PgSession& db, DrawId draw) {
    std::vector<DrawObject> objects;
    for (auto const& row : db.exec(select_objects, Params(draw)))
        objects.push_back({.object = row.get<std::string>(0),
                           .stratum = row.get<std::string>(1),
                           .ticket = row.get<Digest>(2),
                           .barred = row.get_array<std::string>(3),
                           .commitment_code = row.get<std::string>(4),
                           .task = row.get<std::optional<TaskId>>(5),
                           .set_aside = optional_word_at<NotChecked>(row, 6),
                           .lot = row.get<std::optional<Digest>>(7),
                           .repeated_root = row.get<std::optional<Digest>>(8)});
    return objects;
}

std::optional<std::string> object_of_task(db::PgSession& db, DrawId draw, TaskId task) {
    return value_of<std::string>(db.exec(select_object_of_task, Params(draw, task)));
}

std::vector<DrawRecusal> recusals_of(db::PgSession& db, DrawId draw) {
    std::vector<DrawRecusal> recusals;
    for (auto const& row : db.exec(select_recusals, Params(draw)))
        recusals.push_back({row.get<std::string>(0), row.get<std::string>(1)});
    return recusals;
}

void insert_recusal(db::PgSession& db, DrawId draw, int serial, DrawRecusal const& recusal, Instant now) {
    db.exec(insert_one_recusal, Params(draw, std::int32_t{serial}, recusal.object, recusal.ref, now));
}

std::vector<DrawReassignment> reassignments_of(db::PgSession& db, DrawId draw) {
    std::vector<DrawReassignment> seats;
    for (auto const& row : db.exec(select_reassignments, Params(draw)))
        seats.push_back(
            {row.get<std::string>(0), row.get<std::int16_t>(1), row.get<std::optional<std::string>>(2)});
    return seats;
}

void add_reassignment(db::PgSession& db, DrawId draw, DrawReassignment const& seat, Instant now) {
    db.exec(insert_one_reassignment,
            Params(draw, seat.object, static_cast<std::int16_t>(seat.seat), seat.ref, now));
}

void insert_statement(db::PgSession& db, DrawId draw, DrawStatement const& statement, Instant now) {
    db.exec(insert_one_statement, Params(draw, std::int32_t{statement.revision}, statement.document, now));
}

std::optional<DrawStatement> statement_of(db::PgSession& db, DrawId draw, int revision) {
    db::Rows const rows = db.exec(select_statement, Params(draw, std::int32_t{revision}));
    if (rows.empty()) return std::nullopt;
    return DrawStatement{rows[0].get<std::int32_t>(0), rows[0].get<std::string>(1)};
}

int newest_revision(db::PgSession& db, DrawId draw) {
    return db.exec(select_newest_revision, Params(draw))[0].get<std::int32_t>(0);
}

std::vector<StratumOutcome> outcomes_of(db::PgSession& db, DrawId draw) {
    std::vector<StratumOutcome> outcomes;
    for (auto const& row : db.exec(select_outcomes, Params(draw)))
        outcomes.push_back({.stratum = row.get<std::string>(0),
                            .drawn = row.get<std::int64_t>(1),
                            .open = row.get<std::int64_t>(2),
                            .consistent = row.get<std::int64_t>(3),
                            .inconsistent = row.get<std::int64_t>(4),
                            .cannot_verify = row.get<std::int64_t>(5),
                            .non_cooperation = row.get<std::int64_t>(6),
                            .set_aside = row.get<std::int64_t>(7)});
    return outcomes;
}

}  // namespace sponsio::store

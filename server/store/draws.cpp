#include "server/store/draws.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::DrawState;

constexpr BinaryQuery insert_draw{
    "draws.insert",
    "insert into draw (draw_id, organisation_id, created_by, created_at, title, plan) "
    "values ($1, $2, $3, $4, $5, $6)"};
constexpr SqlPiece draw_rows{
    "select draw_id, organisation_id, created_by, created_at, title, plan, state, objects, inspectors, "
    "pool_bytes, pool_digest, seed_commitment, sealed_seed, wrapped_key, master_key_id, committed_at, "
    "reveal_by, public_input, input_by, input_at, seed, revealed_at, void_why, voided_at, waits_why, "
    "full_digest, beacon_note, encode(protocol_digest, 'hex'), input_witness from draw "};
constexpr BinaryQuery select_draw{"draws.by_id", sql<draw_rows, "where draw_id = $1">};
constexpr BinaryQuery select_draw_locked{"draws.lock", sql<draw_rows, "where draw_id = $1 for update">};
constexpr BinaryQuery select_claimed{
    "draws.claim",
    sql<draw_rows, "where state = $1 and state in (", quoted<DrawState::preparing, DrawState::input_given>,
        ") and (retry_at is null or retry_at <= $2) order by draw_id limit 1 for update skip locked">};
constexpr BinaryQuery select_of{
    "draws.of", sql<draw_rows, "where organisation_id = any($1) and draw_id > $2 order by draw_id limit $3">};
constexpr BinaryQuery select_all{"draws.all", sql<draw_rows, "where draw_id > $1 order by draw_id limit $2">};
constexpr BinaryQuery update_committed{
    "draws.commit", sql<"update draw set state = ", quoted<DrawState::committed>,
                        ", objects = $2, inspectors = $3, pool_bytes = $4, pool_digest = $5, seed_commitment "
                        "= $6, sealed_seed = $7, wrapped_key = $8, master_key_id = $9, committed_at = $10, "
                        "reveal_by = $11, full_digest = $12, version = 2, waits_why = null, retry_at = null "
                        "where draw_id = $1">};
constexpr BinaryQuery update_input{
    "draws.input", sql<"update draw set state = ", quoted<DrawState::input_given>,
                       ", public_input = $2, input_by = $3, input_at = $4, beacon_note = nullif($5, ''), "
                       "protocol_digest = nullif(decode($6, 'hex'), ''), input_witness = $7 "
                       "where draw_id = $1">};
constexpr BinaryQuery update_revealed{
    "draws.reveal",
    sql<"update draw set state = ", quoted<DrawState::revealed>,
        ", seed = $2, revealed_at = $3, waits_why = null, retry_at = null where draw_id = $1">};
constexpr BinaryQuery update_void{
    "draws.void",
    sql<"update draw set state = ", quoted<DrawState::voided>,
        ", void_why = $2, voided_at = $3, waits_why = null, retry_at = null where draw_id = $1">};
// What the constraint lets in is what no open draw has; the rest is asked for, since nothing else tells it.
constexpr BinaryQuery insert_spans{
    "draws.keep_matters",
    "with kept as (insert into draw_span (draw_id, matter_id, accepted) "
    "select $1, m, tstzrange($3, $4) from unnest($2::uuid[]) m on conflict do nothing returning matter_id) "
    "select m from unnest($2::uuid[]) m where m not in (select matter_id from kept)"};
constexpr BinaryQuery close_spans{"draws.free_matters",
                                  "update draw_span set open = false where draw_id = $1 and open"};
constexpr BinaryQuery update_waiting{"draws.wait",
                                     "update draw set waits_why = $2, retry_at = $3 where draw_id = $1"};

std::optional<DrawRow::Commitment> commitment_at(db::Rows::Row const& row) {
    if (row.is_null(10)) return std::nullopt;
    return DrawRow::Commitment{.objects = row.get<std::int64_t>(7),
                               .inspectors = row.get<std::int32_t>(8),
                               .pool_bytes = row.get<std::int64_t>(9),
                               .pool_digest = row.get<Digest>(10),
                               .seed_commitment = row.get<Digest>(11),
                               .seed = sealed_at(row, 12),
                               .at = row.get<Instant>(15),
                               .reveal_by = row.get<Instant>(16),
                               .full_digest = row.get<std::optional<Digest>>(25)};
}

DrawRow draw_of(db::Rows::Row const& row) {
    DrawRow draw{.id = row.get<DrawId>(0),
                 .organisation = row.get<OrganisationId>(1),
                 .created_by = row.get<AccountId>(2),
                 .created_at = row.get<Instant>(3),
                 .title = row.get<std::string>(4),
                 .plan = row.get<std::string>(5),
                 .state = word_at<domain::DrawState>(row, 6),
                 .committed = commitment_at(row)};
    if (!row.is_null(17))
        draw.input = {row.get<std::string>(17),
                      row.get<AccountId>(18),
                      row.get<Instant>(19),
                      row.get<std::optional<std::string>>(26).value_or(""),
                      row.get<std::optional<std::string>>(27).value_or(""),
                      row.get<std::optional<AccountId>>(28)};
    if (!row.is_null(20)) draw.revealed = {row.get<Digest>(20), row.get<Instant>(21)};
    if (!row.is_null(22)) draw.voided = {word_at<domain::VoidReason>(row, 22), row.get<Instant>(23)};
    draw.waits_why = row.get<std::optional<std::string>>(24);
    return draw;
}

}  // namespace

std::string seed_label(DrawId id) {
    return "draw.seed:" + id.text();
}

void insert(db::PgSession& db, DrawRow const& draw) {
    db.exec(insert_draw,
            Params(draw.id, draw.organisation, draw.created_by, draw.created_at, draw.title, draw.plan));
}

std::optional<DrawRow> draw_by_id(db::PgSession& db, DrawId id) {
    return first_of(db.exec(select_draw, Params(id)), draw_of);
}

std::optional<DrawRow> lock_draw(db::PgSession& db, DrawId id) {
    return first_of(db.exec(select_draw_locked, Params(id)), draw_of);
}

std::optional<DrawRow> claim_draw(db::PgSession& db, domain::DrawState state, Instant now) {
    return first_of(db.exec(select_claimed, Params(domain::word(state), now)), draw_of);
}

std::vector<MatterId> keep_matters(db::PgSession& db, DrawId id, std::vector<MatterId> const& matters,
                                   std::optional<Instant> from, std::optional<Instant> until) {
    return all_of(db.exec(insert_spans, Params(id, array_of(matters), from, until)),
                  [](db::Rows::Row const& row) { return row.get<MatterId>(0); });
}

void set_committed(db::PgSession& db, DrawId id, DrawRow::Commitment const& c) {
    Params params(id, c.objects, c.inspectors, c.pool_bytes, c.pool_digest, c.seed_commitment);
    add(params, c.seed).add(c.at).add(c.reveal_by).add(c.full_digest);
    db.exec(update_committed, params);
}

void set_input(db::PgSession& db, DrawId id, DrawRow::Input const& input) {
    Params params(id, input.text, input.by, input.at, input.beacon_note, input.protocol);
    db.exec(update_input, params.add(input.witness));
}

void set_revealed(db::PgSession& db, DrawId id, DrawRow::Reveal const& reveal) {
    db.exec(update_revealed, Params(id, reveal.seed, reveal.at));
    db.exec(close_spans, Params(id));
}

void set_void(db::PgSession& db, DrawId id, DrawRow::Void const& end) {
    db.exec(update_void, Params(id, domain::word(end.why), end.at));
    db.exec(close_spans, Params(id));
}

void set_waiting(db::PgSession& db, DrawId id, std::string const& why, Instant retry_at) {
    db.exec(update_waiting, Params(id, why, retry_at));
}

std::vector<DrawRow> draws_after(db::PgSession& db, std::vector<OrganisationId> const& of,
                                 std::optional<DrawId> after, int limit) {
    return all_of(
        db.exec(select_of, Params(array_of(of), after.value_or(DrawId{Uuid{}}), std::int32_t{limit})),
        draw_of);
}

std::vector<DrawRow> all_draws_after(db::PgSession& db, std::optional<DrawId> after, int limit) {
    return all_of(db.exec(select_all, Params(after.value_or(DrawId{Uuid{}}), std::int32_t{limit})), draw_of);
}

}  // namespace sponsio::store

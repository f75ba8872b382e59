#include "server/store/draw_pool.hpp"

#include "server/domain/access.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/matter.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::CommitmentState;
using domain::Coverage;
using domain::Role;

// The counted rows are those read afterwards, in one snapshot.
constexpr SqlPiece undrawn = piece<
    "c.organisation_id = any($1) and c.matter_id = any($2) and c.accepted_at >= $3 and c.accepted_at < $4 "
    "and c.state = ",
    quoted<CommitmentState::effective>, " and c.coverage in (",
    quoted<Coverage::sampled, Coverage::risk_weighted>,
    ") and c.leaf_index is not null and not exists (select 1 from verification_task t where "
    "t.commitment_code = c.code and t.closed_at is null) and not exists (select 1 from draw_object o where "
    "o.commitment_code = c.code)">;
constexpr BinaryQuery select_count_up_to{
    "draw_pool.count_up_to",
    sql<"select count(*) from (select from commitment c where ", undrawn, " limit $5) n">};
constexpr BinaryQuery select_counts{
    "draw_pool.count",
    sql<"select c.matter_id, count(*) from commitment c where ", undrawn, " group by c.matter_id">};
constexpr BinaryQuery declare_cursor{
    "draw_pool.declare",
    sql<"declare draw_pool no scroll cursor for select c.shard, c.leaf_index, c.matter_id, c.matter_version, "
        "c.filed_by, c.organisation_id, c.committer_index, c.coverage = ",
        quoted<Coverage::risk_weighted>,
        " and exists (select 1 from commitment b where b.committer_index = c.committer_index and b.state = ",
        quoted<CommitmentState::breached>, "), c.coverage = ", quoted<Coverage::risk_weighted>,
        " and again.committer_index is null from commitment c left join (select o.matter_id, "
        "o.committer_index from commitment o where o.organisation_id = any($1) and o.matter_id = any($2) and "
        "o.coverage = ",
        quoted<Coverage::risk_weighted>,
        " group by o.matter_id, o.committer_index having count(*) > 1) again on again.matter_id = "
        "c.matter_id and again.committer_index = c.committer_index where ",
        undrawn, " order by c.shard, c.leaf_index">};
constexpr BinaryQuery fetch_cursor{"draw_pool.fetch", "fetch 5000 from draw_pool"};

constexpr BinaryQuery select_verifiers{"draw_pool.verifiers",
                                       sql<"select account_id, organisation_id from account a where "
                                           "organisation_id = any($1) and closed_at is null and ",
                                           quoted<Role::verifier>,
                                           " = any(roles) and not exists (select from absence x where "
                                           "x.account_id = a.account_id and x.from_at <= $2 and "
                                           "x.until_at > $2 and x.ended_at is null) order by account_id">};
constexpr BinaryQuery insert_refs{
    "draw_pool.insert_inspectors",
    "insert into draw_inspector (draw_id, ref, account_id) "
    "select $1, q.ref, q.account_id from unnest($2::text[], $3::uuid[]) as q(ref, account_id)"};
constexpr BinaryQuery select_refs{
    "draw_pool.inspectors", "select ref, account_id from draw_inspector where draw_id = $1 order by ref"};

constexpr BinaryQuery insert_one_chunk{
    "draw_pool.insert_chunk",
    "insert into draw_pool_chunk (draw_id, chunk_no, content, first_shard, first_leaf) "
    "values ($1, $2, $3, $4, $5)"};
constexpr BinaryQuery select_chunk{
    "draw_pool.chunk", "select content from draw_pool_chunk where draw_id = $1 and chunk_no = $2"};
constexpr BinaryQuery select_chunk_with{
    "draw_pool.chunk_with",
    "select content from draw_pool_chunk where draw_id = $1 and (first_shard, first_leaf) <= ($2, $3) "
    "order by chunk_no desc limit 1"};
constexpr BinaryQuery insert_one_list_chunk{
    "draw_pool.insert_list_chunk",
    "insert into draw_list_chunk (draw_id, chunk_no, content) values ($1, $2, $3)"};
constexpr BinaryQuery select_published{
    "draw_pool.published",
    "select content from draw_list_chunk where draw_id = $1 and chunk_no = $2 union all "
    "select c.content from draw_pool_chunk c join draw d using (draw_id) "
    "where c.draw_id = $1 and c.chunk_no = $2 and d.version = 1"};
constexpr BinaryQuery select_content_digest{
    "draw_pool.content_digest", "select content_digest from commitment where shard = $1 and leaf_index = $2"};

Params params_of(CandidateFilter const& question) {
    return Params(array_of(question.agencies), array_of(question.matters), question.from.value_or(long_ago),
                  question.until.value_or(far_off));
}

Candidate candidate_of(db::Rows::Row const& row) {
    return {.shard = row.get<std::int16_t>(0),
            .leaf = row.get<std::int64_t>(1),
            .matter = row.get<MatterId>(2),
            .version = row.get<std::int32_t>(3),
            .filed_by = row.get<AccountId>(4),
            .organisation = row.get<OrganisationId>(5),
            .committer_index = row.get<std::vector<std::uint8_t>>(6),
            .earlier_breach = row.get<bool>(7),
            .first_time = row.get<bool>(8)};
}

}  // namespace

std::int64_t count_up_to(db::PgSession& db, CandidateFilter const& question, std::int64_t limit) {
    Params params = params_of(question);
    params.add(limit);
    return db.exec(select_count_up_to, params)[0].get<std::int64_t>(0);
}

std::vector<std::pair<MatterId, std::int64_t>> count_candidates(db::PgSession& db,
                                                                CandidateFilter const& question) {
    std::vector<std::pair<MatterId, std::int64_t>> counts;
    for (auto const& row : db.exec(select_counts, params_of(question)))
        counts.emplace_back(row.get<MatterId>(0), row.get<std::int64_t>(1));
    return counts;
}

void each_candidate(db::PgSession& db, CandidateFilter const& question,
                    std::function<void(Candidate const&)> const& take) {
    db.exec(declare_cursor, params_of(question));
    for (;;) {
        db::Rows const rows = db.exec(fetch_cursor);
        if (rows.empty()) break;
        for (auto const& row : rows) take(candidate_of(row));
    }
    db.command("close draw_pool");
}

void allow_long_statements(db::PgSession& db) {
    db.command("set local statement_timeout = '10min'");
    db.command("set local idle_in_transaction_session_timeout = '2min'");
}

std::vector<Verifier> verifiers_of(db::PgSession& db, std::vector<OrganisationId> const& units, Instant now) {
    std::vector<Verifier> verifiers;
    for (auto const& row : db.exec(select_verifiers, Params(array_of(units), now)))
        verifiers.push_back({row.get<AccountId>(0), row.get<OrganisationId>(1)});
    return verifiers;
}

void insert_inspectors(db::PgSession& db, DrawId draw, std::vector<DrawInspector> const& inspectors) {
    db::Array<std::string> refs;
    db::Array<AccountId> accounts;
    for (DrawInspector const& inspector : inspectors) {
        refs.push(inspector.ref);
        accounts.push(inspector.account);
    }
    db.exec(insert_refs, Params(draw, refs, accounts));
}

std::vector<DrawInspector> draw_inspectors(db::PgSession& db, DrawId draw) {
    std::vector<DrawInspector> inspectors;
    for (auto const& row : db.exec(select_refs, Params(draw)))
        inspectors.push_back({row.get<std::string>(0), row.get<AccountId>(1)});
    return inspectors;
}

void insert_chunk(db::PgSession& db, DrawId draw, int number, std::string const& content,
                  std::optional<Place> const& first) {
    Params params(draw, std::int32_t{number}, content);
    params.add(first ? std::optional(first->shard) : std::nullopt)
        .add(first ? std::optional(first->leaf) : std::nullopt);
    db.exec(insert_one_chunk, params);
}

std::optional<std::string> pool_chunk(db::PgSession& db, DrawId draw, int number) {
    return value_of<std::string>(db.exec(select_chunk, Params(draw, std::int32_t{number})));
}

std::optional<std::string> chunk_with(db::PgSession& db, DrawId draw, Place const& object) {
    return value_of<std::string>(db.exec(select_chunk_with, Params(draw, object.shard, object.leaf)));
}

void insert_list_chunk(db::PgSession& db, DrawId draw, int number, std::string const& content) {
    db.exec(insert_one_list_chunk, Params(draw, std::int32_t{number}, content));
}

std::optional<std::string> published_chunk(db::PgSession& db, DrawId draw, int number) {
    return value_of<std::string>(db.exec(select_published, Params(draw, std::int32_t{number})));
}

std::optional<Digest> content_digest_at(db::PgSession& db, Place const& place) {
    return value_of<Digest>(db.exec(select_content_digest, Params(place.shard, place.leaf)));
}

}  // namespace sponsio::store

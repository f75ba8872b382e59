#include "server/store/search.hpp"

#include "server/store/columns.hpp"
#include "server/store/feeds.hpp"
#include "server/store/sql.hpp"

#include <limits>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr Date first_day{std::chrono::year{1900} / 1 / 1}, last_day{std::chrono::year{9999} / 12 / 31};

/// ":" follows on all digits.
constexpr char const* behind_all_codes = ":";

/// How many bytes of a term stand in the indexes.
constexpr std::size_t indexed_bytes = 8;

// Every statement has the same parameters, so that their pieces fit together:
// $1 organisation  $2 its credit code  $3 settled  $4 matter  $5, $6 made from, to  $7, $8 accepted from,
// before $9 filed by  $10 state  $11 with a finding  $12 with a record  $13, $14 documents, first bytes and
// whole $15, $16 names, the same  $17 limit  $18, $19, $20 the last row's day, time and code
constexpr SqlPiece columns{
    "c.shard, c.code, c.notice_id, c.matter_id, c.matter_version, c.organisation_id, c.filed_by, c.made_on, "
    "c.valid_until, c.accepted_at, c.committer_kind, c.committer_index, c.sealed, c.wrapped_key, "
    "c.master_key_id, c.content_digest, c.state, c.leaf_index "};
constexpr auto candidate = piece<columns, ", c.position ">;
constexpr SqlPiece matching{
    "commitment_place(c.position, c.accepted_at) <= $3 and ($4::uuid is null or c.matter_id = $4) and "
    "c.made_on >= $5 and c.made_on <= $6 and c.accepted_at >= $7 and c.accepted_at < $8 and ($9::uuid is "
    "null or c.filed_by = $9) and ($10::text is null or c.state = $10) and (not $11 or exists (select 1 from "
    "finding f where f.commitment_code = c.code and f.organisation_id = $1)) and (not $12 or exists (select "
    "1 from finding f join record_draft d on d.finding_id = f.finding_id join credit_record r on r.record_id "
    "= d.record_id where f.commitment_code = c.code and r.organisation_id = $1)) and (c.organisation_id = $1 "
    "or exists (select 1 from verification_task t where t.commitment_code = c.code and t.organisation_id = "
    "$1)) "};
constexpr SqlPiece older{"and (c.made_on, c.code) < ($18, $20) "};
constexpr SqlPiece accepted_before{"and (c.accepted_at, c.code) < ($19, $20) "};
constexpr SqlPiece newest{"order by made_on desc, code desc limit $17"};

// A person has few commitments, and findings are few: all are read from their index before anything else is
// asked, whatever the planner thinks of the other conditions.
constexpr auto of_document = piece<
    "with c as materialized (select ", candidate,
    "from commitment c where substr(c.committer_index, 1, 8) = any($13) and c.committer_index = any($14) "
    "and (cardinality($16) = 0 or c.committer_name_index = any($16))) ">;
constexpr auto of_name = piece<"with c as materialized (select ", candidate,
                               "from commitment c where c.committer_name_index is not null and "
                               "substr(c.committer_name_index, 1, 8) = any($15) and c.committer_name_index = "
                               "any($16)) ">;
constexpr auto of_finding = piece<
    "with c as materialized (select ", candidate,
    "from (select distinct commitment_code from finding where organisation_id = $1) q join commitment c "
    "on c.code = q.commitment_code) ">;
// The matters and the organisations that file under them: one's own, and of a matter that the organisation
// verifies everybody's, stepping from one to the next in the index. One's own come first: a count often ends
// with them.
constexpr SqlPiece of_matters{
    "with m as materialized (select m.matter_id, m.organisation_id = $1 or exists (select 1 from "
    "matter_version v where v.matter_id = m.matter_id and v.content::jsonb #>> '{verification,unit_uscc}' = "
    "$2) as verified from matter m where $4::uuid is null or m.matter_id = $4), p as materialized (select "
    "m.matter_id, $1::uuid as organisation_id from m union all select m.matter_id, n.organisation_id from m "
    "cross join lateral (with recursive one as ((select c.organisation_id from commitment c where "
    "c.matter_id = m.matter_id order by c.organisation_id limit 1) union all select (select "
    "c.organisation_id from commitment c where c.matter_id = m.matter_id and c.organisation_id > "
    "one.organisation_id order by c.organisation_id limit 1) from one where one.organisation_id is not "
    "null) select organisation_id from one where organisation_id <> $1) n where m.verified) "};
constexpr SqlPiece of_pair{
    "commitment c where c.matter_id = p.matter_id and c.organisation_id = "
    "p.organisation_id and "};
constexpr SqlPiece of_organisation{"commitment c where c.organisation_id = p.organisation_id and "};
constexpr SqlPiece organisations{
    "(select $1::uuid as organisation_id union all select distinct organisation_id from p where "
    "organisation_id <> $1) p "};

constexpr BinaryQuery by_document{
    "search.by_document", sql<of_document, "select ", columns, "from c where ", matching, older, newest>};
constexpr BinaryQuery by_name{"search.by_name",
                              sql<of_name, "select ", columns, "from c where ", matching, older, newest>};
constexpr BinaryQuery by_finding{
    "search.by_finding", sql<of_finding, "select ", columns, "from c where ", matching, older, newest>};
constexpr BinaryQuery by_matter{
    "search.by_matter",
    sql<of_matters, "select ", columns, "from p cross join lateral (select ", candidate, "from ", of_pair,
        matching, older,
        "order by c.made_on desc, c.code desc limit $17) c order by c.made_on desc, c.code desc limit $17">};
constexpr BinaryQuery by_acceptance{
    "search.by_acceptance",
    sql<of_matters, "select ", columns, "from ", organisations, "cross join lateral (select ", candidate,
        "from ", of_organisation, matching, accepted_before,
        "order by c.accepted_at desc, c.code desc limit $17) c order by c.accepted_at desc, c.code desc "
        "limit "
        "$17">};

constexpr SqlPiece counted{"select count(*) from (select 1 from "};
constexpr BinaryQuery count_by_document{"search.count_by_document",
                                        sql<of_document, counted, "c where ", matching, "limit $17) n">};
constexpr BinaryQuery count_by_name{"search.count_by_name",
                                    sql<of_name, counted, "c where ", matching, "limit $17) n">};
constexpr BinaryQuery count_by_finding{"search.count_by_finding",
                                       sql<of_finding, counted, "c where ", matching, "limit $17) n">};
constexpr BinaryQuery count_by_matter{
    "search.count_by_matter", sql<of_matters, counted, "p cross join lateral (select 1 from ", of_pair,
                                  matching, "limit $17) c limit $17) n">};
constexpr BinaryQuery count_by_acceptance{
    "search.count_by_acceptance",
    sql<of_matters, counted, organisations, "cross join lateral (select 1 from ", of_organisation, matching,
        "limit $17) c limit $17) n">};

constexpr BinaryQuery select_tasks{
    "search.tasks",
    "select task_id from verification_task where commitment_code = any($2) and "
    "organisation_id = $1 order by created_at, task_id"};
constexpr BinaryQuery select_findings{"search.findings",
                                      "select finding_id, commitment_code, state, kind, drafted_at from "
                                      "finding where commitment_code = any($2) "
                                      "and organisation_id = $1 order by finding_id"};
constexpr BinaryQuery select_records{
    "search.records",
    "select r.record_id, f.commitment_code, r.issued_at from finding f join record_draft d on "
    "d.finding_id = f.finding_id join credit_record r on r.record_id = d.record_id where f.commitment_code = "
    "any($2) and r.organisation_id = $1 order by r.position"};

constexpr BinaryQuery select_unindexed{
    "search.unindexed",
    "select shard, code, sealed, wrapped_key, master_key_id from commitment where committer_name_index is "
    "null order by code, shard limit $1"};
constexpr BinaryQuery update_index{
    "search.set_name_index",
    "update commitment set committer_name_index = $3 where code = $1 and shard = $2"};

db::Array<Term> beginnings(std::vector<Term> const& terms) {
    db::Array<Term> list;
    for (Term const& one : terms)
        list.push(Term(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(indexed_bytes)));
    return list;
}

Params params_of(Search const& s, std::int64_t settled, int limit) {
    return std::move(Params()
                         .add(s.organisation)
                         .add(s.organisation_uscc)
                         .add(settled)
                         .add(s.matter)
                         .add(s.made_from.value_or(first_day))
                         .add(s.made_to.value_or(last_day))
                         .add(s.accepted_from.value_or(long_ago))
                         .add(s.accepted_before.value_or(far_off))
                         .add(s.filed_by)
                         .add(optional_word(s.state))
                         .add(s.with_finding)
                         .add(s.with_record)
                         .add(beginnings(s.documents))
                         .add(array_of(s.documents))
                         .add(beginnings(s.names))
                         .add(array_of(s.names))
                         .add(std::int32_t{limit}));
}

/// Where a search begins: at what leaves the fewest rows.
enum class Way { document, name, finding, matter, acceptance };

Way way_of(Search const& s) {
    if (!s.documents.empty()) return Way::document;
    if (!s.names.empty()) return Way::name;
    if (s.with_finding || s.with_record) return Way::finding;
    bool const accepted = s.accepted_from || s.accepted_before;
    if (s.made_from || s.made_to || (s.matter && !accepted)) return Way::matter;
    return Way::acceptance;
}

BinaryQuery const& page_query(Way way) {
    switch (way) {
        case Way::document: return by_document;
        case Way::name: return by_name;
        case Way::finding: return by_finding;
        case Way::matter: return by_matter;
        case Way::acceptance: break;
    }
    return by_acceptance;
}

BinaryQuery const& count_query(Way way) {
    switch (way) {
        case Way::document: return count_by_document;
        case Way::name: return count_by_name;
        case Way::finding: return count_by_finding;
        case Way::matter: return count_by_matter;
        case Way::acceptance: break;
    }
    return count_by_acceptance;
}

}  // namespace

FoundBy Search::sorted_by() const {
    return way_of(*this) == Way::acceptance ? FoundBy::accepted_at : FoundBy::made_on;
}

SearchPlace search_from_now(db::PgSession& db) {
    return {settled(db, Feed::commitments), last_day, far_off, behind_all_codes};
}

std::vector<CommitmentRow> found(db::PgSession& db, Search const& search, SearchPlace const& after,
                                 int limit) {
    SearchPlace from = after;
    // An index is entered at the place, so the place is no later than the last day that is asked for.
    if (search.sorted_by() == FoundBy::made_on && search.made_to && *search.made_to < from.made_on) {
        from.made_on = *search.made_to;
        from.code = behind_all_codes;
    }
    if (search.sorted_by() == FoundBy::accepted_at && search.accepted_before &&
        *search.accepted_before < from.accepted_at) {
        from.accepted_at = *search.accepted_before;
        from.code.clear();
    }
    Params params = params_of(search, after.settled, limit);
    params.add(from.made_on).add(from.accepted_at).add(from.code);
    return all_of(db.exec(page_query(way_of(search)), params), commitment_at);
}

std::int64_t count_found(db::PgSession& db, Search const& search, std::int64_t settled, int most) {
    return db.exec(count_query(way_of(search)), params_of(search, settled, most + 1))[0].get<std::int64_t>(0);
}

std::vector<TaskId> tasks_about(db::PgSession& db, OrganisationId organisation,
                                std::span<std::string const> codes) {
    return column_of<TaskId>(db.exec(select_tasks, Params().add(organisation).add(array_of(codes))));
}

std::vector<FoundFinding> findings_about(db::PgSession& db, OrganisationId organisation,
                                         std::span<std::string const> codes) {
    return all_of(db.exec(select_findings, Params().add(organisation).add(array_of(codes))),
                  [](db::Rows::Row const& row) {
                      return FoundFinding{row.get<FindingId>(0), row.get<std::string>(1),
                                          word_at<domain::FindingState>(row, 2),
                                          word_at<domain::FindingKind>(row, 3), row.get<Instant>(4)};
                  });
}

std::vector<FoundRecord> records_about(db::PgSession& db, OrganisationId organisation,
                                       std::span<std::string const> codes) {
    return all_of(db.exec(select_records, Params().add(organisation).add(array_of(codes))),
                  [](db::Rows::Row const& row) {
                      return FoundRecord{row.get<RecordId>(0), row.get<std::string>(1), row.get<Instant>(2)};
                  });
}

std::vector<UnindexedName> unindexed_names(db::PgSession& db, int limit) {
    return all_of(db.exec(select_unindexed, Params(std::int32_t{limit})), [](db::Rows::Row const& row) {
        return UnindexedName{row.get<std::int16_t>(0), row.get<std::string>(1), sealed_at(row, 2)};
    });
}

void set_name_index(db::PgSession& db, UnindexedName const& of, Term const& term) {
    db.exec(update_index, Params(of.code, of.shard, term));
}

}  // namespace sponsio::store

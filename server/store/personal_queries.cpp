#include "server/store/personal_queries.hpp"

#include "server/store/columns.hpp"
#include "server/store/feeds.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery insert_query{
    "personal_queries.insert",
    "insert into personal_query (at, organisation_id, account_id, purpose, route, about, subjects, fields, "
    "grant_id) select $1, $2, $3, $4, $5, $6::text[], array(select committer_index from commitment where "
    "code = "
    "any($6) and committer_index is not null union select unnest($7::bytea[])), $8::text[], $9"};
constexpr BinaryQuery select_after{
    "personal_queries.after",
    "select query_id, at, organisation_id, account_id, purpose, route, about, subjects, fields, grant_id "
    "from "
    "personal_query where query_id > $1 and query_id <= $2 and ($3 or organisation_id = any($4)) "
    "and ($5 or subjects && $6::bytea[]) order by query_id limit $7"};
constexpr BinaryQuery select_between{
    "personal_queries.between",
    "select query_id, at, organisation_id, account_id, purpose, route, about, subjects, fields, grant_id "
    "from "
    "personal_query where query_id > $1 and query_id <= $2 order by query_id limit $3"};
constexpr BinaryQuery select_told{
    "personal_queries.told",
    "select to_state::int8 from event where subject = $1 and lifecycle = $2 and event = $3 and to_state ~ "
    "'^[0-9]{1,18}$' order by event_id desc limit 1"};
constexpr BinaryQuery select_to_end{
    "personal_queries.to_end",
    "select t.last from (select event_id, case when to_state ~ '^[0-9]{1,18}$' then to_state::int8 end as "
    "last "
    "from event where subject = $1 and lifecycle = $2 and event = $3) t where t.last > $4 and t.last < "
    "coalesce((select q.query_id from personal_query q join "
    "organisation o using (organisation_id) left join unnest($5::text[], $6::timestamptz[]) kept (region, "
    "since) on kept.region = o.region_code where kept.since is null or q.at >= kept.since order by "
    "q.query_id "
    "limit 1), 9223372036854775807) order by t.event_id limit 1"};
constexpr BinaryQuery delete_up_to{"personal_queries.end", "delete from personal_query where query_id <= $1"};
constexpr BinaryQuery delete_questions{
    "personal_queries.end_questions",
    "delete from eligibility_question where question_id in (select "
    "question_id from eligibility_question q join organisation o using "
    "(organisation_id) where q.asked_at < $1 and o.region_code = $2 order by "
    "q.question_id limit $3)"};
constexpr BinaryQuery select_regions{"personal_queries.regions",
                                     "select distinct region_code from organisation order by region_code"};

PersonalQueryRow query_of(db::Rows::Row const& row) {
    return {row.get<std::int64_t>(0),
            {.at = row.get<Instant>(1),
             .organisation = row.get<OrganisationId>(2),
             .account = row.get<AccountId>(3),
             .purpose = word_at<domain::Purpose>(row, 4),
             .route = row.get<std::string>(5),
             .about = row.get_array<std::string>(6),
             .subjects = row.get_array<Blob>(7),
             .fields = row.get_array<std::string>(8),
             .grant = row.get<std::optional<GrantId>>(9)}};
}

std::int64_t newest_number(db::PgSession& db, query_trail::Told const& of) {
    auto const rows = db.exec(select_told, Params(of.subject, query_trail::lifecycle, of.event));
    return value_of<std::int64_t>(rows).value_or(0);
}

}  // namespace

void insert(db::PgSession& db, PersonalQuery const& q) {
    db.exec(insert_query, Params()
                              .add(q.at)
                              .add(q.organisation)
                              .add(q.account)
                              .add(domain::word(q.purpose))
                              .add(q.route)
                              .add(array_of(q.about))
                              .add(array_of(q.subjects))
                              .add(array_of(q.fields))
                              .add(q.grant));
}

std::vector<PersonalQueryRow> personal_queries_after(db::PgSession& db, PersonalQueryList const& list) {
    Params params;
    params.add(list.after)
        .add(settled(db, Feed::personal_queries))
        .add(!list.of)
        .add(array_of(list.of.value_or(std::vector<OrganisationId>{})))
        .add(list.subject.empty())
        .add(array_of(list.subject))
        .add(std::int32_t{list.limit});
    return all_of(db.exec(select_after, params), query_of);
}

std::vector<std::string> regions_of_organisations(db::PgSession& db) {
    return column_of<std::string>(db.exec(select_regions));
}

std::int64_t queries_told(db::PgSession& db) {
    return newest_number(db, query_trail::told);
}

std::int64_t queries_ended(db::PgSession& db) {
    return newest_number(db, query_trail::ended);
}

std::vector<PersonalQueryRow> personal_queries_between(db::PgSession& db, std::int64_t after,
                                                       std::int64_t last, int limit) {
    return all_of(db.exec(select_between, Params(after, last, std::int32_t{limit})), query_of);
}

std::optional<std::int64_t> stretch_to_end(db::PgSession& db, KeptSince const& kept) {
    return value_of<std::int64_t>(db.exec(select_to_end, Params()
                                                             .add(query_trail::told.subject)
                                                             .add(query_trail::lifecycle)
                                                             .add(query_trail::told.event)
                                                             .add(queries_ended(db))
                                                             .add(array_of(kept.regions))
                                                             .add(array_of(kept.since))));
}

std::size_t end_personal_queries(db::PgSession& db, std::int64_t last) {
    return static_cast<std::size_t>(db.exec(delete_up_to, Params(last)).affected());
}

std::size_t end_eligibility_questions(db::PgSession& db, KeptSince const& kept, int at_most) {
    std::size_t ended = 0;
    for (std::size_t i = 0; i != kept.regions.size(); ++i)
        ended += static_cast<std::size_t>(
            db.exec(delete_questions, Params(kept.since[i], kept.regions[i], std::int32_t{at_most}))
                .affected());
    return ended;
}

}  // namespace sponsio::store

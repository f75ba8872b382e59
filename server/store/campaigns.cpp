#include "server/store/campaigns.hpp"

#include "server/domain/region.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::CampaignTaskState;
using R = CampaignRow;

using Campaigns =
    Table<"campaign", R, Column<"campaign_id", &R::id>, Column<"organisation_id", &R::organisation>,
          Column<"authority", &R::authority>, Column<"name", &R::name>, Column<"number", &R::number>,
          Column<"item_ids", &R::items>, Column<"region_codes", &R::regions>,
          Column<"starts_on", &R::starts_on>, Column<"ends_on", &R::ends_on>,
          Column<"before_from", &R::before_from>, Column<"before_to", &R::before_to>,
          Column<"after_from", &R::after_from>, Column<"after_to", &R::after_to>,
          Column<"drafted_by", &R::drafted_by>, Column<"drafted_at", &R::drafted_at>,
          Column<"state", &R::state>, Column<"opened_by", &R::opened_by>, Column<"opened_at", &R::opened_at>,
          Column<"proposed_by", &R::proposed_by>, Column<"proposed_at", &R::proposed_at>,
          Column<"closed_by", &R::closed_by>, Column<"closed_at", &R::closed_at>,
          Column<"withdrawn_by", &R::withdrawn_by>, Column<"withdrawn_at", &R::withdrawn_at>>;
using Change = Campaigns::Update<&R::state, &R::opened_by, &R::opened_at, &R::proposed_by, &R::proposed_at,
                                 &R::closed_by, &R::closed_at, &R::withdrawn_by, &R::withdrawn_at>;

constexpr BinaryQuery insert_campaign{"campaigns.insert", sql<Campaigns::insert>};
constexpr BinaryQuery update_campaign{"campaigns.update", sql<Change::text>};
constexpr BinaryQuery select_campaign{"campaigns.by_id", sql<Campaigns::select, "where campaign_id = $1">};
constexpr BinaryQuery lock_one{"campaigns.lock", sql<Campaigns::select, "where campaign_id = $1 for update">};
constexpr BinaryQuery select_list{
    "campaigns.list",
    sql<Campaigns::select,
        "where (organisation_id = $1 or opened_at is not null and campaign_id in (select t.campaign_id from "
        "campaign_task t where t.unit_id = $1)) and ($2::text is null or state = $2) and ($3::uuid is null "
        "or campaign_id > $3) order by campaign_id limit $4">};
constexpr BinaryQuery select_public{
    "campaigns.public", sql<Campaigns::select,
                            "where opened_at is not null and ($1::timestamptz is null or (opened_at, "
                            "campaign_id) > ($1, $2::uuid)) order by opened_at, campaign_id limit $3">};

using T = CampaignTaskRow;
using Tasks =
    Table<"campaign_task", T, Column<"task_id", &T::id>, Column<"campaign_id", &T::campaign>,
          Column<"organisation_id", &T::organisation>, Column<"kind", &T::kind>,
          Column<"region_code", &T::region>, Column<"unit_id", &T::unit>, Column<"title", &T::title>,
          Column<"due_at", &T::due_at>, Column<"state", &T::state>, Column<"reports", &T::reports>,
          Column<"reported_by", &T::reported_by>, Column<"reported_at", &T::reported_at>,
          Column<"decided_by", &T::decided_by>, Column<"decided_at", &T::decided_at>>;
using TaskChange =
    Tasks::Update<&T::state, &T::reports, &T::reported_by, &T::reported_at, &T::decided_by, &T::decided_at>;

constexpr BinaryQuery insert_task{"campaign_tasks.insert", sql<Tasks::insert>};
constexpr BinaryQuery update_task{"campaign_tasks.update", sql<TaskChange::text>};
constexpr BinaryQuery select_task{"campaign_tasks.by_id", sql<Tasks::select, "where task_id = $1">};
constexpr BinaryQuery select_tasks{
    "campaign_tasks.of_campaign",
    sql<Tasks::select, "where campaign_id = $1 order by region_code, due_at, task_id">};

using C = CampaignCountRow;
using Counts = Table<"campaign_count", C, Column<"line", &C::line>, Column<"unit_key", &C::unit_key>,
                     Column<"unit_name", &C::unit_name>, Column<"unit_uscc", &C::unit_uscc>,
                     Column<"item_id", &C::item>, Column<"counted_as", &C::as>, Column<"number", &C::number>>;

constexpr BinaryQuery insert_counts{
    "campaign_counts.insert",
    "insert into campaign_count (task_id, report, line, unit_key, unit_name, unit_uscc, item_id, counted_as, "
    "number) select $1, $2, q.line, q.unit_key, q.unit_name, q.unit_uscc, q.item_id, q.counted_as, q.number "
    "from unnest($3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int8[]) as "
    "q(line, unit_key, unit_name, unit_uscc, item_id, counted_as, number)"};
constexpr BinaryQuery select_counts{"campaign_counts.of_task",
                                    sql<Counts::select, "where task_id = $1 and report = $2 order by line">};
constexpr BinaryQuery select_accepted{
    "campaign_counts.accepted",
    sql<"select t.kind, t.region_code, ", Counts::list_after<"c.">,
        " from campaign_count c join campaign_task t on t.task_id = c.task_id and t.reports = c.report where "
        "t.campaign_id = $1 and t.state = ",
        quoted<CampaignTaskState::accepted>, " order by t.region_code, t.kind, c.line">};
// A place is told by the digits that its level leaves, so that what lies within it begins with them.
constexpr BinaryQuery count_cases{
    "campaigns.cases",
    sql<"select r.region, count(x.exposure_id), count(x.exposure_id) filter (where x.demand = ",
        quoted<domain::DemandKind::made_committee_issue>,
        "), count(x.corrected_at) from unnest($1::text[], $2::text[]) with ordinality as r(region, digits, "
        "place) left join exposure x on starts_with(x.region_code, r.digits) and x.item_id = any($3) and "
        "x.ordered_at >= $4 and x.ordered_at < $5 and x.state <> ",
        quoted<domain::ExposureState::withdrawn>, " group by r.place, r.region order by r.place">};

/// "37" of 370000, "3701" of 370100; nothing of the country.
std::string digits_of(std::string const& region) {
    switch (domain::region_level(region).value_or(domain::RegionLevel::county)) {
        case domain::RegionLevel::country: return {};
        case domain::RegionLevel::province: return region.substr(0, 2);
        case domain::RegionLevel::prefecture: return region.substr(0, 4);
        case domain::RegionLevel::county: return region;
    }
    return region;
}

domain::ProofCount count_of(CampaignCountRow const& row) {
    return {row.unit_name, row.unit_uscc, row.item, row.as, row.number};
}

}  // namespace

void insert(db::PgSession& db, CampaignRow const& row) {
    db.exec(insert_campaign, Campaigns::values(row));
}

void update(db::PgSession& db, CampaignRow const& row) {
    db.exec(update_campaign, Change::values(row));
}

std::optional<CampaignRow> campaign_by_id(db::PgSession& db, CampaignId id) {
    return first_of(db.exec(select_campaign, Params(id)), Campaigns::read);
}

std::optional<CampaignRow> lock_campaign(db::PgSession& db, CampaignId id) {
    return first_of(db.exec(lock_one, Params(id)), Campaigns::read);
}

std::vector<CampaignRow> campaigns_after(db::PgSession& db, CampaignList const& list) {
    Params const params(list.of, optional_word(list.state), list.after, std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Campaigns::read);
}

std::vector<CampaignRow> public_campaigns(db::PgSession& db,
                                          std::optional<std::pair<Instant, CampaignId>> const& after,
                                          int limit) {
    Params const params(after ? std::optional(after->first) : std::nullopt,
                        after ? std::optional(after->second) : std::nullopt, std::int32_t{limit});
    return all_of(db.exec(select_public, params), Campaigns::read);
}

void insert(db::PgSession& db, CampaignTaskRow const& row) {
    db.exec(insert_task, Tasks::values(row));
}

void update(db::PgSession& db, CampaignTaskRow const& row) {
    db.exec(update_task, TaskChange::values(row));
}

std::optional<CampaignTaskRow> campaign_task_by_id(db::PgSession& db, CampaignTaskId id) {
    return first_of(db.exec(select_task, Params(id)), Tasks::read);
}

std::vector<CampaignTaskRow> tasks_of(db::PgSession& db, CampaignId campaign) {
    return all_of(db.exec(select_tasks, Params(campaign)), Tasks::read);
}

void insert_report(db::PgSession& db, CampaignTaskRow const& task,
                   std::vector<CampaignCountRow> const& lines) {
    db::Array<std::int32_t> numbers;
    db::Array<std::string> keys, names, codes, items, kinds;
    db::Array<std::int64_t> counts;
    for (CampaignCountRow const& row : lines) {
        numbers.push(row.line);
        keys.push(row.unit_key);
        names.push(row.unit_name);
        codes.push(row.unit_uscc);
        items.push(row.item);
        kinds.push(std::string(domain::word(row.as)));
        counts.push(row.number);
    }
    db.exec(insert_counts, Params(task.id, task.reports, numbers, keys, names, codes, items, kinds, counts));
}

std::vector<CampaignCountRow> counts_of(db::PgSession& db, CampaignTaskRow const& task) {
    return all_of(db.exec(select_counts, Params(task.id, task.reports)), Counts::read);
}

std::vector<domain::AcceptedCount> accepted_counts(db::PgSession& db, CampaignId campaign) {
    return all_of(db.exec(select_accepted, Params(campaign)), [](db::Rows::Row const& row) {
        CampaignCountRow const line = Counts::read_at(row, 2);
        return domain::AcceptedCount{.kind = word_at<domain::CampaignTaskKind>(row, 0),
                                     .region = row.get<std::string>(1),
                                     .unit_key = line.unit_key,
                                     .count = count_of(line)};
    });
}

std::vector<CampaignCases> cases_of(db::PgSession& db, CampaignRow const& campaign) {
    std::vector<std::string> digits;
    digits.reserve(campaign.regions.size());
    for (std::string const& region : campaign.regions) digits.push_back(digits_of(region));
    Instant const until =
        china_midnight(Date{std::chrono::sys_days{campaign.ends_on} + std::chrono::days{1}});
    Params const params(array_of(campaign.regions), array_of(digits), array_of(campaign.items),
                        china_midnight(campaign.starts_on), until);
    return all_of(db.exec(count_cases, params), [](db::Rows::Row const& row) {
        return CampaignCases{.region = row.get<std::string>(0),
                             .ordered = row.get<std::int64_t>(1),
                             .committees = row.get<std::int64_t>(2),
                             .corrected = row.get<std::int64_t>(3)};
    });
}

}  // namespace sponsio::store

#include "server/store/exposures.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::ExposureLevel;
using domain::ExposureState;
using enum domain::ExposureState;
using R = ExposureRow;

using Exposures = Table<
    "exposure", R, Column<"exposure_id", &R::id>, Column<"organisation_id", &R::organisation>,
    Column<"authority", &R::authority>, Column<"region_code", &R::region>, Column<"unit_key", &R::unit_key>,
    Column<"unit_name", &R::unit_name>, Column<"unit_uscc", &R::unit_uscc>,
    Column<"unit_kind", &R::unit_kind>, Column<"unit_id", &R::unit>, Column<"superior_id", &R::superior>,
    Column<"demand", &R::demand>, Column<"asked_on", &R::asked_on>, Column<"item_id", &R::item>,
    Column<"match_score", &R::match_score>, Column<"matched_by", &R::matched_by>,
    Column<"opened_at", &R::opened_at>, Column<"state", &R::state>, Column<"due_at", &R::due_at>,
    Column<"rule", &R::rule>, Column<"result", &R::result>, Column<"proof_label", &R::proof_label>,
    Column<"screened_by", &R::screened_by>, Column<"meetings", &R::meetings>,
    Column<"asked_number", &R::asked_number>, Column<"asked_by", &R::asked_by>,
    Column<"order_number", &R::order_number>, Column<"ordered_by", &R::ordered_by>,
    Column<"ordered_at", &R::ordered_at>, Column<"repeat_no", &R::repeat_no>,
    Column<"shown_by", &R::shown_by>, Column<"correction_evidence_id", &R::correction>,
    Column<"level", &R::level>, Column<"proposed_by", &R::proposed_by>, Column<"checked_by", &R::checked_by>,
    Column<"exposed_by", &R::exposed_by>, Column<"exposed_at", &R::exposed_at>,
    Column<"notice_number", &R::notice_number>, Column<"shown_until", &R::shown_until>,
    Column<"corrected_at", &R::corrected_at>, Column<"appeal_open", &R::appeal_open>,
    Column<"appealed_by", &R::appealed_by>, Column<"appeal_due_at", &R::appeal_due_at>,
    Column<"appeal_rule", &R::appeal_rule>, Column<"appeal_decided_by", &R::appeal_decided_by>,
    Column<"withdrawn_at", &R::withdrawn_at>, Column<"withdrawal_number", &R::withdrawal_number>>;
using Change =
    Exposures::Update<&R::organisation, &R::superior, &R::item, &R::match_score, &R::matched_by, &R::state,
                      &R::due_at, &R::rule, &R::result, &R::proof_label, &R::screened_by, &R::meetings,
                      &R::asked_number, &R::asked_by, &R::order_number, &R::ordered_by, &R::ordered_at,
                      &R::repeat_no, &R::shown_by, &R::correction, &R::level, &R::proposed_by, &R::checked_by,
                      &R::exposed_by, &R::exposed_at, &R::notice_number, &R::shown_until, &R::corrected_at,
                      &R::appeal_open, &R::appealed_by, &R::appeal_due_at, &R::appeal_rule,
                      &R::appeal_decided_by, &R::withdrawn_at, &R::withdrawal_number>;

constexpr auto open_states =
    quoted<reported, screened, joint_meeting, unit_asked, answered, correction_ordered, warned_yellow,
           warned_red, corrected, exposure_proposed, exposure_checked, notified, exposed>;

constexpr BinaryQuery insert_one{"exposures.insert", sql<Exposures::insert>};
constexpr BinaryQuery update_one{"exposures.update", sql<Change::text>};
constexpr BinaryQuery select_one{"exposures.by_id", sql<Exposures::select, "where exposure_id = $1">};
constexpr BinaryQuery lock_one{"exposures.lock", sql<Exposures::select, "where exposure_id = $1 for update">};
constexpr BinaryQuery lock_open{
    "exposures.lock_open",
    sql<Exposures::select,
        "where unit_key = $1 and region_code = $2 and item_id = $3 and demand = $4 and state in (",
        open_states, ") for update">};
constexpr BinaryQuery select_to_warn{
    "exposures.to_warn", sql<Exposures::select, "where state in (", quoted<correction_ordered, warned_yellow>,
                             ") and due_at <= $1 and ($2::uuid is null or exposure_id > $2) order by "
                             "exposure_id limit 1 for update "
                             "skip locked">};
constexpr BinaryQuery count_orders{
    "exposures.orders_before",
    sql<"select count(*)::int4 from exposure where unit_key = $1 and exposure_id <> $2 and ordered_by is not "
        "null and state <> ",
        quoted<withdrawn>,
        " and (($3::text is not null and item_id = $3) or ($3::text is null and item_id is null and "
        "proof_label = $4))">};
constexpr BinaryQuery select_list{
    "exposures.list",
    sql<Exposures::select,
        "where (organisation_id = $1 or unit_id = $1 and asked_by is not null or superior_id = $1 and "
        "ordered_by is not null) and ($2::text is null or state = $2) and ($3::uuid is null or exposure_id > "
        "$3) order by exposure_id limit $4">};
constexpr BinaryQuery select_public{
    "exposures.public",
    sql<Exposures::select, "where exposed_at is not null and level = ", quoted<ExposureLevel::open>,
        " and shown_until > $1 and ($2::timestamptz is null or (exposed_at, exposure_id) > ($2, $3::uuid)) "
        "order by exposed_at, exposure_id limit $4">};

using P = ExposureReportRow;
using Reports = Table<"exposure_report", P, Column<"report_id", &P::id>, Column<"exposure_id", &P::exposure>,
                      Column<"source", &P::source>, Column<"anonymous", &P::anonymous>,
                      Column<"reported_at", &P::reported_at>, Column<"reported_by", &P::reported_by>,
                      Column<"code_digest", &P::code_digest>, SealedColumn<"content", &P::content>,
                      Column<"helped_at", &P::helped_at>, Column<"helped_by", &P::helped_by>>;
using Help = Reports::Update<&P::helped_at, &P::helped_by>;

constexpr BinaryQuery insert_report{"exposure_reports.insert", sql<Reports::insert>};
constexpr BinaryQuery update_report{"exposure_reports.update", sql<Help::text>};
constexpr BinaryQuery select_report{"exposure_reports.by_id", sql<Reports::select, "where report_id = $1">};
constexpr BinaryQuery select_by_code{"exposure_reports.by_code",
                                     sql<Reports::select, "where code_digest = $1">};
constexpr BinaryQuery select_reports{"exposure_reports.of_case",
                                     sql<Reports::select, "where exposure_id = $1 order by report_id">};

using L = RefusalSlipRow;
using Slips =
    Table<"refusal_slip", L, Column<"slip_id", &L::id>, Column<"organisation_id", &L::organisation>,
          Column<"item_id", &L::item>, Column<"report_id", &L::report>, Column<"made_by", &L::made_by>,
          Column<"made_at", &L::made_at>, SealedColumn<"content", &L::content>>;

constexpr BinaryQuery insert_slip{"refusal_slips.insert", sql<Slips::insert>};
constexpr BinaryQuery select_slip{"refusal_slips.by_id", sql<Slips::select, "where slip_id = $1">};

}  // namespace

void insert(db::PgSession& db, ExposureRow const& row) {
    db.exec(insert_one, Exposures::values(row));
}

void update(db::PgSession& db, ExposureRow const& row) {
    db.exec(update_one, Change::values(row));
}

std::optional<ExposureRow> exposure_by_id(db::PgSession& db, ExposureId id) {
    return first_of(db.exec(select_one, Params(id)), Exposures::read);
}

std::optional<ExposureRow> lock_exposure(db::PgSession& db, ExposureId id) {
    return first_of(db.exec(lock_one, Params(id)), Exposures::read);
}

std::optional<ExposureRow> lock_open_exposure(db::PgSession& db, std::string const& unit_key,
                                              std::string const& region, std::string const& item,
                                              domain::DemandKind demand) {
    return first_of(db.exec(lock_open, Params(unit_key, region, item, domain::word(demand))),
                    Exposures::read);
}

std::optional<ExposureRow> lock_to_warn(db::PgSession& db, Instant now, std::optional<ExposureId> after) {
    return first_of(db.exec(select_to_warn, Params(now, after)), Exposures::read);
}

std::int32_t orders_before(db::PgSession& db, ExposureRow const& row) {
    return value_of<std::int32_t>(
               db.exec(count_orders, Params(row.unit_key, row.id, row.item, row.proof_label)))
        .value();
}

std::vector<ExposureRow> exposures_after(db::PgSession& db, ExposureList const& list) {
    Params const params(list.of, optional_word(list.state), list.after, std::int32_t{list.limit});
    return all_of(db.exec(select_list, params), Exposures::read);
}

std::vector<ExposureRow> public_exposures(db::PgSession& db, Instant now,
                                          std::optional<std::pair<Instant, ExposureId>> const& after,
                                          int limit) {
    Params params(now);
    params.add(after ? std::optional(after->first) : std::nullopt)
        .add(after ? std::optional(after->second) : std::nullopt)
        .add(std::int32_t{limit});
    return all_of(db.exec(select_public, params), Exposures::read);
}

std::string report_label(ExposureReportId id) {
    return "exposure_report.content:" + id.text();
}

void insert(db::PgSession& db, ExposureReportRow const& row) {
    db.exec(insert_report, Reports::values(row));
}

void update(db::PgSession& db, ExposureReportRow const& row) {
    db.exec(update_report, Help::values(row));
}

std::optional<ExposureReportRow> exposure_report_by_id(db::PgSession& db, ExposureReportId id) {
    return first_of(db.exec(select_report, Params(id)), Reports::read);
}

std::optional<ExposureReportRow> exposure_report_by_code(db::PgSession& db, Digest const& code) {
    return first_of(db.exec(select_by_code, Params(code)), Reports::read);
}

std::vector<ExposureReportRow> reports_of(db::PgSession& db, ExposureId id) {
    return all_of(db.exec(select_reports, Params(id)), Reports::read);
}

std::string slip_label(RefusalSlipId id) {
    return "refusal_slip.content:" + id.text();
}

void insert(db::PgSession& db, RefusalSlipRow const& row) {
    db.exec(insert_slip, Slips::values(row));
}

std::optional<RefusalSlipRow> refusal_slip_by_id(db::PgSession& db, RefusalSlipId id) {
    return first_of(db.exec(select_slip, Params(id)), Slips::read);
}

}  // namespace sponsio::store

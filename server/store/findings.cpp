#include "server/store/findings.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::FindingState;

using Findings =
    Table<"finding", FindingRow, Column<"finding_id", &FindingRow::id>, Column<"task_id", &FindingRow::task>,
          Column<"commitment_code", &FindingRow::commitment_code>,
          Column<"organisation_id", &FindingRow::organisation>, Column<"kind", &FindingRow::kind>,
          Column<"fault", &FindingRow::culpability>, Column<"severity", &FindingRow::severity>,
          SealedColumn<"draft", &FindingRow::draft>, Column<"drafted_by", &FindingRow::drafted_by>,
          Column<"drafted_at", &FindingRow::drafted_at>, Column<"reviewed_by", &FindingRow::reviewed_by>,
          Column<"decided_by", &FindingRow::decided_by>, Column<"defence_until", &FindingRow::defence_until>,
          Column<"remedy_until", &FindingRow::remedy_until>,
          Column<"defence_waits_for", &FindingRow::defence_waits_for>,
          Column<"remedy_waits_for", &FindingRow::remedy_waits_for>,
          Column<"effective_at", &FindingRow::effective_at>, Column<"state", &FindingRow::state>,
          Column<"version", &FindingRow::version>, Column<"hearing_chair", &FindingRow::hearing_chair>,
          Column<"hearing_at", &FindingRow::hearing_at>>;

constexpr BinaryQuery insert_finding{"findings.insert", sql<Findings::insert>};
constexpr BinaryQuery insert_evidence{
    "findings.insert_evidence",
    "insert into finding_evidence (finding_id, version, evidence_id) select $1, $3, unnest($2::uuid[])"};
constexpr BinaryQuery select_finding{"findings.by_id", sql<Findings::select, "where finding_id = $1">};
constexpr BinaryQuery select_findings{"findings.by_ids",
                                      sql<Findings::select, "where finding_id = any($1::uuid[])">};
constexpr BinaryQuery select_finding_locked{"findings.lock",
                                            sql<Findings::select, "where finding_id = $1 for update">};
using StepOfFinding =
    Findings::Update<&FindingRow::state, &FindingRow::reviewed_by, &FindingRow::decided_by,
                     &FindingRow::defence_until, &FindingRow::remedy_until, &FindingRow::effective_at,
                     &FindingRow::defence_waits_for, &FindingRow::remedy_waits_for,
                     &FindingRow::hearing_chair, &FindingRow::hearing_at, &FindingRow::kind,
                     &FindingRow::culpability, &FindingRow::severity>;
constexpr BinaryQuery update_finding{"findings.update", sql<StepOfFinding::text>};
constexpr BinaryQuery select_after{
    "findings.after",
    sql<Findings::select, "where organisation_id = $1 and finding_id > $2 order by finding_id limit $3">};
constexpr BinaryQuery select_after_in_state{
    "findings.after_in_state",
    sql<Findings::select,
        "where organisation_id = $1 and state = $2 and finding_id > $3 order by finding_id limit $4">};
constexpr BinaryQuery select_due{
    "findings.due", sql<Findings::select, "where state = ", quoted<FindingState::served>,
                        " and remedy_until <= $1 and (remedy_until, finding_id) > ($2::timestamptz, "
                        "$3::uuid) order by remedy_until, finding_id limit 1 for update skip locked">};
// The expression is that of the index finding_awaiting_calendar.
constexpr BinaryQuery select_awaiting_calendar{
    "findings.awaiting_calendar",
    sql<Findings::select, "where state in (",
        quoted<FindingState::prior_notice_served, FindingState::defended, FindingState::hearing_requested,
               FindingState::hearing_called, FindingState::heard, FindingState::served>,
        ") and case state when ", quoted<FindingState::served>,
        " then remedy_waits_for else defence_waits_for end = any($1::integer[]) and finding_id > $2 order by "
        "finding_id limit 1 for update skip locked">};
constexpr BinaryQuery count_awaiting_calendar{
    "findings.count_awaiting_calendar",
    sql<"select count(*) from finding where state in (",
        quoted<FindingState::prior_notice_served, FindingState::defended, FindingState::hearing_requested,
               FindingState::hearing_called, FindingState::heard, FindingState::served>,
        ") and case state when ", quoted<FindingState::served>,
        " then remedy_waits_for else defence_waits_for end is not null">};

constexpr BinaryQuery select_evidence{"findings.evidence",
                                      "select e.evidence_id from finding_evidence e join finding f on "
                                      "f.finding_id = e.finding_id and f.version "
                                      "= e.version where e.finding_id = $1 order by e.evidence_id"};
constexpr BinaryQuery select_evidence_of_version{
    "findings.evidence_of_version",
    "select evidence_id from finding_evidence where finding_id = $1 and version = $2 order by evidence_id"};

using EarlierDrafts =
    Table<"finding_earlier_draft", EarlierDraft, Column<"finding_id", &EarlierDraft::finding>,
          Column<"version", &EarlierDraft::version>, Column<"kind", &EarlierDraft::kind>,
          Column<"fault", &EarlierDraft::culpability>, Column<"severity", &EarlierDraft::severity>,
          SealedColumn<"draft", &EarlierDraft::draft>, Column<"drafted_by", &EarlierDraft::drafted_by>,
          Column<"drafted_at", &EarlierDraft::drafted_at>>;
constexpr BinaryQuery keep_draft{"findings.keep_draft",
                                 sql<"insert into finding_earlier_draft (", EarlierDrafts::list, ") select ",
                                     EarlierDrafts::list, " from finding where finding_id = $1">};
constexpr BinaryQuery replace_draft{
    "findings.replace_draft",
    "update finding set version = $2, kind = $3, fault = $4, severity = $5, draft = $6, wrapped_key = $7, "
    "master_key_id = $8, drafted_by = $9, drafted_at = $10, state = $11 where finding_id = $1"};
constexpr BinaryQuery select_earlier_drafts{
    "findings.earlier_drafts", sql<EarlierDrafts::select, "where finding_id = $1 order by version">};
using Statements = Table<"finding_statement", StatementRow, Column<"finding_id", &StatementRow::finding>,
                         Column<"step", &StatementRow::step>, Column<"actor", &StatementRow::actor>,
                         Column<"at", &StatementRow::at>, SealedColumn<"content", &StatementRow::content>,
                         Column<"version", &StatementRow::version>>;
constexpr BinaryQuery insert_statement{"findings.insert_statement", sql<Statements::insert>};
constexpr BinaryQuery select_statements{
    "findings.statements",
    sql<Statements::select, "where finding_id = any($1::uuid[]) order by statement_id">};

using Clocks = Table<"finding_clock", ClockRow, Column<"finding_id", &ClockRow::finding>,
                     Column<"clock", &ClockRow::clock>, Column<"due_on", &ClockRow::due_on>,
                     Column<"ends", &ClockRow::ends>, Column<"rule", &ClockRow::rule>,
                     Column<"rule_pack", &ClockRow::rule_pack>, Column<"calendar", &ClockRow::calendar>>;
constexpr BinaryQuery insert_clock{"findings.insert_clock", sql<Clocks::insert>};
constexpr BinaryQuery select_clocks{"findings.clocks",
                                    sql<Clocks::select, "where finding_id = $1 order by ends, clock">};

using OpenClocks =
    Table<"finding_open_clock", OpenClockRow, Column<"finding_id", &OpenClockRow::finding>,
          Column<"clock", &OpenClockRow::clock>, Column<"rule", &OpenClockRow::rule>,
          Column<"rule_pack", &OpenClockRow::rule_pack>, Column<"waits_for", &OpenClockRow::waits_for>>;
constexpr BinaryQuery insert_open_clock{"findings.insert_open_clock",
                                        sql<OpenClocks::insert, "on conflict do nothing">};
constexpr BinaryQuery select_open_clocks{
    "findings.open_clocks",
    sql<"select distinct on (clock) ", OpenClocks::list,
        " from finding_open_clock o where finding_id = $1 and not exists (select from finding_clock c "
        "where c.finding_id = o.finding_id and c.clock = o.clock) order by clock, waits_for desc">};

using People =
    Table<"account", PersonName, Column<"account_id", &PersonName::id>, Column<"name", &PersonName::name>>;
constexpr BinaryQuery select_names{
    "findings.names", sql<People::select, "where account_id = any($1::uuid[]) order by account_id">};

}  // namespace

void insert(db::PgSession& db, FindingRow const& row, std::vector<EvidenceId> const& evidence) {
    db.exec(insert_finding, Findings::values(row));
    db.exec(insert_evidence, Params().add(row.id).add(array_of(evidence)).add(row.version));
}

void amend(db::PgSession& db, FindingRow const& next, std::vector<EvidenceId> const& evidence) {
    db.exec(keep_draft, Params(next.id));
    Params params(next.id, next.version, domain::word(next.kind), domain::word(next.culpability),
                  domain::word(next.severity));
    add(params, next.draft).add(next.drafted_by).add(next.drafted_at).add(domain::word(next.state));
    db.exec(replace_draft, params);
    db.exec(insert_evidence, Params().add(next.id).add(array_of(evidence)).add(next.version));
}

std::vector<EarlierDraft> earlier_drafts_of(db::PgSession& db, FindingId id) {
    return all_of(db.exec(select_earlier_drafts, Params(id)), EarlierDrafts::read);
}

std::optional<FindingRow> finding_by_id(db::PgSession& db, FindingId id) {
    return first_of(db.exec(select_finding, Params(id)), Findings::read);
}

std::vector<FindingRow> findings_by_id(db::PgSession& db, std::span<FindingId const> ids) {
    return all_of(db.exec(select_findings, Params().add(array_of(ids))), Findings::read);
}

std::optional<FindingRow> lock_finding(db::PgSession& db, FindingId id) {
    return first_of(db.exec(select_finding_locked, Params(id)), Findings::read);
}

void update(db::PgSession& db, FindingRow const& row) {
    db.exec(update_finding, StepOfFinding::values(row));
}

std::vector<FindingRow> findings_after(db::PgSession& db, OrganisationId organisation,
                                       std::optional<domain::FindingState> state,
                                       std::optional<FindingId> after, int limit) {
    FindingId const from = after.value_or(FindingId{Uuid{}});
    std::int32_t const most = limit;
    if (!state) return all_of(db.exec(select_after, Params(organisation, from, most)), Findings::read);
    return all_of(db.exec(select_after_in_state, Params(organisation, domain::word(*state), from, most)),
                  Findings::read);
}

std::optional<std::int32_t> FindingRow::waits_for() const {
    using S = domain::FindingState;
    if (state == S::served) return remedy_waits_for;
    if (state == S::prior_notice_served || state == S::defended) return defence_waits_for;
    return std::nullopt;
}

std::vector<EvidenceId> evidence_of_finding(db::PgSession& db, FindingId id) {
    return column_of<EvidenceId>(db.exec(select_evidence, Params(id)));
}

std::vector<EvidenceId> evidence_of_finding(db::PgSession& db, FindingId id, std::int32_t version) {
    return column_of<EvidenceId>(db.exec(select_evidence_of_version, Params(id, version)));
}

std::optional<FindingRow> lock_due_finding(db::PgSession& db, Instant now,
                                           std::optional<DueAfter> const& after) {
    Instant const from = after ? after->remedy_until : long_ago;
    FindingId const from_id = after ? after->id : FindingId{Uuid{}};
    return first_of(db.exec(select_due, Params(now, from, from_id)), Findings::read);
}

std::optional<FindingRow> lock_finding_awaiting_calendar(db::PgSession& db,
                                                         std::vector<std::chrono::year> const& known,
                                                         std::optional<FindingId> after) {
    db::Array<std::int32_t> years;
    for (std::chrono::year const year : known) years.push(std::int32_t{int{year}});
    return first_of(
        db.exec(select_awaiting_calendar, Params().add(years).add(after.value_or(FindingId{Uuid{}}))),
        Findings::read);
}

std::int64_t findings_awaiting_calendar(db::PgSession& db) {
    return db.exec(count_awaiting_calendar)[0].get<std::int64_t>(0);
}

void insert(db::PgSession& db, StatementRow const& row) {
    db.exec(insert_statement, Statements::values(row));
}

std::vector<StatementRow> statements_of(db::PgSession& db, FindingId id) {
    return statements_of(db, std::span(&id, 1));
}

std::vector<StatementRow> statements_of(db::PgSession& db, std::span<FindingId const> ids) {
    return all_of(db.exec(select_statements, Params().add(array_of(ids))), Statements::read);
}

void insert(db::PgSession& db, ClockRow const& row) {
    db.exec(insert_clock, Clocks::values(row));
}

std::vector<ClockRow> clocks_of(db::PgSession& db, FindingId id) {
    return all_of(db.exec(select_clocks, Params(id)), Clocks::read);
}

void insert(db::PgSession& db, OpenClockRow const& row) {
    db.exec(insert_open_clock, OpenClocks::values(row));
}

std::vector<OpenClockRow> open_clocks_of(db::PgSession& db, FindingId id) {
    return all_of(db.exec(select_open_clocks, Params(id)), OpenClocks::read);
}

std::vector<PersonName> names_of(db::PgSession& db, std::vector<AccountId> const& accounts) {
    return all_of(db.exec(select_names, Params().add(array_of(accounts))), People::read);
}

}  // namespace sponsio::store

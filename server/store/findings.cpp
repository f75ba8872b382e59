#include "server/store/findings.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_finding{
    "findings.insert",
    "insert into finding (finding_id, task_id, commitment_code, organisation_id, kind, fault, severity, "
    "drafted_by, drafted_at, draft, wrapped_key, master_key_id) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};
constexpr BinaryQuery insert_evidence{
    "findings.insert_evidence",
    "insert into finding_evidence (finding_id, evidence_id) select $1, unnest($2::uuid[])"};
constexpr SqlPiece finding_rows{
    "select finding_id, task_id, commitment_code, organisation_id, kind, fault, severity, drafted_by, "
    "drafted_at, reviewed_by, decided_by, defence_until, remedy_until, effective_at, state, draft, "
    "wrapped_key, master_key_id, defence_waits_for, remedy_waits_for from finding "};
constexpr BinaryQuery select_finding{"findings.by_id", sql<finding_rows, "where finding_id = $1">};
constexpr BinaryQuery select_finding_locked{"findings.lock",
                                            sql<finding_rows, "where finding_id = $1 for update">};
constexpr BinaryQuery update_finding{
    "findings.update",
    "update finding set state = $2, reviewed_by = $3, decided_by = $4, defence_until = $5, "
    "remedy_until = $6, effective_at = $7, defence_waits_for = $8, remedy_waits_for = $9 "
    "where finding_id = $1"};
constexpr BinaryQuery select_after{
    "findings.after",
    sql<finding_rows, "where organisation_id = $1 and finding_id > $2 order by finding_id limit $3">};
constexpr BinaryQuery select_after_in_state{
    "findings.after_in_state",
    sql<finding_rows,
        "where organisation_id = $1 and state = $2 and finding_id > $3 order by finding_id limit $4">};
constexpr BinaryQuery select_due{
    "findings.due",
    sql<finding_rows,
        "where state = 'served' and remedy_until <= $1 and (remedy_until, finding_id) > "
        "($2::timestamptz, $3::uuid) order by remedy_until, finding_id limit 1 for update skip locked">};
// The expression is that of the index finding_awaiting_calendar.
constexpr BinaryQuery select_awaiting_calendar{
    "findings.awaiting_calendar",
    sql<finding_rows,
        "where state in ('prior_notice_served', 'defended', 'served') "
        "and case state when 'served' then remedy_waits_for else defence_waits_for end = "
        "any($1::integer[]) and finding_id > $2 order by finding_id limit 1 for update skip locked">};
constexpr BinaryQuery count_awaiting_calendar{
    "findings.count_awaiting_calendar",
    "select count(*) from finding where state in ('prior_notice_served', 'defended', 'served') "
    "and case state when 'served' then remedy_waits_for else defence_waits_for end is not null"};

constexpr BinaryQuery select_evidence{
    "findings.evidence",
    "select evidence_id from finding_evidence where finding_id = $1 order by evidence_id"};
constexpr BinaryQuery insert_statement{
    "findings.insert_statement",
    "insert into finding_statement (finding_id, step, actor, at, content, wrapped_key, master_key_id) "
    "values ($1, $2, $3, $4, $5, $6, $7)"};
constexpr BinaryQuery select_statements{
    "findings.statements",
    "select finding_id, step, actor, at, content, wrapped_key, master_key_id from finding_statement "
    "where finding_id = $1 order by statement_id"};

constexpr BinaryQuery insert_clock{
    "findings.insert_clock",
    "insert into finding_clock (finding_id, clock, due_on, ends, rule, rule_pack, calendar) "
    "values ($1, $2, $3, $4, $5, $6, $7)"};
constexpr BinaryQuery select_clocks{
    "findings.clocks",
    "select finding_id, clock, due_on, ends, rule, rule_pack, calendar from finding_clock "
    "where finding_id = $1 order by ends, clock"};
constexpr BinaryQuery insert_open_clock{
    "findings.insert_open_clock",
    "insert into finding_open_clock (finding_id, clock, rule, rule_pack, waits_for) "
    "values ($1, $2, $3, $4, $5) on conflict do nothing"};
constexpr BinaryQuery select_open_clocks{
    "findings.open_clocks",
    "select distinct on (clock) finding_id, clock, rule, rule_pack, waits_for from finding_open_clock o "
    "where finding_id = $1 and not exists (select from finding_clock c where c.finding_id = o.finding_id "
    "and c.clock = o.clock) order by clock, waits_for desc"};

constexpr BinaryQuery select_names{"findings.names",
                                   "select account_id, name from account where account_id = any($1::uuid[]) "
                                   "order by account_id"};

FindingRow finding_of(db::Rows::Row const& row) {
    return {.id = row.get<FindingId>(0),
            .task = row.get<TaskId>(1),
            .commitment_code = row.get<std::string>(2),
            .organisation = row.get<OrganisationId>(3),
            .kind = word_at<domain::FindingKind>(row, 4),
            .culpability = word_at<domain::Culpability>(row, 5),
            .severity = word_at<domain::Severity>(row, 6),
            .draft = sealed_at(row, 15),
            .drafted_by = row.get<AccountId>(7),
            .drafted_at = row.get<Instant>(8),
            .reviewed_by = row.get<std::optional<AccountId>>(9),
            .decided_by = row.get<std::optional<AccountId>>(10),
            .defence_until = row.get<std::optional<Instant>>(11),
            .remedy_until = row.get<std::optional<Instant>>(12),
            .defence_waits_for = row.get<std::optional<std::int32_t>>(18),
            .remedy_waits_for = row.get<std::optional<std::int32_t>>(19),
            .effective_at = row.get<std::optional<Instant>>(13),
            .state = word_at<domain::FindingState>(row, 14)};
}

}  // namespace

void insert(db::PgSession& db, FindingRow const& f, std::vector<EvidenceId> const& evidence) {
    Params params(f.id, f.task, f.commitment_code, f.organisation, domain::word(f.kind),
                  domain::word(f.culpability), domain::word(f.severity), f.drafted_by, f.drafted_at);
    db.exec(insert_finding, add(params, f.draft));
    db.exec(insert_evidence, Params().add(f.id).add(array_of(evidence)));
}

std::optional<FindingRow> finding_by_id(db::PgSession& db, FindingId id) {
    return first_of(db.exec(select_finding, Params(id)), finding_of);
}

std::optional<FindingRow> lock_finding(db::PgSession& db, FindingId id) {
    return first_of(db.exec(select_finding_locked, Params(id)), finding_of);
}

void update(db::PgSession& db, FindingRow const& f) {
    db.exec(update_finding, Params(f.id, domain::word(f.state), f.reviewed_by, f.decided_by, f.defence_until,
                                   f.remedy_until, f.effective_at, f.defence_waits_for, f.remedy_waits_for));
}

std::vector<FindingRow> findings_after(db::PgSession& db, OrganisationId organisation,
                                       std::optional<domain::FindingState> state,
                                       std::optional<FindingId> after, int limit) {
    FindingId const from = after.value_or(FindingId{Uuid{}});
    std::int32_t const most = limit;
    if (!state) return all_of(db.exec(select_after, Params(organisation, from, most)), finding_of);
    return all_of(db.exec(select_after_in_state, Params(organisation, domain::word(*state), from, most)),
                  finding_of);
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

std::optional<FindingRow> lock_due_finding(db::PgSession& db, Instant now,
                                           std::optional<DueAfter> const& after) {
    Instant const from = after ? after->remedy_until : long_ago;
    FindingId const from_id = after ? after->id : FindingId{Uuid{}};
    return first_of(db.exec(select_due, Params(now, from, from_id)), finding_of);
}

std::optional<FindingRow> lock_finding_awaiting_calendar(db::PgSession& db,
                                                         std::vector<std::chrono::year> const& known,
                                                         std::optional<FindingId> after) {
    db::Array<std::int32_t> years;
    for (std::chrono::year const year : known) years.push(std::int32_t{int{year}});
    return first_of(
        db.exec(select_awaiting_calendar, Params().add(years).add(after.value_or(FindingId{Uuid{}}))),
        finding_of);
}

std::int64_t findings_awaiting_calendar(db::PgSession& db) {
    return db.exec(count_awaiting_calendar)[0].get<std::int64_t>(0);
}

void insert(db::PgSession& db, StatementRow const& s) {
    Params params(s.finding, s.step, s.actor, s.at);
    db.exec(insert_statement, add(params, s.content));
}

std::vector<StatementRow> statements_of(db::PgSession& db, FindingId id) {
    std::vector<StatementRow> list;
    for (auto const& row : db.exec(select_statements, Params(id)))
        list.push_back({row.get<FindingId>(0), row.get<std::string>(1), row.get<AccountId>(2),
                        row.get<Instant>(3), sealed_at(row, 4)});
    return list;
}

void insert(db::PgSession& db, ClockRow const& c) {
    db.exec(insert_clock, Params(c.finding, c.clock, c.due_on, c.ends, c.rule, c.rule_pack, c.calendar));
}

std::vector<ClockRow> clocks_of(db::PgSession& db, FindingId id) {
    std::vector<ClockRow> list;
    for (auto const& row : db.exec(select_clocks, Params(id)))
        list.push_back({row.get<FindingId>(0), row.get<std::string>(1), row.get<Date>(2), row.get<Instant>(3),
                        row.get<std::string>(4), row.get<std::string>(5),
                        row.get<std::optional<std::string>>(6)});
    return list;
}

void insert(db::PgSession& db, OpenClockRow const& c) {
    db.exec(insert_open_clock, Params(c.finding, c.clock, c.rule, c.rule_pack, c.waits_for));
}

std::vector<OpenClockRow> open_clocks_of(db::PgSession& db, FindingId id) {
    std::vector<OpenClockRow> list;
    for (auto const& row : db.exec(select_open_clocks, Params(id)))
        list.push_back({row.get<FindingId>(0), row.get<std::string>(1), row.get<std::string>(2),
                        row.get<std::string>(3), row.get<std::int32_t>(4)});
    return list;
}

std::vector<PersonName> names_of(db::PgSession& db, std::vector<AccountId> const& accounts) {
    db::Array<AccountId> ids;
    for (AccountId const& id : accounts) ids.push(id);
    std::vector<PersonName> names;
    for (auto const& row : db.exec(select_names, Params().add(ids)))
        names.push_back({row.get<AccountId>(0), row.get<std::string>(1)});
    return names;
}

}  // namespace sponsio::store

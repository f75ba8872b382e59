#include "server/store/submissions.hpp"

#include "server/store/feeds.hpp"
#include "server/store/sql.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::BatchState;
using domain::SubmissionState;
using domain::word;

// --------------------------------------------------------------------------------------------------- records
constexpr BinaryQuery insert_reports{
    "submissions.insert_reports",
    "insert into submission_record (record_no, record_id, attempt, organisation_id, line, wrapped_key, "
    "master_key_id, why, due_at, rule, created_at, created_by, errors, state, op) "
    "select q.record_no, q.record_id, q.attempt, q.organisation_id, q.line, q.wrapped_key, q.master_key_id, "
    "q.why, q.due_at, q.rule, q.created_at, q.created_by, q.errors, q.state, q.op "
    "from unnest($1::text[], $2::uuid[], $3::int4[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], "
    "$8::bytea[], $9::timestamptz[], $10::text[], $11::timestamptz[], $12::uuid[], $13::bytea[], "
    "$14::text[], $15::text[]) "
    "as q(record_no, record_id, attempt, organisation_id, line, wrapped_key, master_key_id, why, due_at, "
    "rule, created_at, created_by, errors, state, op)"};
constexpr SqlPiece report_rows{
    "select record_no, record_id, attempt, organisation_id, line, wrapped_key, master_key_id, why, "
    "due_at, rule, created_at, created_by, batch_no, errors, state, op from submission_record "};
constexpr BinaryQuery select_of_record{"submissions.of_record",
                                       sql<report_rows, "where record_id = $1 order by attempt for update">};
constexpr BinaryQuery select_report_locked{"submissions.lock_report",
                                           sql<report_rows, "where record_no = $1 for update">};
// Only logged records are delivered.
constexpr auto logged = piece<
    " and exists (select from log_leaf l where l.kind = 'record' and l.subject = s.record_id::text and "
    "l.leaf_index is not null) and (s.attempt = 1 or not exists (select from submission_record e where "
    "e.record_id = s.record_id and e.attempt < s.attempt and e.state in (",
    quoted<SubmissionState::queued, SubmissionState::batched>, ")))">;
constexpr BinaryQuery select_waiting_organisation{
    "submissions.organisation_waiting",
    sql<"select organisation_id from submission_record s where state = ", quoted<SubmissionState::queued>,
        logged, " order by created_at, record_no limit 1 for update skip locked">};
constexpr BinaryQuery select_waiting{
    "submissions.lock_waiting",
    sql<report_rows, "s where state = ", quoted<SubmissionState::queued>, " and organisation_id = $1", logged,
        " order by created_at, record_no limit $2 for update skip locked">};
constexpr BinaryQuery update_held{
    "submissions.hold", sql<"update submission_record set state = ", quoted<SubmissionState::rejected>,
                            " where record_no = $1 and state = ", quoted<SubmissionState::queued>>};
constexpr BinaryQuery select_held{
    "submissions.reports_held",
    sql<report_rows, "where state = ", quoted<SubmissionState::rejected>,
        " and batch_no is null and ($1 or organisation_id = any($2)) and ($3::timestamptz is null or "
        "(created_at, record_no) > ($3, $4::text)) order by created_at, record_no limit $5">};
constexpr BinaryQuery select_of_batch{"submissions.reports_of_batch",
                                      sql<report_rows, "where batch_no = $1 order by record_no">};

ReportRow report_of(db::Rows::Row const& row) {
    return {.record_no = row.get<std::string>(0),
            .record = row.get<RecordId>(1),
            .attempt = row.get<std::int32_t>(2),
            .organisation = row.get<OrganisationId>(3),
            .line = sealed_at(row, 4),
            .why = row.get<std::optional<Bytes>>(7),
            .due_at = row.get<std::optional<Instant>>(8),
            .rule = row.get<std::string>(9),
            .created_at = row.get<Instant>(10),
            .created_by = row.get<std::optional<AccountId>>(11),
            .batch_no = row.get<std::optional<std::string>>(12),
            .errors = row.get<std::optional<Bytes>>(13),
            .state = word_at<domain::SubmissionState>(row, 14),
            .op = word_at<domain::ReportOp>(row, 15)};
}

// --------------------------------------------------------------------------------------------------- batches
constexpr BinaryQuery next_serial{
    "submissions.next_serial",
    "insert into submission_serial as s (organisation_id, made_on, next_serial) values ($1, $2, 2) "
    "on conflict (organisation_id, made_on) do update set next_serial = s.next_serial + 1 "
    "where s.next_serial < 1000000 returning next_serial - 1"};
constexpr BinaryQuery insert_batch{
    "submissions.insert_batch",
    "insert into submission_batch (batch_no, organisation_id, manifest, records, wrapped_key, master_key_id, "
    "record_count, kid, created_at, next_try_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr BinaryQuery fill_batch{
    "submissions.fill_batch",
    sql<"update submission_record set state = ", quoted<SubmissionState::batched>,
        ", batch_no = $1 where record_no = any($2) and state = ", quoted<SubmissionState::queued>>};
constexpr SqlPiece batch_rows{
    "select b.batch_no, b.organisation_id, o.uscc, b.manifest, b.records, b.wrapped_key, "
    "b.master_key_id, b.record_count, b.kid, b.signature, b.created_at, b.attempts, b.next_try_at, "
    "b.last_error, b.state, b.answer, b.answered_at from submission_batch b "
    "join organisation o using (organisation_id) "};
constexpr BinaryQuery select_unsigned{
    "submissions.lock_unsigned", sql<batch_rows,
                                     "where b.signature is null order by b.created_at, b.batch_no limit 1 "
                                     "for update of b skip locked">};
constexpr BinaryQuery update_manifest{
    "submissions.restate",
    "update submission_batch set manifest = $2, kid = $3 where batch_no = $1 and signature is null"};
constexpr BinaryQuery update_signature{
    "submissions.set_signature",
    "update submission_batch set signature = $2 where batch_no = $1 and signature is null"};
constexpr BinaryQuery select_due{"submissions.lock_due",
                                 sql<batch_rows, "where b.state <> ", quoted<BatchState::answered>,
                                     " and b.signature is not null and b.next_try_at <= $1 order by "
                                     "b.next_try_at, b.batch_no limit 1 for update of b skip locked">};
constexpr BinaryQuery update_taken{
    "submissions.take_into_work",
    "update submission_batch set state = $2, attempts = attempts + 1, next_try_at = $3 where batch_no = $1"};
constexpr BinaryQuery select_batch{
    "submissions.batch_by_no",
    "select b.batch_no, b.organisation_id, o.uscc, b.manifest, case when $2 then b.records else ''::bytea "
    "end, "
    "b.wrapped_key, b.master_key_id, b.record_count, b.kid, b.signature, b.created_at, b.attempts, "
    "b.next_try_at, b.last_error, b.state, case when $2 then b.answer end, b.answered_at "
    "from submission_batch b join organisation o using (organisation_id) where b.batch_no = $1"};
constexpr BinaryQuery select_attempt{
    "submissions.lock_attempt", sql<batch_rows, "where b.batch_no = $1 and b.attempts = $2 and b.state <> ",
                                    quoted<BatchState::answered>, " for update of b">};
constexpr BinaryQuery update_back{
    "submissions.put_back",
    "update submission_batch set state = $2, next_try_at = $3, last_error = $4 where batch_no = $1"};
constexpr BinaryQuery update_answer{
    "submissions.set_answer",
    sql<"update submission_batch set state = ", quoted<BatchState::answered>,
        ", answer = $2, answered_at = $3, last_error = null where batch_no = $1 and state <> ",
        quoted<BatchState::answered>>};
constexpr BinaryQuery update_verdicts{
    "submissions.set_verdicts",
    sql<"update submission_record r set state = v.state, errors = v.errors from unnest($2::text[], "
        "$3::text[], $4::bytea[]) as v (record_no, state, errors) where r.record_no = v.record_no and "
        "r.batch_no = $1 and r.state = ",
        quoted<SubmissionState::batched>>};
constexpr BinaryQuery insert_events{
    "submissions.append_events",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, organisation_id) "
    "select 0, $1, $2, n.subject, $3, $4, $5, r.organisation_id from unnest($6::text[]) with ordinality as n "
    "(subject, place) left join submission_record r on r.record_no = n.subject order by n.place"};
constexpr SqlPiece batch_summaries{
    "select b.batch_no, o.uscc, b.state, b.attempts, b.record_count, b.created_at, b.answered_at, b.position "
    "from submission_batch b join organisation o using (organisation_id) "};
constexpr BinaryQuery select_batches{
    "submissions.batches_after",
    sql<batch_summaries, "where b.position > $1 and b.position <= $2 order by b.position limit $3">};
constexpr BinaryQuery select_batches_of{
    "submissions.batches_of_after",
    sql<batch_summaries,
        "where b.organisation_id = any($4) and b.position > $1 and b.position <= $2 "
        "order by b.position limit $3">};
constexpr BinaryQuery select_position{"submissions.batch_position",
                                      "select position from submission_batch where batch_no = $1"};
constexpr BinaryQuery select_outbox{
    "submissions.outbox",
    sql<"select (select count(*) from submission_record where state = ", quoted<SubmissionState::queued>,
        "), (select count(*) from submission_batch where state = ", quoted<BatchState::queued>,
        "), (select count(*) from submission_batch where state = ", quoted<BatchState::sent>,
        "), (select count(*) from submission_batch where state = ", quoted<BatchState::unknown>,
        "), least((select min(created_at) from submission_record where state = ",
        quoted<SubmissionState::queued>, "), (select min(created_at) from submission_batch where state in (",
        quoted<BatchState::queued, BatchState::sent, BatchState::unknown>, ")))">};

constexpr BinaryQuery select_batch_locked{
    "submissions.lock_batch",
    "select b.batch_no, b.organisation_id, o.uscc, b.manifest, ''::bytea, b.wrapped_key, b.master_key_id, "
    "b.record_count, b.kid, b.signature, b.created_at, b.attempts, b.next_try_at, b.last_error, b.state, "
    "null::bytea, b.answered_at from submission_batch b join organisation o using (organisation_id) "
    "where b.batch_no = $1 for update of b"};
constexpr BinaryQuery update_due{"submissions.try_at",
                                 "update submission_batch set next_try_at = $2 where batch_no = $1"};
using Exchanges = Table<"submission_exchange", ExchangeRow, Column<"batch_no", &ExchangeRow::batch_no>,
                        Column<"attempt", &ExchangeRow::attempt>, Column<"at", &ExchangeRow::at>,
                        Column<"method", &ExchangeRow::method>, Column<"outcome", &ExchangeRow::outcome>,
                        Column<"cause", &ExchangeRow::cause>, Column<"status", &ExchangeRow::status>,
                        Column<"content_type", &ExchangeRow::content_type>,
                        Column<"body", &ExchangeRow::body>, Column<"truncated", &ExchangeRow::truncated>>;
constexpr BinaryQuery insert_exchange{"submissions.insert_exchange", sql<Exchanges::insert>};
constexpr BinaryQuery select_exchanges{"submissions.exchanges",
                                       sql<"select ", Exchanges::list, " from (", Exchanges::select,
                                           "where batch_no = $1 order by attempt desc limit $2) q order by "
                                           "attempt">};

BatchRow batch_of(db::Rows::Row const& row) {
    return {.batch_no = row.get<std::string>(0),
            .organisation = row.get<OrganisationId>(1),
            .organisation_uscc = row.get<std::string>(2),
            .manifest = row.get<db::ByteString>(3).bytes,
            .records = sealed_at(row, 4),
            .record_count = row.get<std::int32_t>(7),
            .kid = row.get<std::string>(8),
            .signature = row.get<std::optional<Bytes>>(9),
            .created_at = row.get<Instant>(10),
            .attempts = row.get<std::int32_t>(11),
            .next_try_at = row.get<Instant>(12),
            .last_error = row.get<std::optional<std::string>>(13),
            .state = word_at<domain::BatchState>(row, 14),
            .answer = row.get<std::optional<Bytes>>(15),
            .answered_at = row.get<std::optional<Instant>>(16)};
}

Params params_of(Span const& span) {
    db::Array<OrganisationId> organisations;
    if (span.of)
        for (OrganisationId const& id : *span.of) organisations.push(id);
    return Params(!span.of.has_value(), organisations,
                  span.after ? std::optional(span.after->first) : std::nullopt,
                  span.after ? std::optional(span.after->second) : std::nullopt, std::int32_t{span.limit});
}

}  // namespace

std::string report_label(std::string const& record_no) {
    return "submission_record:" + record_no;
}

std::string batch_label(std::string const& batch_no) {
    return "submission_batch.records:" + batch_no;
}

std::string answer_label(std::string const& batch_no) {
    return "submission_batch.answer:" + batch_no;
}

void insert(db::PgSession& db, ReportRow const& row) {
    insert(db, std::span(&row, 1));
}

void insert(db::PgSession& db, std::span<ReportRow const> rows) {
    if (rows.empty()) return;
    db::Array<std::string> numbers, rules, states, ops;
    db::Array<RecordId> records;
    db::Array<std::int32_t> attempts;
    db::Array<OrganisationId> organisations;
    SealedArrays lines;
    db::Array<Bytes> whys, errors;
    db::Array<Instant> due, created;
    db::Array<AccountId> creators;
    for (ReportRow const& r : rows) {
        numbers.push(r.record_no);
        records.push(r.record);
        attempts.push(std::int32_t{r.attempt});
        organisations.push(r.organisation);
        lines.push(r.line);
        whys.push(r.why);
        due.push(r.due_at);
        rules.push(r.rule);
        created.push(r.created_at);
        creators.push(r.created_by);
        errors.push(r.errors);
        states.push(word(r.state));
        ops.push(word(r.op));
    }
    Params params;
    params.add(numbers).add(records).add(attempts).add(organisations);
    add(params, lines)
        .add(whys)
        .add(due)
        .add(rules)
        .add(created)
        .add(creators)
        .add(errors)
        .add(states)
        .add(ops);
    db.exec(insert_reports, params);
}

std::optional<ReportRow> lock_report(db::PgSession& db, std::string const& record_no) {
    return first_of(db.exec(select_report_locked, Params(record_no)), report_of);
}

std::vector<ReportRow> lock_reports_of(db::PgSession& db, RecordId record) {
    return all_of(db.exec(select_of_record, Params(record)), report_of);
}

std::optional<OrganisationId> organisation_waiting(db::PgSession& db) {
    return value_of<OrganisationId>(db.exec(select_waiting_organisation));
}

std::vector<ReportRow> lock_waiting(db::PgSession& db, OrganisationId organisation, int limit) {
    return all_of(db.exec(select_waiting, Params(organisation, std::int32_t{limit})), report_of);
}

std::vector<ReportRow> reports_of_batch(db::PgSession& db, std::string const& batch_no) {
    return all_of(db.exec(select_of_batch, Params(batch_no)), report_of);
}

void hold(db::PgSession& db, std::string const& record_no) {
    db.exec(update_held, Params(record_no));
}

std::vector<ReportRow> reports_held(db::PgSession& db, Span const& span) {
    return all_of(db.exec(select_held, params_of(span)), report_of);
}

std::optional<int> take_batch_serial(db::PgSession& db, OrganisationId organisation, Date made_on) {
    return value_of<std::int32_t>(db.exec(next_serial, Params(organisation, made_on)));
}

bool insert(db::PgSession& db, BatchRow const& b, std::vector<std::string> const& record_nos) {
    Params params(b.batch_no, b.organisation, db::ByteString{b.manifest});
    add(params, b.records).add(std::int32_t{b.record_count}).add(b.kid).add(b.created_at).add(b.next_try_at);
    db.exec(insert_batch, params);
    auto const filled = db.exec(fill_batch, Params(b.batch_no, array_of(record_nos))).affected();
    return filled == static_cast<std::int64_t>(record_nos.size());
}

std::optional<BatchRow> lock_unsigned(db::PgSession& db) {
    return first_of(db.exec(select_unsigned), batch_of);
}

void restate(db::PgSession& db, std::string const& batch_no, std::string const& manifest,
             std::string const& kid) {
    db.exec(update_manifest, Params(batch_no, db::ByteString{manifest}, kid));
}

void set_signature(db::PgSession& db, std::string const& batch_no, Bytes const& signature) {
    db.exec(update_signature, Params(batch_no, signature));
}

std::optional<BatchRow> lock_due_batch(db::PgSession& db, Instant now) {
    return first_of(db.exec(select_due, Params(now)), batch_of);
}

void take_into_work(db::PgSession& db, std::string const& batch_no, domain::BatchState state, Instant until) {
    db.exec(update_taken, Params(batch_no, word(state), until));
}

std::optional<BatchRow> batch_by_no(db::PgSession& db, std::string const& batch_no, Content content) {
    return first_of(db.exec(select_batch, Params(batch_no, content == Content::whole)), batch_of);
}

std::optional<BatchRow> lock_attempt(db::PgSession& db, std::string const& batch_no, int attempt) {
    return first_of(db.exec(select_attempt, Params(batch_no, std::int32_t{attempt})), batch_of);
}

void put_back(db::PgSession& db, std::string const& batch_no, domain::BatchState state, Instant next_try_at,
              std::string_view last_error) {
    db.exec(update_back, Params(batch_no, word(state), next_try_at, last_error));
}

void set_answer(db::PgSession& db, std::string const& batch_no, Bytes const& answer, Instant now) {
    db.exec(update_answer, Params(batch_no, answer, now));
}

std::int64_t set_verdicts(db::PgSession& db, std::string const& batch_no, std::span<Verdict const> verdicts) {
    db::Array<std::string> nos, states;
    db::Array<Bytes> errors;
    for (Verdict const& v : verdicts) {
        nos.push(v.record_no);
        states.push(word(v.state));
        errors.push(v.errors);
    }
    return db.exec(update_verdicts, Params(batch_no, nos, states, errors)).affected();
}

void append_events(db::PgSession& db, std::span<std::string const> record_nos, domain::SubmissionState from,
                   domain::SubmissionEvent event, domain::SubmissionState to, Instant now) {
    if (record_nos.empty()) return;
    db.exec(insert_events, Params(now, domain::submission_lifecycle.name, word(from), word(event), word(to),
                                  array_of(record_nos)));
}

std::optional<BatchRow> lock_batch(db::PgSession& db, std::string const& batch_no) {
    return first_of(db.exec(select_batch_locked, Params(batch_no)), batch_of);
}

void try_at(db::PgSession& db, std::string const& batch_no, Instant at) {
    db.exec(update_due, Params(batch_no, at));
}

std::string exchange_label(std::string const& batch_no, std::int32_t attempt) {
    return "submission_exchange.body:" + batch_no + ":" + std::to_string(attempt);
}

void insert(db::PgSession& db, ExchangeRow const& row) {
    db.exec(insert_exchange, Exchanges::values(row));
}

std::vector<ExchangeRow> exchanges_of(db::PgSession& db, std::string const& batch_no, int most) {
    return all_of(db.exec(select_exchanges, Params(batch_no, std::int32_t{most})), Exchanges::read);
}

std::vector<BatchSummary> batches_after(db::PgSession& db,
                                        std::optional<std::vector<OrganisationId>> const& of,
                                        std::int64_t position, int limit) {
    Params params(position, settled(db, Feed::batches), std::int32_t{limit});
    if (of) params.add(array_of(*of));
    return all_of(db.exec(of ? select_batches_of : select_batches, params), [](db::Rows::Row const& row) {
        return BatchSummary{.batch_no = row.get<std::string>(0),
                            .organisation_uscc = row.get<std::string>(1),
                            .state = word_at<domain::BatchState>(row, 2),
                            .attempts = row.get<std::int32_t>(3),
                            .record_count = row.get<std::int32_t>(4),
                            .created_at = row.get<Instant>(5),
                            .answered_at = row.get<std::optional<Instant>>(6),
                            .position = row.get<std::int64_t>(7)};
    });
}

std::optional<std::int64_t> batch_position(db::PgSession& db, std::string const& batch_no) {
    return value_of<std::int64_t>(db.exec(select_position, Params(batch_no)));
}

Outbox outbox(db::PgSession& db) {
    db::Rows const rows = db.exec(select_outbox);
    auto const row = rows[0];
    return {.reports_queued = row.get<std::int64_t>(0),
            .batches_queued = row.get<std::int64_t>(1),
            .batches_sent = row.get<std::int64_t>(2),
            .batches_unknown = row.get<std::int64_t>(3),
            .oldest = row.get<std::optional<Instant>>(4)};
}

}  // namespace sponsio::store

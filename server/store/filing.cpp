#include "server/domain/lifecycles.hpp"
#include "server/domain/matter.hpp"
#include "server/store/columns.hpp"
#include "server/store/commitments.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/sql.hpp"

#include <algorithm>

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;
using domain::CommitmentState;
using domain::Coverage;
using domain::DraftState;
using domain::RecordCause;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery delete_ended_keys{
    "filing.end_keys",
    "delete from used_key k using unnest($1::uuid[], $2::text[]) as q(account, key) "
    "where k.owner_id = q.account and k.key = q.key and k.created_at <= $3"};
constexpr BinaryQuery select_keys{"filing.keys",
                                  "select k.owner_id, k.key, k.request_digest, k.resource from "
                                  "unnest($1::uuid[], $2::text[]) as q(account, key) "
                                  "join used_key k on k.owner_id = q.account and k.key = q.key"};
constexpr BinaryQuery select_references{
    "filing.references",
    "select c.organisation_id, c.client_reference, c.code from unnest($1::uuid[], $2::text[]) as "
    "q(organisation, reference) join commitment c on c.organisation_id = q.organisation and "
    "c.client_reference = q.reference"};
constexpr BinaryQuery select_notices{
    "filing.notices",
    "select n.notice_id, n.organisation_id, n.matter_id, n.matter_version, m.newest_version, n.digest, "
    "n.issued_at, n.recipient_index, case when n.recipient = 'person' and n.recipient_index is null then "
    "n.given_to end, n.wrapped_key, n.master_key_id, n.recipient = 'person' and exists (select from "
    "notice_answer a where a.notice_id = n.notice_id) from notice n "
    "join matter m using (matter_id) where n.notice_id = any($1)"};
// A breach bars no more once each record of it was repaired or withdrawn (docs/law.md B3); one that a
// corrected record takes the place of still does.
constexpr SqlPiece issued_records{
    "select from record_draft d join credit_record r using (record_id) where d.commitment_code = c.code and "
    "d.state <> "};
constexpr auto still_bars = piece<
    "(not exists (", issued_records, quoted<DraftState::superseded>, ") or exists (", issued_records,
    quoted<DraftState::superseded>,
    " and not exists (select from record_cause k where k.record_id = r.record_id and k.ended_at is null "
    "and k.cause in (",
    quoted<RecordCause::repair, RecordCause::withdrawal>, "))))">;
constexpr BinaryQuery select_breaches{
    "filing.breaches",
    sql<"select c.committer_index, f.kind, f.severity from commitment c left join finding f on "
        "f.commitment_code = c.code and f.state = ",
        quoted<domain::FindingState::effective>, " where c.committer_index = any($1) and c.state = ",
        quoted<CommitmentState::breached>, " and ", still_bars>};

constexpr BinaryQuery select_earlier{
    "filing.earlier",
    sql<"select q.matter, q.committer from unnest($1::uuid[], $2::bytea[]) as q(matter, committer) where "
        "exists (select 1 from commitment c where c.matter_id = q.matter and c.committer_index = q.committer "
        "and c.coverage = ",
        quoted<Coverage::first_time>, " and c.state <> ", quoted<CommitmentState::withdrawn>, ")">};

// Inserts the row if it is missing, so that there is always a row to lock.
constexpr BinaryQuery begin_serials{"filing.begin_serials",
                                    "insert into commitment_serial (region_code, made_on, next_serial) "
                                    "values ($1, $2, 1) on conflict do nothing"};
constexpr BinaryQuery begin_lost_serials{
    "filing.begin_lost_serials",
    "insert into commitment_serial (region_code, made_on, next_serial) "
    "select r.region_code, d::date, 1 from (select distinct region_code from organisation) r "
    "cross join generate_series($1::date, $2::date, interval '1 day') as d on conflict do nothing"};
constexpr BinaryQuery raise_serials{
    "filing.raise_serials",
    "update commitment_serial set next_serial = (next_serial + 1000000) / 2 where made_on >= $1"};
constexpr BinaryQuery lock_serials{
    "filing.lock_serials",
    "select next_serial from commitment_serial where region_code = $1 and made_on = $2 for update"};
constexpr BinaryQuery update_serials{
    "filing.update_serials",
    "update commitment_serial set next_serial = $3 where region_code = $1 and made_on = $2"};

constexpr BinaryQuery insert_keys{
    "filing.insert_keys",
    "insert into used_key (owner_id, key, request_digest, resource, status, created_at) "
    "select o, k, d, r, 201, $5 from unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[]) as q(o, k, d, "
    "r)"};
constexpr BinaryQuery insert_commitments{
    "filing.insert_commitments",
    "insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, "
    "made_on, valid_until, accepted_at, committer_kind, "
    "committer_index, committer_name_index, sealed, wrapped_key, master_key_id, content_digest, state, "
    "leaf_index, coverage, client_reference) "
    "select $1, q.code, q.notice, q.matter, q.version, q.organisation, q.filed_by, q.made_on, q.valid_until, "
    "$2, q.kind, q.idx, q.name_idx, q.sealed, q.wrapped, q.master, "
    "q.digest, q.state, q.leaf, q.coverage, q.reference from unnest($3::text[], $4::uuid[], $5::uuid[], "
    "$6::int4[], "
    "$7::uuid[], "
    "$8::uuid[], "
    "$9::date[], $10::date[], $11::text[], $12::bytea[], "
    "$13::bytea[], $14::bytea[], $15::text[], $16::bytea[], $17::text[], $18::int8[], $19::text[], "
    "$20::text[], $21::bytea[]) "
    "as q(code, notice, matter, version, organisation, filed_by, made_on, valid_until, kind, idx, sealed, "
    "wrapped, master, digest, state, leaf, coverage, reference, name_idx)"};
constexpr BinaryQuery insert_answers{
    "filing.insert_answers",
    "insert into notice_answer (notice_id, commitment_code) select * from unnest($1::uuid[], $2::text[])"};
constexpr BinaryQuery insert_tasks{
    "filing.insert_tasks",
    "insert into verification_task (shard, task_id, commitment_code, organisation_id, source, mode, "
    "created_at, due_at, rule, inspectors_needed, waits_for) "
    "select $1, q.id, q.code, q.organisation, q.source, q.mode, $2, q.due, q.rule, q.inspectors, q.waits "
    "from unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], "
    "$10::int2[], $11::int4[]) as q(id, code, organisation, mode, due, rule, source, inspectors, waits)"};
constexpr BinaryQuery insert_events{
    "filing.insert_events",
    "insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, why, rule) "
    "select $1, $2, q.lifecycle, q.subject, q.from_state, q.event, q.to_state, q.actor, q.why, q.rule "
    "from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], "
    "$10::text[]) as q(lifecycle, subject, from_state, event, to_state, actor, why, rule)"};

/// The columns of a batch, one array each.
struct Columns {
    Array<std::string> code, kind, master, state, key, resource, coverage, reference;
    Array<NoticeId> notice;
    Array<MatterId> matter;
    Array<std::int32_t> version;
    Array<OrganisationId> organisation;
    Array<AccountId> filed_by;
    Array<Date> made_on, valid_until;
    Array<Blob> index, name_index, sealed, wrapped;
    Array<Digest> digest, request;
    Array<std::int64_t> leaf;

    void add(NewCommitment const& c) {
        code.push(c.code);
        notice.push(c.notice);
        matter.push(c.matter);
        version.push(std::int32_t{c.matter_version});
        organisation.push(c.organisation);
        filed_by.push(c.filed_by);
        made_on.push(c.made_on);
        valid_until.push(c.valid_until);
        kind.push(c.committer_kind);
        index.push(c.committer_index);
        name_index.push(c.name_index);
        sealed.push(c.sealed.content);
        wrapped.push(c.sealed.wrapped_key);
        master.push(c.sealed.master_key_id);
        digest.push(c.content_digest);
        state.push(domain::word(c.state));
        key.push(c.key);
        request.push(c.request_digest);
        resource.push(c.code);
        leaf.push(static_cast<std::int64_t>(c.leaf_index));
        coverage.push(c.coverage);
        reference.push(c.client_reference);
    }
};

struct TaskColumns {
    Array<TaskId> id;
    Array<std::string> code, mode, rule, source;
    Array<std::int16_t> inspectors;
    Array<std::int32_t> waits;
    Array<OrganisationId> organisation;
    Array<Instant> due;

    void add(std::string const& commitment, NewTask const& t) {
        id.push(t.id);
        code.push(commitment);
        organisation.push(t.organisation);
        mode.push(t.mode);
        due.push(t.end.due_at);
        rule.push(t.end.rule);
        waits.push(t.end.waits_for);
        source.push(
            domain::word(t.first_time ? domain::TaskSource::first_time : domain::TaskSource::deadline));
        inspectors.push(t.inspectors);
    }
};

struct EventColumns {
    Array<std::string> lifecycle, subject, from, event, to, why, rule;
    Array<AccountId> actor;

    void add_commitment(NewCommitment const& c) {
        lifecycle.push("commitment");
        subject.push(c.code);
        from.push("notified");
        event.push(c.state == domain::CommitmentState::supervised ? "exempt" : "accept");
        to.push(domain::word(c.state));
        actor.push(c.filed_by);
        why.push(c.why);
        rule.push_null();
    }

    void add_task(NewTask const& t, AccountId filed_by) {
        lifecycle.push("verification task");
        subject.push(t.id.text());
        from.push_null();
        event.push("created");
        to.push("created");
        actor.push(filed_by);
        why.push_null();
        rule.push(t.end.rule);
    }
};

Breach breach_of(db::Rows::Row const& row) {
    return {row.get<Blob>(0), optional_word_at<domain::FindingKind>(row, 1),
            optional_word_at<domain::Severity>(row, 2)};
}

FilingReference reference_of(db::Rows::Row const& row) {
    return {row.get<OrganisationId>(0), row.get<std::string>(1), row.get<std::string>(2)};
}

}  // namespace

void prepare_for_filing(db::PgSession& db) {
    for (std::string_view setting :
         {"set enable_seqscan = off", "set enable_hashjoin = off", "set enable_mergejoin = off"})
        db.command(setting);
}

void ask_filing_context(db::Pipeline& look, FilingLookup const& question) {
    look.add(select_notices, Params().add(question.notices));
    look.add(select_breaches, Params().add(question.committers));
    if (question.keys.size() == 0) return;
    look.add(delete_ended_keys, Params().add(question.accounts).add(question.keys).add(question.ended_by));
    look.add(select_keys, Params().add(question.accounts).add(question.keys));
    look.add(select_references, Params().add(question.organisations).add(question.references));
}

FilingContext read_filing_context(std::span<db::Rows const> answers) {
    FilingContext context;
    if (answers.empty()) return context;
    for (auto const& row : answers[0])
        context.notices.push_back({row.get<NoticeId>(0), row.get<OrganisationId>(1), row.get<MatterId>(2),
                                   row.get<std::int32_t>(3), row.get<std::int32_t>(4), row.get<Digest>(5),
                                   row.get<Instant>(6), row.get<std::optional<Blob>>(7),
                                   row.is_null(8) ? std::nullopt : std::optional(sealed_at(row, 8)),
                                   row.get<bool>(11)});
    std::ranges::sort(context.notices, {}, &FilingNotice::id);
    context.breaches = all_of(answers[1], breach_of);
    if (answers.size() < 5) return context;
    for (auto const& row : answers[3])
        context.used_keys.push_back(
            {row.get<AccountId>(0), row.get<std::string>(1), row.get<Digest>(2), row.get<std::string>(3)});
    for (auto const& row : answers[4]) context.used_references.push_back(reference_of(row));
    return context;
}

std::vector<Breach> breaches_of(db::PgSession& db, std::vector<std::uint8_t> const& committer_index) {
    Array<Blob> asked;
    asked.push(committer_index);
    return all_of(db.exec(select_breaches, Params().add(asked)), breach_of);
}

std::vector<FilingReference> used_references(db::PgSession& db, OrganisationId organisation,
                                             std::span<std::string const> references) {
    Array<OrganisationId> organisations;
    Array<std::string> asked;
    for (std::string const& reference : references) {
        organisations.push(organisation);
        asked.push(reference);
    }
    std::vector<FilingReference> found;
    for (auto const& row : db.exec(select_references, Params().add(organisations).add(asked)))
        found.push_back(reference_of(row));
    return found;
}

std::vector<CommitterOfMatter> earlier_committers(db::PgSession& db,
                                                  std::span<CommitterOfMatter const> asked) {
    Array<MatterId> matters;
    Array<Blob> committers;
    for (CommitterOfMatter const& one : asked) {
        matters.push(one.matter);
        committers.push(one.committer);
    }
    std::vector<CommitterOfMatter> found;
    for (auto const& row : db.exec(select_earlier, Params().add(matters).add(committers)))
        found.push_back({row.get<MatterId>(0), row.get<Blob>(1)});
    return found;
}

void skip_serials(db::PgSession& db, Date from, Date to) {
    db.exec(begin_lost_serials, Params(from, to));
    db.exec(raise_serials, Params(from));
}

SerialBlock take_serials(db::PgSession& db, std::string const& region, Date made_on, int wanted) {
    db.exec(begin_serials, Params(region, made_on));
    int const first = db.exec(lock_serials, Params(region, made_on))[0].get<std::int32_t>(0);
    int const end = std::min(first + wanted, 1'000'000);
    db.exec(update_serials, Params(region, made_on, std::int32_t{end}));
    return {first, end};
}

void add_commitments(db::Pipeline& all, std::span<NewCommitment const> batch, std::int16_t shard,
                     Instant now) {
    Columns rows;
    TaskColumns tasks;
    EventColumns events;
    std::vector<NewInquiry> checks;
    Array<NoticeId> answered;
    Array<std::string> answers;
    for (NewCommitment const& c : batch) {
        if (c.answers_notice) {
            answered.push(c.notice);
            answers.push(c.code);
        }
        rows.add(c);
        events.add_commitment(c);
        if (c.task) {
            tasks.add(c.code, *c.task);
            events.add_task(*c.task, c.filed_by);
            if (auto const& asked = c.task->question)
                checks.push_back({asked->id, c.task->id, c.code, c.task->organisation, asked->department});
        }
    }
    all.add(insert_keys,
            Params().add(rows.filed_by).add(rows.key).add(rows.request).add(rows.resource).add(now));
    all.add(insert_commitments, Params()
                                    .add(shard)
                                    .add(now)
                                    .add(rows.code)
                                    .add(rows.notice)
                                    .add(rows.matter)
                                    .add(rows.version)
                                    .add(rows.organisation)
                                    .add(rows.filed_by)
                                    .add(rows.made_on)
                                    .add(rows.valid_until)
                                    .add(rows.kind)
                                    .add(rows.index)
                                    .add(rows.sealed)
                                    .add(rows.wrapped)
                                    .add(rows.master)
                                    .add(rows.digest)
                                    .add(rows.state)
                                    .add(rows.leaf)
                                    .add(rows.coverage)
                                    .add(rows.reference)
                                    .add(rows.name_index));
    if (answered.size() != 0) all.add(insert_answers, Params().add(answered).add(answers));
    all.add(insert_tasks, Params()
                              .add(shard)
                              .add(now)
                              .add(tasks.id)
                              .add(tasks.code)
                              .add(tasks.organisation)
                              .add(tasks.mode)
                              .add(tasks.due)
                              .add(tasks.rule)
                              .add(tasks.source)
                              .add(tasks.inspectors)
                              .add(tasks.waits));
    all.add(insert_events, Params()
                               .add(shard)
                               .add(now)
                               .add(events.lifecycle)
                               .add(events.subject)
                               .add(events.from)
                               .add(events.event)
                               .add(events.to)
                               .add(events.actor)
                               .add(events.why)
                               .add(events.rule));
    queue_inquiries(all, checks, shard, now);
}

}  // namespace sponsio::store

#include "server/store/records.hpp"

#include "server/domain/lifecycles.hpp"
#include "server/store/columns.hpp"
#include "server/store/documents.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;
using domain::DraftState;
using domain::FindingState;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery delete_awaiting{
    "records.claim_effective",
    "delete from finding_awaiting_record where ctid = any(array(select ctid from finding_awaiting_record "
    "order by effective_at, finding_id limit $1 for update skip locked)) returning finding_id"};
constexpr BinaryQuery insert_awaiting{"records.release",
                                      "insert into finding_awaiting_record "
                                      "select finding_id, effective_at from finding where finding_id = $1 "
                                      "on conflict do nothing"};
constexpr BinaryQuery select_findings{
    "records.findings",
    sql<"select f.finding_id, f.commitment_code, f.organisation_id, o.name, o.uscc, o.region_code, f.kind, "
        "f.severity, f.draft, f.wrapped_key, f.master_key_id, "
        "(select coalesce(p.person_id, p.account_id) from account p where p.account_id = f.drafted_by), "
        "(select coalesce(p.person_id, p.account_id) from account p where p.account_id = f.reviewed_by), "
        "(select coalesce(p.person_id, p.account_id) from account p where p.account_id = f.decided_by), "
        "d.number, d.made_at, s.served_at, f.effective_at, c.made_on, c.sealed, c.wrapped_key, "
        "c.master_key_id, c.committer_index, c.matter_id, c.matter_version, f.version, exists (select from "
        "record_correction k where k.finding_id = f.finding_id) from finding f join organisation "
        "o on o.organisation_id = f.organisation_id join commitment c on c.code = f.commitment_code left "
        "join document d on d.finding_id = f.finding_id and d.kind = ",
        quoted<DocumentKind::decision>,
        " left join service_of_document s on s.document_id = d.document_id where f.finding_id = any($1) and "
        "f.state = ",
        quoted<FindingState::effective>>};
constexpr BinaryQuery insert_refused{
    "records.reconsider_refused",
    sql<"insert into finding_awaiting_record select f.finding_id, f.effective_at from finding f where "
        "f.finding_id in (select finding_id from record_refusal) and f.state = ",
        quoted<FindingState::effective>,
        " and not exists (select from record_draft d where d.finding_id = f.finding_id and d.state <> ",
        quoted<DraftState::superseded>, ") on conflict do nothing">};
constexpr BinaryQuery insert_refusal{"records.insert_refusal",
                                     "insert into record_refusal (finding_id, rule, at) values ($1, $2, $3) "
                                     "on conflict (finding_id, rule) do nothing"};

constexpr BinaryQuery insert_draft_rows{
    "records.insert_drafts",
    "insert into record_draft (record_id, finding_id, commitment_code, organisation_id, subject_index, kid, "
    "digest, drafted_at, to_be_signed, wrapped_key, master_key_id) "
    "select q.record_id, q.finding_id, q.commitment_code, q.organisation_id, q.subject_index, q.kid, "
    "q.digest, q.drafted_at, q.to_be_signed, q.wrapped_key, q.master_key_id "
    "from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::text[], $7::bytea[], "
    "$8::timestamptz[], $9::bytea[], $10::bytea[], $11::text[]) as q(record_id, finding_id, "
    "commitment_code, organisation_id, subject_index, kid, digest, drafted_at, to_be_signed, wrapped_key, "
    "master_key_id)"};
constexpr BinaryQuery select_waiting{
    "records.drafts_waiting",
    sql<"select d.record_id, d.finding_id, d.commitment_code, d.organisation_id, d.subject_index, d.kid, "
        "d.to_be_signed, d.wrapped_key, d.master_key_id, d.digest, d.drafted_at, d.state, s.list_no, s.idx "
        "from record_draft d left join status_entry s using (record_id) where d.state = ",
        quoted<DraftState::drafted>,
        " and ($1::uuid is null or d.record_id > $1) and get_byte(uuid_send(d.record_id), 15) % $4 = $3 "
        "order by d.record_id limit $2">};
// All servers lock in one order, so that they cannot deadlock.
constexpr BinaryQuery select_draft_states{
    "records.lock_drafts",
    "select record_id, state from record_draft where record_id = any($1) order by record_id for update"};
constexpr BinaryQuery update_draft_states{"records.draft_states",
                                          "update record_draft set state = $2 where record_id = any($1)"};
// By the primary key: the index of waiting drafts has many dead entries.
constexpr BinaryQuery update_issued{
    "records.issue_drafts",
    sql<"update record_draft set state = ", quoted<DraftState::issued>,
        " where record_id = any($1) and state not in (",
        quoted<DraftState::issued, DraftState::refused, DraftState::superseded>, ") returning record_id">};
// Each half uses its own index.
constexpr BinaryQuery select_draft_count{
    "records.count_drafts",
    sql<"select (select count(*) from record_draft where finding_id = $1 and state = ",
        quoted<DraftState::superseded>,
        ") + (select count(*) from record_draft where finding_id = $1 and state <> ",
        quoted<DraftState::superseded>, ")">};

constexpr BinaryQuery update_feed{
    "records.take_positions",
    "update record_feed set next_position = next_position + $1 returning next_position - $1"};
constexpr BinaryQuery insert_record_rows{
    "records.insert",
    "insert into credit_record (record_id, position, organisation_id, digest, issued_at, sd_jwt, "
    "wrapped_key, master_key_id) "
    "select q.record_id, q.position, q.organisation_id, q.digest, q.issued_at, q.sd_jwt, q.wrapped_key, "
    "q.master_key_id from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::bytea[], $5::timestamptz[], "
    "$6::bytea[], $7::bytea[], $8::text[]) as q(record_id, position, organisation_id, digest, issued_at, "
    "sd_jwt, wrapped_key, master_key_id)"};
constexpr SqlPiece record_rows{
    "select record_id, position, organisation_id, sd_jwt, wrapped_key, master_key_id, digest, "
    "issued_at, state, (select s.status from status_entry s where s.record_id = credit_record.record_id) "
    "from "
    "credit_record "};
constexpr BinaryQuery select_record{"records.by_id", sql<record_rows, "where record_id = $1">};
constexpr BinaryQuery update_state{"records.set_state",
                                   "update credit_record set state = $2 where record_id = $1"};
constexpr BinaryQuery delete_without_leaf{
    "records.take_without_leaf",
    "delete from record_without_leaf where record_id in (select record_id from record_without_leaf "
    "order by record_id limit $1) returning record_id"};
constexpr BinaryQuery select_of_finding{"records.of_finding",
                                        sql<"select r.record_id from record_draft d join credit_record r "
                                            "using (record_id) where d.finding_id = $1 and d.state <> ",
                                            quoted<DraftState::superseded>>};
constexpr BinaryQuery select_finding_of{"records.finding_of",
                                        "select finding_id from record_draft where record_id = $1"};
constexpr BinaryQuery select_feed{"records.feed",
                                  sql<record_rows, "where position > $1 order by position limit $2">};
constexpr BinaryQuery select_feed_of{
    "records.feed_of_organisation",
    sql<record_rows, "where organisation_id = any($3) and position > $1 order by position limit $2">};
constexpr BinaryQuery select_commitments{
    "records.commitments",
    "select distinct commitment_code from record_draft where record_id = any($1) order by commitment_code"};

FindingForRecord finding_of(db::Rows::Row const& row) {
    return {.finding = row.get<FindingId>(0),
            .commitment_code = row.get<std::string>(1),
            .organisation = row.get<OrganisationId>(2),
            .unit_name = row.get<std::string>(3),
            .unit_uscc = row.get<std::string>(4),
            .unit_region = row.get<std::string>(5),
            .kind = row.get<std::string>(6),
            .severity = row.get<std::string>(7),
            .text = sealed_at(row, 8),
            .version = row.get<std::int32_t>(25),
            .drafted_by = row.get<PersonId>(11),
            .reviewed_by = row.get<std::optional<PersonId>>(12),
            .decided_by = row.get<std::optional<PersonId>>(13),
            .decision_number = row.get<std::optional<std::string>>(14),
            .decided_at = row.get<std::optional<Instant>>(15),
            .served_at = row.get<std::optional<Instant>>(16),
            .effective_at = row.get<std::optional<Instant>>(17),
            .made_on = row.get<Date>(18),
            .commitment = sealed_at(row, 19),
            .committer_index = row.get<Blob>(22),
            .matter = row.get<MatterId>(23),
            .matter_version = row.get<std::int32_t>(24),
            .corrected = row.get<bool>(26)};
}

RecordDraft draft_of(db::Rows::Row const& row) {
    RecordDraft draft{.id = row.get<RecordId>(0),
                      .finding = row.get<FindingId>(1),
                      .commitment_code = row.get<std::string>(2),
                      .organisation = row.get<OrganisationId>(3),
                      .subject_index = row.get<Blob>(4),
                      .kid = row.get<std::string>(5),
                      .to_be_signed = sealed_at(row, 6),
                      .digest = row.get<Digest>(9),
                      .drafted_at = row.get<Instant>(10),
                      .state = word_at<domain::DraftState>(row, 11)};
    if (!row.is_null(12)) draft.status = StatusPlace{row.get<std::int32_t>(12), row.get<std::int32_t>(13)};
    return draft;
}

CreditRecord record_of(db::Rows::Row const& row) {
    return {.id = row.get<RecordId>(0),
            .position = row.get<std::int64_t>(1),
            .organisation = row.get<OrganisationId>(2),
            .sd_jwt = sealed_at(row, 3),
            .digest = row.get<Digest>(6),
            .issued_at = row.get<Instant>(7),
            .state = word_at<domain::RecordState>(row, 8),
            .status = row.is_null(9)
                          ? std::nullopt
                          : std::optional(static_cast<domain::RecordStatus>(row.get<std::int16_t>(9)))};
}

}  // namespace

std::vector<FindingId> claim_effective_findings(db::PgSession& db, int limit) {
    return column_of<FindingId>(db.exec(delete_awaiting, Params(std::int32_t{limit})));
}

std::vector<FindingForRecord> findings_for_records(db::PgSession& db, std::span<FindingId const> ids) {
    std::vector<FindingForRecord> findings;
    if (ids.empty()) return findings;
    for (auto const& row : db.exec(select_findings, Params().add(array_of(ids))))
        findings.push_back(finding_of(row));
    return findings;
}

bool refuse(db::PgSession& db, FindingId finding, std::string_view rule, Instant now) {
    return db.exec(insert_refusal, Params(finding, rule, now)).affected() == 1;
}

std::int64_t reconsider_refused(db::PgSession& db) {
    return db.exec(insert_refused).affected();
}

std::string draft_label(RecordId id) {
    return "record_draft.to_be_signed:" + id.text();
}

std::string record_label(RecordId id) {
    return "credit_record.sd_jwt:" + id.text();
}

void insert_drafts(db::PgSession& db, std::span<RecordDraft const> drafts) {
    if (drafts.empty()) return;
    Array<RecordId> ids;
    Array<FindingId> findings;
    Array<std::string> codes, kids;
    Array<OrganisationId> organisations;
    Array<Blob> subjects;
    Array<Digest> digests;
    Array<Instant> times;
    SealedArrays documents;
    for (RecordDraft const& d : drafts) {
        ids.push(d.id);
        findings.push(d.finding);
        codes.push(d.commitment_code);
        organisations.push(d.organisation);
        subjects.push(d.subject_index);
        kids.push(d.kid);
        digests.push(d.digest);
        times.push(d.drafted_at);
        documents.push(d.to_be_signed);
    }
    Params params;
    params.add(ids).add(findings).add(codes).add(organisations).add(subjects).add(kids);
    add(params.add(digests).add(times), documents);
    db.exec(insert_draft_rows, params);
}

std::vector<RecordDraft> drafts_waiting(db::PgSession& db, std::optional<RecordId> const& after, int limit,
                                        DraftShare share) {
    return all_of(db.exec(select_waiting, Params(after, std::int32_t{limit}, std::int32_t{share.part},
                                                 std::int32_t{share.parts})),
                  draft_of);
}

std::vector<std::pair<RecordId, domain::DraftState>> lock_drafts(db::PgSession& db,
                                                                 std::span<RecordId const> ids) {
    std::vector<std::pair<RecordId, domain::DraftState>> states;
    for (auto const& row : db.exec(select_draft_states, Params().add(array_of(ids))))
        states.emplace_back(row.get<RecordId>(0), word_at<domain::DraftState>(row, 1));
    return states;
}

void set_states(db::PgSession& db, std::span<RecordId const> ids, domain::DraftState state) {
    db.exec(update_draft_states, Params().add(array_of(ids)).add(domain::word(state)));
}

std::vector<RecordId> issue_drafts(db::PgSession& db, std::span<RecordId const> ids) {
    return column_of<RecordId>(db.exec(update_issued, Params().add(array_of(ids))));
}

void release_finding(db::PgSession& db, FindingId id) {
    db.exec(insert_awaiting, Params(id));
}

std::int64_t count_drafts(db::PgSession& db, FindingId finding) {
    return db.exec(select_draft_count, Params(finding))[0].get<std::int64_t>(0);
}

std::int64_t take_positions(db::PgSession& db, std::int64_t count) {
    return db.exec(update_feed, Params(count))[0].get<std::int64_t>(0);
}

void insert_records(db::PgSession& db, std::span<CreditRecord const> records) {
    if (records.empty()) return;
    Array<RecordId> ids;
    Array<std::int64_t> positions;
    Array<OrganisationId> organisations;
    Array<Digest> digests;
    Array<Instant> times;
    SealedArrays tokens;
    for (CreditRecord const& r : records) {
        ids.push(r.id);
        positions.push(r.position);
        organisations.push(r.organisation);
        digests.push(r.digest);
        times.push(r.issued_at);
        tokens.push(r.sd_jwt);
    }
    Params params;
    add(params.add(ids).add(positions).add(organisations).add(digests).add(times), tokens);
    db.exec(insert_record_rows, params);
}

std::optional<CreditRecord> record_by_id(db::PgSession& db, RecordId id) {
    return first_of(db.exec(select_record, Params(id)), record_of);
}

void set_state(db::PgSession& db, RecordId id, domain::RecordState state) {
    db.exec(update_state, Params(id, domain::word(state)));
}

std::vector<RecordId> take_records_without_leaf(db::PgSession& db, int limit) {
    std::vector<RecordId> ids;
    for (auto const& row : db.exec(delete_without_leaf, Params(std::int32_t{limit})))
        ids.push_back(row.get<RecordId>(0));
    return ids;
}

std::optional<FindingId> finding_of_record(db::PgSession& db, RecordId id) {
    return value_of<FindingId>(db.exec(select_finding_of, Params(id)));
}

std::optional<RecordId> record_of_finding(db::PgSession& db, FindingId finding) {
    return value_of<RecordId>(db.exec(select_of_finding, Params(finding)));
}

std::vector<CreditRecord> records_after(db::PgSession& db, std::int64_t position,
                                        std::optional<std::vector<OrganisationId>> const& of, int limit) {
    Params params(position, std::int32_t{limit});
    if (of) params.add(array_of(*of));
    return all_of(db.exec(of ? select_feed_of : select_feed, params), record_of);
}

std::vector<std::string> commitments_of(db::PgSession& db, std::vector<RecordId> const& records) {
    return column_of<std::string>(db.exec(select_commitments, Params(array_of(records))));
}

}  // namespace sponsio::store

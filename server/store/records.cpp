#include "server/store/records.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery select_effective{
    "records.claim_effective",
    "select finding_id from finding where state = 'effective' and record_step is null "
    "order by effective_at, finding_id limit $1 for update skip locked"};
constexpr BinaryQuery select_finding{
    "records.finding",
    "select f.finding_id, f.commitment_code, f.organisation_id, o.name, o.uscc, o.region_code, f.kind, "
    "f.severity, f.draft, f.wrapped_key, f.master_key_id, f.drafted_by, f.reviewed_by, f.decided_by, "
    "d.number, d.made_at, s.served_at, f.effective_at, c.made_on, c.sealed, c.wrapped_key, c.master_key_id, "
    "c.committer_index, m.matter_code, v.content "
    "from finding f join organisation o on o.organisation_id = f.organisation_id "
    "join commitment c on c.code = f.commitment_code "
    "join matter m on m.matter_id = c.matter_id "
    "join matter_version v on v.matter_id = c.matter_id and v.version = c.matter_version "
    "left join document d on d.finding_id = f.finding_id and d.kind = 'decision' "
    "left join service_of_document s on s.document_id = d.document_id "
    "where f.finding_id = $1 and f.state = 'effective'"};
constexpr BinaryQuery update_step{"records.finding_step",
                                  "update finding set record_step = $2 where finding_id = $1"};
constexpr BinaryQuery update_refused{
    "records.reconsider_refused",
    "update finding f set record_step = null where f.record_step = 'refused' "
    "and not exists (select from record_draft d where d.finding_id = f.finding_id "
    "and d.state <> 'superseded')"};
constexpr BinaryQuery insert_refusal{"records.insert_refusal",
                                     "insert into record_refusal (finding_id, rule, at) values ($1, $2, $3) "
                                     "on conflict (finding_id, rule) do nothing"};

constexpr BinaryQuery insert_draft{
    "records.insert_draft",
    "insert into record_draft (record_id, finding_id, commitment_code, organisation_id, subject_index, kid, "
    "to_be_signed, digest, wrapped_key, master_key_id, drafted_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr BinaryQuery select_waiting{
    "records.drafts_waiting",
    "select record_id, finding_id, commitment_code, organisation_id, subject_index, kid, to_be_signed, "
    "wrapped_key, master_key_id, digest, drafted_at, state from record_draft "
    "where state in ('drafted', 'signing') and ($1::uuid is null or record_id > $1) "
    "order by record_id limit $2"};
constexpr BinaryQuery select_draft_state{"records.lock_draft",
                                         "select state from record_draft where record_id = $1 for update"};
constexpr BinaryQuery update_draft_state{"records.draft_state",
                                         "update record_draft set state = $2 where record_id = $1"};
constexpr BinaryQuery select_draft_count{"records.count_drafts",
                                         "select count(*) from record_draft where finding_id = $1"};

constexpr BinaryQuery update_feed{
    "records.take_positions",
    "update record_feed set next_position = next_position + $1 returning next_position - $1"};
constexpr BinaryQuery insert_record{
    "records.insert",
    "insert into credit_record (record_id, position, organisation_id, sd_jwt, digest, wrapped_key, "
    "master_key_id, issued_at) values ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr BinaryQuery select_record{
    "records.by_id",
    "select record_id, position, organisation_id, sd_jwt, wrapped_key, master_key_id, digest, issued_at, "
    "state from credit_record where record_id = $1"};
constexpr BinaryQuery select_of_finding{
    "records.of_finding",
    "select r.record_id from record_draft d join credit_record r using (record_id) where d.finding_id = $1"};
constexpr BinaryQuery select_feed{
    "records.feed",
    "select record_id, position, organisation_id, sd_jwt, wrapped_key, master_key_id, digest, issued_at, "
    "state from credit_record where position > $1 order by position limit $2"};
constexpr BinaryQuery select_feed_of{
    "records.feed_of_organisation",
    "select record_id, position, organisation_id, sd_jwt, wrapped_key, master_key_id, digest, issued_at, "
    "state from credit_record where organisation_id = $3 and position > $1 order by position limit $2"};

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
            .drafted_by = row.get<AccountId>(11),
            .reviewed_by = row.get<std::optional<AccountId>>(12),
            .decided_by = row.get<std::optional<AccountId>>(13),
            .decision_number = row.get<std::optional<std::string>>(14),
            .decided_at = row.get<std::optional<Instant>>(15),
            .served_at = row.get<std::optional<Instant>>(16),
            .effective_at = row.get<std::optional<Instant>>(17),
            .made_on = row.get<Date>(18),
            .commitment = sealed_at(row, 19),
            .committer_index = row.get<Blob>(22),
            .matter_code = row.get<std::string>(23),
            .matter_content = row.get<std::string>(24)};
}

RecordDraft draft_of(db::Rows::Row const& row) {
    return {.id = row.get<RecordId>(0),
            .finding = row.get<FindingId>(1),
            .commitment_code = row.get<std::string>(2),
            .organisation = row.get<OrganisationId>(3),
            .subject_index = row.get<Blob>(4),
            .kid = row.get<std::string>(5),
            .to_be_signed = sealed_at(row, 6),
            .digest = row.get<Digest>(9),
            .drafted_at = row.get<Instant>(10),
            .state = word_at<domain::DraftState>(row, 11)};
}

CreditRecord record_of(db::Rows::Row const& row) {
    return {.id = row.get<RecordId>(0),
            .position = row.get<std::int64_t>(1),
            .organisation = row.get<OrganisationId>(2),
            .sd_jwt = sealed_at(row, 3),
            .digest = row.get<Digest>(6),
            .issued_at = row.get<Instant>(7),
            .state = row.get<std::string>(8)};
}

void set_step(db::PgSession& db, FindingId finding, std::optional<std::string> const& step) {
    db.exec(update_step, Params(finding, step));
}

}  // namespace

std::vector<FindingId> claim_effective_findings(db::PgSession& db, int limit) {
    std::vector<FindingId> ids;
    for (auto const& row : db.exec(select_effective, Params(std::int32_t{limit})))
        ids.push_back(row.get<FindingId>(0));
    return ids;
}

std::optional<FindingForRecord> finding_for_record(db::PgSession& db, FindingId id) {
    db::Rows const rows = db.exec(select_finding, Params(id));
    if (rows.empty()) return std::nullopt;
    return finding_of(rows[0]);
}

bool refuse(db::PgSession& db, FindingId finding, std::string_view rule, Instant now) {
    set_step(db, finding, "refused");
    return db.exec(insert_refusal, Params(finding, rule, now)).affected() == 1;
}

std::int64_t reconsider_refused(db::PgSession& db) {
    return db.exec(update_refused).affected();
}

std::string draft_place(RecordId id) {
    return "record_draft.to_be_signed:" + id.text();
}

std::string record_place(RecordId id) {
    return "credit_record.sd_jwt:" + id.text();
}

void insert(db::PgSession& db, RecordDraft const& d) {
    db.exec(insert_draft, Params(d.id, d.finding, d.commitment_code, d.organisation, d.subject_index, d.kid,
                                 d.to_be_signed.content, d.digest, d.to_be_signed.wrapped_key,
                                 d.to_be_signed.master_key_id, d.drafted_at));
    set_step(db, d.finding, "drafted");
}

std::vector<RecordDraft> drafts_waiting(db::PgSession& db, std::optional<RecordId> const& after, int limit) {
    std::vector<RecordDraft> drafts;
    for (auto const& row : db.exec(select_waiting, Params(after, std::int32_t{limit})))
        drafts.push_back(draft_of(row));
    return drafts;
}

std::optional<domain::DraftState> lock_draft(db::PgSession& db, RecordId id) {
    db::Rows const rows = db.exec(select_draft_state, Params(id));
    if (rows.empty()) return std::nullopt;
    return word_at<domain::DraftState>(rows[0], 0);
}

void set_state(db::PgSession& db, RecordId id, domain::DraftState state) {
    db.exec(update_draft_state, Params(id, std::string(domain::word(state))));
}

void release_finding(db::PgSession& db, FindingId id) {
    set_step(db, id, std::nullopt);
}

std::int64_t count_drafts(db::PgSession& db, FindingId finding) {
    return db.exec(select_draft_count, Params(finding))[0].get<std::int64_t>(0);
}

std::int64_t take_positions(db::PgSession& db, std::int64_t count) {
    return db.exec(update_feed, Params(count))[0].get<std::int64_t>(0);
}

void insert(db::PgSession& db, CreditRecord const& r) {
    db.exec(insert_record, Params(r.id, r.position, r.organisation, r.sd_jwt.content, r.digest,
                                  r.sd_jwt.wrapped_key, r.sd_jwt.master_key_id, r.issued_at));
}

std::optional<CreditRecord> record_by_id(db::PgSession& db, RecordId id) {
    db::Rows const rows = db.exec(select_record, Params(id));
    if (rows.empty()) return std::nullopt;
    return record_of(rows[0]);
}

std::optional<RecordId> record_of_finding(db::PgSession& db, FindingId finding) {
    db::Rows const rows = db.exec(select_of_finding, Params(finding));
    if (rows.empty()) return std::nullopt;
    return rows[0].get<RecordId>(0);
}

std::vector<CreditRecord> records_after(db::PgSession& db, std::int64_t position,
                                        std::optional<OrganisationId> const& organisation, int limit) {
    std::vector<CreditRecord> records;
    db::Rows const rows = organisation
                              ? db.exec(select_feed_of, Params(position, std::int32_t{limit}, *organisation))
                              : db.exec(select_feed, Params(position, std::int32_t{limit}));
    for (auto const& row : rows) records.push_back(record_of(row));
    return records;
}

}  // namespace sponsio::store

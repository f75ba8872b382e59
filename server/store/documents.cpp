#include "server/store/documents.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_document{
    "documents.insert",
    "insert into document (document_id, finding_id, kind, number, digest, made_by, made_at, content, "
    "wrapped_key, master_key_id, case_id, template) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
    "$12)"};
constexpr BinaryQuery insert_service{
    "documents.insert_service",
    "insert into service_of_document (document_id, served_at, method, recorded_by, recorded_at, receipt, "
    "wrapped_key, master_key_id, digest, receipt_evidence_id, counts_from, left_proof, consent_evidence_id) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr BinaryQuery insert_late_service{
    "documents.insert_late_service",
    "insert into late_service (late_service_id, document_id, served_at, method, receipt_evidence_id, "
    "requested_by, requested_at, why, wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8, "
    "$9, $10) on conflict do nothing returning true"};
constexpr BinaryQuery update_late_service{"documents.decide_late_service",
                                          decide_sql<"late_service", "state", "late_service_id">};
constexpr SqlPiece late_service_columns{
    "select late_service_id, document_id, served_at, method, receipt_evidence_id, requested_by, "
    "requested_at, state, why, wrapped_key, master_key_id, "};
constexpr SqlPiece of_papers{
    "from late_service where document_id in (select document_id from document where finding_id = $1) "};
constexpr BinaryQuery select_waiting_late_service{
    "documents.lock_late_service", sql<late_service_columns, decision_columns, of_papers, "and state = ",
                                       quoted<domain::LateServiceState::entered>, " for update">};
constexpr BinaryQuery select_late_services{
    "documents.late_services",
    sql<late_service_columns, decision_columns, of_papers, "order by late_service_id">};
using StatedPeriods =
    Table<"document_period", StatedPeriodRow, Column<"document_id", &StatedPeriodRow::document>,
          Column<"clock", &StatedPeriodRow::clock>, Column<"rule", &StatedPeriodRow::rule>,
          Column<"rule_pack", &StatedPeriodRow::rule_pack>, Column<"calendar", &StatedPeriodRow::calendar>,
          Column<"serve_by", &StatedPeriodRow::serve_by>, Column<"last_day", &StatedPeriodRow::last_day>,
          Column<"waits_for", &StatedPeriodRow::waits_for>>;
constexpr BinaryQuery insert_period{"documents.insert_period", sql<StatedPeriods::insert>};
constexpr BinaryQuery select_periods{
    "documents.periods", sql<StatedPeriods::select, "where document_id = $1 order by last_day, clock">};
constexpr SqlPiece document_rows{
    "select d.document_id, d.finding_id, d.kind, d.number, d.digest, d.made_by, d.made_at, d.content, "
    "d.wrapped_key, d.master_key_id, s.served_at, s.method, s.recorded_by, s.recorded_at, s.receipt, "
    "s.wrapped_key, s.master_key_id, s.digest, s.receipt_evidence_id, s.counts_from, s.left_proof, "
    "s.consent_evidence_id, d.case_id, d.template from document d left "
    "join service_of_document s using "
    "(document_id) "};
constexpr BinaryQuery select_document{"documents.by_id", sql<document_rows, "where d.document_id = $1">};
constexpr BinaryQuery select_of_finding{
    "documents.of_finding",
    sql<document_rows,
        "where d.finding_id = any($1::uuid[]) order by d.made_at, d.kind desc, d.document_id">};

constexpr BinaryQuery select_about{
    "documents.about", sql<document_rows, "where d.case_id = $1 order by d.made_at, d.document_id">};

ServedDocument document_of(db::Rows::Row const& row) {
    ServedDocument paper{.document = {.id = row.get<DocumentId>(0),
                                      .finding = row.get<FindingId>(1),
                                      .kind = word_at<DocumentKind>(row, 2),
                                      .number = row.get<std::string>(3),
                                      .content = sealed_at(row, 7),
                                      .digest = row.get<Digest>(4),
                                      .made_by = row.get<AccountId>(5),
                                      .made_at = row.get<Instant>(6),
                                      .about = row.get<std::optional<Uuid>>(22),
                                      .words = row.get<std::optional<std::string>>(23)},
                         .service = std::nullopt};
    if (!row.is_null(10))
        paper.service = ServiceRow{.document = paper.document.id,
                                   .served_at = row.get<Instant>(10),
                                   .method = word_at<domain::ServiceMethod>(row, 11),
                                   .receipt = sealed_at(row, 14),
                                   .recorded_by = row.get<AccountId>(12),
                                   .recorded_at = row.get<Instant>(13),
                                   .digest = row.get<std::optional<Digest>>(17),
                                   .evidence = row.get<std::optional<EvidenceId>>(18),
                                   .counts_from = row.get<std::optional<Date>>(19),
                                   .left_proof = optional_word_at<domain::LeftProof>(row, 20),
                                   .consent = row.get<std::optional<EvidenceId>>(21)};
    return paper;
}

LateServiceRow late_service_of(db::Rows::Row const& row) {
    return {{.id = row.get<LateServiceId>(0),
             .asked_by = row.get<AccountId>(5),
             .asked_at = row.get<Instant>(6),
             .why = sealed_at(row, 8),
             .decision = decision_at(row, 11)},
            row.get<DocumentId>(1),
            row.get<Instant>(2),
            word_at<domain::ServiceMethod>(row, 3),
            row.get<EvidenceId>(4),
            word_at<domain::LateServiceState>(row, 7)};
}

}  // namespace

void insert(db::PgSession& db, DocumentRow const& d) {
    Params params(d.id, d.finding, domain::word(d.kind), d.number, d.digest, d.made_by, d.made_at);
    db.exec(insert_document, add(params, d.content).add(d.about).add(d.words));
}

void insert(db::PgSession& db, ServiceRow const& s) {
    Params params(s.document, s.served_at, domain::word(s.method), s.recorded_by, s.recorded_at);
    db.exec(insert_service, add(params, s.receipt)
                                .add(s.digest)
                                .add(s.evidence)
                                .add(s.counts_from)
                                .add(optional_word(s.left_proof))
                                .add(s.consent));
}

bool insert(db::PgSession& db, LateServiceRow const& row) {
    Params params(row.id, row.document, row.served_at, domain::word(row.method), row.evidence, row.asked_by,
                  row.asked_at);
    return !db.exec(insert_late_service, add(params, row.why)).empty();
}

void decide(db::PgSession& db, LateServiceRow const& row) {
    db.exec(update_late_service, decision_params(row, domain::word(row.state)));
}

std::optional<LateServiceRow> lock_waiting_late_service(db::PgSession& db, FindingId finding) {
    return first_of(db.exec(select_waiting_late_service, Params(finding)), late_service_of);
}

std::vector<LateServiceRow> late_services_of(db::PgSession& db, FindingId finding) {
    return all_of(db.exec(select_late_services, Params(finding)), late_service_of);
}

void insert(db::PgSession& db, StatedPeriodRow const& row) {
    db.exec(insert_period, StatedPeriods::values(row));
}

std::vector<DocumentRow> documents_about(db::PgSession& db, Uuid const& of) {
    return all_of(db.exec(select_about, Params(of)),
                  [](db::Rows::Row const& row) { return document_of(row).document; });
}

std::vector<ServedDocument> served_about(db::PgSession& db, Uuid const& of) {
    return all_of(db.exec(select_about, Params(of)), document_of);
}

std::vector<StatedPeriodRow> stated_periods_of(db::PgSession& db, DocumentId document) {
    return all_of(db.exec(select_periods, Params(document)), StatedPeriods::read);
}

std::optional<ServedDocument> document_by_id(db::PgSession& db, DocumentId id) {
    return first_of(db.exec(select_document, Params(id)), document_of);
}

std::vector<ServedDocument> documents_of(db::PgSession& db, FindingId finding) {
    return documents_of(db, std::span(&finding, 1));
}

std::vector<ServedDocument> documents_of(db::PgSession& db, std::span<FindingId const> findings) {
    return all_of(db.exec(select_of_finding, Params().add(array_of(findings))), document_of);
}

}  // namespace sponsio::store

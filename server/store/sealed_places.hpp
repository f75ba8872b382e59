#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

/// Every place where something about a person lies in the database: the one list that erasure, the rewrapping
/// of data keys and the tests go through. A column of type bytea that is in none of these lists, or one that
/// is here and not in the database, is refused by tests/service/sealed_places_test.cpp.
namespace sponsio::store {

/// How the rows of a table are found that belong to a commitment. Where an erasure does not look, it says
/// why.
enum class Belongs {
    commitment,      ///< the commitment itself
    code,            ///< names the commitment
    task,            ///< names a check of it
    finding,         ///< names a finding about it
    paper,           ///< names a paper of such a finding
    evidence,        ///< is a piece of evidence of any of those
    about_evidence,  ///< names such a piece
    record,          ///< names a record about it, issued or drafted
    proceeding,      ///< names an objection to such a record, its repair or its publication
    batch,           ///< a batch in which such a record was reported, with records of others
    notice,          ///< the notice that it answers, if that was given to one person
    step,            ///< a signed step of any of those, by its path
    answer,          ///< an answer kept for an Idempotency-Key, by its path
    official,        ///< about an official, while the account is there
    reporter,        ///< of somebody who told of a unit's demand, and of no promise
    nobody,          ///< about no person
};

/// What ends it, besides an erasure of the case.
enum class Until {
    request,    ///< nothing but such an erasure
    retention,  ///< rule retention.negative: credit information
    replay,     ///< key_lifetime of an Idempotency-Key
    account,    ///< kept as long as what the official did
    ever,       ///< proves what is public, and names nobody
};

/// A statement about one of these places, put together when the program starts.
inline std::string joined(std::initializer_list<std::string_view> pieces) {
    std::string text;
    for (std::string_view const piece : pieces) text += piece;
    return text;
}

/// A data key: the columns that hold it wrapped, and the sealed columns that it opens.
struct WrappedKey {
    std::string_view table;
    std::string_view wrapped;
    std::string_view key_id;  ///< of the sealing key
    Belongs belongs;
    Until until;
};

inline constexpr auto wrapped_keys = [] {
    using enum Belongs;
    constexpr auto own = [](std::string_view table, Belongs belongs, Until until = Until::request) {
        return WrappedKey{table, "wrapped_key", "master_key_id", belongs, until};
    };
    constexpr auto decision = [](std::string_view table, Belongs belongs) {
        return WrappedKey{table, "decision_wrapped_key", "decision_master_key_id", belongs, Until::request};
    };
    return std::to_array<WrappedKey>({
        own("commitment", commitment),
        own("notice", notice),
        own("withdrawal", code),
        own("withdrawal_request", code),
        decision("withdrawal_request", code),
        own("rectification", code),
        decision("rectification", code),
        own("verification_task", code),
        own("task_recusal", task),
        decision("task_recusal", task),
        own("task_reopening", task),
        decision("task_reopening", task),
        own("task_retraction", task),
        decision("task_retraction", task),
        own("inspection", task),
        decision("inspection", task),
        own("task_note", task),
        own("task_earlier_conclusion", task),
        own("department_check", code),
        own("assist_ticket", task),
        own("evidence_exclusion", about_evidence),
        own("evidence", evidence),
        own("finding", code),
        own("finding_earlier_draft", finding),
        own("finding_statement", finding),
        own("service_of_document", paper),
        own("late_service", paper),
        decision("late_service", paper),
        own("revocation", finding),
        decision("revocation", finding),
        own("document", finding),
        own("step_signature", step),
        own("used_key", answer, Until::replay),
        own("submission_batch", batch, Until::retention),
        own("submission_record", record, Until::retention),
        own("status_change", record, Until::retention),
        own("credit_record", record, Until::retention),
        own("record_draft", code, Until::retention),
        own("case_step", proceeding),
        own("record_correction", finding),
        own("publicity", record, Until::retention),
        own("serious_listing", record, Until::retention),
        own("erased_status", nobody, Until::ever),
        own("draw", nobody, Until::ever),
        own("draw_explanation", official, Until::account),
        decision("draw_explanation", official),
        own("inspector_conflict", official, Until::account),
        own("person", official, Until::account),
        own("subscription", nobody, Until::account),
        own("earlier_secret", nobody, Until::account),
        own("exposure_report", reporter),
        own("refusal_slip", reporter),
    });
}();

/// A sealed column: its seal label begins with `label`, a colon and the row; the key lies in `key` of the
/// table `key_table`.
struct SealedPlace {
    std::string_view table;
    std::string_view column;
    std::string_view label;
    std::string_view key_table;
    std::string_view key = "wrapped_key";
};

inline constexpr auto sealed_places = [] {
    constexpr auto own = [](std::string_view table, std::string_view column, std::string_view label) {
        return SealedPlace{table, column, label, table};
    };
    constexpr auto decision = [](std::string_view table, std::string_view label) {
        return SealedPlace{table, "decision", label, table, "decision_wrapped_key"};
    };
    return std::to_array<SealedPlace>({
        own("commitment", "sealed", "commitment.sealed"),
        own("notice", "given_to", "notice.given_to"),
        own("withdrawal", "reason", "withdrawal.reason"),
        own("withdrawal_request", "why", "withdrawal_request.why"),
        decision("withdrawal_request", "withdrawal_request.decision"),
        own("rectification", "content", "rectification.content"),
        decision("rectification", "rectification.decision"),
        own("verification_task", "summary", "verification_task.summary"),
        own("task_recusal", "why", "task_recusal.why"),
        decision("task_recusal", "task_recusal.decision"),
        own("task_reopening", "why", "task_reopening.why"),
        decision("task_reopening", "task_reopening.decision"),
        own("task_retraction", "why", "task_retraction.why"),
        decision("task_retraction", "task_retraction.decision"),
        own("inspection", "why", "inspection.why"),
        decision("inspection", "inspection.decision"),
        own("task_note", "content", "task_note.content"),
        own("task_earlier_conclusion", "summary", "verification_task.summary"),
        own("department_check", "question", "department_check.question"),
        own("department_check", "reply", "department_check.reply"),
        own("assist_ticket", "question", "assist_ticket.question"),
        own("assist_ticket", "reply", "assist_ticket.reply"),
        own("evidence", "label", "evidence.label"),
        own("evidence", "content", "evidence.content"),
        SealedPlace{"evidence_chunk", "content", "evidence_chunk.content", "evidence"},
        own("evidence_exclusion", "why", "evidence_exclusion.why"),
        own("finding", "draft", "finding.draft"),
        own("finding_earlier_draft", "draft", "finding.draft"),
        own("finding_statement", "content", "finding_statement.content"),
        own("document", "content", "document.content"),
        own("service_of_document", "receipt", "service_of_document.receipt"),
        own("late_service", "why", "late_service.why"),
        decision("late_service", "late_service.decision"),
        own("revocation", "why", "revocation.why"),
        decision("revocation", "revocation.decision"),
        own("step_signature", "statement", "step_signature.statement"),
        own("used_key", "answer", "idempotency_key.answer"),
        own("record_draft", "to_be_signed", "record_draft.to_be_signed"),
        own("credit_record", "sd_jwt", "credit_record.sd_jwt"),
        own("status_change", "content", "status_change.content"),
        own("submission_record", "line", "submission_record"),
        own("submission_record", "why", "submission_record.why"),
        own("submission_record", "errors", "submission_record.errors"),
        own("submission_batch", "records", "submission_batch.records"),
        own("submission_batch", "answer", "submission_batch.answer"),
        SealedPlace{"submission_exchange", "body", "submission_exchange.body", "submission_batch"},
        own("case_step", "content", "case_step.content"),
        own("record_correction", "content", "record_correction.content"),
        own("publicity", "preview", "publicity.preview"),
        own("serious_listing", "entry", "serious_listing.entry"),
        own("erased_status", "content", "erased_status.content"),
        own("draw", "sealed_seed", "draw.seed"),
        own("draw_explanation", "content", "draw.explanation"),
        decision("draw_explanation", "draw.explanation.decision"),
        own("inspector_conflict", "note", "inspector_conflict.note"),
        own("person", "document", "person.document"),
        own("subscription", "secret", "subscription.secret"),
        own("earlier_secret", "secret", "subscription.secret"),
        own("exposure_report", "content", "exposure_report.content"),
        own("refusal_slip", "content", "refusal_slip.content"),
    });
}();

/// Whether each sealed column has its key in the list.
static_assert(std::ranges::all_of(sealed_places, [](SealedPlace const& column) {
    return std::ranges::any_of(wrapped_keys, [&](WrappedKey const& key) {
        return key.table == column.key_table && key.wrapped == column.key;
    });
}));

/// A column with blind index terms of persons.
struct IndexColumn {
    std::string_view table;
    std::string_view column;
    Belongs belongs;
};

inline constexpr auto index_columns = std::to_array<IndexColumn>({
    {"commitment", "committer_index", Belongs::commitment},
    {"commitment", "committer_name_index", Belongs::commitment},
    {"notice", "recipient_index", Belongs::notice},
    {"record_draft", "subject_index", Belongs::code},
    {"inspector_conflict", "subject_index", Belongs::official},  // of a relative of an inspector
    {"person", "document_index", Belongs::official},
    {"personal_query", "subjects", Belongs::nobody},          // the trail, kept by the rule log.query
    {"eligibility_question", "committers", Belongs::nobody},  // likewise kept by the rule log.query
});

/// Bytes that neither open anything nor lead to a person: digests, proofs, signatures, what is public. The
/// address of an attempt is a keyed digest of a network.
struct PlainColumn {
    std::string_view table;
    std::string_view column;
};

inline constexpr auto plain_columns = std::to_array<PlainColumn>({
    {"access_token", "proof"},
    {"access_token", "token_digest"},
    {"account", "proof"},
    {"audit_run", "head"},
    {"case_attempt", "address"},
    {"case_attempt", "code"},
    {"case_code", "digest"},
    {"case_session", "token"},
    {"case_code", "proof"},
    {"case_session", "proof"},
    {"commitment", "content_digest"},
    {"credit_record", "digest"},
    {"document", "digest"},
    {"draw", "full_digest"},
    {"draw", "pool_digest"},
    {"draw", "protocol_digest"},
    {"draw", "seed"},
    {"draw", "seed_commitment"},
    {"draw_object", "lot"},
    {"draw_object", "repeated_root"},
    {"draw_object", "ticket"},
    {"enrolment", "proof"},
    {"enrolment", "token_digest"},
    {"exposure_report", "code_digest"},
    {"exposure_authority", "proof"},
    {"evidence", "digest"},
    {"finding_step", "facts"},
    {"finding_step", "proof"},
    {"given_knowledge", "content"},
    {"given_knowledge", "digest"},
    {"log_run", "entries"},
    {"log_shard", "root"},
    {"log_tile", "hashes"},
    {"log_tile", "root"},
    {"matter_version", "digest"},
    {"notice", "digest"},
    {"objection", "paper_digest"},
    {"organisation", "proof"},
    {"person", "proof"},
    {"passkey", "proof"},
    {"publicity", "preview_digest"},
    {"record_correction", "proof"},
    {"record_draft", "digest"},
    {"repair", "paper_digest"},
    {"role_grant", "proof"},
    {"row_proof", "digest"},
    {"row_proof", "proof"},
    {"service_of_document", "digest"},
    {"signing_key", "proof"},
    {"sponsio_migration", "digest"},
    {"status_change", "digest"},
    {"submission_batch", "manifest"},
    {"submission_batch", "signature"},
    {"used_key", "request_digest"},
});

}  // namespace sponsio::store

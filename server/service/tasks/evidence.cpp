#include "server/service/tasks/evidence.hpp"

#include "server/service/tasks/case.hpp"
#include "server/service/unit/history_view.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskState;

Json evidence_view(store::EvidenceRow const& row, EvidenceLabel const& label) {
    return JsonObject{{"evidence_id", row.id.text()},
                      {"kind", domain::word(row.kind)},
                      {"name", label.name},
                      {"content_type", label.content_type},
                      {"size", row.size},
                      {"digest_sha256", to_hex(row.digest)},
                      {"added_by", or_null(row.added_by)},
                      {"added_at", to_rfc3339(row.added_at)}};
}

/// Refuses evidence unless the task is running, or its reopening was requested.
Outcome<void> may_add_evidence(db::PgSession& db, store::TaskRow const& task, AccountId actor) {
    bool const going_on = task.state == TaskState::in_progress || task.state == TaskState::waiting_assist;
    if (!going_on && store::lock_waiting_reopening(db, task.id)) return {};
    if (!going_on)
        return domain::wrong_step(domain::task_lifecycle.name, domain::word(task.state), "add_evidence",
                                  domain::task_lifecycle.possible_from(task.state));
    auto const inspectors = store::inspectors_of(db, task.id);
    if (std::ranges::none_of(inspectors, [&](auto const& one) { return one.sits() && one.account == actor; }))
        return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
    return {};
}

}  // namespace

Outcome<void> check_size(EvidenceUpload const& upload) {
    if (upload.bytes.empty()) return bad_field("", reason::empty);
    if (upload.bytes.size() > max_evidence_bytes)
        return fault(problem::too_large, "A piece of evidence may have at most 8 MiB.",
                     "单份证据不得超过 8 MiB。");
    return {};
}

Outcome<Made> keep_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now) {
    auto const task = lock_own_task(db, who, id);
    if (!task) return task.error();
    if (auto may = may_add_evidence(db, *task, who.account); !may) return may.error();
    if (store::evidence_count(db, id) >= max_evidence_pieces)
        return fault(problem::conflict, "A task holds at most 200 pieces of evidence.",
                     "每项核查任务最多保存 200 份证据。");
    auto const evidence_id = new_id<EvidenceId>(now);
    EvidenceLabel const label{upload.name, upload.content_type};
    SealedEvidence const sealed = seal_evidence(vault, evidence_id, label, upload.bytes);
    store::EvidenceRow const row{.id = evidence_id,
                                 .task = id,
                                 .kind = upload.kind,
                                 .size = static_cast<std::int32_t>(upload.bytes.size()),
                                 .digest = crypto::sha256(as_bytes(upload.bytes)),
                                 .label = sealed.label,
                                 .added_by = who.account,
                                 .added_at = now};
    store::insert(db, row, sealed.content);
    return Made{"/v1/verifications/" + id.text() + "/evidence/" + evidence_id.text(),
                evidence_view(row, label)};
}

Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault, TaskId task,
                                            EvidenceId id) {
    auto const file = store::evidence_file(db, task, id);
    if (!file) return fault(problem::not_found);
    auto label = open_label(vault, file->row);
    if (!label) return label.error();
    auto bytes = open_content(vault, *file);
    if (!bytes) return bytes.error();
    return EvidenceDownload{std::move(label->name), std::move(label->content_type), std::move(*bytes)};
}

Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault, TaskId task) {
    json::Array pieces;
    for (store::EvidenceRow const& row : store::evidence_of_task(db, task)) {
        auto label = open_label(vault, row);
        if (!label) return label.error();
        pieces.push_back(evidence_view(row, *label));
    }
    return pieces;
}

}  // namespace sponsio::service

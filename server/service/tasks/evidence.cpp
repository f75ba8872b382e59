#include "server/service/tasks/evidence.hpp"

#include "server/base/internal.hpp"
#include "server/service/tasks/case.hpp"
#include "server/service/tasks/content_type.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskState;

Json exclusion_view(store::EvidenceExclusion const& exclusion, std::string const& why) {
    return JsonObject{{"by", exclusion.by.text()}, {"at", to_rfc3339(exclusion.at)}, {"why", why}};
}

JsonObject evidence_view(store::EvidenceRow const& row, EvidenceLabel const& label) {
    return JsonObject{{"evidence_id", row.id.text()},
                      {"kind", domain::word(row.kind)},
                      {"name", label.name},
                      {"content_type", label.content_type},
                      {"size", row.size},
                      {"digest_sha256", to_hex(row.digest)},
                      {"added_by", or_null(row.added_by)},
                      {"added_at", to_rfc3339(row.added_at)},
                      {"excluded", Json()}};
}

/// Refuses evidence unless the task is running, or its reopening was requested.
bool is_going_on(store::TaskRow const& task) {
    return task.state == TaskState::in_progress || task.state == TaskState::waiting_assist;
}

Fault held_by_another() {
    return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
}

Outcome<void> may_add_evidence(db::PgSession& db, store::TaskRow const& task, AccountId actor) {
    bool const going_on = is_going_on(task);
    if (!going_on && store::lock_waiting_reopening(db, task.id)) return {};
    if (!going_on)
        return domain::wrong_step(domain::task_lifecycle.name, domain::word(task.state), "add_evidence",
                                  domain::task_lifecycle.possible_from(task.state));
    auto const inspectors = store::inspectors_of(db, task.id);
    if (std::ranges::none_of(inspectors, [&](auto const& one) { return one.sits() && one.account == actor; }))
        return held_by_another();
    return {};
}

}  // namespace

Exclusion Exclusion::read(domain::Fields& fields) {
    return {fields.text("why", {.max = 4000})};
}

Outcome<void> expects_evidence(db::PgSession& db, domain::Official const& who, TaskId id) {
    auto const task = store::task_by_id(db, id);
    if (!task || !is_own_task(db, who, *task)) return fault(problem::not_found);
    auto const inspectors = store::inspectors_of(db, id);
    bool const seated =
        std::ranges::any_of(inspectors, [&](auto const& one) { return one.account == who.account; });
    if (is_going_on(*task) && !seated) return held_by_another();
    return {};
}

Outcome<Made> keep_evidence(db::PgSession& db, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now) {
    auto const task = lock_own_task(db, who, id);
    if (!task) return task.error();
    if (auto may = may_add_evidence(db, *task, who.account); !may) return may.error();
    if (store::evidence_ever(db, id) >= max_evidence_pieces)
        return fault(problem::conflict, "A task holds at most 200 pieces of evidence.",
                     "每项核查任务最多保存 200 份证据。");
    EvidenceIntake const& bytes = *upload.bytes;
    auto type = settle_type(upload.content_type, bytes.beginning());
    if (!type) return type.error();
    EvidenceLabel const label{upload.name, std::move(*type)};
    store::EvidenceRow const row{.id = bytes.id(),
                                 .task = id,
                                 .kind = upload.kind,
                                 .size = bytes.size(),
                                 .digest = bytes.digest(),
                                 .label = bytes.seal_label(label),
                                 .added_by = who.account,
                                 .added_at = now};
    bytes.keep(db, row);
    Json made = evidence_view(row, label);
    name_people(db, made);
    return Made{"/v1/verifications/" + id.text() + "/evidence/" + row.id.text(), std::move(made)};
}

Outcome<void> exclude_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who,
                               TaskId task, EvidenceId id, Exclusion const& exclusion, Instant now) {
    auto const holder = lock_own_task(db, who, task);
    if (!holder) return holder.error();
    auto const pieces = store::evidence_of_task(db, task);
    if (std::ranges::none_of(pieces, [&](auto const& piece) { return piece.id == id; }))
        return fault(problem::not_found);
    if (auto may = may_add_evidence(db, *holder, who.account); !may) return may;
    store::EvidenceExclusion const row{who.account, now, vault.seal(exclusion.why, exclusion_label(id))};
    if (!store::insert(db, id, row))
        return fault(problem::conflict, "This piece is marked already.", "该证据已被标记为误传。");
    store::append(db, store::Event{.shard = holder->shard,
                                   .at = now,
                                   .lifecycle = "evidence",
                                   .subject = id.text(),
                                   .from = "added",
                                   .event = "exclude",
                                   .to = "excluded",
                                   .actor = who.account});
    return {};
}

Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault, TaskId task,
                                            EvidenceId id) {
    auto const file = store::evidence_file(db, task, id);
    if (!file) return fault(problem::not_found);
    auto label = open_label(vault, file->row);
    if (!label) return label.error();
    EvidenceDownload download{
        std::move(label->name), std::move(label->content_type), {}, file->chunks, file->row};
    if (!file->content) return download;
    auto bytes = open_content(vault, *file);
    if (!bytes) return bytes.error();
    download.bytes = std::move(*bytes);
    return download;
}

Outcome<std::string> evidence_part(db::PgSession& db, Vault const& vault, EvidenceDownload const& file,
                                   std::int32_t number) {
    auto const sealed = store::evidence_chunk(db, file.row.id, number);
    if (!sealed) return internal("a chunk of evidence is missing");
    return open_chunk(vault, file.row, number, number + 1 == file.chunks, *sealed);
}

Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault, TaskId task) {
    json::Array pieces;
    for (store::EvidenceRow const& row : store::evidence_of_task(db, task)) {
        auto label = open_label(vault, row);
        if (!label) return label.error();
        JsonObject view = evidence_view(row, *label);
        if (row.excluded) {
            auto const why = vault.open(row.excluded->why, exclusion_label(row.id));
            if (!why) return why.error();
            view.set("excluded", exclusion_view(*row.excluded, *why));
        }
        pieces.emplace_back(std::move(view));
    }
    return pieces;
}

}  // namespace sponsio::service

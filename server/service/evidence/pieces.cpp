#include "server/service/evidence/pieces.hpp"

#include "server/base/internal.hpp"
#include "server/service/evidence/content_type.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

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

}  // namespace

std::shared_ptr<EvidenceIntake> take_in_evidence(Vault const& vault, Instant now) {
    return std::make_shared<EvidenceIntake>(vault, std::filesystem::temp_directory_path(), now);
}

Outcome<Made> keep_piece(db::PgSession& db, store::EvidenceHolder const& holder, std::string const& path,
                         std::optional<AccountId> by, EvidenceUpload const& upload, Instant now) {
    if (store::evidence_ever(db, holder) >= max_evidence_pieces)
        return fault(problem::conflict, "At most 200 pieces of evidence are kept in one place.",
                     "每一处最多保存 200 份证据。");
    EvidenceIntake const& bytes = *upload.bytes;
    auto type = settle_type(upload.content_type, bytes.beginning());
    if (!type) return type.error();
    EvidenceLabel const label{upload.name, std::move(*type)};
    store::EvidenceRow const row{.id = bytes.id(),
                                 .holder = holder,
                                 .kind = upload.kind,
                                 .size = bytes.size(),
                                 .digest = bytes.digest(),
                                 .label = bytes.seal_label(label),
                                 .added_by = by,
                                 .added_at = now};
    bytes.keep(db, row);
    Json made = evidence_view(row, label);
    name_people(db, made);
    return Made{path + "/" + row.id.text(), std::move(made)};
}

Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault,
                                            store::EvidenceHolder const& holder, EvidenceId id) {
    auto const file = store::evidence_file(db, holder, id);
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

Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault,
                                    store::EvidenceHolder const& holder) {
    json::Array pieces;
    for (store::EvidenceRow const& row : store::evidence_of(db, holder)) {
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

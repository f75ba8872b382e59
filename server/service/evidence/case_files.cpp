#include "server/service/evidence/case_files.hpp"

#include "server/base/form.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

std::vector<store::EvidenceRow> counting(db::PgSession& db, Uuid const& of) {
    auto rows = store::evidence_of(db, store::CaseFiles{of});
    std::erase_if(rows, [](store::EvidenceRow const& row) { return row.excluded.has_value(); });
    return rows;
}

}  // namespace

std::shared_ptr<EvidenceIntake> CaseFileService::take_in() const {
    return take_in_evidence(parts_.vault, parts_.clock.now());
}

Async<void> CaseFileService::expects_evidence(Caller<Official> const& caller, Uuid const& of) {
    return parts_.db.run(caller.deadline, [this, caller, of](db::PgSession& db) -> Outcome<void> {
        auto const path = parts_.reached(db, *caller.who, of);
        if (!path) return path.error();
        return {};
    });
}

Async<Created> CaseFileService::add_evidence(Caller<Official> const& caller, RequestOnce once, Uuid const& of,
                                             EvidenceUpload upload) {
    return parts_.db.run(caller.deadline,
                         [this, caller, once = std::move(once), of,
                          upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                             Instant const now = parts_.clock.now();
                             auto const make = [&](db::PgSession& db) -> Outcome<Made> {
                                 auto const path = parts_.reached(db, *caller.who, of);
                                 if (!path) return path.error();
                                 return keep_piece(db, store::CaseFiles{of}, *path + "/evidence",
                                                   caller.who->account, upload, now);
                             };
                             return create_once(session, parts_.vault, *caller.who, once, now, make);
                         });
}

Async<EvidenceDownload> CaseFileService::evidence(Caller<Official> const& caller, Uuid const& of,
                                                  EvidenceId id) {
    return parts_.db.run(caller.deadline,
                         [this, caller, of, id](db::PgSession& db) -> Outcome<EvidenceDownload> {
                             auto const path = parts_.reached(db, *caller.who, of);
                             if (!path) return path.error();
                             return evidence_download(db, parts_.vault, store::CaseFiles{of}, id);
                         });
}

Async<std::string> CaseFileService::evidence_part(Deadline deadline,
                                                  std::shared_ptr<EvidenceDownload const> file,
                                                  std::int32_t number) {
    return parts_.db.run(deadline, [this, file, number](db::PgSession& db) -> Outcome<std::string> {
        return service::evidence_part(db, parts_.vault, *file, number);
    });
}

Outcome<void> check_case_file(db::PgSession& db, Uuid const& of, char const* pointer, EvidenceId id) {
    if (std::ranges::any_of(counting(db, of), [&](auto const& row) { return row.id == id; })) return {};
    return bad_field(pointer, reason::no_such_thing, form::known_thing);
}

bool has_case_file(db::PgSession& db, Uuid const& of, store::Digest const& digest) {
    return std::ranges::any_of(counting(db, of), [&](auto const& row) { return row.digest == digest; });
}

}  // namespace sponsio::service

#include "server/service/filing/signed_paper_service.hpp"

#include "server/service/matters/commitment_steps.hpp"

namespace sponsio::service {
namespace {

constexpr Reason other_file{"other_file", "is not the file whose digest the commitment has",
                            "不是承诺所载摘要对应的文件"};

}  // namespace

std::shared_ptr<EvidenceIntake> SignedPaperService::take_in() const {
    return take_in_evidence(ground_.vault, ground_.clock.now());
}

Async<void> SignedPaperService::expects_evidence(Caller<Official> const& caller, std::string const& code) {
    return ground_.db.run(caller.deadline, [caller, code](db::PgSession& db) -> Outcome<void> {
        auto const row = store::commitment_by_code(db, code);
        if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
        return {};
    });
}

Outcome<Made> SignedPaperService::keep(db::PgSession& db, domain::Official const& who,
                                       std::string const& code, EvidenceUpload const& upload) const {
    auto const row = store::lock_commitment(db, code);
    if (!row || row->organisation != who.organisation) return fault(problem::not_found);
    auto const opened = open_commitment(db, ground_.vault, ground_.matters, code);
    if (!opened) return opened.error();
    if (opened->assent != domain::AssentState::paper_missing)
        return fault(problem::conflict, "This commitment waits for no image of a signed paper.",
                     "该承诺没有待补充的签署件影像。");
    if (opened->content.at("assent").at("digest_sha256").as_string() != to_hex(upload.bytes->digest()))
        return bad_field("", other_file);
    return keep_piece(db, code, "/v1/commitments/" + code + "/signed-paper", who.account, upload,
                      ground_.clock.now());
}

Async<Created> SignedPaperService::add_evidence(Caller<Official> const& caller, RequestOnce once,
                                                std::string const& code, EvidenceUpload upload) {
    return ground_.db.run(caller.deadline,
                          [this, caller, once = std::move(once), code,
                           upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                              return create_once(
                                  session, ground_.vault, *caller.who, once, ground_.clock.now(),
                                  [&](db::PgSession& db) { return keep(db, *caller.who, code, upload); });
                          });
}

Async<EvidenceDownload> SignedPaperService::evidence(Caller<Official> const& caller, std::string const& code,
                                                     EvidenceId id) {
    return ground_.db.run(caller.deadline,
                          [this, caller, code, id](db::PgSession& db) -> Outcome<EvidenceDownload> {
                              auto const row = store::commitment_by_code(db, code);
                              if (!row) return fault(problem::not_found);
                              auto const matter = ground_.matters.find(db, row->matter, row->matter_version);
                              OrganisationId const reader = caller.who->organisation;
                              if (row->organisation != reader && matter->verifying_unit != reader)
                                  return fault(problem::not_found);
                              return evidence_download(db, ground_.vault, code, id);
                          });
}

Async<std::string> SignedPaperService::evidence_part(Deadline deadline,
                                                     std::shared_ptr<EvidenceDownload const> file,
                                                     std::int32_t number) {
    return ground_.db.run(deadline, [this, file, number](db::PgSession& db) -> Outcome<std::string> {
        return service::evidence_part(db, ground_.vault, *file, number);
    });
}

}  // namespace sponsio::service

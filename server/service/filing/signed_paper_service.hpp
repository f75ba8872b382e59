#pragma once

#include "server/service/evidence/pieces.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"

#include <memory>
#include <string>

namespace sponsio::service {

/// The images of the papers that committers signed. A commitment's content, and with it the log, has the
/// digest; the image is added beside it, once, and has that digest or is refused.
class SignedPaperService {
  public:
    explicit SignedPaperService(Ground const& ground) : ground_(ground) {}

    /// Where the bytes of an image go as they arrive.
    [[nodiscard]] std::shared_ptr<EvidenceIntake> take_in() const;
    /// Whether the caller's file can be wanted there at all, before a byte of it is read.
    Async<void> expects_evidence(Caller<Official> const& caller, std::string const& code);
    /// By the agency that filed the commitment.
    Async<Created> add_evidence(Caller<Official> const& caller, RequestOnce once, std::string const& code,
                                EvidenceUpload upload);
    /// For that agency and for the unit that verifies.
    Async<EvidenceDownload> evidence(Caller<Official> const& caller, std::string const& code, EvidenceId id);
    Async<std::string> evidence_part(Deadline deadline, std::shared_ptr<EvidenceDownload const> file,
                                     std::int32_t number);

  private:
    Outcome<Made> keep(db::PgSession& db, domain::Official const& who, std::string const& code,
                       EvidenceUpload const& upload) const;

    Ground ground_;
};

}  // namespace sponsio::service

#pragma once

#include "server/db/executor.hpp"
#include "server/service/evidence/pieces.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace sponsio::service {

/// The files of the cases of one kind: papers that somebody signed, receipts, proofs. Who may add or read one
/// is the kind's own rule.
class CaseFileService {
  public:
    /// Refuses with problem::not_found a case that is not there for this official; else its path.
    using Reached = std::function<Outcome<std::string>(db::PgSession&, domain::Official const&, Uuid const&)>;

    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        Clock const& clock;
        Reached reached;
    };

    explicit CaseFileService(Parts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] std::shared_ptr<EvidenceIntake> take_in() const;
    /// Whether the caller's file can be wanted there at all, before a byte of it is read.
    Async<void> expects_evidence(Caller<Official> const& caller, Uuid const& of);
    Async<Created> add_evidence(Caller<Official> const& caller, RequestOnce once, Uuid const& of,
                                EvidenceUpload upload);
    Async<EvidenceDownload> evidence(Caller<Official> const& caller, Uuid const& of, EvidenceId id);
    Async<std::string> evidence_part(Deadline deadline, std::shared_ptr<EvidenceDownload const> file,
                                     std::int32_t number);

  private:
    Parts parts_;
};

/// Refuses a paper that is not among the files of the case, or does not count any more.
Outcome<void> check_case_file(db::PgSession& db, Uuid const& of, char const* pointer, EvidenceId id);
/// Whether a file with that digest is among them.
bool has_case_file(db::PgSession& db, Uuid const& of, store::Digest const& digest);

}  // namespace sponsio::service

#pragma once

#include "server/db/executor.hpp"
#include "server/domain/knowledge.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/knowledge.hpp"

#include <boost/asio/awaitable.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace sponsio::service {

/// The documents in the binary and those given to this database, combined. The fault names a document that
/// does not fit; a higher version of it mends that.
Outcome<domain::Knowledge> knowledge_here(db::PgSession& db);

/// A document, and whether it was stored already.
struct Given {
    store::GivenDocument document;
    bool is_new = false;
};

/// Stores a document for ever, with an event, inside the caller's transaction. The same bytes once more
/// change nothing. Refused with problem::conflict: other bytes under an existing version, and whatever
/// domain::knowledge_with refuses. `by` is nobody on the command line.
Outcome<Given> give_knowledge(db::PgSession& db, std::string bytes, std::optional<AccountId> by, Instant now);

/// A document without its content: its name, its version and its use.
domain::Json view(store::GivenDocument const& given);
/// All documents: those in the binary, then those given, in order; `counts` tells whether one is in use.
std::vector<domain::Json> known_documents(db::PgSession& db);

/// Knowledge at run time: a document given here, or by another process on the same database, takes effect for
/// all holders of `present`, and after every later start.
class KnowledgeService {
  public:
    KnowledgeService(db::DbExecutor& db, domain::Knowledge& present, Clock const& clock)
        : db_(db), present_(present), clock_(clock) {}

    /// For administrators of an organisation without a superior, since law and calendar concern everybody.
    Async<domain::Json> give(Caller<Official> caller, std::string bytes);
    Async<std::vector<domain::Json>> list(Caller<Official> caller);
    /// The exact bytes.
    Async<std::string> content(Caller<Official> caller, Uuid document);

    /// Every version of the lists of proofs, those in the binary first: {catalogue_id, version,
    /// digest_sha256, given_at, counts}. For everybody.
    Async<std::vector<domain::Json>> list_versions(Deadline deadline);
    /// The exact bytes of one of them, for everybody; problem::not_found.
    Async<std::string> list_version(std::string catalogue_id, std::string version, Deadline deadline);

    /// Applies the documents given since the last round. Returns their number.
    Outcome<std::size_t> round(Deadline deadline);

  private:
    Outcome<std::size_t> take_in(db::PgSession& db);

    db::DbExecutor& db_;
    domain::Knowledge& present_;
    Clock const& clock_;
    std::mutex mutex_;        ///< one takes in at a time
    std::int32_t taken_ = 0;  ///< number of the last document that counts here
};

}  // namespace sponsio::service

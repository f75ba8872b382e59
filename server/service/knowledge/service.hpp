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

/// What the program carries and what was given to this database, put together. The fault names the document
/// that does not fit; a higher version of it mends that.
Outcome<domain::Knowledge> knowledge_here(db::PgSession& db);

/// A document and whether it was there already.
struct Given {
    store::GivenDocument document;
    bool is_new = false;
};

/// Keeps a document for ever, with an event, inside the caller's transaction. The very bytes given once more
/// change nothing. Refused with problem::conflict: other bytes under a version that is there, and what
/// domain::knowledge_with refuses. `by` is nobody on the command line.
Outcome<Given> give_knowledge(db::PgSession& db, std::string bytes, std::optional<AccountId> by, Instant now);

/// As answers show it: which document it is and what it is good for, without its content.
domain::Json view(store::GivenDocument const& given);
/// Everything that is known: what the program carries, then what was given, in order; `counts` where no other
/// version takes its place.
std::vector<domain::Json> known_documents(db::PgSession& db);

/// Knowledge while the server works: given here or by another process on the same database, it counts for all
/// who hold part of `present` from then on, and after every later start.
class KnowledgeService {
  public:
    KnowledgeService(db::DbExecutor& db, domain::Knowledge& present, Clock const& clock)
        : db_(db), present_(present), clock_(clock) {}

    /// For administrators of an organisation without a superior: law and calendar are everybody's.
    Async<domain::Json> give(Caller<Official> caller, std::string bytes);
    Async<std::vector<domain::Json>> list(Caller<Official> caller);
    /// The exact bytes.
    Async<std::string> content(Caller<Official> caller, Uuid document);

    /// Takes in what was given since the last round. Gives how many documents that were.
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

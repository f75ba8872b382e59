#pragma once

#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/grants.hpp"

#include <string>
#include <vector>

namespace sponsio::service {

/// The words of the roles that a grant may give.
std::vector<std::string> grantable_words();

struct GrantDraft {
    AccountId account;
    domain::Role role;
    domain::Purpose purpose;
    std::optional<std::string> scope_uscc;  ///< nothing: all organisations
    std::string region;
    std::string legal_basis;
    std::optional<Instant> from;  ///< nothing: from now on
    Instant until;

    static GrantDraft read(domain::Fields& fields);
};

/// Gives a right beyond the own tree, on the operator's command line. It counts once a second person has
/// confirmed it.
Outcome<store::GrantRow> give_grant(db::PgSession& db, Vault const& vault, GrantDraft const& draft,
                                    Instant now);
/// Ends it; `by` is nobody on the command line. Fault: not_found; wrong_step if it has ended.
Outcome<store::GrantRow> end_grant(db::PgSession& db, Vault const& vault, GrantId id,
                                   std::optional<AccountId> by, Instant now);

domain::Json grant_view(db::PgSession& db, store::GrantRow const& grant);

/// Grants over the API: an administrator sees, confirms and ends those of the accounts that they reach.
class GrantService {
  public:
    GrantService(db::DbExecutor& db, Vault const& vault, AccessService& access, Clock const& clock)
        : db_(db), vault_(vault), access_(access), clock_(clock) {}

    Async<Page> list(Caller<Official> caller, std::optional<GrantId> after, int limit);
    /// By whoever reaches all that the grant reaches: over everybody, an administrator of an organisation
    /// without a superior. Fault: same_person for holder and giver; forbidden for who reaches less.
    Async<domain::Json> confirm(Caller<Official> const& caller, GrantId id);
    Async<domain::Json> end(Caller<Official> const& caller, GrantId id);

  private:
    template <class Act>
    Async<domain::Json> on_grant(Caller<Official> const& caller, GrantId id, Act act);

    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    Clock const& clock_;
};

}  // namespace sponsio::service

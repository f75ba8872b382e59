#pragma once

#include "server/db/executor.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/parties/person_register.hpp"
#include "server/service/parties/registry.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace sponsio::service {

/// Refuses roles that nobody but the operator gives, unless the account had them.
Outcome<void> may_give(std::vector<std::string> const& roles, std::vector<std::string> const& had);

/// Organisations and accounts over the API: those that the administrator reaches, which is looked at before
/// anything is stored.
class OrganisationService {
  public:
    OrganisationService(db::DbExecutor& db, Vault const& vault, AccessService& access,
                        Registry const& registry, PersonRegister const& persons, Clock const& clock)
        : db_(db), vault_(vault), access_(access), registry_(registry), persons_(persons), clock_(clock) {}

    [[nodiscard]] Date today() const { return china_date(clock_.now()); }

    Async<Created> add_organisation(Caller<Official> caller, RequestOnce once, OrganisationDraft draft);
    Async<domain::Json> move_organisation(Caller<Official> caller, std::string uscc, RegionDraft draft);
    Async<Created> add_account(Caller<Official> caller, RequestOnce once, AccountDraft draft);
    Async<domain::Json> close_account(Caller<Official> caller, AccountId account);

    Async<domain::Json> me(Caller<Official> caller);
    Async<domain::Json> organisation(Caller<Official> caller, std::string uscc);
    Async<Page> organisations(Caller<Official> caller, std::string after, int limit);
    Async<domain::Json> account(Caller<Official> caller, AccountId id);
    Async<Page> accounts(Caller<Official> caller, std::string after, int limit);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    Registry const& registry_;
    PersonRegister const& persons_;
    Clock const& clock_;
};

}  // namespace sponsio::service

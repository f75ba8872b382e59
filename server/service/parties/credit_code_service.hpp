#pragma once

#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/credit_codes.hpp"

namespace sponsio::service {

/// A credit code whose check character is wrong, and the business licence that shows it so.
struct CreditCodeDraft {
    std::string uscc;
    std::string name;
    std::string licence;

    static CreditCodeDraft read(domain::Fields& fields);
};

/// Codes that are in the register with a wrong check character: entered by one account, held against the
/// business licence by another of the same organisation. Only then that organisation may use them.
class CreditCodeService {
  public:
    CreditCodeService(db::DbExecutor& db, Vault const& vault, Clock const& clock)
        : db_(db), vault_(vault), clock_(clock) {}

    /// problem::conflict if it is confirmed already.
    Async<Created> enter(Caller<domain::Official> caller, RequestOnce once, CreditCodeDraft draft);
    /// problem::same_person for who entered it.
    Async<domain::Json> confirm(Caller<domain::Official> caller, std::string uscc);
    Async<domain::Json> one(Caller<domain::Official> caller, std::string uscc);
    Async<Page> list(Caller<domain::Official> caller, std::string after, int limit);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    Clock const& clock_;
};

}  // namespace sponsio::service

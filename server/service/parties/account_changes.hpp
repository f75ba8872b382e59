#pragma once

#include "server/domain/decode.hpp"
#include "server/service/parties/person_register.hpp"
#include "server/service/parties/registry.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/account_changes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// What is to be different about an account; the rest stays.
struct AccountChangeDraft {
    std::optional<std::string> name{};
    std::vector<std::string> roles{};                    ///< empty: as they are
    std::optional<std::string> organisation_uscc{};      ///< the unit that it acts for
    std::optional<domain::IdentityDocument> document{};  ///< of the person
    std::optional<PersonId> person{};                    ///< who has that document

    static AccountChangeDraft read_name(domain::Fields& fields);
    static AccountChangeDraft read_roles(domain::Fields& fields);
    static AccountChangeDraft read_unit(domain::Fields& fields);
    /// `today` bounds the date of birth in the document's number.
    static AccountChangeDraft read_person(domain::Fields& fields, Date today);
};

struct NameDraft {
    std::string name;

    static NameDraft read(domain::Fields& fields);
};

/// Changes an account, with an event and what stood there before. Who is no longer a verifier of the unit
/// leaves the seats they have. Fault: problem::same_person for one's own roles and unit, and for one's person
/// once it is known; problem::conflict for a closed account. `by` is nobody on the command line.
Outcome<store::Account> change_account(db::PgSession& db, Vault const& vault, AccountId account,
                                       AccountChangeDraft const& draft, std::optional<AccountId> by,
                                       Instant now);
/// Renames an organisation from now on. What was written under the old name keeps it.
Outcome<store::Organisation> rename_organisation(db::PgSession& db, Vault const& vault,
                                                 OrganisationId organisation, NameDraft const& draft,
                                                 std::optional<AccountId> by, Instant now);

/// Those acts over the API, within the administrator's own organisation and those below it, and their
/// history.
class AccountChangeService {
  public:
    AccountChangeService(db::DbExecutor& db, Vault const& vault, AccessService& access,
                         PersonRegister const& persons, Clock const& clock)
        : db_(db), vault_(vault), access_(access), persons_(persons), clock_(clock) {}

    [[nodiscard]] Date today() const { return china_date(clock_.now()); }

    Async<Created> change(Caller<Official> caller, RequestOnce once, AccountId account,
                          AccountChangeDraft draft);
    Async<Page> changes(Caller<Official> caller, AccountId account,
                        std::optional<store::AccountChangeId> before, int limit);
    Async<Created> rename(Caller<Official> caller, RequestOnce once, std::string uscc, NameDraft draft);
    /// The name that it has, and those that it had, newest first.
    Async<domain::Json> names(Caller<Official> caller, std::string uscc);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    PersonRegister const& persons_;
    Clock const& clock_;
};

}  // namespace sponsio::service

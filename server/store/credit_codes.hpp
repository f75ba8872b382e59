#pragma once

#include "server/db/session.hpp"

#include <optional>
#include <string>
#include <vector>

/// Credit codes with a wrong check character that an organisation vouches for.
namespace sponsio::store {

struct CreditCode {
    OrganisationId organisation;
    std::string uscc;
    std::string name;
    std::string licence;
    AccountId entered_by;
    Instant entered_at;
    std::optional<AccountId> confirmed_by{};
    std::optional<Instant> confirmed_at{};
};

/// Also in the place of one that nobody has confirmed. False if it is confirmed already.
bool enter(db::PgSession& db, CreditCode const& code);
/// Of this organisation, locked until the transaction ends.
std::optional<CreditCode> lock_credit_code(db::PgSession& db, OrganisationId organisation,
                                           std::string const& uscc);
void confirm_credit_code(db::PgSession& db, CreditCode const& code);
std::optional<CreditCode> credit_code(db::PgSession& db, OrganisationId organisation,
                                      std::string const& uscc);
/// By code, after `after`.
std::vector<CreditCode> credit_codes_after(db::PgSession& db, OrganisationId organisation,
                                           std::string const& after, int limit);

}  // namespace sponsio::store

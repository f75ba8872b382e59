#include "server/service/unit/vouched_code.hpp"

#include "server/base/form.hpp"
#include "server/domain/uscc.hpp"

namespace sponsio::service {

Outcome<void> check_credit_code(db::PgSession& db, std::optional<OrganisationId> organisation,
                                std::string const& uscc, std::string pointer) {
    auto const code = domain::Uscc::as_printed(uscc);
    if (code && code->check_holds()) return {};
    auto const known = organisation ? store::credit_code(db, *organisation, uscc) : std::nullopt;
    if (known && known->confirmed_by) return {};
    return bad_field(std::move(pointer), domain::unconfirmed_code, form::uscc);
}

}  // namespace sponsio::service

#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/parties/account_changes.hpp"
#include "server/service/parties/audit_service.hpp"
#include "server/service/parties/credit_code_service.hpp"
#include "server/service/parties/organisation_service.hpp"
#include "server/service/parties/token_service.hpp"

namespace sponsio::app {

/// Organisations, their accounts and tokens, and the trail of what was done.
class Parties final : public Wing {
  public:
    explicit Parties(Foundation& base);

    [[nodiscard]] service::AccessService& access() noexcept { return access_; }

    void add_routes(http::Router& router) override;

  private:
    service::Registry registry_;
    service::AccessService access_;
    service::OrganisationService organisations_;
    service::AccountChangeService changes_;
    service::TokenService tokens_;
    service::CreditCodeService credit_codes_;
    service::AuditService audit_;
};

}  // namespace sponsio::app

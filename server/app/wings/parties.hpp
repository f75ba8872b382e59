#pragma once

#include "server/app/foundation.hpp"
#include "server/app/wings/wing.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/parties/account_changes.hpp"
#include "server/service/parties/audit_service.hpp"
#include "server/service/parties/credit_code_service.hpp"
#include "server/service/parties/enrolment_service.hpp"
#include "server/service/parties/grant_service.hpp"
#include "server/service/parties/organisation_service.hpp"
#include "server/service/parties/token_service.hpp"

namespace sponsio::app {

/// Organisations, their accounts, tokens and grants, and the two trails.
class Parties final : public Wing {
  public:
    explicit Parties(Foundation& base);

    [[nodiscard]] service::AccessService& access() noexcept { return access_; }

    void add_routes(http::Router& router) override;
    void start(std::chrono::milliseconds pause) override;

    void stop() override { rounds_.stop(); }

  private:
    service::Registry registry_;
    service::PersonRegister persons_;
    service::AccessService access_;
    service::OrganisationService organisations_;
    service::AccountChangeService changes_;
    service::TokenService tokens_;
    service::EnrolmentService enrolments_;
    service::GrantService grants_;
    service::CreditCodeService credit_codes_;
    service::AuditService audit_;
    Rounds rounds_;
};

}  // namespace sponsio::app

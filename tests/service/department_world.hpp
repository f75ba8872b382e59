#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/service/departments/assist_service.hpp"
#include "server/service/departments/inquiry_service.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/task_reasons.hpp"
#include "tests/service/finding_world.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sponsio::testing {

using Kind = client::DepartmentReply::Kind;

/// A department that says what its script says, signed with a key of its own. Every question is held to what
/// questions must be.
class ScriptedDepartment final : public client::DepartmentGateway {
  public:
    using Reply = client::DepartmentReply;

    explicit ScriptedDepartment(crypto::PublicKey asker)
        : asker_(std::move(asker)), signer_(crypto::PrivateKey::generate(crypto::Algorithm::es256)) {}

    Reply ask(std::string question, Deadline deadline) override;

    /// A good answer to a question; `change` may spoil it.
    [[nodiscard]] Reply answered(
        domain::InquiryQuestion const& question, domain::InquiryAnswer answer,
        std::function<void(domain::InquiryReply&)> const& change = [](domain::InquiryReply&) {}) const;
    [[nodiscard]] Reply signed_by(crypto::Signer const& signer, std::string const& payload,
                                  std::string_view typ = domain::inquiry_reply_type) const;

    [[nodiscard]] crypto::PublicKey const& key() const { return signer_.public_key(); }

    std::function<Reply(domain::InquiryQuestion const&)> script;
    std::vector<domain::InquiryQuestion> asked{};  ///< in their order

  private:
    crypto::PublicKey asker_;
    crypto::KeySigner signer_;
    std::mutex mutex_;
};

/// Commitments whose matter names a department, that department, and the service that asks it.
class DepartmentWorld : public FindingWorld {
  protected:
    void SetUp() override;
    void TearDown() override;
    void shape(domain::VerificationPlan& plan) const override;

    [[nodiscard]] service::Department department() const;
    /// One more process that asks.
    std::unique_ptr<service::InquiryService> another(service::InquiryOptions options = {});

    void answer_always(domain::InquiryAnswer answer);
    void fall_silent();

    store::InquiryRow inquiry_of(Filed const& filed);
    std::vector<std::string> reasons_of(Filed const& filed);
    std::string task_state(Filed const& filed);
    std::size_t evidence_of(Filed const& filed);
    /// Of the other agency, which is the department's unit for assistance.
    std::vector<Json> tickets(service::TicketFilter question = {}, std::string const& who = "stranger");

    /// How many rows there are of "table where condition".
    std::int64_t rows(std::string const& from);

    bool auto_close = true;
    crypto::KeySigner asker{crypto::PrivateKey::generate(crypto::Algorithm::es256)};
    std::unique_ptr<ScriptedDepartment> gateway;
    std::vector<service::Department> known;
    std::unique_ptr<service::InquiryService> checks;
    std::unique_ptr<service::AssistService> assist;
};

}  // namespace sponsio::testing

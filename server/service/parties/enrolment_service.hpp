#pragma once

#include "server/service/parties/registry.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/step_signature.hpp"

namespace sponsio::service {

struct EnrolmentCode {
    std::string code;
    TokenDraft token;
    std::optional<crypto::PublicKey> key;  ///< with which the person signs what decides about somebody

    static EnrolmentCode read(domain::Fields& fields);
};

/// Tokens go to their people: an administrator is given a code for somebody, who fetches the token with it.
class EnrolmentService {
  public:
    EnrolmentService(db::DbExecutor& db, Vault const& vault, Registry const& registry, Clock const& clock)
        : db_(db), vault_(vault), registry_(registry), clock_(clock) {}

    Async<Created> enrol(Caller<Official> caller, RequestOnce once, AccountId account);
    /// By the person, who has no token yet.
    Async<Created> redeem(EnrolmentCode code, Deadline deadline);

  private:
    void keep_key(db::PgSession& db, AccountId account, crypto::PublicKey const& key) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    Registry const& registry_;
    Clock const& clock_;
};

}  // namespace sponsio::service

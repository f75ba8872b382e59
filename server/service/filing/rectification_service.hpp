#pragma once

#include "server/domain/rectification.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/request.hpp"
#include "server/store/commitments.hpp"
#include "server/store/rectifications.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

/// Rectification of a doubtful commitment: a person of the verifying unit records it, and it has no effect
/// until a second person confirms it. Only while no finding is under way.
class RectificationService {
  public:
    explicit RectificationService(Ground const& ground) : ground_(ground) {}

    Async<Created> record(Caller<Official> caller, RequestOnce once, std::string code,
                          domain::RectificationDraft draft);
    Async<domain::Json> decide(Caller<Official> caller, std::string code,
                               domain::RectificationDecision decision);
    Async<domain::Json> newest(Caller<Official> caller, std::string code);

  private:
    Outcome<store::CommitmentRow> of_unit(db::PgSession& db, std::optional<store::CommitmentRow> row,
                                          domain::Official const& who) const;
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, std::string const& code,
                       domain::RectificationDraft const& draft) const;
    Outcome<domain::Json> settle(db::PgSession& db, domain::Official const& who, std::string const& code,
                                 domain::RectificationDecision const& decision) const;
    Outcome<domain::Json> view(db::PgSession& db, store::RectificationRow const& row) const;

    Ground ground_;
};

}  // namespace sponsio::service

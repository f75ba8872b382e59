#pragma once

#include "server/db/executor.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/rules.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/matters.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace sponsio::service {

struct NoticeDraft {
    std::string matter_code;
    int matter_version;
    domain::NoticeChannel channel;
    domain::NoticeLanguage language;

    static NoticeDraft read(domain::Fields& fields);
};

/// Matters of an organisation in versions, and the notices that its clerks give from the newest one.
class MatterService {
  public:
    MatterService(db::DbExecutor& db, Vault const& vault, domain::Catalogue const& catalogue,
                  domain::Rules const& rules, Clock const& clock)
        : db_(db), vault_(vault), catalogue_(catalogue), rules_(rules), clock_(clock) {}

    Async<Created> create(Caller<Official> caller, RequestOnce once, std::string matter_code,
                          domain::MatterVersion version);
    /// Whether the caller has seen this version as the newest (If-Match).
    using Seen = std::function<bool(int newest)>;
    /// Fault: problem::precondition_failed unless the caller has `seen` the newest version.
    Async<Created> add_version(Caller<Official> caller, RequestOnce once, std::string matter_code, Seen seen,
                               domain::MatterVersion version);
    Async<domain::Json> newest(Caller<Official> caller, std::string matter_code);
    Async<domain::Json> version(Caller<Official> caller, std::string matter_code, int version);
    Async<Page> list(Caller<Official> caller, std::string after, int limit);

    Async<Created> issue_notice(Caller<Official> caller, RequestOnce once, NoticeDraft draft);
    Async<domain::Json> notice(Caller<Official> caller, NoticeId id);

  private:
    Outcome<void> check(db::PgSession& db, domain::Official const& who,
                        domain::MatterVersion const& version) const;
    Outcome<Made> give_notice(db::PgSession& db, domain::Official const& who, NoticeDraft const& draft) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    domain::Catalogue const& catalogue_;
    domain::Rules const& rules_;
    Clock const& clock_;
};

/// A stored version as the domain reads it.
Outcome<domain::MatterVersion> stored_version(store::MatterVersion const& row);

}  // namespace sponsio::service

#pragma once

#include "server/domain/catalogue.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/matter_proposals.hpp"
#include "server/store/matters.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace sponsio::service {

struct NoticeDraft {
    std::string matter_code;
    std::optional<int> matter_version;  ///< the one that the clerk has before them; nothing: that in force
    domain::NoticeChannel channel;
    domain::NoticeLanguage language;
    domain::GivenTo given_to{};

    static NoticeDraft read(domain::Fields& fields, Date today);
};

/// What a second person decides about a proposed version.
struct ProposalDecision {
    bool accepted;
    std::string why;

    static ProposalDecision read(domain::Fields& fields);
};

/// Matters of an organisation in versions, and the notices that its clerks give from the one in force. A
/// version that needs a second person (domain::needs_second_person) is answered as a proposal, and becomes a
/// version when another one accepts it.
class MatterService {
  public:
    MatterService(Ground const& ground, domain::Catalogue const& catalogue)
        : ground_(ground), catalogue_(catalogue) {}

    Async<Created> create(Caller<Official> caller, RequestOnce once, std::string matter_code,
                          domain::MatterVersion version);
    /// Whether the caller has seen this version as the newest (If-Match).
    using Seen = std::function<bool(int newest)>;
    /// Fault: problem::precondition_failed unless the caller has `seen` the newest version.
    Async<Created> add_version(Caller<Official> caller, RequestOnce once, std::string matter_code, Seen seen,
                               domain::MatterVersion version);
    /// The version in force today, with the number of the newest and those that are announced.
    Async<domain::Json> in_force(Caller<Official> caller, std::string matter_code);
    Async<domain::Json> version(Caller<Official> caller, std::string matter_code, int version);
    Async<Page> list(Caller<Official> caller, std::string after, int limit);

    Async<Page> proposals(Caller<Official> const& caller, std::optional<domain::MatterProposalState> state,
                          std::optional<domain::MatterProposalId> after, int limit);
    Async<domain::Json> proposal(Caller<Official> const& caller, domain::MatterProposalId id);
    /// Fault: same_person for who proposed it, conflict if the matter has got another version since.
    Async<domain::Json> decide(Caller<Official> const& caller, domain::MatterProposalId id,
                               ProposalDecision decision);

    /// From the body of POST /v1/notices.
    Async<Created> issue_notice(Caller<Official> caller, RequestOnce once, domain::Json body);
    /// What else must hold before the notice is given; it is not asked when an earlier answer is repeated.
    using Condition = std::function<Outcome<void>(db::PgSession&, store::MatterVersion const&)>;
    Async<Created> issue_notice(Caller<Official> caller, RequestOnce once, NoticeDraft draft,
                                Condition condition = {});
    Async<domain::Json> notice(Caller<Official> caller, NoticeId id);

  private:
    Outcome<void> check(db::PgSession& db, domain::Official const& who,
                        domain::MatterVersion const& version) const;
    /// The newest version of a matter; nothing: the matter is new.
    using Newest = std::optional<store::MatterVersion>;
    Outcome<void> may_follow(db::PgSession& db, domain::Official const& who, Newest const& newest,
                             domain::MatterVersion const& version) const;
    /// Enters what `author` wrote as the next version; `who` is of the same agency.
    Outcome<store::MatterVersion> enter(db::PgSession& db, domain::Official const& who, AccountId author,
                                        Newest const& newest, std::string const& code,
                                        domain::MatterVersion const& version) const;
    Outcome<Made> propose(db::PgSession& db, domain::Official const& who, Newest const& newest,
                          std::string const& code, domain::MatterVersion const& version) const;
    Outcome<Made> enter_or_propose(db::PgSession& db, domain::Official const& who, Newest const& newest,
                                   std::string const& code, domain::MatterVersion const& version) const;
    Outcome<int> accept(db::PgSession& db, domain::Official const& who,
                        store::MatterProposal const& proposal) const;
    Outcome<Made> give_notice(db::PgSession& db, domain::Official const& who, NoticeDraft const& draft,
                              Condition const& condition) const;
    [[nodiscard]] store::Notice notice_of(domain::Official const& who, NoticeDraft const& draft,
                                          store::MatterVersion const& version, std::string content) const;
    Outcome<domain::Json> notice_view(db::PgSession& db, domain::Official const& who,
                                      store::Notice const& notice, std::string const& matter_code) const;

    [[nodiscard]] Instant now() const { return ground_.clock.now(); }

    Ground ground_;
    domain::Catalogue const& catalogue_;
};

/// A stored version as the domain reads it.
Outcome<domain::MatterVersion> stored_version(store::MatterVersion const& row);

}  // namespace sponsio::service

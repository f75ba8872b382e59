#pragma once

#include "server/domain/case_code.hpp"
#include "server/service/evidence/pieces.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/objections/service.hpp"
#include "server/service/repairs/service.hpp"
#include "server/service/unit/person_terms.hpp"
#include "server/store/case_window.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::service {

/// A subject who signed in to its own case.
struct CaseVisitor {
    store::CaseSessionRow session;
    OrganisationId organisation;  ///< the identifying unit
    std::string commitment_code;
};

/// What the subject says to its prior notice, or why it wants to be heard.
struct OwnStatement {
    std::string text;

    static OwnStatement read(domain::Fields& fields);
};

/// The subject's own case on line (docs/residents.md): opened by the code on the prior notice together with
/// name and document of whoever the case is about, for a short time. What is filed here is filed by the
/// subject: it takes effect at once, with the server's own time, and nobody has to let it through.
class CaseWindow {
  public:
    static constexpr std::chrono::minutes longest_visit{30};
    /// Refused tries with one code, and from one network, within the hour.
    static constexpr std::int64_t tries_of_code = 5;
    static constexpr std::int64_t tries_of_address = 30;
    static constexpr std::chrono::hours of_tries{1};

    struct Parts : Ground {
        PersonTerms terms;
        FindingParts findings;
        ObjectionService& objections;
        RepairService& repairs;
        std::function<void()>
            leaves_waiting{};  ///< called when there are new leaves for the log; may be empty
    };

    explicit CaseWindow(Parts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Date today() const { return china_date(parts_.clock.now()); }

    /// The token of a session, shown this once. A wrong code and another person are told by the same
    /// problem::unauthenticated; beyond the numbers above problem::throttled, whether there is such a code or
    /// not. `network` is whom the peer is counted as.
    Async<domain::Json> sign_in(domain::CaseSignIn who, std::string network, Deadline deadline);
    /// problem::unauthenticated for a token of no session, or of one that has ended.
    Async<std::shared_ptr<CaseVisitor const>> visitor(std::string_view token, Deadline deadline);
    Async<void> sign_out(Caller<CaseVisitor> const& caller);

    Async<domain::Json> overview(Caller<CaseVisitor> const& caller);
    /// A paper of the case, as findings show it (schema Document).
    Async<domain::Json> paper(Caller<CaseVisitor> const& caller, DocumentId id);
    /// Who looked at what is known of this person, by the trail of queries; a feed.
    Async<Page> queries(Caller<CaseVisitor> const& caller, std::int64_t after, int limit);

    Async<Created> state(Caller<CaseVisitor> const& caller, RequestOnce once, OwnStatement statement);
    /// Asks for the hearing, within the period of the place; the unit can only call it.
    Async<Created> ask_hearing(Caller<CaseVisitor> const& caller, RequestOnce once, OwnStatement request);
    Async<Created> object(Caller<CaseVisitor> const& caller, RequestOnce once,
                          domain::OwnObjection objection);
    Async<Created> apply(Caller<CaseVisitor> const& caller, RequestOnce once, domain::OwnRepair application);

    /// Files that belong to what was filed: the finding for a statement, an objection or a repair of the
    /// case.
    [[nodiscard]] std::shared_ptr<EvidenceIntake> take_in() const;
    Async<void> expects_evidence(Caller<CaseVisitor> const& caller, Uuid const& of);
    Async<Created> add_evidence(Caller<CaseVisitor> const& caller, RequestOnce once, Uuid const& of,
                                EvidenceUpload upload);

  private:
    enum class Attempt { opened, refused, limited };

    [[nodiscard]] Outcome<domain::Json> view(db::PgSession& db, CaseVisitor const& visitor) const;
    [[nodiscard]] Outcome<store::EvidenceHolder> holder_of(db::PgSession& db, CaseVisitor const& visitor,
                                                           Uuid const& of) const;
    Async<Created> speak(Caller<CaseVisitor> const& caller, RequestOnce once,
                         std::function<Outcome<void>(FindingCase&)> step);
    template <class Act>
    Async<Created> file(Caller<CaseVisitor> const& caller, RequestOnce once, Act act);
    void count(Attempt outcome) const;

    Parts parts_;
};

}  // namespace sponsio::service

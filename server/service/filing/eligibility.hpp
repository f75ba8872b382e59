#pragma once

#include "server/domain/eligibility.hpp"
#include "server/service/filing/admission.hpp"
#include "server/service/unit/async.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

/// What can be known of a filing before anything is signed or stored.
namespace sponsio::service {

struct EligibilityDraft {
    std::string matter_code;
    domain::Committer committer;
    domain::Purpose purpose;
};

/// A filing that would be taken.
struct Validated {
    std::string matter_code;
    int matter_version;
    domain::CommitmentState state;
    std::optional<std::string> filed_as;  ///< it was filed before: the code of that commitment
};

/// Tells those who may file whether somebody may promise. Each question is about a person, so it says what it
/// is asked for and is kept, with its event and in the trail of queries, and an account may ask about so many
/// in 24 hours (`eligibility.questions`,
/// `.validations`).
class EligibilityService {
  public:
    explicit EligibilityService(FilingParts const& parts) : parts_(parts) {}

    /// May this person promise in this matter today? Fault: problem::throttled.
    Async<domain::Json> ask(Caller<Official> caller, domain::Json body);

    /// Every check of a filing, for each of several; none is stored. A reference that stands twice among them
    /// with different content is found only when they are filed.
    boost::asio::awaitable<std::vector<Outcome<Validated>>> validate(Caller<Official> caller,
                                                                     std::vector<BulkFiling> filings);

  private:
    using Indexes = std::vector<std::vector<std::uint8_t>>;

    /// What is kept of a question.
    struct Question {
        domain::QuestionKind kind;
        std::optional<MatterId> matter;
        Indexes committers;
        std::int32_t barred;
        std::string about;  ///< for its event
        domain::Purpose purpose = domain::Purpose::eligibility;
    };

    Outcome<std::int64_t> left_to_ask(db::PgSession& db, Official const& who, domain::QuestionKind kind,
                                      std::size_t persons) const;
    void keep(db::PgSession& db, Caller<Official> const& caller, Question question, Instant now) const;
    Outcome<domain::Json> answer(db::PgSession& db, Caller<Official> const& caller,
                                 EligibilityDraft const& draft) const;
    Outcome<std::vector<Outcome<Validated>>> check(db::PgSession& db, Caller<Official> const& caller,
                                                   std::span<Filing const> filings) const;

    FilingParts parts_;
};

}  // namespace sponsio::service

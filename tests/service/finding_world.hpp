#pragma once

#include "server/db/executor.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/service/findings/service.hpp"
#include "server/service/tasks/verification_service.hpp"
#include "server/service/unit/person_terms.hpp"
#include "tests/support/await.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/pg_fixture.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::testing {

using domain::Json;
using domain::Role;

/// "2026-03-02T09:00:00" in China.
Instant china(std::string const& local);

/// Under the key of all tests.
crypto::BlindIndex blind_index();

/// An agency with its people, a matter, and commitments filed in it: what a check and a finding need.
class FindingWorld : public PgFixture {
  protected:
    void SetUp() override;
    void TearDown() override;

    /// A commitment that waits for its check; due on 30 March 2026 (20 working days).
    struct Filed {
        std::string code;
        TaskId task;
    };

    Filed file_commitment();
    /// With a due time of its own.
    Filed file_commitment(Instant task_ends);

    /// One of the accounts: clerk, verifier, verifier2, verifier3, reviewer, decider, supervisor, or stranger
    /// (of another agency).
    [[nodiscard]] service::Caller<domain::Official> as(std::string const& who) const;
    [[nodiscard]] AccountId account(std::string const& who) const;
    void close_account(db::PgSession& session, std::string const& login);

    /// A key that nobody used before.
    service::RequestOnce fresh_key();

    std::shared_ptr<service::EvidenceIntake const> taken_in(std::string_view bytes);
    service::EvidenceUpload a_file(std::string const& bytes = "户籍档案摘录");
    EvidenceId add_evidence(TaskId task, std::string const& bytes = "户籍档案摘录",
                            std::string const& who = "verifier");
    /// Claimed, started, with one piece of evidence unless the result needs none, concluded and closed.
    EvidenceId check(Filed const& filed, domain::CheckResult result = domain::CheckResult::inconsistent);

    /// How the matter is verified, as a test wants it: online by one person of the agency unless changed.
    virtual void shape(domain::VerificationPlan&) const {}

    std::string commitment_state(std::string const& code);
    /// "created>assigned" and the like, oldest first, of a subject in the event table.
    std::vector<std::string> moves(std::string const& subject);
    std::int64_t count(std::string const& table);
    /// Somebody who can hold an account.
    PersonId add_person(std::string const& who);

    /// What services stand on here.
    [[nodiscard]] service::Ground ground();

    ManualClock clock{china("2026-03-02T09:00:00")};
    std::unique_ptr<db::DbExecutor> executor;
    std::unique_ptr<service::Vault> vault;
    service::PersonTerms terms{blind_index()};
    std::unique_ptr<domain::Rules> rules;
    std::unique_ptr<domain::WorkingCalendar> calendar;
    service::MatterCache matters;
    std::unique_ptr<service::VerificationService> verifications;
    std::unique_ptr<service::FindingService> findings;

  private:
    struct Agency {
        OrganisationId id;
        std::string uscc;
        std::string name;
    };

    Agency add_agency(std::string const& uscc, std::string const& name);
    void add_account(Agency const& agency, std::string const& login, std::string const& name,
                     std::vector<Role> const& roles);
    void add_matter(Agency const& agency);

    std::map<std::string, std::shared_ptr<domain::Official const>> people_;
    std::string department_;  ///< that the matter names
    std::optional<MatterId> matter_;
    std::optional<NoticeId> notice_;
    int serial_ = 0;
    int keys_ = 0;
};

/// The fault's problem and where it points, for short expectations: "invalid /checked_on".
template <class T>
std::string said(Outcome<T> const& outcome) {
    if (outcome) return "ok";
    std::string text(outcome.error().problem->slug);
    for (FieldError const& field : outcome.error().fields) text += " " + field.pointer;
    return text;
}

}  // namespace sponsio::testing

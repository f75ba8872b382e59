#pragma once

#include "crypto/keys/public_key.hpp"
#include "crypto/random.hpp"
#include "server/client/breaker.hpp"
#include "server/client/department_client.hpp"
#include "server/domain/inquiry_message.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/errand.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/tasks.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::service {

/// A department as the operator has configured it.
struct Department {
    std::string word;  ///< "civil_affairs"; what a matter names and what is `aud` of a question
    Bilingual name;
    std::string url;
    crypto::PublicKey key;  ///< what its answers are signed with
    int max_per_second = 20;
    std::chrono::milliseconds timeout{5000};
    int attempts = 5;  ///< failures in a row after which nothing is asked for a while
    std::optional<std::string> assist_unit_uscc{};  ///< where a person answers what no machine does
    std::optional<int> assist_days{};               ///< working days agreed with it; else the rule pack's
};

struct InquiryOptions {
    std::string issuer;  ///< URL of this server; `iss` of every question
    std::chrono::seconds breaker_pause{30};
    std::chrono::seconds longest_pause{900};  ///< between two tries of one question
    std::chrono::seconds lease{60};           ///< added to the timeout: nobody else asks meanwhile
    std::chrono::seconds database_limit{30};
    Reached<ErrandPoint> reached{};
};

/// Signs the payload of a question as a compact JWS of type "sponsio-check+jwt".
using SignInquiry = std::function<Outcome<std::string>(std::string_view payload, Instant now)>;

/// What an exchange with the department needs to know of the question it is about.
struct InquiryClaim {
    InquiryId id;
    int attempt;
    domain::InquiryContent content;
    Instant asked_at;
    std::optional<Fault> refused{};  ///< why the answer did not stand the checks
};

/// Asks one department whether it bears out what was promised, and does with the answer what the matter's
/// policy allows: a match is evidence and may close the check; everything else waits for a person. A question
/// that is asked again goes under the same id. Breaker and rate are each process's own.
class InquiryService final : Errand<InquiryClaim, store::InquiryRow, client::DepartmentReply> {
  public:
    InquiryService(Ground const& ground, Department department, client::DepartmentGateway& gateway,
                   SignInquiry sign, crypto::Entropy& entropy, InquiryOptions options);

    /// Computes the waiting time of new inquiries. False: all are done, or no calendar covers them.
    Outcome<bool> count();
    /// Asks one question that is due. False: none is due, or the department must not be asked now.
    Outcome<bool> ask();
    /// Turns one inquiry that waited too long into a ticket. False: there is none.
    Outcome<bool> give_up();
    /// Repeats all three until there is nothing to do now. Returns the number of things done.
    Outcome<std::size_t> round(std::function<bool()> const& stop = [] { return false; });

    [[nodiscard]] Department const& department() const noexcept { return department_; }

    [[nodiscard]] client::Breaker::State breaker() const;

  private:
    struct Told;

    Outcome<std::optional<InquiryClaim>> claim(db::PgSession& db, Instant now) override;
    Outcome<client::DepartmentReply> exchange(InquiryClaim const& claim) override;
    std::optional<store::InquiryRow> lock_again(db::PgSession& db, InquiryClaim const& claim) override;
    Outcome<void> settle(db::PgSession& db, store::InquiryRow& row, InquiryClaim& claim,
                         client::DepartmentReply const& reply, Instant now) override;
    Outcome<void> heard(InquiryClaim const& claim, client::DepartmentReply const& reply,
                        Outcome<void> const& settled, Instant now) override;

    [[nodiscard]] bool may_ask(Instant now);
    [[nodiscard]] Outcome<domain::InquiryContent> content_of(db::PgSession& db,
                                                             store::InquiryRow const& row) const;
    Outcome<Told> read_answer(db::PgSession& db, store::InquiryRow const& row, InquiryClaim const& claim,
                              std::string const& body, Instant now) const;
    Outcome<void> take_answer(db::PgSession& db, store::InquiryRow& row, Told const& told, Instant now);
    Outcome<void> put_back(db::PgSession& db, store::InquiryRow& row, std::string const& why, Instant now);
    Outcome<void> drop(db::PgSession& db, store::InquiryRow& row, Instant now);
    Outcome<void> give_up_in(db::PgSession& db, store::InquiryRow& row, Instant now);
    [[nodiscard]] std::chrono::milliseconds pause_after(int attempts);

    Ground ground_;
    Department department_;
    client::DepartmentGateway& gateway_;
    SignInquiry sign_;
    crypto::Entropy& entropy_;
    InquiryOptions options_;
    mutable std::mutex mutex_;  ///< over the two below
    client::Breaker breaker_;
    client::TokenBucket bucket_;
};

}  // namespace sponsio::service

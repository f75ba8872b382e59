#pragma once

#include "server/service/departments/inquiry_tickets.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::service {

/// The public data of a department, and whether it can be asked just now.
struct DepartmentStatus {
    Department const* department;
    client::Breaker::State breaker;
};

/// A person's answer to a ticket.
struct TicketAnswer {
    domain::InquiryAnswer answer{};  ///< match, mismatch or not_held
    std::string note;
    std::optional<std::string> document_ref{};

    static TicketAnswer read(domain::Fields& fields);
};

/// A ticket that an inspector sends by hand, to a department's unit or to any other.
struct AssistRequest {
    std::optional<std::string> department{};
    std::optional<std::string> unit_uscc{};
    std::string question;

    static AssistRequest read(domain::Fields& fields);
};

/// The tickets that a unit is to answer, or those it sent.
enum class TicketSide { incoming, outgoing };

constexpr auto words_of(TicketSide) {
    using enum TicketSide;
    return std::to_array<domain::Word<TicketSide>>({{incoming, "incoming"}, {outgoing, "outgoing"}});
}

struct TicketFilter {
    TicketSide side = TicketSide::incoming;
    std::optional<domain::TicketState> state{};
    std::string after{};
    int limit = 50;
};

/// The fallback of the online inquiry: tickets to a person at another unit, each with its own clock, and the
/// inquiries with their answers. A ticket is visible to the unit that sent it and to the one asked, an
/// inquiry to the verifying unit.
class AssistService {
  public:
    /// `issuer` is the URL of this server. `departments` outlives this and does not change.
    AssistService(Ground const& ground, std::string issuer, std::vector<Department> const& departments)
        : ground_(ground), issuer_(std::move(issuer)), departments_(departments) {}

    Async<Page> checks(Caller<Official> const& caller, std::optional<TaskId> task, std::string after,
                       int limit);

    Async<Page> tickets(Caller<Official> const& caller, TicketFilter question);
    Async<domain::Json> ticket(Caller<Official> const& caller, TicketId id);
    /// Answers a ticket, as a person of the unit asked. The answer is evidence, and the task goes on.
    Async<domain::Json> answer(Caller<Official> const& caller, TicketId id, TicketAnswer said);
    /// Sends a ticket, as the lead of a running task, which then waits.
    Async<Created> send(Caller<Official> const& caller, RequestOnce once, TaskId task, AssistRequest request);

    /// Handles one ticket whose time is over, whose task has ended, or whose due time can be computed now;
    /// for background work. False: there is none.
    Outcome<bool> tend();

  private:
    Outcome<domain::Json> check_view(db::PgSession& db, store::InquiryRow const& row) const;
    Outcome<domain::Json> ticket_view(db::PgSession& db, store::TicketRow const& row) const;
    void note(db::PgSession& db, Caller<Official> const& caller, std::vector<TaskId> const& tasks) const;
    Outcome<domain::Json> answer_in(db::PgSession& db, domain::Official const& who, TicketId id,
                                    TicketAnswer const& said) const;
    Outcome<Made> send_in(db::PgSession& db, domain::Official const& who, TaskId id,
                          AssistRequest const& request) const;
    Outcome<OrganisationId> unit_of(db::PgSession& db, AssistRequest const& request,
                                    Department const* department) const;
    [[nodiscard]] Department const* department_of(std::optional<std::string> const& word) const;
    Outcome<bool> run_out(db::PgSession& db, Instant now) const;
    Outcome<bool> withdraw_idle(db::PgSession& db, Instant now) const;
    Outcome<bool> count_endless(db::PgSession& db, Instant now) const;

    Ground ground_;
    std::string issuer_;
    std::vector<Department> const& departments_;
};

}  // namespace sponsio::service

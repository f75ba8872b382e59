#pragma once

#include "server/domain/lifecycles.hpp"

#include <optional>

/// The way of a question to a department, and of a ticket to a person there (docs/departments.md).
namespace sponsio::domain {

enum class CheckState {
    queued,
    asking,
    answered,
    unanswered,  ///< no answer in time, or none that counts
    dropped      ///< the task ended before
};
enum class CheckEvent { ask, answer, put_back, give_up, drop };
std::span<Word<CheckState> const> words_of(CheckState);
std::span<Word<CheckEvent> const> words_of(CheckEvent);
using CheckLifecycle = Lifecycle<CheckState, CheckEvent, NoFacts>;
extern CheckLifecycle const check_lifecycle;

/// What a department says of a claim.
enum class CheckAnswer {
    match,          ///< its holdings bear the claim out
    mismatch,       ///< its holdings say otherwise; never a finding by itself
    not_held,       ///< it holds nothing on this
    ask_in_writing  ///< no machine may say it: a person is to be asked
};
std::span<Word<CheckAnswer> const> words_of(CheckAnswer);

enum class TicketState { open, answered, overdue, withdrawn };
enum class TicketEvent { answer, run_out, withdraw };
std::span<Word<TicketState> const> words_of(TicketState);
std::span<Word<TicketEvent> const> words_of(TicketEvent);
using TicketLifecycle = Lifecycle<TicketState, TicketEvent, NoFacts>;
extern TicketLifecycle const ticket_lifecycle;

}  // namespace sponsio::domain

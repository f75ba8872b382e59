#pragma once

#include "server/domain/lifecycles.hpp"

#include <optional>

/// The way of a question to a department, and of a ticket to a person there (docs/departments.md).
namespace sponsio::domain {

enum class InquiryState {
    queued,
    asking,
    answered,
    unanswered,  ///< no answer in time, or none that counts
    dropped      ///< the task ended before
};
enum class InquiryEvent { ask, answer, put_back, give_up, drop };
std::span<Word<InquiryState> const> words_of(InquiryState);
std::span<Word<InquiryEvent> const> words_of(InquiryEvent);
using InquiryLifecycle = Lifecycle<InquiryState, InquiryEvent, NoFacts>;
extern InquiryLifecycle const inquiry_lifecycle;

/// What a department says of a claim.
enum class InquiryAnswer {
    match,          ///< its holdings bear the claim out
    mismatch,       ///< its holdings say otherwise; never a finding by itself
    not_held,       ///< it holds nothing on this
    ask_in_writing  ///< no machine may say it: a person is to be asked
};
std::span<Word<InquiryAnswer> const> words_of(InquiryAnswer);

enum class TicketState { open, answered, overdue, withdrawn };
enum class TicketEvent { answer, run_out, withdraw };
std::span<Word<TicketState> const> words_of(TicketState);
std::span<Word<TicketEvent> const> words_of(TicketEvent);
using TicketLifecycle = Lifecycle<TicketState, TicketEvent, NoFacts>;
extern TicketLifecycle const ticket_lifecycle;

}  // namespace sponsio::domain

#pragma once

#include "server/domain/lifecycle.hpp"

#include <optional>

/// The lifecycles of an inquiry to a department and of a ticket to a person there (docs/departments.md).
namespace sponsio::domain {

enum class InquiryState {
    queued,
    asking,
    answered,
    unanswered,  ///< no answer in time, or none that counts
    dropped      ///< the task ended before
};
enum class InquiryEvent { ask, answer, put_back, give_up, drop };

constexpr auto words_of(InquiryState) {
    using enum InquiryState;
    return std::to_array<Word<InquiryState>>({{queued, "queued"},
                                              {asking, "asking"},
                                              {answered, "answered"},
                                              {unanswered, "unanswered"},
                                              {dropped, "dropped"}});
}

constexpr auto words_of(InquiryEvent) {
    using enum InquiryEvent;
    return std::to_array<Word<InquiryEvent>>(
        {{ask, "ask"}, {answer, "answer"}, {put_back, "put_back"}, {give_up, "give_up"}, {drop, "drop"}});
}

using InquiryLifecycle = Lifecycle<InquiryState, InquiryEvent, NoFacts>;
extern InquiryLifecycle const inquiry_lifecycle;

/// A department's answer about a claim.
enum class InquiryAnswer {
    match,          ///< its holdings bear the claim out
    mismatch,       ///< its holdings say otherwise; never a finding by itself
    other_person,   ///< the number belongs to another name: nothing is said of the claim, and nobody broke it
    not_held,       ///< it holds nothing on this
    ask_in_writing  ///< no system can answer: a person is to be asked
};

constexpr auto words_of(InquiryAnswer) {
    using enum InquiryAnswer;
    return std::to_array<Word<InquiryAnswer>>({{match, "match"},
                                               {mismatch, "mismatch"},
                                               {other_person, "other_person"},
                                               {not_held, "not_held"},
                                               {ask_in_writing, "ask_in_writing"}});
}

enum class TicketState { open, answered, overdue, withdrawn };
enum class TicketEvent { answer, run_out, withdraw };

constexpr auto words_of(TicketState) {
    using enum TicketState;
    return std::to_array<Word<TicketState>>(
        {{open, "open"}, {answered, "answered"}, {overdue, "overdue"}, {withdrawn, "withdrawn"}});
}

constexpr auto words_of(TicketEvent) {
    using enum TicketEvent;
    return std::to_array<Word<TicketEvent>>(
        {{answer, "answer"}, {run_out, "run_out"}, {withdraw, "withdraw"}});
}

using TicketLifecycle = Lifecycle<TicketState, TicketEvent, NoFacts>;
extern TicketLifecycle const ticket_lifecycle;

}  // namespace sponsio::domain

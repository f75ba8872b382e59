#include "server/domain/inquiry_lifecycle.hpp"

namespace sponsio::domain {
namespace {

using CS = InquiryState;
using CE = InquiryEvent;
constexpr InquiryLifecycle::Row inquiry_rows[] = {
    {CS::queued, CE::ask, CS::asking},
    {CS::asking, CE::ask, CS::asking},  // the one who asked never said what came of it
    {CS::asking, CE::answer, CS::answered},
    {CS::asking, CE::put_back, CS::queued},
    {CS::queued, CE::give_up, CS::unanswered},
    {CS::queued, CE::drop, CS::dropped},
    {CS::asking, CE::drop, CS::dropped},
};

using TS = TicketState;
using TE = TicketEvent;
constexpr TicketLifecycle::Row ticket_rows[] = {
    {TS::open, TE::answer, TS::answered},
    {TS::open, TE::run_out, TS::overdue},
    {TS::open, TE::withdraw, TS::withdrawn},
    {TS::overdue, TE::answer, TS::answered},  // late is better than never
};

}  // namespace

InquiryLifecycle const inquiry_lifecycle{"department check", InquiryState::queued, inquiry_rows};
TicketLifecycle const ticket_lifecycle{"assistance ticket", TicketState::open, ticket_rows};

std::span<Word<InquiryState> const> words_of(InquiryState) {
    static constexpr Word<CS> words[] = {{CS::queued, "queued"},
                                         {CS::asking, "asking"},
                                         {CS::answered, "answered"},
                                         {CS::unanswered, "unanswered"},
                                         {CS::dropped, "dropped"}};
    return words;
}

std::span<Word<InquiryEvent> const> words_of(InquiryEvent) {
    static constexpr Word<CE> words[] = {{CE::ask, "ask"},
                                         {CE::answer, "answer"},
                                         {CE::put_back, "put_back"},
                                         {CE::give_up, "give_up"},
                                         {CE::drop, "drop"}};
    return words;
}

std::span<Word<InquiryAnswer> const> words_of(InquiryAnswer) {
    using A = InquiryAnswer;
    static constexpr Word<A> words[] = {{A::match, "match"},
                                        {A::mismatch, "mismatch"},
                                        {A::not_held, "not_held"},
                                        {A::ask_in_writing, "ask_in_writing"}};
    return words;
}

std::span<Word<TicketState> const> words_of(TicketState) {
    static constexpr Word<TS> words[] = {{TS::open, "open"},
                                         {TS::answered, "answered"},
                                         {TS::overdue, "overdue"},
                                         {TS::withdrawn, "withdrawn"}};
    return words;
}

std::span<Word<TicketEvent> const> words_of(TicketEvent) {
    static constexpr Word<TE> words[] = {
        {TE::answer, "answer"}, {TE::run_out, "run_out"}, {TE::withdraw, "withdraw"}};
    return words;
}

}  // namespace sponsio::domain

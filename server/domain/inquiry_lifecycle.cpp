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

}  // namespace sponsio::domain

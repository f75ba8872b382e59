#include "server/domain/record_lifecycle.hpp"

namespace sponsio::domain {
namespace {

using S = DraftState;
using E = DraftEvent;

constexpr DraftLifecycle::Row rows[] = {
    // The announcement happens once, and again after a crash between it and the record.
    {S::drafted, E::begin_signing, S::drafted},
    {S::drafted, E::issue, S::issued},
    {S::drafted, E::refuse, S::refused},
    {S::drafted, E::supersede, S::superseded},
    // A decision corrected what the record says: it is withdrawn, and another takes its place.
    {S::issued, E::supersede, S::superseded},
};

}  // namespace

DraftLifecycle const draft_lifecycle{"record draft", DraftState::drafted, rows};

}  // namespace sponsio::domain

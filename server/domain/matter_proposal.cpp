#include "server/domain/matter_proposal.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = MatterProposalState;
using E = MatterProposalEvent;

Outcome<void> is_another(MatterProposalFacts const& f) {
    return second_person(f.actor, f.proposed_by, "Who proposed a version does not decide about it.",
                         "提出该版本的人不得对其作出决定。");
}

constexpr MatterProposalLifecycle::Row rows[] = {
    {S::proposed, E::accept, S::accepted, {"second person", is_another}},
    {S::proposed, E::refuse, S::refused, {"second person", is_another}},
};

}  // namespace

MatterProposalLifecycle const matter_proposal_lifecycle{"matter proposal", S::proposed, rows};

bool needs_second_person(MatterVersion const& version, std::string_view agency_uscc) {
    VerificationPlan const& plan = version.verification;
    return plan.mode == VerifyMode::exempt || (!plan.unit_uscc.empty() && plan.unit_uscc != agency_uscc);
}

}  // namespace sponsio::domain

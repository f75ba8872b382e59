#include "server/store/matter_proposals.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Proposals =
    Table<"matter_proposal", MatterProposal, Column<"proposal_id", &MatterProposal::id>,
          Column<"organisation_id", &MatterProposal::organisation>,
          Column<"matter_code", &MatterProposal::matter_code>,
          Column<"after_version", &MatterProposal::after_version>,
          Column<"content", &MatterProposal::content>, Column<"proposed_by", &MatterProposal::proposed_by>,
          Column<"proposed_at", &MatterProposal::proposed_at>, Column<"state", &MatterProposal::state>,
          Column<"decided_by", &MatterProposal::decided_by>,
          Column<"decided_at", &MatterProposal::decided_at>, Column<"why", &MatterProposal::why>,
          Column<"version", &MatterProposal::version>>;
using Decided =
    Proposals::Update<&MatterProposal::state, &MatterProposal::decided_by, &MatterProposal::decided_at,
                      &MatterProposal::why, &MatterProposal::version>;

constexpr BinaryQuery insert_proposal{"matter_proposals.insert", sql<Proposals::insert>};
constexpr BinaryQuery select_locked{
    "matter_proposals.lock",
    sql<Proposals::select, "where proposal_id = $1 and organisation_id = $2 for update">};
constexpr BinaryQuery update_decided{"matter_proposals.decide", sql<Decided::text>};
constexpr BinaryQuery select_one{"matter_proposals.one",
                                 sql<Proposals::select, "where proposal_id = $1 and organisation_id = $2">};
constexpr BinaryQuery select_after{"matter_proposals.after",
                                   sql<Proposals::select,
                                       "where organisation_id = $1 and ($2 is null or state = $2) and "
                                       "proposal_id > $3 order by proposal_id limit $4">};

}  // namespace

void insert(db::PgSession& db, MatterProposal const& proposal) {
    db.exec(insert_proposal, Proposals::values(proposal));
}

std::optional<MatterProposal> lock_matter_proposal(db::PgSession& db, OrganisationId organisation,
                                                   domain::MatterProposalId id) {
    return first_of(db.exec(select_locked, Params(id, organisation)), Proposals::read);
}

void decide(db::PgSession& db, MatterProposal const& proposal) {
    db.exec(update_decided, Decided::values(proposal));
}

std::optional<MatterProposal> matter_proposal(db::PgSession& db, OrganisationId organisation,
                                              domain::MatterProposalId id) {
    return first_of(db.exec(select_one, Params(id, organisation)), Proposals::read);
}

std::vector<MatterProposal> matter_proposals_after(db::PgSession& db, OrganisationId organisation,
                                                   std::optional<domain::MatterProposalState> state,
                                                   std::optional<domain::MatterProposalId> after, int limit) {
    std::optional<std::string> word;
    if (state) word = domain::word(*state);
    return all_of(
        db.exec(select_after, Params(organisation, word, after.value_or(domain::MatterProposalId{Uuid{}}),
                                     std::int32_t{limit})),
        Proposals::read);
}

}  // namespace sponsio::store

#pragma once

#include "server/db/session.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/commitments.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Finding commitments, and what hangs on them.
namespace sponsio::store {

using Term = std::vector<std::uint8_t>;

/// How what was found is sorted, newest first.
enum class FoundBy {
    made_on,     ///< the day of the promise, then the code
    accepted_at  ///< the time of acceptance, then the code
};

constexpr auto words_of(FoundBy) {
    using enum FoundBy;
    return std::to_array<domain::Word<FoundBy>>({{made_on, "made_on"}, {accepted_at, "accepted_at"}});
}

/// What is looked for. Seen are the commitments that the organisation accepted, and those of others that it
/// verifies; a finding or record counts where the organisation made it.
struct Search {
    OrganisationId organisation;
    std::string organisation_uscc;
    std::vector<Term> documents{};  ///< terms of the document, one of which it has; empty: any document
    std::vector<Term> names{};      ///< the same of the name
    std::optional<MatterId> matter{};
    std::optional<Date> made_from{}, made_to{};                 ///< both days belong to it
    std::optional<Instant> accepted_from{}, accepted_before{};  ///< the second does not
    std::optional<AccountId> filed_by{};
    std::optional<domain::CommitmentState> state{};
    bool with_finding = false, with_record = false;

    [[nodiscard]] bool by_person() const { return !documents.empty() || !names.empty(); }

    /// By acceptance, if that alone, or nothing at all, says where to begin.
    [[nodiscard]] FoundBy sorted_by() const;
};

/// Where a page of a search begins. What is found lies among the commitments up to `settled`, whatever is
/// filed meanwhile, so that no row is missed or comes twice (docs/adr/0009-feeds-that-lose-nothing.md).
struct SearchPlace {
    std::int64_t settled;
    Date made_on;         ///< of the last row seen
    Instant accepted_at;  ///< the same
    std::string code;     ///< the same
};

/// Before the first row of a search that begins now.
SearchPlace search_from_now(db::PgSession& db);

/// The commitments after that place, newest first.
std::vector<CommitmentRow> found(db::PgSession& db, Search const& search, SearchPlace const& after,
                                 int limit);
/// How many there are; `most` and one more stand for all greater numbers.
std::int64_t count_found(db::PgSession& db, Search const& search, std::int64_t settled, int most);

struct FoundFinding {
    FindingId id;
    std::string commitment_code;
    domain::FindingState state;
    domain::FindingKind kind;
    Instant drafted_at;
};

struct FoundRecord {
    RecordId id;
    std::string commitment_code;
    Instant issued_at;
};

/// What an organisation has about these commitments, oldest first.
std::vector<TaskId> tasks_about(db::PgSession& db, OrganisationId organisation,
                                std::span<std::string const> codes);
std::vector<FoundFinding> findings_about(db::PgSession& db, OrganisationId organisation,
                                         std::span<std::string const> codes);
std::vector<FoundRecord> records_about(db::PgSession& db, OrganisationId organisation,
                                       std::span<std::string const> codes);

/// A commitment without the term of its name.
struct UnindexedName {
    std::int16_t shard;
    std::string code;
    SealedColumns sealed;  ///< as in CommitmentRow
};

/// Some of them, by their codes.
std::vector<UnindexedName> unindexed_names(db::PgSession& db, int limit);
/// Empty: the commitment has no name that could be found.
void set_name_index(db::PgSession& db, UnindexedName const& of, Term const& term);

}  // namespace sponsio::store

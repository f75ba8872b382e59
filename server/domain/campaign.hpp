#pragma once

#include "server/domain/campaign_lifecycle.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/exposure.hpp"

#include <optional>
#include <string>
#include <vector>

/// What is said in a campaign against proofs that may not be demanded, and its figures (docs/campaigns.md).
namespace sponsio::domain {

/// What a unit is asked to do. Each region is counted once before and once after, in between it cleans up.
enum class CampaignTaskKind { count_before, clean_up, count_after };

constexpr auto words_of(CampaignTaskKind) {
    using enum CampaignTaskKind;
    return std::to_array<Word<CampaignTaskKind>>(
        {{count_before, "count_before"}, {clean_up, "clean_up"}, {count_after, "count_after"}});
}

constexpr bool counts_proofs(CampaignTaskKind kind) {
    return kind != CampaignTaskKind::clean_up;
}

/// How a unit deals with a proof that is counted.
enum class CountedAs {
    issued,   ///< a committee gave it out
    demanded  ///< a unit asked residents or committees for it
};

constexpr auto words_of(CountedAs) {
    using enum CountedAs;
    return std::to_array<Word<CountedAs>>({{issued, "issued"}, {demanded, "demanded"}});
}

/// First and last day of what is counted.
struct CountedPeriod {
    Date from;
    Date to;

    [[nodiscard]] std::int64_t days() const {
        return (std::chrono::sys_days(to) - std::chrono::sys_days(from)).count() + 1;
    }
};

struct CampaignTaskDraft {
    CampaignTaskKind kind;
    std::string region;
    std::string unit_uscc;  ///< who reports it
    std::string title;
    Date due_on;
};

/// A campaign with all of its tasks: who opens it answers for the whole.
struct CampaignDraft {
    std::string name;
    ExposureAuthority authority;  ///< as which the organisation leads it
    std::string number;           ///< of the paper that orders it
    std::string purpose;
    std::vector<std::string> items;    ///< of the catalogue
    std::vector<std::string> regions;  ///< none within another
    Date starts_on;
    Date ends_on;
    CountedPeriod before;
    CountedPeriod after;  ///< as long as the one before, since only then figures compare
    std::vector<CampaignTaskDraft> tasks{};

    static CampaignDraft read(Fields& fields);
};

/// Every region has exactly one count before and one count after; each day of a task lies after what it
/// counts and within the campaign; both periods are equally long. problem::invalid with all that is wrong.
Outcome<void> check_plan(CampaignDraft const& draft);

/// What one unit issued or demanded of one proof in the counted period.
struct ProofCount {
    std::string unit_name;
    std::optional<std::string> unit_uscc{};
    std::string item;
    CountedAs as;
    std::int64_t number;  ///< 0: it was looked at, and there was none
};

struct CampaignTaskReport {
    std::string statement;
    std::vector<ProofCount> counts{};  ///< exactly where the task counts

    static CampaignTaskReport read(Fields& fields);
};

/// A decision of another person about a report or a proposed result.
struct CampaignDecision {
    bool agreed;
    std::string reasons;

    static CampaignDecision read(Fields& fields);
};

struct CampaignOpening {
    std::string reasons;

    static CampaignOpening read(Fields& fields);
};

struct CampaignResult {
    std::string result;  ///< everybody reads it once it is decided

    static CampaignResult read(Fields& fields);
};

/// A count of an accepted report.
struct AcceptedCount {
    CampaignTaskKind kind;
    std::string region;
    std::string unit_key;
    ProofCount count;
};

/// One proof before and after. Nothing: it was not counted then, which is not zero.
struct CampaignFigure {
    std::string region;
    std::optional<ProofCount> unit{};  ///< whose it is; nothing where the units of the region are added up
    std::string item;
    CountedAs as;
    std::optional<std::int64_t> before{};
    std::optional<std::int64_t> after{};
};

/// Each unit, by region, unit, item and kind.
std::vector<CampaignFigure> figures_of_units(std::vector<AcceptedCount> const& counts);
/// The units of each region added up.
std::vector<CampaignFigure> figures_of_regions(std::vector<AcceptedCount> const& counts);

/// Of the units that were counted both times: what is left out once would look like a success.
struct CampaignTotal {
    CountedAs as;
    std::int64_t before = 0;
    std::int64_t after = 0;
};

std::vector<CampaignTotal> totals_of(std::vector<CampaignFigure> const& units);

}  // namespace sponsio::domain

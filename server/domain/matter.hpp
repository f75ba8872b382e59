#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/rules.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

/// A matter that replaces a proof by a commitment, and the notice given from it (docs/law.md A).
namespace sponsio::domain {

enum class ActionKind { licence, confirmation, benefit, other_application, public_service };
enum class Level { province, city, county, township };
enum class VerifyMode { online, written, on_site, public_notice, exempt };
enum class DayKind { working, calendar };
/// Which commitments of a matter are checked: all; those a draw chooses, by equal or by weighted chance; the
/// first of each committer; or those that somebody complains about.
enum class Coverage { full, sampled, risk_weighted, first_time, complaint_driven };
/// How much hangs on a matter; the bounds of its ratio differ (docs/law.md C8).
enum class MatterClass { ordinary, key };
enum class PublicationType { open, limited, not_public };
enum class CommitmentType { proof_matter };
std::span<Word<ActionKind> const> words_of(ActionKind);
std::span<Word<Level> const> words_of(Level);
std::span<Word<VerifyMode> const> words_of(VerifyMode);
std::span<Word<DayKind> const> words_of(DayKind);
std::span<Word<Coverage> const> words_of(Coverage);
std::span<Word<MatterClass> const> words_of(MatterClass);
std::span<Word<PublicationType> const> words_of(PublicationType);
std::span<Word<CommitmentType> const> words_of(CommitmentType);

struct LegalBasis {
    std::string law;
    std::string article;
};

/// The points of A8 that a version spells out itself; the matter's name and legal basis make up the eight.
enum class NoticePoint {
    matter_name,
    legal_basis,
    proof_content,
    commitment_method,
    liability,
    verification_power,
    publicity_scope,
    publicity_period
};
std::span<Word<NoticePoint> const> words_of(NoticePoint);

/// Lots in a risk-weighted draw, 1 to 16. There is none for how often somebody made use of a commitment
/// (docs/law.md C3).
struct DrawWeights {
    int earlier_breach = 1;
    int first_time = 1;
    bool operator==(DrawWeights const&) const = default;
};

struct VerificationPlan {
    VerifyMode mode;
    int within_days;
    DayKind day_kind;
    int inspectors;
    std::string unit_uscc;  ///< the verifying unit; empty: the agency itself
    Coverage coverage = Coverage::full;
    MatterClass matter_class = MatterClass::ordinary;
    std::optional<Ratio> ratio;  ///< least share to be drawn; exactly for sampled and risk_weighted
    DrawWeights weights;         ///< risk_weighted
    std::string department;      ///< whose data are asked; a word of the gateways, or empty
    std::string query;           ///< what that department is asked; empty: whether the content is so
    bool auto_close = false;     ///< a match of the department may close a check as consistent
};

struct MatterVersion {
    Bilingual name;
    std::optional<std::string> replaces_item;  ///< item of the proof catalogue
    std::vector<LegalBasis> legal_basis;
    std::string demanding_unit;
    std::string issuing_unit;
    ActionKind action_kind;
    Level level;
    std::array<std::optional<Bilingual>, 8> points;  ///< by NoticePoint; the first two stay empty here
    Bilingual content;                               ///< what the committer promises
    Bilingual breach_liability;
    CommitmentType type;
    VerificationPlan verification;
    PublicationType publication_type;
    Date valid_from;

    /// Reads `version` (an object of POST /v1/matters without its matter_code), noting every bad field.
    static MatterVersion read(Fields& fields);
    [[nodiscard]] Json to_json() const;
};

/// Whether a draw chooses among the commitments of such a matter.
bool is_drawn(Coverage coverage);

/// problem::ratio_out_of_bounds, with the rule and pack that set the bound, unless the plan's ratio lies
/// between `draw.ratio.<class>.min` and `.max` of that region and day. A plan without a ratio is fine.
Outcome<void> check_ratio(VerificationPlan const& plan, Rules const& rules, std::string_view region, Date on);

struct NoticeContent {
    struct Point {
        NoticePoint point;
        Bilingual text;
    };

    std::vector<Point> points;
    Bilingual text;  ///< the whole notice as the resident reads it

    [[nodiscard]] Json to_json() const;
};

/// Composes the notice, or refuses with problem::notice_incomplete and a pointer to every point that is
/// missing. Wording that is vague or catch-all is refused too (A8: conditions must be measurable).
Outcome<NoticeContent> compose_notice(MatterVersion const& version, std::string const& agency);

}  // namespace sponsio::domain

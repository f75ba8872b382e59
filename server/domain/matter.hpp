#pragma once

#include "server/domain/action_kind.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/rules.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

/// A matter that replaces a proof by a commitment, and the notice given from it (docs/law.md A).
namespace sponsio::domain {

enum class Level { province, city, county, township };
enum class VerifyMode { online, written, on_site, public_notice, exempt };
enum class DayKind { working, calendar };
/// The commitments of a matter that are verified: all; those drawn with equal or with weighted chance; the
/// first of each committer; or those complained about.
enum class Coverage { full, sampled, risk_weighted, first_time, complaint_driven };
/// The importance of a matter, which decides the bounds of its ratio (docs/law.md C8).
enum class MatterClass { ordinary, key };
enum class PublicationType { open, limited, not_public };
enum class CommitmentType { proof_matter };
enum class NoticeChannel { counter, web, phone, mail };
/// The language in which a notice is handed over (BCP 47).
enum class NoticeLanguage { chinese, english };

constexpr auto words_of(Level) {
    using enum Level;
    return std::to_array<Word<Level>>(
        {{province, "province"}, {city, "city"}, {county, "county"}, {township, "township"}});
}

constexpr auto words_of(VerifyMode) {
    using enum VerifyMode;
    return std::to_array<Word<VerifyMode>>({{online, "online"},
                                            {written, "written"},
                                            {on_site, "on_site"},
                                            {public_notice, "public_notice"},
                                            {exempt, "exempt"}});
}

constexpr auto words_of(DayKind) {
    using enum DayKind;
    return std::to_array<Word<DayKind>>({{working, "working"}, {calendar, "calendar"}});
}

constexpr auto words_of(Coverage) {
    using enum Coverage;
    return std::to_array<Word<Coverage>>({{full, "full"},
                                          {sampled, "sampled"},
                                          {risk_weighted, "risk_weighted"},
                                          {first_time, "first_time"},
                                          {complaint_driven, "complaint_driven"}});
}

constexpr auto words_of(MatterClass) {
    using enum MatterClass;
    return std::to_array<Word<MatterClass>>({{ordinary, "ordinary"}, {key, "key"}});
}

constexpr auto words_of(PublicationType) {
    using enum PublicationType;
    return std::to_array<Word<PublicationType>>(
        {{open, "public"}, {limited, "limited"}, {not_public, "not_public"}});
}

constexpr auto words_of(CommitmentType) {
    using enum CommitmentType;
    return std::to_array<Word<CommitmentType>>({{proof_matter, "proof_matter"}});
}

constexpr auto words_of(NoticeChannel) {
    using enum NoticeChannel;
    return std::to_array<Word<NoticeChannel>>(
        {{counter, "counter"}, {web, "web"}, {phone, "phone"}, {mail, "mail"}});
}

constexpr auto words_of(NoticeLanguage) {
    using enum NoticeLanguage;
    return std::to_array<Word<NoticeLanguage>>({{chinese, "zh-CN"}, {english, "en"}});
}

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

constexpr auto words_of(NoticePoint) {
    using enum NoticePoint;
    return std::to_array<Word<NoticePoint>>({{matter_name, "matter_name"},
                                             {legal_basis, "legal_basis"},
                                             {proof_content, "proof_content"},
                                             {commitment_method, "commitment_method"},
                                             {liability, "liability"},
                                             {verification_power, "verification_power"},
                                             {publicity_scope, "publicity_scope"},
                                             {publicity_period, "publicity_period"}});
}

/// Lots in a risk-weighted draw, 1 to 16. How often a person made use of commitments gives no lots
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
    std::optional<Ratio> ratio;  ///< least share to be drawn; set exactly for sampled and risk_weighted
    DrawWeights weights;         ///< risk_weighted
    std::string department;      ///< the department asked, a word of the gateways; or empty
    std::string query;           ///< the query to that department; empty: whether the content is true
    bool auto_close = false;     ///< a match of the department may close a task as consistent
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
    bool refuses_dishonest =
        false;  ///< whoever has any breach on record, where the place lets it (docs/law.md B3)

    /// Reads `version` (an object of POST /v1/matters without its matter_code), noting every bad field.
    static MatterVersion read(Fields& fields);
    [[nodiscard]] Json to_json() const;
};

/// Whether commitments with that coverage are drawn.
bool is_drawn(Coverage coverage);

/// Fewest inspectors of a check by that plan: on site what `verify.officers` says (docs/law.md C9), else one.
Outcome<int> least_officers(VerificationPlan const& plan, Rules const& rules, std::string_view region,
                            Date on);
/// problem::invalid where the plan has fewer.
Outcome<void> check_officers(VerificationPlan const& plan, Rules const& rules, std::string_view region,
                             Date on);

/// Fault: problem::ratio_out_of_bounds, with the rule and pack that set the bound, unless the plan's ratio
/// lies between `draw.ratio.<class>.min` and `.max` of that region and day. A plan without a ratio passes.
Outcome<void> check_ratio(VerificationPlan const& plan, Rules const& rules, std::string_view region, Date on);

/// problem::invalid, with the rule that says so, where a version refuses the dishonest and the place does not
/// let it: `eligibility.may_refuse_dishonest`.
Outcome<void> check_refusal(MatterVersion const& version, Rules const& rules, std::string_view region,
                            Date on);

struct NoticeContent {
    struct Point {
        NoticePoint point;
        Bilingual text;
    };

    std::vector<Point> points;
    Bilingual text;  ///< the whole notice as the resident reads it

    [[nodiscard]] Json to_json() const;
};

/// Composes the notice, or refuses with problem::notice_incomplete and a pointer to every missing point.
/// Vague or catch-all wording is refused too (A8: conditions must be measurable).
Outcome<NoticeContent> compose_notice(MatterVersion const& version, std::string const& agency);

}  // namespace sponsio::domain

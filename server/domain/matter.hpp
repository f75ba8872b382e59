#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

/// A matter that replaces a proof by a commitment, and the notice given from it (domain.md 2.1, rules
/// A1-A10).
namespace sponsio::domain {

enum class ActionKind { licence, confirmation, benefit, other_application, public_service };
enum class Level { province, city, county, township };
enum class VerifyMode { online, written, on_site, public_notice, exempt };
enum class DayKind { working, calendar };
enum class PublicationType { open, limited, not_public };
enum class CommitmentType { proof_matter };
std::span<Word<ActionKind> const> words_of(ActionKind);
std::span<Word<Level> const> words_of(Level);
std::span<Word<VerifyMode> const> words_of(VerifyMode);
std::span<Word<DayKind> const> words_of(DayKind);
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

struct VerificationPlan {
    VerifyMode mode;
    int within_days;
    DayKind day_kind;
    int inspectors;
    std::string unit_uscc;  ///< the verifying unit; empty: the agency itself
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

/// The rule of the verification deadline as stored with each task, for instance "verify.matter 20
/// working_days".
std::string rule_of(VerificationPlan const& plan);

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

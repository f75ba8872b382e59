#pragma once

#include "server/domain/finding.hpp"

#include <optional>
#include <string>

/// What may lie between the review of a finding and its decision: the order to rectify, the hearing, and the
/// re-check of what the party says is new (docs/verification-and-findings.md).
namespace sponsio::domain {

// ---------------------------------------------------------------------------------------- the order to
// rectify
/// The order to set it right by a day (责令限期改正).
struct RectifyOrder {
    std::string number;
    std::string what;                ///< what is to be done
    std::string contact;             ///< to whom it is reported, with telephone
    std::optional<Date> serve_by{};  ///< as in a prior notice

    static RectifyOrder read(Fields& fields);
};

/// Whether the party set it right.
struct OrderOutcome {
    bool corrected;
    std::string opinion;
    std::optional<EvidenceId> evidence{};  ///< what shows it, among the finding's files; exactly if corrected

    static OrderOutcome read(Fields& fields);
};

// ------------------------------------------------------------------------------------------------ the
// hearing
/// That the party asks for a hearing, or no longer wants it.
struct HearingStep {
    std::string text;
    std::optional<EvidenceId> evidence{};  ///< the signed paper; nothing where the party files it itself

    static HearingStep read(Fields& fields);
};

/// Day, place and chair of a hearing (听证通知书).
struct HearingNotice {
    std::string number;
    Instant at;
    std::string place;
    AccountId chair;
    bool open;  ///< to the public
    std::string contact;
    std::optional<Date> serve_by{};

    static HearingNotice read(Fields& fields);
};

/// What the hearing brought (听证笔录) and what the chair thinks of it (听证报告).
struct HearingRecord {
    std::string number;
    bool attended;  ///< by the party; who stays away without reason gives the hearing up
    std::string record;
    std::string opinion;
    EvidenceId signed_record;  ///< the record as all signed it, among the finding's files
    std::optional<std::string> new_facts{};

    static HearingRecord read(Fields& fields);
};

/// What came of looking at the new facts that the party named.
enum class RecheckResult { confirmed, partly_confirmed, unfounded };

constexpr auto words_of(RecheckResult) {
    using enum RecheckResult;
    return std::to_array<Word<RecheckResult>>(
        {{confirmed, "confirmed"}, {partly_confirmed, "partly_confirmed"}, {unfounded, "unfounded"}});
}

struct Recheck {
    RecheckResult result;
    std::string text;  ///< what was looked at, and how

    static Recheck read(Fields& fields);
};

// ------------------------------------------------------------------------------------------------- the
// papers
/// With what is to be done, the last day, what follows if it is not, and the remedies.
Bilingual compose_order(CaseText const& about, RectifyOrder const& order, StatedPeriod const& rectify,
                        StatedPeriod const& reconsideration, StatedPeriod const& litigation);
/// With day, hour, place, chair, the rights of the party and what staying away means (Administrative Penalty
/// Law art. 64).
Bilingual compose_hearing_notice(CaseText const& about, HearingNotice const& notice,
                                 std::string const& chair);
/// With who was there, what was said, and the chair's opinion (art. 64-65).
Bilingual compose_hearing_record(CaseText const& about, HearingRecord const& record, std::string const& chair,
                                 Instant held_at);

}  // namespace sponsio::domain

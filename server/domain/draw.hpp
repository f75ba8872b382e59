#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/rules.hpp"

#include <optional>
#include <string>
#include <vector>

/// A draw by chance (双随机): the objects to verify and their inspectors. Request, plan and lifecycle are
/// here, the algorithm in crypto/draw/draw.hpp.
namespace sponsio::domain {

enum class DrawState { preparing, committed, input_given, revealed, voided };
enum class DrawEvent { commit, give_input, reveal, redraw, reassign, give_up };

constexpr auto words_of(DrawState) {
    using enum DrawState;
    return std::to_array<Word<DrawState>>({{preparing, "preparing"},
                                           {committed, "committed"},
                                           {input_given, "input_given"},
                                           {revealed, "revealed"},
                                           {voided, "void"}});
}

constexpr auto words_of(DrawEvent) {
    using enum DrawEvent;
    return std::to_array<Word<DrawEvent>>({{commit, "commit"},
                                           {give_input, "give_input"},
                                           {reveal, "reveal"},
                                           {redraw, "redraw"},
                                           {reassign, "reassign"},
                                           {give_up, "give_up"}});
}

/// The reason why a draw ended without a result.
enum class VoidReason { empty_pool, pool_changed, too_few_inspectors };

constexpr auto words_of(VoidReason) {
    using enum VoidReason;
    return std::to_array<Word<VoidReason>>({{empty_pool, "empty_pool"},
                                            {pool_changed, "pool_changed"},
                                            {too_few_inspectors, "too_few_inspectors"}});
}

struct DrawFacts {
    bool commitment_logged = false;  ///< the leaf that fixes pool and seed has its place in the log
};

using DrawLifecycle = Lifecycle<DrawState, DrawEvent, DrawFacts>;
extern DrawLifecycle const draw_lifecycle;

/// The kinds of a conflict of interest (回避).
enum class ConflictKind { relative, interest };

constexpr auto words_of(ConflictKind) {
    using enum ConflictKind;
    return std::to_array<Word<ConflictKind>>({{relative, "relative"}, {interest, "interest"}});
}

/// The public input promised for after pool and seed are fixed: dice, a beacon or both.
struct PublicInputPlan {
    struct Beacon {
        std::string source;
        std::int64_t round;
    };

    std::optional<int> dice;  ///< how many
    std::optional<Beacon> beacon;
};

/// The public input itself: as many dice as promised, the beacon's value in lower-case hexadecimal.
struct PublicInput {
    std::vector<int> dice;
    std::optional<std::string> beacon;

    static PublicInput read(Fields& fields);
};

/// The body of POST /v1/draws.
struct DrawRequest {
    struct Stratum {
        std::string name;                  ///< [a-z0-9-]{1,40}
        std::vector<std::string> matters;  ///< codes
        std::optional<Ratio> ratio;        ///< nothing: that of the matters' policies
        std::int64_t minimum = 0;
    };

    Bilingual title;
    std::vector<Stratum> strata;
    std::optional<Date> accepted_from;
    std::optional<Date> accepted_to;  ///< last day
    std::vector<std::string> units;   ///< credit codes; none: the matters' verifying units
    int inspectors_per_object = 1;
    bool forbid_own_organisation = false;
    PublicInputPlan public_input;
    int reveal_within_hours = 24;

    static DrawRequest read(Fields& fields);
};

/// The request after its names were looked up, as the background needs it; stored with the draw.
struct DrawPlan {
    struct Stratum {
        std::string name;
        std::vector<MatterId> matters;
        std::vector<std::string> matter_codes;
        Ratio ratio;
        std::int64_t minimum = 0;
    };

    std::vector<Stratum> strata;
    std::vector<OrganisationId> agencies;  ///< whose matters they are
    std::optional<Instant> from;           ///< accepted at or after
    std::optional<Instant> until;          ///< accepted before
    std::vector<OrganisationId> units;     ///< whose verifiers check
    bool any_unit = false;  ///< each of them may check everything; else only what its own unit verifies
    int inspectors_per_object = 1;
    bool forbid_own_organisation = false;
    PublicInputPlan public_input;
    int reveal_within_hours = 24;

    [[nodiscard]] Json to_json() const;
    /// Reads its own to_json(); throws std::exception for anything else.
    static DrawPlan from_json(Json const& json);
};

}  // namespace sponsio::domain

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
enum class DrawEvent { commit, give_input, reveal, redraw, reassign, give_up, lapse };

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
                                           {give_up, "give_up"},
                                           {lapse, "lapse"}});
}

/// The reason why a draw ended without a result.
enum class VoidReason { empty_pool, lapsed, pool_changed, pool_too_small, too_few_inspectors };

constexpr auto words_of(VoidReason) {
    using enum VoidReason;
    return std::to_array<Word<VoidReason>>({{empty_pool, "empty_pool"},
                                            {lapsed, "lapsed"},
                                            {pool_changed, "pool_changed"},
                                            {pool_too_small, "pool_too_small"},
                                            {too_few_inspectors, "too_few_inspectors"}});
}

struct DrawFacts {
    bool commitment_logged = false;  ///< the leaf that fixes pool and seed has its place in the log
    bool lapsed = false;             ///< its time limit is over
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
        std::string
            key{};  ///< the verifier key (vkey) of whoever signs its values; draws of before have none
    };

    std::optional<int> dice;  ///< how many
    std::optional<Beacon> beacon;
};

/// The public input itself: as many dice as promised, the beacon's signed note.
struct PublicInput {
    /// How the dice were thrown, for whoever doubts it.
    struct Throw {
        std::string protocol;  ///< SHA-256, in hex, of the paper that says so
        AccountId witness;     ///< who saw it: neither held the draw nor enters the dice
    };

    std::vector<int> dice;
    std::optional<Throw> thrown{};  ///< exactly with dice
    std::optional<std::string> beacon{};

    static PublicInput read(Fields& fields);
};

/// What somebody says of the explanation why a draw was not revealed in time.
struct DrawDecision {
    bool accepted;
    std::string opinion;

    static DrawDecision read(Fields& fields);
};

/// The body of POST /public/v1/draws/{draw_id}/opening: a receipt, which only its holder has.
struct OpeningRequest {
    int shard;
    std::int64_t leaf;
    std::string content;  ///< the salted content that the leaf has the digest of

    static OpeningRequest read(Fields& fields);
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

#pragma once

#include "crypto/digest.hpp"
#include "crypto/keys/prepared_hmac.hpp"
#include "text/result.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The draw (docs/draw.md): which objects are checked and who checks them follows from a pool that was fixed,
/// a seed that was committed to and public input that came afterwards. Nothing here knows a person: objects
/// are places in the log, inspectors are pseudonyms made for one draw.
///
/// Version 2 hides even that (hidden.hpp): what is public names an object by one of its lots. Of version 1,
/// which published the pool itself, draws are still repeated and never begun.
namespace sponsio::crypto::draw {

/// "sponsio-draw/v1" or "sponsio-draw/v2".
std::string_view algorithm(unsigned version);

/// The words of errors, in Error::code. `where` of those of a pool file is "line 17".
namespace draw_error {
inline constexpr std::string_view bad_line = "bad_pool_line";  ///< not of the form that its place asks for
inline constexpr std::string_view line_end = "bad_line_end";   ///< CR, or no line feed at the end
inline constexpr std::string_view bad_number = "bad_number";   ///< leading zero, sign, out of range
inline constexpr std::string_view out_of_order = "out_of_order";
inline constexpr std::string_view duplicate = "duplicate";
inline constexpr std::string_view bad_weight = "bad_weight";
inline constexpr std::string_view unknown_stratum = "unknown_stratum";
inline constexpr std::string_view unknown_inspector = "unknown_inspector";
inline constexpr std::string_view wrong_count = "wrong_count";  ///< a stratum has other than it says
inline constexpr std::string_view empty_pool = "empty_pool";
inline constexpr std::string_view too_large = "draw_too_large";
inline constexpr std::string_view no_public_input = "no_public_input";  ///< the plan promises none
inline constexpr std::string_view bad_public_input = "bad_public_input";
inline constexpr std::string_view not_seated = "not_seated";  ///< recused, but sits nowhere
inline constexpr std::string_view pool_changed = "pool_changed";
inline constexpr std::string_view not_opened = "not_opened";     ///< the pool holds no such object
inline constexpr std::string_view malformed = "malformed_draw";  ///< the statement
inline constexpr std::string_view leaf_differs = "leaf_differs";
inline constexpr std::string_view payload_differs = "payload_differs";
}  // namespace draw_error

inline constexpr unsigned max_assign = 5;
inline constexpr unsigned min_dice = 4;
inline constexpr unsigned max_dice = 100;
inline constexpr std::uint32_t max_weight = 16;
inline constexpr std::size_t max_strata = 1'000;
inline constexpr std::size_t max_inspectors = 10'000;
inline constexpr std::uint64_t max_objects = 1'000'000'000;  ///< in one stratum
inline constexpr std::uint64_t max_drawn = 1'000'000;        ///< in all strata: bounds the memory
inline constexpr std::uint32_t max_denominator = 1'000'000;

/// A commitment's place in the log.
struct ObjectId {
    std::uint64_t shard = 0;  ///< 1 to 65535
    std::uint64_t leaf = 0;   ///< at most 2^53 - 1

    [[nodiscard]] std::string text() const;  ///< "<shard>/<leaf>"
    static std::optional<ObjectId> parse(std::string_view text);
    auto operator<=>(ObjectId const&) const = default;
};

/// An inspector in one draw: 16 lower-case hexadecimal digits, random. Compares as its text does.
struct InspectorRef {
    std::uint64_t value = 0;

    [[nodiscard]] std::string text() const;
    static std::optional<InspectorRef> parse(std::string_view text);
    auto operator<=>(InspectorRef const&) const = default;
};

/// A group of objects with a ratio of its own.
struct Stratum {
    std::string name;               ///< [a-z0-9-]{1,40}, unique in its plan
    std::uint64_t objects = 0;      ///< at most max_objects
    std::uint32_t numerator = 0;    ///< at most the denominator
    std::uint32_t denominator = 1;  ///< 1 to max_denominator
    std::uint64_t minimum = 0;      ///< at most max_objects

    /// How many are drawn: min(objects, max(minimum, ceil(objects * numerator / denominator))).
    [[nodiscard]] std::uint64_t wanted() const noexcept;
    [[nodiscard]] Result<void> check() const;
    bool operator==(Stratum const&) const = default;
};

/// Whose value will be the public input.
struct Beacon {
    std::string source;       ///< [a-z0-9.-]{1,100}
    std::uint64_t round = 0;  ///< at most 2^53 - 1

    [[nodiscard]] Result<void> check() const;
    bool operator==(Beacon const&) const = default;
};

/// The head of a pool file: all that is fixed beforehand but the objects.
struct Plan {
    std::string draw_id;  ///< UUID in lower case
    unsigned assign = 0;  ///< inspectors of each drawn object, at most max_assign
    unsigned dice = 0;    ///< 0: none, else min_dice to max_dice
    std::optional<Beacon> beacon{};
    std::vector<Stratum> strata{};           ///< in the order in which the result lists them
    std::vector<InspectorRef> inspectors{};  ///< ascending
    std::optional<Digest> key{};             ///< what hides the objects; nothing: version 1

    [[nodiscard]] unsigned version() const noexcept { return key ? 2 : 1; }

    /// Refuses a plan that no pool file may begin with.
    [[nodiscard]] Result<void> check() const;
    /// The promised public input, as pool file and committed leaf say it: "dice 8", "beacon drand 4711".
    [[nodiscard]] std::vector<std::string> public_lines() const;
    [[nodiscard]] std::uint64_t objects() const noexcept;
    bool operator==(Plan const&) const = default;
};

/// An object that may be drawn.
struct Candidate {
    ObjectId id;
    std::uint32_t stratum = 0;               ///< index in Plan::strata
    std::uint32_t weight = 1;                ///< lots, 1 to max_weight
    std::span<InspectorRef const> barred{};  ///< who may not check it, ascending; all in Plan::inspectors
};

// ------------------------------------------------------------------------------- seed and public input
Digest seed_commitment(ByteView seed);  ///< SHA-256

/// "dice=3,5,1,6", "beacon=<source>:<round>:<hex>" or both joined by ";": exactly what the plan promises. The
/// beacon's value is lower-case hexadecimal, 2 to 256 digits, an even number of them.
Result<std::string> public_input(Plan const& plan, std::span<unsigned const> dice,
                                 std::string_view beacon_hex);

/// Refuses a text that public_input() cannot have made for this plan.
Result<void> check_public_input(Plan const& plan, std::string_view text);

/// HMAC-SHA256(seed, algorithm "\n" pool digest in hex "\n" public input "\n"). All else follows from it.
Digest chance(ByteView seed, Digest const& pool_digest, std::string_view public_input, unsigned version);

// -------------------------------------------------------------------------------------------- the draw
/// A seat without a value is one that nobody was left for.
using Seats = std::vector<std::optional<InspectorRef>>;

struct Drawn {
    ObjectId id;
    std::uint32_t stratum = 0;  ///< index in Plan::strata
    Digest ticket{};
    std::vector<InspectorRef> barred{};
    Seats seats{};  ///< filled by Assigner
    std::uint32_t weight = 1;
    std::optional<Digest> lot{};  ///< that was drawn; nothing in version 1
    Digest root{};                ///< what the object's lots come from (hidden.hpp)
    bool repeats = false;  ///< another of its lots would have been drawn before the last of the stratum

    /// What the result calls it: its lot in hex, in version 1 its id.
    [[nodiscard]] std::string name() const;
    bool operator==(Drawn const&) const = default;
};

/// Whether `a` is drawn before `b` of the same stratum: by ticket, then by lot, in version 1 by id.
bool before(Drawn const& a, Drawn const& b) noexcept;

/// The first of those that come, for each stratum as many as are drawn. Keeps no others.
class Bowls {
  public:
    /// Throws Failure where strata promise more than max_drawn together.
    explicit Bowls(std::span<Stratum const> strata);

    /// Whether one with that ticket could still be drawn.
    [[nodiscard]] bool takes(std::uint32_t stratum, Digest const& ticket) const;
    void add(Drawn lot);
    /// Strata in their order, each in order of ticket; the bowls are empty afterwards.
    std::vector<Drawn> take();

  private:
    struct Bowl {
        std::uint64_t wanted = 0;
        std::vector<Drawn> smallest{};  ///< a heap: the last one drawn so far is at the front
    };

    std::vector<Bowl> bowls_;
};

class Hider;

/// Draws from objects that come one by one, in any order.
class Sampler {
  public:
    /// Throws Failure where strata promise more than max_drawn together.
    Sampler(Digest const& chance, Plan const& plan);
    Sampler(Sampler&&) noexcept;
    Sampler& operator=(Sampler&&) noexcept;
    ~Sampler();

    void add(Candidate const& object);
    /// As Bowls; the sampler is empty afterwards.
    std::vector<Drawn> take();

  private:
    [[nodiscard]] Digest lot_ticket(Digest const& lot) const;
    void add_hidden(Candidate const& object);
    void find_repeats(std::vector<Drawn>& drawn) const;

    PreparedHmac lots_;
    Bowls bowls_;
    std::vector<std::string> strata_{};
    std::unique_ptr<Hider const> hider_;  ///< nothing in version 1
};

/// Gives drawn objects their inspectors, by the same chance.
class Assigner {
  public:
    Assigner(Digest const& chance, Plan const& plan);

    /// Who sits on the seats of the object of that name after those recusals, in their order: a recused one
    /// never comes back, the others keep their seats, and the next in the object's ranking takes the free
    /// one. Refuses (not_seated) the recusal of one who has no seat at that moment.
    [[nodiscard]] Result<Seats> seats(std::string_view object, std::span<InspectorRef const> barred,
                                      std::span<InspectorRef const> recused = {}) const;

  private:
    PreparedHmac ranks_;
    std::vector<InspectorRef> inspectors_;
    unsigned assign_;
};

}  // namespace sponsio::crypto::draw

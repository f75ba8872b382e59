#pragma once

#include "crypto/draw/draw.hpp"
#include "crypto/draw/hidden.hpp"
#include "crypto/draw/list.hpp"
#include "crypto/draw/pool.hpp"
#include "crypto/keys/public_key.hpp"
#include "text/json.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is published of a draw when it is revealed: draw.json (docs/draw.md), and how it is drawn again.
namespace sponsio::crypto::draw {

/// The `typ` of the JWS. Its payload is Statement::payload().
inline constexpr std::string_view statement_typ = "sponsio-draw+jws";

/// The leaf by which pool and seed were committed to.
struct CommittedLeaf {
    std::uint64_t shard = 0;
    std::uint64_t leaf_index = 0;
    std::string entry;    ///< the bytes of the leaf (LogEntry)
    std::string content;  ///< what its digest is of

    bool operator==(CommittedLeaf const&) const = default;
};

/// An inspector who left the inspection of an object for good; both as the result calls them.
struct Recusal {
    std::string object;
    InspectorRef inspector;

    bool operator==(Recusal const&) const = default;
};

/// A seat that a person filled without drawing lots. The result still lists the inspector who was drawn.
struct Reassignment {
    std::string object;                       ///< as the result calls it
    unsigned seat = 1;                        ///< counted from 1
    std::optional<InspectorRef> inspector{};  ///< in whose place; nothing: nobody was left for it

    bool operator==(Reassignment const&) const = default;
};

/// Times are RFC 3339 in UTC, as the log has them.
struct Statement {
    unsigned version = 2;
    std::string draw_id;
    Digest pool_digest{};
    std::uint64_t objects = 0;     ///< in the pool
    std::uint64_t inspectors = 0;  ///< in the pool
    Digest seed_commitment{};
    std::string committed_at;  ///< the time of the leaf's entry
    CommittedLeaf committed_leaf;
    std::string reveal_by;
    std::string public_input;
    std::string public_input_at;
    std::string beacon_key{};   ///< whose values the beacon's are (vkey); empty: no beacon, or version 1
    std::string beacon_note{};  ///< the signed note with the value (beacon.hpp)
    std::string protocol{};  ///< SHA-256, in hex, of the paper on how the dice were thrown; empty: no dice,
                             ///< or version 1
    Digest seed{};
    std::string revealed_at;
    std::uint64_t revision = 1;
    std::vector<Recusal> recusals{};         ///< in order
    std::vector<Reassignment> reassigned{};  ///< in order; the draw does not depend on them
    std::vector<Digest>
        repeats{};  ///< ascending; the roots of drawn objects of which another lot came up too
    Digest result_digest{};

    /// What is signed: the canonical JSON of all of it.
    [[nodiscard]] std::string payload() const;
    /// draw.json: the same members, `result` (text by result_text) and `statement` (the JWS), canonical, with
    /// a line feed at the end.
    [[nodiscard]] std::string file(std::string_view result, std::string_view jws) const;
    bool operator==(Statement const&) const = default;
};

/// Whether the first of two times, RFC 3339 in UTC with or without decimals, is later than the second.
bool later(std::string_view a, std::string_view b);

/// One member of `result`: {"inspectors":[..],"object":..,"stratum":..,"ticket":..}; an empty seat is null.
/// Inspectors are called what they are called beside that object (Hider::seen), in version 1 by their refs.
std::string row_text(Plan const& plan, Drawn const& drawn);
/// What Statement::repeats says of them.
std::vector<Digest> repeats_of(std::span<Drawn const> drawn);
/// The canonical JSON of `result`; its SHA-256 is the result digest.
std::string result_text(Plan const& plan, std::span<Drawn const> drawn);

/// The content of the leaves of a draw, without the salt: `stage` "committed", "revealed" and "void".
/// Of the statement, the first needs draw_id, pool_digest, seed_commitment, reveal_by and beacon_key, the
/// second all.
json::Object committed_content(Statement const& said, Plan const& plan);
json::Object revealed_content(Statement const& said);
json::Object void_content(std::string_view draw_id, std::string_view why);

/// draw.json taken apart; only its form has been checked.
struct StatementFile {
    Statement said;
    json::Value result;  ///< an array of objects, which nobody has looked at
    std::string jws;     ///< compact

    /// Takes canonical JSON only, with or without a final line feed. Errors:
    /// malformed, or a word of json::error.
    static Result<StatementFile> parse(std::string_view text);
};

/// Checks that the committed leaf belongs to this draw: its entry has that time and the digest of its
/// content, and the content agrees with the statement and the plan on draw, pool, seed, public input and time
/// limit. Error: leaf_differs.
Result<void> check_committed(Statement const& said, Plan const& plan);

/// Checks that the JWS says what the file says; the signature is not verified. Errors: payload_differs or a
/// word of jws_error.
Result<void> check_payload(StatementFile const& file);

/// Does check_payload() and verifies that one of these keys signed. Returns the key id.
Result<std::string> verify_signature(StatementFile const& file, KeyResolver const& keys);

/// What a draw is repeated from, beside the pool.
struct Facts {
    Digest seed{};
    Digest pool_digest{};
    std::string public_input;
};

/// Draws from a pool that comes in pieces: the published one of version 1, the full one of version 2.
class Drawing {
  public:
    /// `full` is the digest of a full pool, nothing in version 1.
    explicit Drawing(Facts facts, std::vector<Recusal> recusals = {}, std::optional<Digest> full = {});
    Drawing(Drawing&&) noexcept;
    Drawing& operator=(Drawing&&) noexcept;
    ~Drawing();

    Result<void> feed(std::string_view piece);
    /// All drawn objects, in order, with their seats. Refuses a pool of another digest (pool_changed), public
    /// input of another form than the pool promises (bad_public_input), and the recusal of an inspector who
    /// has no seat (not_seated).
    Result<std::vector<Drawn>> finish();
    /// Complete after finish(), unless finish() refused the pool.
    [[nodiscard]] Plan const& plan() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Draws from the list that version 2 publishes: which objects, by their lots, and not who checks them.
class ListDrawing {
  public:
    /// `repeats` are those of the statement; `opened` is an object to look for.
    explicit ListDrawing(Facts facts, std::vector<Digest> repeats = {}, std::optional<Opening> opened = {});
    ListDrawing(ListDrawing&&) noexcept;
    ListDrawing& operator=(ListDrawing&&) noexcept;
    ~ListDrawing();

    Result<void> feed(std::string_view piece);
    /// All drawn lots, in order. Refuses as Drawing does, and an opened object that has other lots than
    /// its weight gives it, or in another stratum (not_opened).
    Result<std::vector<Drawn>> finish();
    [[nodiscard]] ListHead const& head() const noexcept;
    /// The smallest ticket of the object that was opened.
    [[nodiscard]] Digest const& ticket() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sponsio::crypto::draw

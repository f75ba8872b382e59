#pragma once

#include "crypto/draw/draw.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What version 2 of the draw publishes in place of an object (docs/draw.md): as many lots as it has weight,
/// which nobody can tell from those of another, and whom they belong to only who was given the opening.
namespace sponsio::crypto::draw {

/// What a lot commits to: an object, where it stands, what it weighs and who may not check it. One line of
/// text, `<object> <stratum> <weight> <salt> [<barred> ...]`; its SHA-256 is the root.
struct Opening {
    ObjectId id;
    std::string stratum;
    std::uint32_t weight = 1;
    std::string salt;  ///< 32 hexadecimal digits
    std::vector<InspectorRef> barred{};

    [[nodiscard]] std::string text() const;
    /// Takes text() only.
    static std::optional<Opening> parse(std::string_view text);
    [[nodiscard]] Digest root() const;
    bool operator==(Opening const&) const = default;
};

/// The lots of an object. One of weight 1 has its root for a lot; lot j of others is
/// SHA-256(hex(root) " " j).
std::vector<Digest> lots_of(Digest const& root, std::uint32_t weight);

/// Hides objects and inspectors under the key of a pool. For one thread.
class Hider {
  public:
    explicit Hider(Digest const& key) : hmac_(key) {}

    /// The root of an object's lots: that of its opening. This runs for every object of a pool.
    [[nodiscard]] Digest root(Candidate const& object, std::string_view stratum) const;
    /// The opening of an object that the full pool has on that line; nothing for another line. The salt is
    /// the first half of HMAC(key, object).
    [[nodiscard]] std::optional<Opening> opening(std::string_view line) const;
    /// What an inspector is called beside that object, and nowhere else: the first 16 digits of
    /// HMAC(key, lot in hex " " ref).
    [[nodiscard]] InspectorRef seen(std::string_view lot, InspectorRef ref) const;

  private:
    void append_salt(std::string& text, std::string_view object) const;

    PreparedHmac hmac_;
    mutable std::string buffer_{};
};

}  // namespace sponsio::crypto::draw

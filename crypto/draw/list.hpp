#pragma once

#include "crypto/draw/draw.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The pool as version 2 publishes it (docs/draw.md): nothing but lots, of which nobody can tell whose they
/// are. A pool has exactly one spelling; the SHA-256 of its list is the pool digest.
namespace sponsio::crypto::draw {

inline constexpr std::string_view list_format = "sponsio-draw-pool/v2";

/// The head of a list.
struct ListHead {
    Plan plan;                                         ///< without inspectors and without the key
    std::uint64_t inspectors = 0;                      ///< how many there are
    Digest full{};                                     ///< of the full pool that the list was made from
    std::vector<std::uint64_t> lots{};                 ///< of each stratum
    std::map<std::uint32_t, std::uint64_t> weights{};  ///< how many objects of the draw have each weight

    /// Refuses a head that no list may begin with.
    [[nodiscard]] Result<void> check() const;
    [[nodiscard]] std::string text() const;
    bool operator==(ListHead const&) const = default;
};

/// Calls its argument with each object of a full pool; it may be called any number of times.
using EachObject = std::function<void(std::function<void(Candidate const&)> const&)>;

/// Makes the list of a full pool and returns the pool digest. Goes over the objects once for every
/// `at_once` lots, which is what it keeps in memory. `sink` takes pieces of some 64 KiB.
Digest write_list(Plan const& plan, Digest const& full, EachObject const& objects,
                  std::function<void(std::string_view)> const& sink,
                  std::uint64_t at_once = std::uint64_t{1} << 21);

/// Reads a list that comes in pieces of any size, strictly, and digests it. Its memory does not grow with the
/// number of lots. After a refusal it must not be fed again. Errors are those of PoolReader.
class ListReader {
  public:
    struct Calls {
        std::function<void(ListHead const&)> head = [](ListHead const&) {};  ///< once, before the first lot
        /// The stratum by its index in the plan, and the lot's 64 digits.
        std::function<void(std::uint32_t, std::string_view)> lot = [](std::uint32_t, std::string_view) {};
    };

    explicit ListReader(Calls calls) : calls_(std::move(calls)) {}

    Result<void> feed(std::string_view piece);
    /// Returns the pool digest.
    Result<Digest> finish();

    /// Complete once Calls::head has been called.
    [[nodiscard]] ListHead const& head() const noexcept { return head_; }

  private:
    Result<void> line(std::string_view text);
    Result<void> head_line(std::string_view word, std::string_view rest);
    Result<void> stratum_line(std::string_view rest);
    Result<void> lot_line(std::string_view text);
    Result<void> end_of_head();

    Calls calls_;
    ListHead head_;
    Hasher hasher_{Hasher::Kind::sha256};
    std::string rest_;  ///< the beginning of a line whose end has not come
    std::string said_;  ///< the head as far as it was read
    std::uint64_t line_number_ = 0;
    bool in_head_ = true;
    std::uint32_t stratum_ = 0;
    std::uint64_t left_ = 0;  ///< lots of the stratum that have not come
    std::string last_;        ///< the lot before, of the same stratum
};

}  // namespace sponsio::crypto::draw

#pragma once

#include "crypto/draw.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The pool file of a draw (docs/draw.md): every pool has exactly one spelling, and its SHA-256 is the pool
/// digest.
namespace sponsio::crypto::draw {

inline constexpr std::string_view pool_format = "sponsio-draw-pool/v1";

/// The longest line: an object for which all inspectors are barred.
inline constexpr std::size_t max_pool_line = 100 + 17 * max_inspectors;

/// Makes a pool file piece by piece. Throws Failure for anything that no pool can have, which PoolReader
/// would refuse: the caller has looked at the plan with Plan::check() and sorted the objects.
class PoolWriter {
  public:
    /// `sink` takes pieces of some 64 KiB.
    PoolWriter(Plan plan, std::function<void(std::string_view)> sink);

    void add(Candidate const& object);
    /// The rest to the sink. Gives the pool digest.
    Digest finish();

  private:
    void flush();

    Plan plan_;
    std::function<void(std::string_view)> sink_;
    Hasher hasher_{Hasher::Kind::sha256};
    std::string buffer_;
    std::vector<std::uint64_t> counts_;
    std::optional<ObjectId> last_;
};

/// Reads a pool file that comes in pieces of any size, strictly, and digests it. Memory does not grow with
/// the number of objects. After a refusal it must not be fed again.
class PoolReader {
  public:
    struct Calls {
        std::function<void(Plan const&)> plan = [](Plan const&) {};  ///< once, before the first object
        std::function<void(Candidate const&)> object;                ///< `barred` is gone after the call
    };

    explicit PoolReader(Calls calls);

    Result<void> feed(std::string_view piece);
    /// The pool digest.
    Result<Digest> finish();

    /// Complete from Calls::plan on.
    [[nodiscard]] Plan const& plan() const noexcept { return plan_; }

  private:
    enum class Step : std::uint8_t { format, draw, assign, input, strata, inspectors, objects };

    Result<void> line(std::string_view text);
    Result<void> head_line(std::string_view text);
    Result<void> object_line(std::string_view text);

    Calls calls_;
    Plan plan_;
    Hasher hasher_{Hasher::Kind::sha256};
    std::string rest_;  ///< the beginning of a line whose end has not come
    std::uint64_t line_number_ = 0;
    Step step_ = Step::format;
    std::vector<std::uint64_t> counts_;
    std::optional<ObjectId> last_;
    std::vector<InspectorRef> barred_;
};

}  // namespace sponsio::crypto::draw

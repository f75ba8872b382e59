#pragma once

#include "crypto/draw/draw.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The pool of a draw, object by object (docs/draw.md), in exactly one spelling. In version 1 it is what is
/// published, and its SHA-256 the pool digest; in version 2 it is the full pool, for those who may see it,
/// and the list that is published (list.hpp) has its SHA-256.
namespace sponsio::crypto::draw {

/// The first line: "sponsio-draw-pool/v1", or "sponsio-draw-full/v2" where the plan has a key.
std::string_view pool_format(Plan const& plan);

/// Longer than any line: an object for which all inspectors are barred.
inline constexpr std::size_t max_pool_line = 200 + 17 * max_inspectors;

/// Makes a pool file piece by piece. The caller has checked the plan with Plan::check() and has sorted and
/// counted the objects: whatever PoolReader would refuse is a Failure here.
class PoolWriter {
  public:
    /// `sink` takes pieces of some 64 KiB.
    PoolWriter(Plan plan, std::function<void(std::string_view)> sink);

    void add(Candidate const& object);
    /// Sends the rest to the sink and returns the digest of the file.
    Digest finish();

  private:
    void head();
    void flush();

    Plan plan_;
    std::function<void(std::string_view)> sink_;
    Hasher hasher_{Hasher::Kind::sha256};
    std::string buffer_;
    std::vector<std::uint64_t> counts_;  ///< objects of each stratum so far
    ObjectId last_{};
};

/// Reads a pool file that comes in pieces of any size, strictly, and digests it. Its memory does not grow
/// with the number of objects. After a refusal it must not be fed again.
class PoolReader {
  public:
    struct Calls {
        std::function<void(Plan const&)> plan = [](Plan const&) {};  ///< once, before the first object
        std::function<void(Candidate const&)> object = [](Candidate const&) {
        };  ///< `barred` is gone after it
    };

    explicit PoolReader(Calls calls) : calls_(std::move(calls)) {}

    Result<void> feed(std::string_view piece);
    /// Returns the digest of the file.
    Result<Digest> finish();

    /// Complete once Calls::plan has been called.
    [[nodiscard]] Plan const& plan() const noexcept { return plan_; }

  private:
    /// The kind of the line read last; lines come in this order.
    enum class Step : std::uint8_t {
        nothing,
        format,
        draw,
        key,
        assign,
        dice,
        beacon,
        stratum,
        inspector,
        object
    };

    Result<void> line(std::string_view text);
    Result<Step> step_of(std::string_view word) const;
    Result<void> head_line(Step step, std::string_view rest);
    Result<void> public_line(std::string_view rest);
    Result<void> stratum_line(std::string_view rest);
    Result<void> inspector_line(std::string_view rest);
    Result<void> object_line(std::string_view rest);
    Result<void> barred(std::string_view rest);
    Result<void> end_of_head();

    Calls calls_;
    Plan plan_;
    Hasher hasher_{Hasher::Kind::sha256};
    std::string rest_;  ///< the beginning of a line whose end has not come
    std::uint64_t line_number_ = 0;
    Step step_ = Step::nothing;
    bool hidden_ = false;  ///< of version 2
    std::map<std::string, std::uint32_t, std::less<>> strata_;
    std::vector<std::uint64_t> counts_;
    std::vector<std::uint64_t> stratum_lines_;
    ObjectId last_{};
    std::uint32_t last_stratum_ = 0;
    std::vector<InspectorRef> barred_;
};

}  // namespace sponsio::crypto::draw

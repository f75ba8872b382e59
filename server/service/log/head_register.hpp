#pragma once

#include "server/service/log/head_place.hpp"
#include "server/store/log.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

/// In a refusal's `cause`: too few places answered. They may the next time; what else is wrong with a log
/// stays wrong until a person sees to it.
inline constexpr std::string_view no_answer = "no_answer";

/// The last published head of one shard, stored in several places outside the database. A head counts as
/// published when a majority of the places has it, so that any majority knows it, whatever happened to the
/// database and the other places. For one thread; each of several places is asked on a thread of its own, so
/// that a slow or lost one delays nobody.
class HeadRegister {
  public:
    explicit HeadRegister(std::vector<std::unique_ptr<HeadPlace>> places);
    HeadRegister(HeadRegister const&) = delete;
    HeadRegister& operator=(HeadRegister const&) = delete;
    ~HeadRegister();

    /// The answer of one place.
    struct Seen {
        std::string place;
        Outcome<KnownHeads> known;
    };

    /// The answers of all places, in their order.
    std::vector<Seen> look(std::string const& origin);

    /// Returns when a majority has stored the head durably. Fault: conflict if a place has another head than
    /// was last seen there, which means that another process signs for the shard; unavailable if too few
    /// places can store it, which may be tried again.
    Outcome<void> keep(store::LogHead const& head);

    [[nodiscard]] std::size_t majority() const noexcept;

  private:
    struct Hands;

    std::shared_ptr<Hands> hands_;  // a thread that hangs outlives the register
    std::optional<Instant> renewed_;
};

/// Whether the places confirm that nothing was published beyond this head: a majority knows heads of this
/// very log, and none knows a head that the stored log does not begin with. `begins_with` tells that, with a
/// sentence as its fault. An empty log needs no confirmation. Places without a head, and
/// copies, count as not answering.
Outcome<void> confirm_head(store::LogHead const& head, std::vector<HeadRegister::Seen> const& seen,
                           std::function<Outcome<void>(std::string const& checkpoint)> const& begins_with);

}  // namespace sponsio::service

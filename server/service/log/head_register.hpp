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

/// The last published head of one shard, as several places outside the database know it. A head counts as
/// published when a majority of the places has it; so whoever asks a majority hears of it, whatever has
/// become of the database and of the other places meanwhile. For one thread; with several places each is
/// asked on a thread of its own, so that one that is slow or gone keeps nobody waiting.
class HeadRegister {
  public:
    explicit HeadRegister(std::vector<std::unique_ptr<HeadPlace>> places);
    HeadRegister(HeadRegister const&) = delete;
    HeadRegister& operator=(HeadRegister const&) = delete;
    ~HeadRegister();

    /// What one place answered.
    struct Seen {
        std::string place;
        Outcome<KnownHeads> known;
    };

    /// What each of them knows, in their order.
    std::vector<Seen> look(std::string const& origin);

    /// Returns when a majority has the head, durably. Fault: conflict if a place knows another head than was
    /// last seen there, which means that somebody else signs for the shard; unavailable if too few of them
    /// can take it, which may be tried again.
    Outcome<void> keep(store::LogHead const& head);

    [[nodiscard]] std::size_t majority() const noexcept;

  private:
    struct Hands;

    std::shared_ptr<Hands> hands_;  // a thread that hangs outlives the register
    std::optional<Instant> renewed_;
};

/// Whether the places confirm that nothing was published beyond this head: a majority of them knows heads of
/// this very log, and none knows one that the stored log does not begin with. `begins_with` tells whether it
/// does, with a fault that is a sentence. An empty log needs nobody's word. Places that know nothing, or are
/// copies, count as if they did not answer.
Outcome<void> confirm_head(store::LogHead const& head, std::vector<HeadRegister::Seen> const& seen,
                           std::function<Outcome<void>(std::string const& checkpoint)> const& begins_with);

}  // namespace sponsio::service

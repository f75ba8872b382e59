#include "server/app/notify.hpp"

#include "server/base/log.hpp"
#include "text/decimal.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sponsio::app {
namespace {

std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value ? value : "";
}

/// How often it must hear of us; nothing if it need not. Twice as often as it asks for, as
/// sd_watchdog_enabled(3) says.
std::optional<std::chrono::microseconds> pause_of_watchdog() {
    auto const limit = parse_typed_number(environment("WATCHDOG_USEC"));
    std::string const whom = environment("WATCHDOG_PID");
    if (!limit || *limit == 0 || (!whom.empty() && whom != std::to_string(::getpid()))) return std::nullopt;
    return std::chrono::microseconds(*limit / 2);
}

}  // namespace

void notify(std::string_view state) {
    std::string const path = environment("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.sun_path);
    if (path.front() == '@') address.sun_path[0] = '\0';  // a name in the abstract space
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<sockaddr const*>(&address), length) < 0)
        log::warn("service_manager.not_told", {{log::Key::cause, std::strerror(errno)}});
    ::close(socket);
}

Watchdog::Watchdog(std::function<bool()> answers) : answers_(std::move(answers)) {
    if (!answers_) return;
    if (auto const pause = pause_of_watchdog()) thread_ = std::thread([this, pause] { watch(*pause); });
}

Watchdog::~Watchdog() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Watchdog::watch(std::chrono::microseconds pause) {
    std::unique_lock lock(mutex_);
    do {
        lock.unlock();
        if (answers_())
            notify("WATCHDOG=1");
        else
            log::error("service_manager.no_answer", {});
        lock.lock();
    } while (!stopped_.wait_for(lock, pause, [this] { return stopping_; }));
}

}  // namespace sponsio::app

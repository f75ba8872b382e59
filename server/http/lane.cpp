#include "server/http/lane.hpp"

#include "server/base/log.hpp"
#include "text/bytes.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace sponsio::http {
namespace {

constexpr std::string_view no_route = "-";

std::string_view pattern_of(Route const* route) {
    return route ? std::string_view(route->pattern) : no_route;
}

}  // namespace

RequestIds::RequestIds() {
    std::random_device device;
    counter_ = (std::uint64_t{device()} << 32) | device();
}

/// The finaliser of SplitMix64 is a bijection on 64 bits: distinct counters give distinct ids.
void RequestIds::next(std::array<char, 16>& id) noexcept {
    std::uint64_t z = counter_++;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    for (char& digit : id) {
        digit = hex_digits[z & 15];
        z >>= 4;
    }
}

std::string_view DateLine::text() {
    std::time_t const now = std::time(nullptr);
    if (now == at_) return text_;
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 40> text{};
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // Not strftime: names of days must not depend on the locale of the process.
    int const size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                   months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                                   utc.tm_hour, utc.tm_min, utc.tm_sec);
    text_.assign(text.data(), static_cast<std::size_t>(size));
    at_ = now;
    return text_;
}

Recorder::Recorder(Router const& router, Metrics* metrics, bool access_log)
    : router_(router), metrics_(metrics), access_log_(access_log), per_route_(router.routes().size() + 1) {}

Recorder::PerRoute& Recorder::of(Route const* route) {
    auto& place = route ? per_route_[route->index] : per_route_.back();
    if (!place) place.emplace(PerRoute{.seconds = metrics_->http_seconds.with({pattern_of(route)})});
    return *place;
}

void Recorder::answered(Done const& done) {
    if (metrics_) {
        PerRoute& numbers = of(done.request.route);
        numbers.seconds.observe(std::chrono::duration<double>(done.took).count());
        auto& known = numbers.by_status;
        auto at = std::find_if(known.begin(), known.end(),
                               [&](auto const& entry) { return entry.first == done.response.status; });
        if (at == known.end()) {
            std::string const code = std::to_string(done.response.status);
            Counter const counter = metrics_->http_requests.with({pattern_of(done.request.route), code});
            at = known.emplace(known.end(), done.response.status, counter);
        }
        at->second.add();
    }
    if (access_log_) write_line(done);
}

void Recorder::write_line(Done const& done) const {
    using log::Key;
    Request const& request = done.request;
    Response const& response = done.response;
    double const ms = std::chrono::duration<double, std::milli>(done.took).count();
    std::string_view const problem = response.problem ? response.problem->slug : std::string_view{};
    // Logs the route's pattern, since a path may name a person's case.
    auto const line = response.status >= 500 && response.status != 501 ? log::error : log::info;
    line("http.request", {{Key::request_id, request.id()},
                          {Key::method, name(request.method)},
                          {Key::route, pattern_of(request.route)},
                          {Key::status, response.status},
                          {Key::ms, ms},
                          {Key::bytes_in, done.bytes_in},
                          {Key::bytes_out, done.bytes_out},
                          {Key::peer, request.peer},
                          {Key::account_id, request.account_id},
                          {Key::problem, problem},
                          {Key::cause, response.cause}});
}

void Recorder::refused(std::string_view why) {
    if (metrics_) metrics_->http_refused.with({why}).add();
}

void Recorder::handshake(std::string_view outcome) {
    if (metrics_) metrics_->tls_handshakes.with({outcome}).add();
}

void Recorder::in_flight(int change) {
    if (metrics_) metrics_->http_in_flight.add(change);
}

void Recorder::connections(int change) {
    if (metrics_) metrics_->http_connections.add(change);
}

}  // namespace sponsio::http

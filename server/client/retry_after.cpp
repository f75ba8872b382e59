#include "server/client/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <string>

namespace sponsio::client {
namespace {

using std::chrono::seconds;

std::optional<std::chrono::sys_seconds> date_in(std::string_view text) {
    // curl_getdate would also take a bare number for a day.
    if (text.find(':') == std::string_view::npos) return std::nullopt;
    std::time_t const at = curl_getdate(std::string(text).c_str(), nullptr);
    if (at < 0) return std::nullopt;
    return std::chrono::sys_seconds(seconds(at));
}

}  // namespace

std::optional<seconds> retry_after(Answer const& answer) {
    auto const text = answer.header("Retry-After");
    if (!text || text->empty()) return std::nullopt;
    if (text->find_first_not_of("0123456789") == std::string_view::npos) {
        seconds::rep count = 0;
        auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
        if (error != std::errc{}) return longest_retry_after;  // more than fits
        return std::min(seconds(count), longest_retry_after);
    }
    auto const until = date_in(*text);
    if (!until) return std::nullopt;
    auto const sent = answer.header("Date");
    auto const from =
        (sent ? date_in(*sent) : std::nullopt).value_or(std::chrono::floor<seconds>(answer.received_at));
    return std::clamp<seconds>(*until - from, seconds(0), longest_retry_after);
}

}  // namespace sponsio::client

#include "crypto/log/entry.hpp"

#include "text/json.hpp"

#include <algorithm>
#include <chrono>

namespace sponsio::crypto {
namespace {

constexpr std::size_t max_kind = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_kind(std::string_view text) {
    auto const is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && text.size() <= max_kind && is_letter(text.front()) && is_letter(text.back()) &&
           text.find("--") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || c == '-'; });
}

/// The number of two digits at that place of a text whose form has been checked.
int two_digits(std::string_view text, std::size_t at) {
    return 10 * (text[at] - '0') + (text[at + 1] - '0');
}

}  // namespace

bool is_utc_time(std::string_view text) {
    static constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() <= form.size() || text.back() != 'Z') return false;
    for (std::size_t i = 0; i != form.size(); ++i)
        if (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i]) return false;

    std::string_view const fraction = text.substr(form.size(), text.size() - form.size() - 1);
    if (!fraction.empty() && (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > 10 ||
                              !std::all_of(fraction.begin() + 1, fraction.end(), is_digit)))
        return false;
    std::chrono::year_month_day const day{std::chrono::year{100 * two_digits(text, 0) + two_digits(text, 2)},
                                          std::chrono::month{static_cast<unsigned>(two_digits(text, 5))},
                                          std::chrono::day{static_cast<unsigned>(two_digits(text, 8))}};
    return day.ok() && two_digits(text, 11) < 24 && two_digits(text, 14) < 60 && two_digits(text, 17) < 60;
}

std::string LogEntry::text() const {
    if (!is_kind(kind) || !is_utc_time(time)) throw Failure("not the kind and time of a log entry");
    return R"({"digest":")" + to_hex(digest) + R"(","kind":")" + kind + R"(","time":")" + time + R"("})";
}

Result<LogEntry> LogEntry::parse(ByteView entry) {
    Error const refusal{malformed_log_entry, "The entry is not of the form that this log has.", {}, 0};
    auto const json = json::parse(as_text(entry), {.max_bytes = 1024, .max_values = 8, .max_depth = 2});
    if (!json) return refusal;
    auto const member = [&](std::string_view name) {
        json::Value const* const value = json->find(name);
        return value && value->is_string() ? value->as_string() : std::string();
    };
    auto const digest = as_digest(from_hex(member("digest")));
    if (!digest) return refusal;
    LogEntry out{member("kind"), member("time"), *digest};
    if (!is_kind(out.kind) || !is_utc_time(out.time)) return refusal;
    // Any other content or spelling makes a difference here.
    if (out.text() != as_text(entry)) return refusal;
    return out;
}

}  // namespace sponsio::crypto

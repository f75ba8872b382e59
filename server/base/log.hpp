#pragma once

#include "server/base/fault.hpp"
#include "server/base/id.hpp"
#include "server/base/time.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

/// One JSON object a line: ts, level, event, then fields of a closed list. No free text is composed, so
/// nothing that identifies a person can slip into a sentence; the type of a value
/// decides whether it may be logged.
namespace sponsio::log {

enum class Level : std::uint8_t { debug, info, warn, error };

/// Every key a line can have. A new one is added here, and to the names in log.cpp, in the order of writing.
enum class Key : std::uint8_t {
    request_id,
    method,
    route,
    status,
    problem,
    cause,
    ms,
    bytes_in,
    bytes_out,
    peer,
    account_id,
    organisation,
    // what the line is about
    id,
    subject,
    from,
    to,
    count,
    batch,
    attempt,
    version,
    rule,
    // the process and its parts
    step,
    name,
    address,
    port,
    threads,
    file,
    query,
    sqlstate,
    queue,
    connections,
    in_flight,
    host,
    due_at,
    shard,
    end_of_keys
};

[[nodiscard]] std::string_view name(Key key);

/// A type that may be logged has `log_value(t)`, found by ADL, which returns a number or a text.
inline std::string log_value(Uuid const& id) {
    return id.text();
}

template <class Tag>
std::string log_value(Id<Tag> const& id) {
    return id.text();
}

inline std::string log_value(Instant t) {
    return to_rfc3339(t);
}

inline std::string log_value(Date d) {
    return to_iso(d);
}

/// Durations are logged in milliseconds.
template <class Rep, class Period>
double log_value(std::chrono::duration<Rep, Period> d) {
    return std::chrono::duration<double, std::milli>(d).count();
}

template <class T>
concept Loggable = std::is_arithmetic_v<T> || std::convertible_to<T const&, std::string_view> ||
                   requires(T const& t) { log_value(t); };

/// One key with its value. Texts are not copied: a Field lives no longer than the call it is an argument of.
class Field {
  public:
    template <Loggable T>
    Field(Key key, T const& value) : key_(key), value_(hold(value)) {}

    [[nodiscard]] Key key() const noexcept { return key_; }

    /// Whether the value is a text of no characters; such a field is left out of the line.
    [[nodiscard]] bool empty() const noexcept;

    void append_to(std::string& json) const;

  private:
    using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view, std::string>;

    template <class T>
    static Value hold(T const& value) {
        if constexpr (std::is_same_v<T, bool>)
            return value;
        else if constexpr (std::is_floating_point_v<T>)
            return static_cast<double>(value);
        else if constexpr (std::is_unsigned_v<T>)
            return static_cast<std::uint64_t>(value);
        else if constexpr (std::is_arithmetic_v<T>)
            return static_cast<std::int64_t>(value);
        else if constexpr (std::convertible_to<T const&, std::string_view>)
            return std::string_view(value);
        else
            return log_value(value);
    }

    Key key_;
    Value value_;
};

using Fields = std::initializer_list<Field>;

/// "room.what_happened": lower case letters, digits and underscores around one dot; checked by the compiler.
class Event {
  public:
    template <std::size_t N>
    consteval Event(char const (&text)[N]) : text_(text, N - 1) {
        std::size_t dots = 0;
        for (char c : text_) {
            if (c == '.')
                ++dots;
            else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
                throw "an event is written room.what_happened";
        }
        if (dots != 1 || text_.front() == '.' || text_.back() == '.')
            throw "an event is written room.what_happened";
    }

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

  private:
    std::string_view text_;
};

struct Options {
    std::filesystem::path file{};  ///< empty: standard error
    Level level = Level::info;
    std::size_t backlog = std::size_t{4} << 20;  ///< bytes waiting for the disk; past it lines are dropped
};

/// From here on lines are written many at a time, at most 50 ms late; warnings and errors are written at
/// once, after all lines before them, and are never dropped. Before start() and after stop() each line goes
/// to standard error.
Outcome<void> start(Options const& options);
/// Opens the log file again by its name, after log rotation: later lines go to the new file, and no line is
/// lost or cut. Refused with a sentence if it cannot be opened; the old file is then kept. Does nothing for
/// standard error.
Outcome<void> reopen();
/// Writes the waiting lines and ends the thread.
void stop();

void debug(Event event, Fields fields = {});
void info(Event event, Fields fields = {});
void warn(Event event, Fields fields = {});
void error(Event event, Fields fields = {});

/// The line without its newline, for tests.
[[nodiscard]] std::string line(Instant at, Level level, Event event, Fields fields);

}  // namespace sponsio::log

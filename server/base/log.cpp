#include "server/base/log.hpp"

#include "server/base/sealed.hpp"
#include "server/base/utf8.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/periodic_worker.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace sponsio::log {
namespace {

static_assert(Loggable<CommitmentId> && Loggable<Instant> && Loggable<std::string> && Loggable<int>);
static_assert(!Loggable<Sealed<std::string>> && !Loggable<Sealed<CommitmentId>> &&
              !Loggable<std::vector<char>>);

constexpr std::array<std::string_view, static_cast<std::size_t>(Key::end_of_keys)> key_names{
    "request_id", "method",    "route",       "status",     "problem",      "cause",   "ms",
    "bytes_in",   "bytes_out", "peer",        "account_id", "organisation", "id",      "subject",
    "from",       "to",        "count",       "batch",      "attempt",      "version", "rule",
    "step",       "name",      "address",     "port",       "threads",      "file",    "query",
    "sqlstate",   "queue",     "connections", "in_flight",  "host",         "due_at",  "shard"};
static_assert(!key_names.back().empty(), "every key has a name");

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

/// A JSON string whatever the bytes are: a line must stay one line of valid JSON even for hostile input.
void append_string(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        std::size_t const length = utf8_sequence(text, i);
        if (length == 0) {
            out += "\xEF\xBF\xBD";  // U+FFFD
            ++i;
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        } else {
            out.append(text, i, length);
        }
        i += length;
    }
    out += '"';
}

template <class Number>
void append_number(std::string& out, Number value) {
    char text[32];
    auto const end = std::to_chars(text, text + sizeof text, value);
    out.append(text, end.ptr);
}

/// Times are logged in milliseconds; more than three decimals would be noise.
void append_decimal(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char text[64];
    auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 3);
    if (end.ec != std::errc{}) end = std::to_chars(text, text + sizeof text, value);
    out.append(text, end.ptr);
}

/// Where lines go while the background threads run. Errors have a queue of their own: in a shared one, a
/// flood of access lines that overruns the oldest entry would overrun errors too.
struct Sink {
    std::shared_ptr<spdlog::async_logger> lines, errors;
    // After the loggers, so that their threads have been joined when those go.
    std::shared_ptr<spdlog::details::thread_pool> lines_pool, errors_pool;
    std::unique_ptr<spdlog::details::periodic_worker>
        flusher;  // so that a quiet log is never a second behind
};

std::shared_mutex sink_mutex;
std::unique_ptr<Sink> sink;  // guarded by sink_mutex; null: straight to standard error
std::atomic<Level> least_level{Level::info};

std::shared_ptr<spdlog::async_logger> logger(spdlog::sink_ptr const& to,
                                             std::shared_ptr<spdlog::details::thread_pool> const& pool,
                                             spdlog::async_overflow_policy policy) {
    auto made = std::make_shared<spdlog::async_logger>("sponsio", to, pool, policy);
    made->set_level(spdlog::level::trace);
    return made;
}

void write(Level level, Event event, Fields fields) {
    if (level < least_level.load(std::memory_order_relaxed)) return;
    std::string const text = line(SystemClock{}.now(), level, event, fields);
    std::shared_lock const lock(sink_mutex);
    if (!sink) {
        std::string const whole = text + '\n';
        std::fwrite(whole.data(), 1, whole.size(), stderr);
        return;
    }
    auto const& target = level == Level::error ? sink->errors : sink->lines;
    target->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
    if (level == Level::error) target->flush();
}

}  // namespace

std::string_view name(Key key) {
    return key_names[static_cast<std::size_t>(key)];
}

bool Field::empty() const noexcept {
    if (auto const* view = std::get_if<std::string_view>(&value_)) return view->empty();
    auto const* text = std::get_if<std::string>(&value_);
    return text && text->empty();
}

void Field::append_to(std::string& json) const {
    struct Append {
        std::string& out;

        void operator()(bool v) const { out += v ? "true" : "false"; }

        void operator()(std::int64_t v) const { append_number(out, v); }

        void operator()(std::uint64_t v) const { append_number(out, v); }

        void operator()(double v) const { append_decimal(out, v); }

        void operator()(std::string_view v) const { append_string(out, v); }

        void operator()(std::string const& v) const { append_string(out, v); }
    };

    std::visit(Append{json}, value_);
}

std::string line(Instant at, Level level, Event event, Fields fields) {
    std::string out;
    out.reserve(256);
    out += R"({"ts":")";
    out += to_rfc3339(at);
    out += R"(","level":")";
    out += level_names[static_cast<std::size_t>(level)];
    out += R"(","event":")";
    out += event.text();
    out += '"';
    for (Field const& field : fields) {
        if (field.empty()) continue;
        out += ",\"";
        out += name(field.key());
        out += "\":";
        field.append_to(out);
    }
    out += '}';
    return out;
}

Outcome<void> start(Options const& options) {
    auto made = std::make_unique<Sink>();
    spdlog::sink_ptr to;
    try {
        if (options.file.empty())
            to = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        else
            to = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file.string());
    } catch (spdlog::spdlog_ex const& e) {
        Fault refused =
            fault(problem::internal, "The log file " + options.file.string() + " cannot be opened",
                  "无法打开日志文件 " + options.file.string());
        refused.cause = e.what();
        return refused;
    }
    to->set_pattern("%v");
    made->lines_pool = std::make_shared<spdlog::details::thread_pool>(options.queue, 1);
    made->errors_pool = std::make_shared<spdlog::details::thread_pool>(256, 1);
    made->lines = logger(to, made->lines_pool, spdlog::async_overflow_policy::overrun_oldest);
    made->errors = logger(to, made->errors_pool, spdlog::async_overflow_policy::block);
    made->flusher =
        std::make_unique<spdlog::details::periodic_worker>([to] { to->flush(); }, std::chrono::seconds(1));
    least_level = options.level;
    std::lock_guard const lock(sink_mutex);
    sink = std::move(made);
    return {};
}

void stop() {
    std::lock_guard const lock(sink_mutex);
    if (!sink) return;
    sink->lines->flush();
    sink->errors->flush();
    sink.reset();  // the pools' destructors write what is queued, then join
}

void debug(Event event, Fields fields) {
    write(Level::debug, event, fields);
}

void info(Event event, Fields fields) {
    write(Level::info, event, fields);
}

void warn(Event event, Fields fields) {
    write(Level::warn, event, fields);
}

void error(Event event, Fields fields) {
    write(Level::error, event, fields);
}

}  // namespace sponsio::log

#include "server/base/log.hpp"

#include "server/base/sealed.hpp"
#include "text/json.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <thread>

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

constexpr std::chrono::milliseconds longest_wait{50};

Outcome<std::FILE*> open(std::filesystem::path const& file) {
    // "e" closes the descriptor on exec, so that child processes do not hold an old log open.
    if (std::FILE* const opened = std::fopen(file.c_str(), "abe")) return opened;
    Fault refused = fault(problem::internal, "The log file " + file.string() + " cannot be opened",
                          "无法打开日志文件 " + file.string());
    refused.cause = std::generic_category().message(errno);
    return refused;
}

/// The destination of lines once the log has started. Ordinary lines are gathered and written many at a time,
/// so that a request does not wake a thread for its line; warnings and errors are
/// written before the call returns.
class Sink {
  public:
    Sink(std::FILE* file, std::filesystem::path name, std::size_t backlog)
        : file_(file), name_(std::move(name)), backlog_(backlog), writer_([this] { write_on(); }) {}

    ~Sink() {
        {
            std::lock_guard const lock(mutex_);
            stopping_ = true;
        }
        stop_.notify_one();
        writer_.join();
        if (file_ != stderr) std::fclose(file_);
    }

    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;

    Outcome<void> reopen() {
        if (name_.empty()) return {};
        auto fresh = open(name_);
        if (!fresh) return fresh.error();
        write_waiting();
        std::lock_guard const writing(write_mutex_);
        std::fclose(std::exchange(file_, *fresh));
        return {};
    }

    void add(std::string_view text, bool at_once) {
        {
            std::lock_guard const lock(mutex_);
            if (!at_once && waiting_.size() > backlog_) {
                ++dropped_;
                return;
            }
            waiting_.append(text).push_back('\n');
        }
        if (at_once) write_waiting();
    }

  private:
    void write_on() {
        for (bool last = false; !last;) {
            {
                std::unique_lock lock(mutex_);
                stop_.wait_for(lock, longest_wait, [this] { return stopping_; });
                last = stopping_;
            }
            write_waiting();
        }
    }

    void write_waiting() {
        std::lock_guard const writing(write_mutex_);  // held first: lines keep their order
        {
            std::lock_guard const lock(mutex_);
            written_.swap(waiting_);
            if (std::size_t const dropped = std::exchange(dropped_, 0))
                written_ +=
                    line(SystemClock{}.now(), Level::warn, "log.dropped", {{Key::count, dropped}}) + '\n';
        }
        if (written_.empty()) return;
        std::fwrite(written_.data(), 1, written_.size(), file_);
        std::fflush(file_);
        written_.clear();
    }

    std::FILE* file_;
    std::filesystem::path name_;  // empty: standard error
    std::size_t backlog_;
    std::mutex write_mutex_;  // guards file_ and written_; taken before mutex_
    std::string written_;
    std::mutex mutex_;
    std::condition_variable stop_;
    std::string waiting_;
    std::size_t dropped_ = 0;
    bool stopping_ = false;
    std::thread writer_;  // last: it uses all the others
};

std::shared_mutex sink_mutex;
std::unique_ptr<Sink> sink;  // guarded by sink_mutex; null: straight to standard error
std::atomic<Level> least_level{Level::info};

void write(Level level, Event event, Fields fields) {
    if (level < least_level.load(std::memory_order_relaxed)) return;
    std::string const text = line(SystemClock{}.now(), level, event, fields);
    std::shared_lock const lock(sink_mutex);
    if (!sink) {
        std::string const whole = text + '\n';
        std::fwrite(whole.data(), 1, whole.size(), stderr);
        return;
    }
    sink->add(text, level >= Level::warn);
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

        void operator()(std::string_view v) const { json::write_any_string(v, out); }

        void operator()(std::string const& v) const { json::write_any_string(v, out); }
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
    auto const file = options.file.empty() ? Outcome<std::FILE*>(stderr) : open(options.file);
    if (!file) return file.error();
    least_level = options.level;
    auto made = std::make_unique<Sink>(*file, options.file, options.backlog);
    std::lock_guard const lock(sink_mutex);
    sink = std::move(made);
    return {};
}

Outcome<void> reopen() {
    std::shared_lock const lock(sink_mutex);
    return sink ? sink->reopen() : Outcome<void>{};
}

void stop() {
    std::lock_guard const lock(sink_mutex);
    sink.reset();  // writes what waits
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

#include "server/http/body.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sponsio::http {
namespace {

using std::chrono::steady_clock;

}  // namespace

Deadline due_after(Deadline begun, std::chrono::milliseconds timeout, std::uint64_t bytes,
                   std::size_t slowest_rate) {
    return begun + timeout + std::chrono::milliseconds(bytes * 1000 / slowest_rate);
}

void IncomingBody::begin(std::string& sink, std::uint64_t limit) {
    sink_ = &sink;
    parser_.body_to(sink, limit);
}

/// Parses the bytes received. False if none could be used: a piece of chunked framing may be incomplete.
Outcome<bool> IncomingBody::parse_arrived() {
    auto& buffer = wire_.buffer();
    if (buffer.size() == 0) return false;
    boost::beast::error_code ec;
    std::size_t const used = parser_.put(buffer.data(), ec);
    buffer.consume(used);
    if (ec && ec != boost::beast::http::error::need_more) {
        failed_ = true;
        return parser_.refusal(ec);
    }
    return used > 0;
}

/// Parses the bytes received, or waits for more first.
awaitable<Outcome<void>> IncomingBody::more() {
    auto const used = parse_arrived();
    if (!used) co_return used.error();
    if (*used) co_return Outcome<void>{};
    auto const left = parser_.content_length_remaining();
    wire_.expect_body(!left || *left > 4096);
    auto const begun = steady_clock::now();
    auto const taking = wire_.taking();
    Wire::Got const got = co_await wire_.fill(due_after(begun - waited_, options_.timeouts.body,
                                                        parser_.body_bytes(), options_.limits.slowest_rate));
    waited_ += steady_clock::now() - begun - (wire_.taking() - taking);
    if (got == Wire::Got::bytes) co_return Outcome<void>{};
    failed_ = true;
    if (got == Wire::Got::timeout)
        co_return fault(problem::timed_out, "The rest of the body did not come in time.",
                        "请求正文的其余部分未按时到达。");
    co_return fault(problem::malformed, "The body ended before its announced length.",
                    "请求正文在声明的长度之前结束。");
}

awaitable<Outcome<void>> IncomingBody::read_whole() {
    while (!parser_.is_done()) {
        auto const read = co_await more();
        if (!read) co_return read;
    }
    co_return Outcome<void>{};
}

awaitable<Outcome<std::string_view>> IncomingBody::next() {
    if (!std::exchange(ahead_, false)) sink_->clear();
    if (broken_) co_return *broken_;
    while (sink_->empty() && !parser_.is_done()) {
        auto const read = co_await more();
        if (!read) co_return read.error();
    }
    co_return std::string_view(*sink_);
}

bool IncomingBody::arrived() {
    if (!std::exchange(ahead_, true)) sink_->clear();
    while (sink_->empty() && !parser_.is_done() && !broken_) {
        auto const used = parse_arrived();
        if (!used)
            broken_ = used.error();
        else if (!*used && wire_.fill_now() != Wire::Got::bytes)
            return false;  // of a peer that is gone, next() will hear too
    }
    return true;
}

bool IncomingBody::worth_finishing() const {
    if (failed_) return false;
    auto const left = parser_.content_length_remaining();
    return !left || *left <= options_.limits.leftover;
}

awaitable<bool> IncomingBody::discard() {
    waited_ = {};
    parser_.discard_body(options_.limits.leftover);
    auto const read = co_await read_whole();
    co_return read.has_value();
}

Deadline OutgoingBody::due(std::size_t bytes) const {
    return due_after(steady_clock::now(), options_.timeouts.write, bytes, options_.limits.slowest_rate);
}

/// Appends one part in its wire form to the scratch buffer.
void OutgoingBody::frame(std::string_view part) {
    scratch_.clear();
    if (chunked_) {
        std::array<char, 16> size;
        auto const end = std::to_chars(size.data(), size.data() + size.size(), part.size(), 16);
        scratch_.append(size.data(), end.ptr).append("\r\n").append(part).append("\r\n");
    } else {
        scratch_.append(part);
    }
}

awaitable<bool> OutgoingBody::write(std::string_view piece) {
    constexpr std::size_t largest = 16384 - 16;  // a chunk with its size line in one TLS record
    if (!co_await flush()) co_return false;
    while (!piece.empty()) {
        std::string_view const part = piece.substr(0, largest);
        piece.remove_prefix(part.size());
        frame(part);
        bytes_ += scratch_.size();
        if (!co_await wire_.send(scratch_, due(scratch_.size()))) co_return false;
    }
    co_return true;
}

bool OutgoingBody::keep(std::string_view piece) {
    frame(piece);
    if (!backlog_.put(scratch_)) return false;
    bytes_ += scratch_.size();
    wire_.push();
    return true;
}

awaitable<bool> OutgoingBody::flush() {
    for (std::string_view next = backlog_.front(); !next.empty(); next = backlog_.front()) {
        if (!co_await wire_.send(next, due(next.size()))) co_return false;
        backlog_.pop(next.size());
    }
    co_return !backlog_.damaged();
}

awaitable<bool> OutgoingBody::finish() {
    if (!co_await flush()) co_return false;
    if (!chunked_) co_return true;
    bytes_ += 5;
    co_return co_await wire_.send("0\r\n\r\n", steady_clock::now() + options_.timeouts.write);
}

}  // namespace sponsio::http

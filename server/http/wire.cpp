#include "server/http/wire.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace sponsio::http {

namespace asio = boost::asio;

namespace {

bool would_wait(Stream::Step step) {
    return step == Stream::Step::want_read || step == Stream::Step::want_write;
}

awaitable<Stream::Io> one_step(Stream& stream) {
    co_return stream.handshake();
}

}  // namespace

awaitable<bool> Wire::wait(Stream::Step wanted, Deadline due) {
    due_ = due;
    expired_ = false;
    bool const ready = co_await stream_.wait(wanted);
    due_ = never;
    co_return ready;
}

awaitable<bool> Wire::wait_either(Deadline due) {
    due_ = due;
    expired_ = false;
    bool const ready = co_await stream_.wait_either();
    due_ = never;
    co_return ready;
}

void Wire::check(Deadline now) {
    if (now < due_) return;
    due_ = never;
    expired_ = true;
    stream_.cancel();
}

void Wire::interrupt() {
    if (away_)
        cut_ = true;
    else
        stream_.cancel();
}

void Wire::close() {
    if (away_)
        cut_ = true;
    else
        stream_.close();
}

awaitable<bool> Wire::handshake(asio::any_io_executor elsewhere, Deadline due) {
    for (;;) {
        away_ = true;
        auto step = one_step(stream_);
        auto const io = co_await asio::co_spawn(elsewhere, std::move(step), asio::use_awaitable);
        away_ = false;
        if (cut_) {
            stream_.close();
            co_return false;
        }
        // the first request may have come in the same packet
        if (io.step == Stream::Step::done) co_return true;
        if (!would_wait(io.step) || !co_await wait(io.step, due)) co_return false;
    }
}

Stream::Step Wire::read_some() {
    auto const into = buffer_.prepare(std::min(read_size_, most_buffered - buffer_.size()));
    auto const io = stream_.read({static_cast<char*>(into.data()), into.size()});
    buffer_.commit(io.bytes);
    emptied_ = io.step == Stream::Step::done && io.bytes < into.size() && !stream_.has_pending();
    return io.step;
}

awaitable<Wire::Got> Wire::fill(Deadline due) {
    if (buffer_.size() >= most_buffered) co_return Got::full;
    for (Stream::Step step = Stream::Step::want_read;;) {
        if (!emptied_) step = read_some();
        if (step == Stream::Step::done) co_return Got::bytes;
        if (!would_wait(step) || deaf_) co_return Got::end;
        bool const sending = backlog_ && !backlog_->empty();
        auto const begun = std::chrono::steady_clock::now();
        bool const ready = sending ? co_await wait_either(due) : co_await wait(step, due);
        if (!ready) co_return expired_ ? Got::timeout : fill_now();
        if (sending && push() > 0) {
            auto const took = std::chrono::steady_clock::now() - begun;
            taking_ += took;
            due += took;
        }
        emptied_ = false;
    }
}

std::size_t Wire::push() {
    std::size_t sent = 0;
    while (backlog_ && !deaf_) {
        std::string_view const next = backlog_->front();
        if (next.empty()) {
            deaf_ = backlog_->damaged();
            break;
        }
        auto const io = stream_.write(next);
        if (io.step != Stream::Step::done) {
            deaf_ = !would_wait(io.step);
            break;
        }
        backlog_->pop(io.bytes);
        sent += io.bytes;
    }
    return sent;
}

Wire::Got Wire::fill_now() {
    Stream::Step const step = read_some();
    if (step == Stream::Step::done) return Got::bytes;
    return would_wait(step) ? Got::interrupted : Got::end;
}

awaitable<bool> Wire::send(std::string_view bytes, Deadline due) {
    while (!bytes.empty()) {
        auto const io = stream_.write(bytes);
        if (io.step == Stream::Step::done)
            bytes.remove_prefix(io.bytes);
        else if (!would_wait(io.step) || !co_await wait(io.step, due))
            co_return false;
    }
    co_return true;
}

awaitable<void> Wire::part(Patience patience) {
    std::array<char, large_read> thrown_away;
    auto const now = [] { return std::chrono::steady_clock::now(); };
    parted_by_ = now() + std::min(patience.in_all, longest_goodbye_);
    auto const due = [&] { return std::min(now() + patience.silence, parted_by_); };
    while (stream_.finish() == Stream::Step::want_write)
        if (!co_await wait(Stream::Step::want_write, due())) break;
    for (std::size_t discarded = 0; discarded < patience.bytes && now() < parted_by_;) {
        auto const io = stream_.discard(thrown_away);
        discarded += io.bytes;
        if (io.step == Stream::Step::done) continue;
        if (!would_wait(io.step) || !co_await wait(io.step, due())) break;
    }
    stream_.close();
}

void Wire::hurry(std::chrono::milliseconds longest) noexcept {
    longest_goodbye_ = longest;
    parted_by_ = std::min(parted_by_, std::chrono::steady_clock::now() + longest);
}

void Wire::leave() {
    (void)stream_.finish();
    stream_.close();
}

void Wire::expect_body(bool large) noexcept {
    read_size_ = large ? large_read : small_read;
}

void Wire::shrink() {
    read_size_ = small_read;
    if (buffer_.size() == 0 && buffer_.capacity() > small_read)
        buffer_ = boost::beast::flat_buffer(most_buffered);
}

}  // namespace sponsio::http

#include "server/http/wire.hpp"

#include <algorithm>

namespace sponsio::http {
namespace {

bool would_wait(Stream::Step step) {
    return step == Stream::Step::want_read || step == Stream::Step::want_write;
}

}  // namespace

awaitable<bool> Wire::wait(Stream::Step wanted, Deadline due) {
    due_ = due;
    expired_ = false;
    bool const ready = co_await stream_.wait(wanted);
    due_ = never;
    co_return ready;
}

void Wire::check(Deadline now) {
    if (now < due_) return;
    due_ = never;
    expired_ = true;
    stream_.cancel();
}

awaitable<bool> Wire::handshake(Deadline due) {
    for (;;) {
        auto const io = stream_.handshake();
        if (io.step == Stream::Step::done) co_return true;  // the first request may have come along with it
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
        if (!would_wait(step)) co_return Got::end;
        bool const ready = co_await wait(step, due);
        if (!ready) co_return expired_ ? Got::timeout : fill_now();
        emptied_ = false;
    }
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

awaitable<void> Wire::part(Deadline due) {
    constexpr std::size_t most_discarded = 262144;
    stream_.finish();
    for (std::size_t discarded = 0; discarded < most_discarded; discarded += buffer_.size()) {
        buffer_.clear();
        Stream::Step const step = read_some();
        if (step == Stream::Step::done) continue;
        if (!would_wait(step) || !co_await wait(step, due)) break;
    }
    stream_.close();
}

void Wire::leave() {
    stream_.finish();
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

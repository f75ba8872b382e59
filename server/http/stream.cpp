#include "server/http/stream.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <variant>

namespace sponsio::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

void Stream::FreeSsl::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

Stream::Stream(tcp::socket socket, ssl_ctx_st* tls) : socket_(std::move(socket)) {
    boost::system::error_code ignored;  // a peer that is gone already is found out by the first read
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    if (!tls) return;
    tls_.reset(SSL_new(tls));
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.native_handle()) != 1) throw std::bad_alloc();
    SSL_set_accept_state(tls_.get());
}

Stream::Io Stream::outcome(int result, std::size_t bytes) {
    if (result == 1) return {Step::done, bytes};
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ: return {Step::want_read};
        case SSL_ERROR_WANT_WRITE: return {Step::want_write};
        case SSL_ERROR_ZERO_RETURN: return {Step::closed};
        default: broken_ = true; return {Step::failed};
    }
}

Stream::Io Stream::handshake() {
    if (broken_ || !socket_.is_open()) return {Step::failed};
    if (!tls_) return {Step::done};
    ERR_clear_error();  // SSL_get_error looks at this thread's queue, which other connections share
    int const result = SSL_do_handshake(tls_.get());
    Io const io = outcome(result, 0);
    spoke_http_ = io.step == Step::failed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    return io;
}

void Stream::go_plain() {
    tls_.reset();
    broken_ = false;
}

namespace {

Stream::Io plain_outcome(boost::system::error_code const& ec, std::size_t bytes, Stream::Step retry) {
    if (!ec) return {Stream::Step::done, bytes};
    if (ec == asio::error::would_block || ec == asio::error::try_again) return {retry};
    return {ec == asio::error::eof ? Stream::Step::closed : Stream::Step::failed};
}

}  // namespace

Stream::Io Stream::read(std::span<char> into) {
    if (broken_ || !socket_.is_open()) return {Step::failed};
    if (!tls_) {
        boost::system::error_code ec;
        std::size_t const n = socket_.read_some(asio::buffer(into.data(), into.size()), ec);
        return plain_outcome(ec, n, Step::want_read);
    }
    ERR_clear_error();
    std::size_t n = 0;
    int const result = SSL_read_ex(tls_.get(), into.data(), into.size(), &n);
    return outcome(result, n);
}

Stream::Io Stream::write(std::string_view bytes) {
    if (broken_ || !socket_.is_open()) return {Step::failed};
    if (!tls_) {
        boost::system::error_code ec;
        std::size_t const n = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
        return plain_outcome(ec, n, Step::want_write);
    }
    ERR_clear_error();
    std::size_t n = 0;
    int const result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &n);
    return outcome(result, n);
}

Stream::Io Stream::discard(std::span<char> into) {
    if (!socket_.is_open()) return {Step::failed};
    boost::system::error_code ec;
    std::size_t const n = socket_.read_some(asio::buffer(into.data(), into.size()), ec);
    return plain_outcome(ec, n, Step::want_read);
}

awaitable<bool> Stream::wait(Step wanted) {
    if (wanted != Step::want_read && wanted != Step::want_write) co_return false;
    auto const kind = wanted == Step::want_read ? tcp::socket::wait_read : tcp::socket::wait_write;
    auto const [ec] = co_await socket_.async_wait(kind, tuple_awaitable);
    co_return !ec && socket_.is_open();
}

awaitable<bool> Stream::wait_either() {
    using namespace asio::experimental::awaitable_operators;
    auto const first = co_await (socket_.async_wait(tcp::socket::wait_read, tuple_awaitable) ||
                                 socket_.async_wait(tcp::socket::wait_write, tuple_awaitable));
    co_return std::visit([](auto const& ended) { return !std::get<0>(ended); }, first) && socket_.is_open();
}

bool Stream::has_pending() const {
    return tls_ && SSL_has_pending(tls_.get()) == 1;
}

void Stream::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

Stream::Step Stream::finish() {
    if (!socket_.is_open()) return Step::closed;
    ERR_clear_error();
    if (tls_ && !broken_ && SSL_is_init_finished(tls_.get())) {
        int const result = SSL_shutdown(tls_.get());  // 0: ours is sent, theirs has not come
        if (result < 0 && SSL_get_error(tls_.get(), result) == SSL_ERROR_WANT_WRITE) return Step::want_write;
    }
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    return Step::done;
}

void Stream::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace sponsio::http

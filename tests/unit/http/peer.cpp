#include "tests/unit/http/peer.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace sponsio::http::test {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::size_t number(std::string_view text, int base = 10) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

}  // namespace

std::string Reply::field(std::string const& name) const {
    auto const at = fields.find(name);
    return at == fields.end() ? std::string() : at->second;
}

Peer::Peer(std::uint16_t port, Kind kind, int highest_version) {
    std::signal(SIGPIPE, SIG_IGN);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    timeval const limit{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int const small = 65536;  // so that what a peer does not read is felt by the server
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&at), sizeof at) != 0) return;
    connected_ = true;
    if (kind == Kind::plain) return;
    context_ = SSL_CTX_new(TLS_client_method());
    if (highest_version != 0) {
        SSL_CTX_set_max_proto_version(context_, highest_version);
        SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
        SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    }
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    connected_ = SSL_connect(tls_) == 1;
}

Peer::~Peer() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
    if (socket_ >= 0) ::close(socket_);
}

bool Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        ERR_clear_error();
        auto const n = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_, bytes.data(), bytes.size(), 0);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool Peer::fill() {
    std::array<char, 16384> piece;
    ERR_clear_error();
    auto const n = tls_ ? SSL_read(tls_, piece.data(), static_cast<int>(piece.size()))
                        : ::recv(socket_, piece.data(), piece.size(), 0);
    if (n <= 0) return false;
    buffer_.append(piece.data(), static_cast<std::size_t>(n));
    return true;
}

Reply Peer::read(bool head) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return {};
    Reply reply;
    std::string const header = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = static_cast<int>(number(std::string_view(header).substr(9, 3)));
    for (std::size_t at = header.find("\r\n") + 2; at < header.size();) {
        std::size_t const line_end = header.find("\r\n", at), colon = header.find(": ", at);
        reply.fields.emplace(lower(header.substr(at, colon - at)),
                             header.substr(colon + 2, line_end - colon - 2));
        at = line_end + 2;
    }
    if (head || reply.status < 200 || reply.status == 204) return reply;
    auto const take = [&](std::size_t size) {
        while (buffer_.size() < size)
            if (!fill()) return false;
        return true;
    };
    if (reply.field("transfer-encoding") == "chunked") {
        for (;;) {
            while (buffer_.find("\r\n") == std::string::npos)
                if (!fill()) return {};
            std::size_t const line = buffer_.find("\r\n");
            std::size_t const size = number(std::string_view(buffer_).substr(0, line), 16);
            if (!take(line + 2 + size + 2)) return {};
            reply.body.append(buffer_, line + 2, size);
            buffer_.erase(0, line + 2 + size + 2);
            if (size == 0) return reply;
        }
    }
    std::size_t const size = number(reply.field("content-length"));
    if (!take(size)) return {};
    reply.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return reply;
}

std::string Peer::read_some() {
    if (buffer_.empty()) (void)fill();
    return std::exchange(buffer_, {});
}

std::string Peer::read_all() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
}

bool Peer::closed() {
    if (!buffer_.empty()) return false;
    std::array<char, 1> piece;
    ERR_clear_error();
    auto const n = tls_ ? SSL_read(tls_, piece.data(), 1) : ::recv(socket_, piece.data(), 1, 0);
    bool const timed_out = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) &&
                           (!tls_ || SSL_get_error(tls_, static_cast<int>(n)) == SSL_ERROR_WANT_READ);
    return n <= 0 && !timed_out;
}

}  // namespace sponsio::http::test

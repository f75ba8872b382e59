#include "server/app/endpoint.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sponsio::app {
namespace {

Fault not_an_endpoint(std::string const& text) {
    return fault(problem::invalid, "'" + text + "' is not HOST:PORT, such as 127.0.0.1:8443 or [::1]:8443.",
                 "“" + text + "” 不是 主机:端口 的形式，例如 127.0.0.1:8443。");
}

Fault cannot_bind(Endpoint const& at, int error) {
    return fault(problem::unavailable,
                 "Cannot listen on " + at.text() + ": " + std::strerror(error) +
                     ". Choose another address with --listen.",
                 "无法监听 " + at.text() + "，请用 --listen 指定其他地址。");
}

struct FreeAddress {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::uint16_t port_of(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    auto const* v6 = reinterpret_cast<sockaddr_in6 const*>(&address);
    auto const* v4 = reinterpret_cast<sockaddr_in const*>(&address);
    return ntohs(address.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

}  // namespace

Outcome<Endpoint> Endpoint::parse(std::string const& text) {
    std::size_t const colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return not_an_endpoint(text);
    Endpoint endpoint{.host = text.substr(0, colon)};
    if (endpoint.host.front() == '[' && endpoint.host.back() == ']')
        endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    char const* const end = text.data() + text.size();
    auto const [stopped, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (error != std::errc{} || stopped != end) return not_an_endpoint(text);
    return endpoint;
}

std::string Endpoint::text() const {
    bool const v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Outcome<Endpoint> with_free_port(Endpoint endpoint) {
    if (endpoint.port != 0) return endpoint;
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    if (::getaddrinfo(endpoint.host.c_str(), "0", &hints, &raw) != 0) return not_an_endpoint(endpoint.text());
    std::unique_ptr<addrinfo, FreeAddress> const address(raw);
    int const socket = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const bound = socket < 0 ? -1 : ::bind(socket, address->ai_addr, address->ai_addrlen);
    int const error = errno;
    if (bound == 0) endpoint.port = port_of(socket);
    if (socket >= 0) ::close(socket);
    if (bound != 0) return cannot_bind(endpoint, error);
    return endpoint;
}

}  // namespace sponsio::app

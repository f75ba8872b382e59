#pragma once

#include "tests/unit/http/house.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>

namespace sponsio::client::test {

/// A peer over TLS that says to each request exactly the bytes it is told to, whatever HTTP says of them. One
/// connection at a time. Goes after its clients.
class RawPeer {
  public:
    struct Said {
        std::string bytes;
        bool close = true;  ///< with a close_notify; else it waits for the next request
    };

    using Say = std::function<Said(std::string const& request)>;

    explicit RawPeer(Say say, http::TlsFiles const& files = http::test::test_files())
        : say_(std::move(say)), thread_([this, files] { serve(files); }) {}

    ~RawPeer() {
        stopping_ = true;
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        {
            std::lock_guard const lock(mutex_);
            if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
        }
        thread_.join();
    }

    RawPeer(RawPeer const&) = delete;
    RawPeer& operator=(RawPeer const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] std::string url(std::string const& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(port_) + "/";
    }

    std::atomic<int> connections{0};
    std::atomic<int> requests{0};

  private:
    using Stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

    void serve(http::TlsFiles const& files) {
        boost::asio::ssl::context tls(boost::asio::ssl::context::tls_server);
        tls.use_certificate_chain_file(files.certificate);
        tls.use_private_key_file(files.key, boost::asio::ssl::context::pem);
        boost::system::error_code ec;
        while (!stopping_) {
            Stream stream(io_, tls);
            acceptor_.accept(stream.next_layer(), ec);
            if (ec) return;
            connected(stream.next_layer().native_handle());
            stream.handshake(boost::asio::ssl::stream_base::server, ec);
            if (!ec) ++connections;
            while (!ec && answered(stream)) {
            }
            connected(-1);
        }
    }

    void connected(int socket) {
        std::lock_guard const lock(mutex_);
        connection_ = socket;
        if (stopping_ && socket >= 0) ::shutdown(socket, SHUT_RDWR);
    }

    /// Whether the connection goes on.
    bool answered(Stream& stream) {
        std::string request;
        while (!is_whole(request)) {
            char bytes[4096];
            boost::system::error_code ec;
            std::size_t const got = stream.read_some(boost::asio::buffer(bytes), ec);
            if (ec) return false;
            request.append(bytes, got);
        }
        ++requests;
        Said const said = say_(request);
        boost::system::error_code ec;
        boost::asio::write(stream, boost::asio::buffer(said.bytes), ec);
        if (ec || !said.close) return !ec;
        // The client keeps the connection and says nothing more: its own close_notify is not waited for.
        stream.next_layer().shutdown(boost::asio::socket_base::shutdown_receive, ec);
        stream.shutdown(ec);
        return false;
    }

    static bool is_whole(std::string const& request) {
        auto const end = request.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        auto const length = request.find("Content-Length: ");
        std::size_t const body = length < end ? std::stoul(request.substr(length + 16)) : 0;
        return request.size() >= end + 4 + body;
    }

    Say say_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    int connection_ = -1;
    std::thread thread_;
};

}  // namespace sponsio::client::test

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace sponsio::http::test {

struct Reply {
    int status = 0;  ///< 0: the connection ended before a whole response had come
    std::multimap<std::string, std::string> fields{};  ///< names in lower case
    std::string body{};

    [[nodiscard]] std::string field(std::string const& name) const;
};

/// The other end of a connection, with full control over what is sent and when. Blocks, for two seconds at
/// most.
class Peer {
  public:
    enum class Kind { tls, plain };

    explicit Peer(std::uint16_t port, Kind kind = Kind::tls, int highest_version = 0);
    ~Peer();
    Peer(Peer const&) = delete;
    Peer& operator=(Peer const&) = delete;

    /// Whether the connection, and the handshake if it is TLS, succeeded.
    [[nodiscard]] bool connected() const noexcept { return connected_; }

    bool send(std::string_view bytes);
    /// The next response; `head` if it answers HEAD.
    Reply read(bool head = false);
    /// What has come, as it is; waits for something.
    std::string read_some();
    /// What comes until the other end closes.
    std::string read_all();
    /// True if the other end closed without sending anything more.
    bool closed();

    /// One request on this connection, answered.
    Reply ask(std::string_view bytes) { return send(bytes) ? read() : Reply{}; }

    [[nodiscard]] ssl_st* tls() const noexcept { return tls_; }

  private:
    bool fill();

    int socket_ = -1;
    ssl_ctx_st* context_ = nullptr;
    ssl_st* tls_ = nullptr;
    bool connected_ = false;
    std::string buffer_;
};

}  // namespace sponsio::http::test

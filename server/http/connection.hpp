#pragma once

#include "server/http/body.hpp"
#include "server/http/doorman.hpp"
#include "server/http/lane.hpp"
#include "server/http/request.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/response.hpp"
#include "server/http/response_head.hpp"
#include "server/http/wire.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::http {

/// One peer's connection: read a request, answer it, again, until one side says it was the last. Touched by
/// its own thread only.
class Connection {
  public:
    /// Of a guest that is turned away one request is read and answered with 503.
    Connection(Lane& lane, Stream stream, std::string peer, std::shared_ptr<Guest> guest);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    awaitable<void> run();

    void check_deadline(Deadline now) { wire_.check(now); }

    /// Ends the wait for a next request; a request being read or answered is finished. The closing handshake
    /// is limited to the linger time.
    void drain();

    /// Makes room for somebody else. A request that has come meanwhile is answered.
    void give_way();

    /// Closes at once. A running handler goes on, but its answer is dropped.
    void cut() { wire_.close(); }

  private:
    enum class Head : std::uint8_t { complete, refused, gone };

    awaitable<bool> shake_hands();
    awaitable<void> answer_plain_http();
    awaitable<bool> serve_one();
    awaitable<Head> read_head(RequestParser& parser, Fault& refusal);

    awaitable<Response> respond(RequestParser& parser, IncomingBody& body);
    awaitable<Response> respond_safely(Route const& route, RequestParser& parser, IncomingBody& body);
    awaitable<Response> respond_on_route(Route const& route, RequestParser& parser, IncomingBody& body);
    Response respond_without_route(Router::Match const& match) const;
    [[nodiscard]] Response refuse_body(Fault fault, Route const& route) const;
    Outcome<void> take_turn(Route const& route);
    Outcome<void> take_room(Route const& route, RequestParser& parser);
    Budget::Answer room_for(Response const& response);
    Fault no_room(Budget::Answer why);
    [[nodiscard]] Budget::Sharer sharer(std::string_view known) const;
    void tell_rate(Response& response) const;
    awaitable<Outcome<void>> take_body(Route const& route, RequestParser& parser, IncomingBody& body);

    [[nodiscard]] bool may_finish(Response const& response, IncomingBody const& body) const;
    awaitable<bool> send(Response const& response, Framing framing, bool keep_alive);
    awaitable<bool> send_whole(std::string_view body);
    awaitable<bool> send_stream(Response const& response, Framing framing);
    void record(Response const& response, std::uint64_t bytes_in, Deadline begun);

    Lane& lane_;
    Wire wire_;
    std::string peer_;
    std::shared_ptr<Guest> guest_;
    Request request_;
    Budget::Held request_held_, body_held_, answer_held_;
    std::optional<RateLimiter::State> rate_;
    std::string out_;
    std::uint64_t bytes_out_ = 0;
    bool idle_ = false;      // between requests, with nothing of the next one here
    bool answered_ = false;  // the peer may still have to read our last words
    bool was_slow_ = false;  // and was cut for that: it gets no more time than others
};

}  // namespace sponsio::http

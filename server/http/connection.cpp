#include "server/http/connection.hpp"

#include "server/base/log.hpp"
#include "server/http/refusals.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/core/demangle.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <new>
#include <system_error>
#include <typeinfo>
#include <utility>

namespace sponsio::http {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t one_record = 16384;

/// Counts a request as in flight for as long as it lives.
class InFlight {
  public:
    explicit InFlight(Lane& lane)
        : lane_(lane), before_(lane.in_flight.fetch_add(1, std::memory_order_relaxed)) {
        lane_.recorder.in_flight(1);
    }

    ~InFlight() {
        lane_.in_flight.fetch_sub(1, std::memory_order_relaxed);
        lane_.recorder.in_flight(-1);
    }

    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;

    [[nodiscard]] bool too_many() const { return before_ >= lane_.options.limits.in_flight; }

  private:
    Lane& lane_;
    std::size_t before_;
};

bool awaits_continue(Request const& request) {
    auto const expect = request.header("Expect");
    return request.version >= 11 && expect && equal_ignoring_case(*expect, "100-continue");
}

bool only_reads(Method method) {
    return method == Method::get || method == Method::head;
}

/// Public resources are readable by scripts of any origin (https://fetch.spec.whatwg.org, CORS protocol).
/// Their answers do not depend on the caller, so a page cannot read anything in somebody's name.
void open_to_pages(Response& response) {
    response.set("Access-Control-Allow-Origin", "*");
    response.set("Access-Control-Expose-Headers",
                 "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
}

/// The answer to the preflight that a browser sends before a GET with a field that is not safelisted.
void open_to_preflights(Response& response) {
    open_to_pages(response);
    response.set("Access-Control-Allow-Methods", "GET, HEAD");
    response.set("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match, X-Request-Id");
    response.set("Access-Control-Max-Age", "86400");
}

std::string_view text_of(boost::asio::const_buffer bytes) {
    return {static_cast<char const*>(bytes.data()), bytes.size()};
}

/// The name of the exception's type; what() may quote a value.
std::string kind_of(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& e) {
        return boost::core::demangle(typeid(e).name());
    } catch (...) {
        return "not a std::exception";
    }
}

/// An exception of a handler is a bug, except a FaultError from an Outcome opened without a check.
Response response_to_exception(Request const& request) {
    try {
        throw;
    } catch (FaultError const& e) {
        return problem_response(e.fault, request);
    } catch (std::bad_alloc const&) {
        return problem_response(fault(problem::overloaded), request);
    } catch (std::system_error const& e) {
        // A lack of resources of this machine: files, memory, threads, disk space.
        Fault broken = fault(problem::overloaded);
        broken.cause = e.code().message();
        return problem_response(std::move(broken), request);
    } catch (...) {
        Fault broken = fault(problem::internal);
        broken.cause = kind_of(std::current_exception());
        return problem_response(std::move(broken), request);
    }
}

}  // namespace

Connection::Connection(Lane& lane, Stream stream, std::string peer, std::shared_ptr<Guest> guest)
    : lane_(lane), wire_(std::move(stream)), peer_(std::move(peer)), guest_(std::move(guest)) {
    request_.peer = peer_;
    lane_.recorder.connections(1);
}

Connection::~Connection() {
    lane_.recorder.connections(-1);
}

awaitable<void> Connection::run() {
    bool open = co_await shake_hands();
    if (!open && wire_.stream().spoke_http()) co_await answer_plain_http();
    while (open) open = co_await serve_one();
    Timeouts const& t = lane_.options.timeouts;
    if (answered_)
        co_await wire_.part({.silence = t.linger,
                             .in_all = was_slow_ ? t.linger : t.linger_in_all,
                             .bytes = lane_.options.limits.lingering});
    else
        wire_.leave();
}

void Connection::drain() {
    wire_.hurry(lane_.options.timeouts.linger);
    if (idle_) wire_.interrupt();
}

void Connection::give_way() {
    lane_.recorder.refused("idle");
    if (guest_->idle_since != 0) wire_.interrupt();  // otherwise it ends with the request that came meanwhile
}

awaitable<bool> Connection::shake_hands() {
    if (!wire_.stream().is_tls()) co_return true;
    bool const done =
        co_await wire_.handshake(lane_.handshakes, steady_clock::now() + lane_.options.timeouts.handshake);
    lane_.recorder.handshake(done ? "full" : "failed");
    co_return done;
}

/// Answers in clear text, which is what the peer speaks. Its request was consumed by the failed handshake.
awaitable<void> Connection::answer_plain_http() {
    wire_.go_plain();
    lane_.ids.next(request_.id_text);
    Response const response = problem_response(bare_http(), request_);
    auto const begun = steady_clock::now();
    answered_ = co_await send(response, framing_of(response, request_), false);
    record(response, 0, begun);
}

/// Reads and answers one request. Returns false if it was the last of this connection.
awaitable<bool> Connection::serve_one() {
    request_.reset();
    lane_.ids.next(request_.id_text);
    answered_ = false;
    bytes_out_ = 0;
    RequestParser parser(request_, lane_.options.limits.header);
    IncomingBody body(wire_, parser, lane_.options);
    Fault refusal;
    rate_.reset();
    guest_->begins_to_wait();
    Head const head = co_await read_head(parser, refusal);
    guest_->has_work();
    if (head == Head::gone) co_return false;

    auto const begun = steady_clock::now();
    InFlight const in_flight(lane_);
    request_.take_given_id();
    request_.language = preferred_language(request_.header("Accept-Language").value_or(""));
    Response response;
    if (head == Head::refused) {
        response = problem_response(std::move(refusal), request_);
    } else if (guest_->turned_away) {
        response = problem_response(fault(problem::overloaded), request_);
    } else if (in_flight.too_many()) {
        lane_.recorder.refused("in_flight");
        response = problem_response(fault(problem::overloaded), request_);
    } else {
        response = co_await respond(parser, body);
        if (Budget::Answer const room = room_for(response); room != Budget::Answer::given)
            response = problem_response(no_room(room), request_);
    }

    tell_rate(response);
    Framing const framing = framing_of(response, request_);
    bool keep = head == Head::complete && !guest_->turned_away && !guest_->gave_way && parser.keep_alive() &&
                !lane_.draining && framing != Framing::until_close &&
                (body.ended() || may_finish(response, body));
    bool const sent = co_await send(response, framing, keep);
    record(response, parser.body_bytes(), begun);
    request_held_ = {};
    body_held_ = {};
    answer_held_ = {};
    was_slow_ = response.problem == &problem::timed_out;
    if (!sent) co_return false;
    answered_ = true;
    if (keep && !body.ended()) keep = body.worth_finishing() && co_await body.discard();
    co_return keep;
}

/// Whether the connection can go on after a response that came before the end of the request's body.
bool Connection::may_finish(Response const& response, IncomingBody const& body) const {
    if (response.stream && request_.body_stream) return true;  // reads on while it answers
    // A body announced with Expect but not requested may come or not, so the next bytes are ambiguous.
    return body.worth_finishing() && !awaits_continue(request_);
}

/// Reads until the header of the next request is parsed.
awaitable<Connection::Head> Connection::read_head(RequestParser& parser, Fault& refusal) {
    auto& buffer = wire_.buffer();
    wire_.shrink();
    if (out_.capacity() > one_record) std::string().swap(out_);
    auto const late = [&] { return steady_clock::now() + lane_.options.timeouts.header; };
    Deadline due{};
    bool request_line = false;  // has begun
    for (;;) {
        if (buffer.size() > 0) {
            if (due == Deadline{}) due = late();
            if (!request_line) buffer.consume(empty_lines(text_of(buffer.data())));
            request_line = request_line || (buffer.size() > 0 && text_of(buffer.data()) != "\r");
        }
        if (request_line && buffer.size() > 0) {
            boost::beast::error_code ec;
            buffer.consume(parser.put(buffer.data(), ec));
            if (parser.is_header_done() && !ec) co_return Head::complete;
            if (ec && ec != boost::beast::http::error::need_more) {
                refusal = parser.refusal(ec);
                co_return Head::refused;
            }
        }
        bool const begun = due != Deadline{};
        Wire::Got got{};
        if (begun) {
            got = co_await wire_.fill(due);
        } else if (lane_.draining) {
            got = wire_.fill_now();
        } else {
            idle_ = true;
            Timeouts const& t = lane_.options.timeouts;
            got = co_await wire_.fill(steady_clock::now() + (guest_->turned_away ? t.header : t.idle));
            idle_ = false;
        }
        if (got == Wire::Got::bytes) continue;
        if (!begun || got == Wire::Got::end || got == Wire::Got::interrupted) co_return Head::gone;
        refusal = got == Wire::Got::timeout ? too_slow() : header_too_large(lane_.options.limits.header);
        co_return Head::refused;
    }
}

awaitable<Response> Connection::respond(RequestParser& parser, IncomingBody& body) {
    Router::Match const match = lane_.router.find(request_);
    if (!match.route) co_return respond_without_route(match);
    request_.route = match.route;
    Response made = co_await respond_safely(*match.route, parser, body);
    if (match.route->options.everybody && only_reads(request_.method)) open_to_pages(made);
    co_return made;
}

awaitable<Response> Connection::respond_safely(Route const& route, RequestParser& parser,
                                               IncomingBody& body) {
    try {
        co_return co_await respond_on_route(route, parser, body);
    } catch (...) {
        co_return response_to_exception(request_);
    }
}

Response Connection::respond_without_route(Router::Match const& match) const {
    if (match.allow.empty()) return problem_response(no_such_path(), request_);
    Response made =
        request_.method == Method::options
            ? empty_response()
            : problem_response(fault(problem::method_not_allowed, "Offered here: " + match.allow + ".",
                                     "此处支持：" + match.allow + "。"),
                               request_);
    made.set("Allow", match.allow);
    if (match.everybody && request_.method == Method::options) open_to_preflights(made);
    return made;
}

awaitable<Response> Connection::respond_on_route(Route const& route, RequestParser& parser,
                                                 IncomingBody& body) {
    request_.deadline = steady_clock::now() + route.options.budget;
    if (Authorise const& authorise = lane_.router.authorise()) {
        auto allowed = co_await authorise(request_, route.options.policy);
        if (!allowed) co_return problem_response(allowed.error(), request_);
    }
    if (auto turn = take_turn(route); !turn) co_return problem_response(turn.error(), request_);
    if (auto known = route.check(request_.target); !known)
        co_return problem_response(known.error(), request_);
    if (route.options.admit) {
        auto admitted = co_await route.options.admit(request_);
        if (!admitted) co_return problem_response(admitted.error(), request_);
    }
    if (parser.has_body()) {
        auto taken = co_await take_body(route, parser, body);
        if (!taken) co_return refuse_body(taken.error(), route);
    } else {
        body.begin(request_.body, 0);
    }
    if (route.options.stream_body) request_.body_stream = &body;
    request_.deadline = steady_clock::now() + route.options.budget;
    co_return co_await route.handler(request_);
}

/// Whether it is this caller's turn: by the rates, and by how many requests are being answered for them.
Outcome<void> Connection::take_turn(Route const& route) {
    rate_ = lane_.rates.count({.address = peer_,
                               .account = request_.account_id,
                               .organisation = request_.organisation_id,
                               .network = guest_->network},
                              route.cost());
    if (rate_ && rate_->refused()) {
        lane_.recorder.refused("rate");
        return too_often(*rate_);
    }
    switch (lane_.requests.take(sharer(request_.organisation_id), 1, request_held_)) {
        case Budget::Answer::given: return {};
        case Budget::Answer::enough_for_one:
            lane_.recorder.refused("share");
            return too_many_at_once(lane_.requests.of_one());
        case Budget::Answer::all_taken: break;
    }
    lane_.recorder.refused("in_flight");
    return fault(problem::overloaded);
}

/// Memory for the part of the body that is held at one time.
Outcome<void> Connection::take_room(Route const& route, RequestParser& parser) {
    std::size_t const most = route.holds();
    std::size_t const held = std::min<std::uint64_t>(parser.content_length().value_or(most), most);
    Budget::Answer const room = lane_.bodies.take(sharer(request_.account_id), held, body_held_);
    if (room != Budget::Answer::given) return no_room(room);
    return {};
}

/// Memory for an answer that its peer may take long to read. What was done is told in any case.
Budget::Answer Connection::room_for(Response const& response) {
    if (!only_reads(request_.method) || response.body.size() <= one_record) return Budget::Answer::given;
    return lane_.bodies.take(sharer(request_.account_id), response.body.size(), answer_held_);
}

Fault Connection::no_room(Budget::Answer why) {
    lane_.recorder.refused("bodies");
    if (why == Budget::Answer::all_taken) return fault(problem::overloaded);
    return too_much_at_once(lane_.bodies.of_one());
}

/// Who shares in a budget: the one who showed a token, or the network.
Budget::Sharer Connection::sharer(std::string_view known) const {
    return known.empty() ? guest_->network : std::hash<std::string_view>{}(known);
}

void Connection::tell_rate(Response& response) const {
    if (!rate_ || !(rate_->refused() || rate_->worth_telling())) return;
    response.set("RateLimit-Policy", rate_->policy()).set("RateLimit", rate_->limit());
}

/// Refuses a body that the route does not accept before a byte of it is read.
awaitable<Outcome<void>> Connection::take_body(Route const& route, RequestParser& parser,
                                               IncomingBody& body) {
    if (parser.content_length().value_or(0) > route.max_body() || route.max_body() == 0)
        co_return body_too_large(route.max_body());
    if (!route.accepts(request_.header("Content-Type").value_or(""))) co_return other_media_type(route);
    // Nothing is unpacked: limits, digests and storage use the bytes received (RFC 9110 §15.5.16).
    if (!equal_ignoring_case(request_.header("Content-Encoding").value_or("identity"), "identity"))
        co_return packed_body();
    if (auto room = take_room(route, parser); !room) co_return room;
    body.begin(request_.body, route.max_body());
    if (awaits_continue(request_) && wire_.buffer().size() == 0) {
        bool const sent = co_await wire_.send("HTTP/1.1 100 Continue\r\n\r\n",
                                              steady_clock::now() + lane_.options.timeouts.write);
        if (!sent) co_return fault(problem::malformed);
    }
    if (route.options.stream_body) co_return Outcome<void>{};
    co_return co_await body.read_whole();
}

/// Adds the accepted media types or codings to the refusal (RFC 9110 §15.5.16).
Response Connection::refuse_body(Fault fault, Route const& route) const {
    bool const type = fault.problem == &problem::media_type;
    Response made = problem_response(std::move(fault), request_);
    if (type) made.set("Accept", accepted_types(route)).set("Accept-Encoding", "identity");
    // Accept is what RFC 9110 §15.5.16 names; clients of linked data look for the older one of W3C's LDP.
    if (type && request_.method == Method::post) made.set("Accept-Post", accepted_types(route));
    return made;
}

awaitable<bool> Connection::send(Response const& response, Framing framing, bool keep_alive) {
    out_.clear();
    append_head(out_, response, request_,
                {.framing = framing,
                 .date = lane_.date.text(),
                 .keep_alive = keep_alive,
                 .tls = wire_.stream().is_tls()});
    bool const body_follows = framing != Framing::none && request_.method != Method::head;
    if (body_follows && response.stream) co_return co_await send_stream(response, framing);
    co_return co_await send_whole(body_follows ? body_of(response) : std::string_view{});
}

/// Sends header and body in one TLS record if they fit; a longer body is sent without copying all of it.
awaitable<bool> Connection::send_whole(std::string_view body) {
    std::size_t const total = out_.size() + body.size();
    Deadline const due = due_after(steady_clock::now(), lane_.options.timeouts.write, total,
                                   lane_.options.limits.slowest_rate);
    if (out_.size() < one_record) {
        std::string_view const first = body.substr(0, one_record - out_.size());
        out_.append(first);
        body.remove_prefix(first.size());
    }
    bytes_out_ += total;
    if (!co_await wire_.send(out_, due)) co_return false;
    co_return co_await wire_.send(body, due);
}

awaitable<bool> Connection::send_stream(Response const& response, Framing framing) {
    if (!co_await send_whole({})) co_return false;
    OutgoingBody outgoing(wire_, lane_.options, lane_.room, out_, framing == Framing::chunked);
    bool complete = false;
    try {
        co_await response.stream(outgoing);
        complete = true;
    } catch (...) {
        log::error("http.stream_failed", {{log::Key::request_id, request_.id()},
                                          {log::Key::cause, kind_of(std::current_exception())}});
    }
    complete = complete && co_await outgoing.finish();
    bytes_out_ += outgoing.bytes();
    if (!complete) wire_.close();  // without the last chunk: the peer must not take it for the whole
    co_return complete&& framing == Framing::chunked;
}

void Connection::record(Response const& response, std::uint64_t bytes_in, Deadline begun) {
    lane_.recorder.answered({.request = request_,
                             .response = response,
                             .bytes_in = bytes_in,
                             .bytes_out = bytes_out_,
                             .took = steady_clock::now() - begun});
}

}  // namespace sponsio::http

#pragma once

#include "server/http/rate.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::http {

using Handler = std::function<awaitable<Response>(Request&)>;

/// A hook that runs between header and body of a request, with the route's policy value. A refusal is
/// answered at once; a recognised caller is attached to the request.
using Authorise = std::function<awaitable<Outcome<void>>(Request&, std::uint32_t policy)>;

/// A query parameter of an operation.
struct Parameter {
    /// What is wrong with a value, if anything is; the pointer is added by the route.
    using Check = std::function<std::optional<FieldError>(std::string_view)>;

    std::string name;
    Check check{};  ///< none: the handler reads it alone

    Parameter(char const* called) : name(called) {}  // NOLINT(google-explicit-constructor): most are a name

    Parameter(std::string called) : name(std::move(called)) {}  // NOLINT(google-explicit-constructor)

    Parameter(std::string called, Check checked) : name(std::move(called)), check(std::move(checked)) {}
};
struct Route;

/// Makes of a route's handler the one that is called: what all routes of a kind do around their own work.
using Around = std::function<Handler(Route const&, Handler)>;

struct RouteOptions {
    /// The limit of a body in bytes. Unless set: 64 KiB for POST, PUT and PATCH, none for the others.
    std::optional<std::size_t> max_body{};
    /// Accepted media types of a body; "*/*" for any.
    std::vector<std::string> accepts{"application/json"};
    std::chrono::milliseconds budget{5000};  ///< from the end of the body to the deadline of the request
    /// The query parameters. Others are refused, since a misspelt filter must not widen an answer. Unless
    /// set, all are accepted.
    std::optional<std::vector<Parameter>> parameters{};
    std::uint32_t policy = 0;  ///< handed to Authorise; means nothing here
    bool stream_body = false;  ///< the handler reads the body itself, from Request::body_stream
    /// The most that the handler holds of a streamed body at one time, in bytes.
    std::size_t stream_holds = std::size_t{2} << 20;
    /// Looks, cheaply, before any body is read, whether it can be of use: does the thing exist for the
    /// caller?
    std::function<awaitable<Outcome<void>>(Request&)> admit{};
    /// Unless set: `read` for GET, `change` for the others; always `open` where `everybody` is.
    std::optional<Cost> cost{};
    /// Whether the resource needs no token and is the same for every caller, so that pages of any origin may
    /// read it (Access-Control-*).
    bool everybody = false;
    /// Whether a POST only asks, so that it may be repeated at will and its answer is kept for nobody.
    bool asks = false;
};

struct Route {
    Method method = Method::get;
    /// A pattern such as "/v1/commitments/{code}". A last "{name...}" takes all
    /// remaining segments, at least one.
    std::string pattern;
    Handler handler;
    RouteOptions options{};
    // Filled in by the router:
    std::vector<std::string> names{};  ///< of the captures
    bool has_tail = false;             ///< the last of them takes the rest of the path
    std::size_t index = 0;

    [[nodiscard]] std::size_t max_body() const noexcept;
    /// The most that is in memory of a body, in bytes.
    [[nodiscard]] std::size_t holds() const noexcept;
    [[nodiscard]] Cost cost() const noexcept;
    [[nodiscard]] bool accepts(std::string_view content_type) const noexcept;
    /// Refuses query parameters that are unknown, given twice, or of a value that their check refuses: all
    /// of them at once.
    [[nodiscard]] Outcome<void> check(Target const& target) const;
};

/// Finds the route of a request. Immutable once a server runs on it, so threads share it without locks.
class Router {
  public:
    Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;
    ~Router();

    /// Throws std::logic_error for a pattern that is malformed or already present with that method.
    void add(std::vector<Route> routes);

    void authorise(Authorise hook) { authorise_ = std::move(hook); }

    /// Goes around the handlers of all routes that are added from now on.
    void around(Around hook) { around_ = std::move(hook); }

    [[nodiscard]] Authorise const& authorise() const noexcept { return authorise_; }

    [[nodiscard]] std::vector<std::unique_ptr<Route>> const& routes() const noexcept { return routes_; }

    struct Match {
        Route const* route = nullptr;
        std::string allow{};     ///< for 405 and OPTIONS: the methods of that path; empty: no such path
        bool everybody = false;  ///< GET of that path is for pages of any origin
    };

    /// Sets the captures of the request. GET answers HEAD too. A literal segment is preferred to a capture,
    /// and a capture to the rest of a path.
    [[nodiscard]] Match find(Request& request) const;

  private:
    struct Node;
    std::vector<std::unique_ptr<Route>> routes_;  // pointers: requests and metrics hold on to them
    std::unique_ptr<Node> root_;
    Authorise authorise_;
    Around around_;
};

}  // namespace sponsio::http

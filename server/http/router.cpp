#include "server/http/router.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace sponsio::http {
namespace {

constexpr std::size_t methods = static_cast<std::size_t>(Method::other);

/// The pieces between the slashes of "/v1/commitments/{code}".
std::vector<std::string_view> split(std::string_view pattern) {
    if (!pattern.starts_with('/'))
        throw std::logic_error("a pattern begins with a slash: " + std::string(pattern));
    std::vector<std::string_view> pieces;
    for (pattern.remove_prefix(1);;) {
        std::size_t const slash = pattern.find('/');
        pieces.push_back(pattern.substr(0, slash));
        if (slash == std::string_view::npos) return pieces;
        pattern.remove_prefix(slash + 1);
    }
}

constexpr std::string_view tail_mark = "...}";

bool is_tail(std::string_view piece) {
    return piece.starts_with('{') && piece.ends_with(tail_mark);
}

/// The name in "{code}" or "{code...}"; empty for a literal segment.
std::string_view capture_name(std::string_view piece) {
    if (!piece.starts_with('{')) return {};
    std::size_t const end = is_tail(piece) ? tail_mark.size() : 1;
    if (!piece.ends_with('}') || piece.size() < end + 2)
        throw std::logic_error("a capture is written {name}: " + std::string(piece));
    return piece.substr(1, piece.size() - 1 - end);
}

Wanted names_of(std::vector<Parameter> const& parameters) {
    Wanted wanted;
    for (Parameter const& one : parameters) wanted.words.push_back(one.name);
    return wanted;
}

bool has_body(Method method) {
    return method == Method::post || method == Method::put || method == Method::patch;
}

}  // namespace

std::size_t Route::max_body() const noexcept {
    return options.max_body.value_or(has_body(method) ? 65536 : 0);
}

std::size_t Route::holds() const noexcept {
    return options.stream_body ? std::min(options.stream_holds, max_body()) : max_body();
}

Cost Route::cost() const noexcept {
    if (options.everybody) return Cost::open;
    return options.cost.value_or(method == Method::get ? Cost::read : Cost::change);
}

bool Route::accepts(std::string_view content_type) const noexcept {
    std::string_view media_type = content_type.substr(0, content_type.find(';'));
    while (media_type.ends_with(' ') || media_type.ends_with('\t')) media_type.remove_suffix(1);
    return std::ranges::any_of(options.accepts, [&](std::string const& accepted) {
        return accepted == "*/*" || equal_ignoring_case(accepted, media_type);
    });
}

Outcome<void> Route::check(Target const& target) const {
    if (!options.parameters) return {};
    Fault refused{.problem = &problem::invalid};
    std::vector<std::string_view> seen;
    for (std::size_t i = 0; i != target.parameters(); ++i) {
        auto const& [given, value] = target.parameter(i);
        auto const known = std::ranges::find(*options.parameters, given, &Parameter::name);
        bool const twice = std::ranges::find(seen, given) != seen.end();
        std::string pointer = "query:" + std::string(given);
        if (known == options.parameters->end()) {
            refused.fields.push_back(
                {std::move(pointer), &reason::unknown_parameter, names_of(*options.parameters)});
        } else if (twice) {
            refused.fields.push_back({std::move(pointer), &reason::parameter_twice});
        } else if (known->check) {
            if (auto wrong = known->check(value)) {
                wrong->pointer = std::move(pointer);
                refused.fields.push_back(std::move(*wrong));
            }
        }
        seen.push_back(given);
    }
    if (!refused.fields.empty()) return refused;
    return {};
}

/// A node in the tree of paths.
struct Router::Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> written;
    std::unique_ptr<Node> captured;
    std::unique_ptr<Node> tail;
    std::array<Route const*, methods> routes{};

    [[nodiscard]] bool is_resource() const {
        return std::ranges::any_of(routes, [](Route const* r) { return r != nullptr; });
    }

    Node& child(std::string_view piece) {
        if (!capture_name(piece).empty()) {
            std::unique_ptr<Node>& next = is_tail(piece) ? tail : captured;
            if (!next) next = std::make_unique<Node>();
            return *next;
        }
        for (auto& [text, node] : written)
            if (text == piece) return *node;
        return *written.emplace_back(piece, std::make_unique<Node>()).second;
    }

    /// The resource at the target's segments from `depth` on; notes which ones were captured.
    Node const* walk(Request& request, std::size_t depth, std::size_t captures) const {
        if (depth == request.target.segments()) return is_resource() ? this : nullptr;
        std::string_view const segment = request.target.segment(depth);
        for (auto const& [text, node] : written)
            if (text == segment)
                if (Node const* found = node->walk(request, depth + 1, captures)) return found;
        if (segment.empty()) return nullptr;
        if (captured) {
            request.captured[captures] = static_cast<std::uint8_t>(depth);
            if (Node const* found = captured->walk(request, depth + 1, captures + 1)) return found;
        }
        if (tail) request.captured[captures] = static_cast<std::uint8_t>(depth);
        return tail.get();
    }

    [[nodiscard]] std::string allow() const {
        std::string text = "OPTIONS";
        auto const has = [&](Method m) { return routes[static_cast<std::size_t>(m)] != nullptr; };
        for (std::size_t i = 0; i != methods; ++i) {
            auto const method = static_cast<Method>(i);
            if (method == Method::options) continue;
            if (has(method) || (method == Method::head && has(Method::get)))
                text.append(", ").append(name(method));
        }
        return text;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}

Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(std::vector<Route> routes) {
    for (Route& given : routes) {
        if (given.method == Method::other || !given.handler)
            throw std::logic_error("a route needs a method and a handler: " + given.pattern);
        auto const pieces = split(given.pattern);
        if (pieces.size() > Target::max_segments) throw std::logic_error("too long: " + given.pattern);
        Node* node = root_.get();
        for (std::string_view piece : pieces) {
            if (given.has_tail) throw std::logic_error("nothing stands behind the rest: " + given.pattern);
            if (auto const capture = capture_name(piece); !capture.empty()) given.names.emplace_back(capture);
            given.has_tail = is_tail(piece);
            node = &node->child(piece);
        }
        Route const*& place = node->routes[static_cast<std::size_t>(given.method)];
        if (place) throw std::logic_error("two handlers for " + given.pattern);
        given.index = routes_.size();
        if (around_) given.handler = around_(given, std::move(given.handler));
        place = routes_.emplace_back(std::make_unique<Route>(std::move(given))).get();
    }
}

Router::Match Router::find(Request& request) const {
    Node const* const node = root_->walk(request, 0, 0);
    if (!node) return {};
    if (request.method != Method::other) {
        Route const* route = node->routes[static_cast<std::size_t>(request.method)];
        if (!route && request.method == Method::head)
            route = node->routes[static_cast<std::size_t>(Method::get)];
        if (route) return {.route = route};
    }
    Route const* const get = node->routes[static_cast<std::size_t>(Method::get)];
    return {.allow = node->allow(), .everybody = get && get->options.everybody};
}

}  // namespace sponsio::http

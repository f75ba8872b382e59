#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/http/headers.hpp"
#include "server/http/language.hpp"
#include "server/http/target.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::http {

template <class T>
using awaitable = boost::asio::awaitable<T>;

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] std::string_view name(Method method);

struct Route;

/// The body of a request whose route streams it. A read also tells that the peer is gone or too slow.
class BodyReader {
  public:
    /// The next piece, as much as has arrived; empty at the end. It is valid until the next call of next() or
    /// arrived(). Refused with too_large (the route's max_body), timed_out or malformed (broken chunks or a
    /// lost connection).
    virtual awaitable<Outcome<std::string_view>> next() = 0;
    /// Whether next() would answer without waiting for the peer.
    [[nodiscard]] virtual bool arrived() = 0;

  protected:
    ~BodyReader() = default;
};

/// One request. Handlers get it by reference; it is valid until the response has been written.
struct Request {
    /// Hexadecimal digits, unique in this process.
    std::array<char, 16> id_text{'0', '0', '0', '0', '0', '0', '0', '0',
                                 '0', '0', '0', '0', '0', '0', '0', '0'};
    std::string_view given_id{};  ///< what the caller named it, if that can be taken over
    Method method = Method::other;
    int version = 11;  ///< 10 or 11
    Target target;
    Headers headers;
    std::string body;                   ///< whole, unless the route streams it
    BodyReader* body_stream = nullptr;  ///< only if the route streams it
    Deadline deadline{};                ///< no work for this request after it
    Language language = Language::chinese;
    std::string_view peer;  ///< address of the other end
    /// For the access line and for what each may have; set by whoever recognises the caller.
    std::string account_id{}, organisation_id{};
    Route const* route = nullptr;
    std::array<std::uint8_t, Target::max_segments> captured{};  ///< segments, in the order of the pattern

    Request() = default;
    Request(Request const&) = delete;
    Request& operator=(Request const&) = delete;

    /// The X-Request-Id of the answer: the caller's own, or one that is unique in this process.
    [[nodiscard]] std::string_view id() const noexcept {
        return given_id.empty() ? std::string_view(id_text.data(), id_text.size()) : given_id;
    }

    /// Adopts the caller's X-Request-Id if it has 1 to 64 of A-Z a-z 0-9 . _ -; ignores any other.
    void take_given_id() noexcept;

    /// The segment at `{name}` of the route's pattern; for `{name...}` the rest of the path, not decoded.
    /// Throws std::logic_error if the pattern has no such name.
    [[nodiscard]] std::string_view capture(std::string_view name) const;

    [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const noexcept {
        return target.query(name);
    }

    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept {
        return headers.find(name);
    }

    /// Attaches what a hook found out, such as the caller; handlers read it back by its type. One of each
    /// type.
    template <class T>
    void attach(std::shared_ptr<T const> value) {
        for (auto& [type, kept] : attached_)
            if (type == &type_mark<T>) {
                kept = std::move(value);
                return;
            }
        attached_.emplace_back(&type_mark<T>, std::move(value));
    }

    /// The attached value; null if there is none of that type.
    template <class T>
    [[nodiscard]] std::shared_ptr<T const> find_attached() const noexcept {
        for (auto const& [type, kept] : attached_)
            if (type == &type_mark<T>) return std::static_pointer_cast<T const>(kept);
        return nullptr;
    }

    /// The attached value, to be kept beyond this request if need be. Throws std::logic_error if there is
    /// none of that type: a route without its authorisation is a bug.
    template <class T>
    [[nodiscard]] std::shared_ptr<T const> share_attached() const {
        if (auto value = find_attached<T>()) return value;
        throw std::logic_error("nothing of this type is attached");
    }

    /// As share_attached(), for the time of the request.
    template <class T>
    [[nodiscard]] T const& attached() const {
        return *share_attached<T>();
    }

    /// Prepares for the next request of the connection; memory is kept.
    void reset() noexcept;

  private:
    template <class T>
    static inline char const type_mark{};

    std::vector<std::pair<char const*, std::shared_ptr<void const>>> attached_;
};

}  // namespace sponsio::http

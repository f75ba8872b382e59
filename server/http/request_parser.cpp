#include "server/http/request_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <utility>

namespace sponsio::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t most_fields = 100;

Method method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get: return Method::get;
        case beast::http::verb::head: return Method::head;
        case beast::http::verb::post: return Method::post;
        case beast::http::verb::put: return Method::put;
        case beast::http::verb::patch: return Method::patch;
        case beast::http::verb::delete_: return Method::del;
        case beast::http::verb::options: return Method::options;
        default: return Method::other;
    }
}

bool all_digits(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

RequestParser::RequestParser(Request& request, std::size_t header_limit)
    : request_(request), header_limit_(header_limit), header_left_(header_limit) {
    this->header_limit(static_cast<std::uint32_t>(header_limit));
    // Beast's own limit ignores a change after the header, so bodies are counted here.
    body_limit(boost::none);
}

void RequestParser::body_to(std::string& sink, std::uint64_t limit) noexcept {
    sink_ = &sink;
    body_limit_ = limit;
    eager(true);
}

void RequestParser::discard_body(std::uint64_t limit) noexcept {
    sink_ = nullptr;
    body_limit_ = body_bytes_ + limit;
    eager(true);
}

bool RequestParser::within_header_limit(std::size_t bytes) noexcept {
    if (bytes > header_left_) return false;
    header_left_ -= bytes;
    return true;
}

void RequestParser::on_request_impl(beast::http::verb verb, text method, text target, int version,
                                    error_code& ec) {
    request_.method = method_of(verb);
    request_.version = version;
    if (!within_header_limit(method.size() + target.size() + 12))
        ec = beast::http::error::header_limit;
    else if (!request_.target.assign(target))
        ec = beast::http::error::bad_target;
}

void RequestParser::on_field_impl(field id, text name, text value, error_code& ec) {
    if (!within_header_limit(name.size() + value.size() + 4) || request_.headers.size() == most_fields) {
        ec = beast::http::error::header_limit;
        return;
    }
    if (header_done_) return;  // trailers say nothing here
    switch (id) {
        case field::content_length:
            if (std::exchange(has_framing_, true) || !all_digits(value))
                ec = beast::http::error::bad_content_length;
            break;
        case field::transfer_encoding:
            if (std::exchange(has_framing_, true) || request_.version < 11 ||
                !equal_ignoring_case(value, "chunked"))
                ec = beast::http::error::bad_transfer_encoding;
            break;
        case field::host:
            if (std::exchange(has_host_, true)) ec = beast::http::error::bad_field;
            break;
        default: break;
    }
    request_.headers.add(name, value);
}

void RequestParser::on_header_impl(error_code& ec) {
    header_done_ = true;
    if (!has_host_ && request_.version >= 11) ec = beast::http::error::bad_field;
}

void RequestParser::on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& ec) {
    if (length.value_or(0) > body_limit_)
        ec = beast::http::error::body_limit;
    else if (sink_ && length)
        sink_->reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 65536)));
}

std::size_t RequestParser::on_body_impl(text piece, error_code& ec) {
    body_bytes_ += piece.size();
    if (body_bytes_ > body_limit_)
        ec = beast::http::error::body_limit;
    else if (sink_)
        sink_->append(piece);
    return piece.size();
}

std::size_t empty_lines(std::string_view text) noexcept {
    std::size_t at = 0;
    while (text.substr(at).starts_with("\r\n")) at += 2;
    return at;
}

Fault body_too_large(std::uint64_t limit) {
    if (limit == 0)
        return fault(problem::too_large, "This operation takes no body.", "此操作不接受请求正文。");
    std::string const bytes = std::to_string(limit);
    return fault(problem::too_large, "The body may have at most " + bytes + " bytes here.",
                 "此处请求正文最多 " + bytes + " 字节。");
}

Fault header_too_large(std::size_t limit) {
    std::string const bytes = std::to_string(limit), fields = std::to_string(most_fields);
    return fault(problem::header_too_large,
                 "Request line and header fields may have at most " + bytes +
                     " bytes together, and be at most " + fields + " fields.",
                 "请求行与请求头合计最多 " + bytes + " 字节，请求头最多 " + fields + " 个。");
}

Fault RequestParser::refusal(error_code const& ec) const {
    using beast::http::error;
    auto const said = [&]() -> Fault {
        if (ec == error::header_limit) return header_too_large(header_limit_);
        if (ec == error::body_limit) return body_too_large(body_limit_);
        if (ec == error::bad_target)
            return fault(
                problem::malformed,
                "The request target cannot be read: a path of up to 16 pieces without empty, \".\" or "
                "\"..\" ones, percent escapes of UTF-8, no fragment.",
                "无法读取请求目标：路径最多 16 段，不得含空段、“.”或“..”，百分号编码须为 "
                "UTF-8，不得含片段标识。");
        if (ec == error::bad_content_length || ec == error::bad_transfer_encoding)
            return fault(problem::malformed,
                         "The length of the body is not clear: one Content-Length of digits alone, or "
                         "Transfer-Encoding: chunked, and never both.",
                         "无法确定请求正文长度：只能有一个纯数字的 Content-Length，或 Transfer-Encoding: "
                         "chunked，二者不得并用。");
        if (ec == error::bad_field && !has_host_)
            return fault(problem::malformed, "The Host field is missing.", "缺少 Host 请求头。");
        return fault(problem::malformed, "This is not written as RFC 9112 writes a request.",
                     "请求的写法不符合 RFC 9112。");
    };
    Fault refused = said();
    refused.cause = ec.message();
    return refused;
}

}  // namespace sponsio::http

#include "server/http/target.hpp"

#include "text/utf8.hpp"

#include <cstddef>

namespace sponsio::http {
namespace {

int nibble(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Whether the text is UTF-8 without control characters.
bool clean_text(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        std::size_t const length = utf8_sequence(text, i);
        auto const byte = static_cast<unsigned char>(text[i]);
        if (length == 0 || byte < 0x20 || byte == 0x7F) return false;
        i += length;
    }
    return true;
}

/// The part after "scheme://authority" of the absolute form (RFC 9112 §3.2.2), or the text itself.
std::string_view origin_form(std::string_view raw) {
    for (std::string_view scheme : {"https://", "http://"}) {
        if (!raw.starts_with(scheme)) continue;
        std::size_t const slash = raw.find_first_of("/?", scheme.size());
        return slash == std::string_view::npos ? "/" : raw.substr(slash);
    }
    return raw;
}

}  // namespace

bool Target::assign(std::string_view raw) {
    path_.clear();
    decoded_.clear();
    segment_count_ = 0;
    parameters_.clear();
    raw = origin_form(raw);
    std::size_t const mark = raw.find('?');
    path_ = raw.substr(0, mark);
    if (path_.empty() || path_[0] != '/' || path_.find('#') != std::string::npos) return false;
    decoded_.reserve(raw.size());
    if (!add_segments(std::string_view(path_).substr(1))) return false;
    return mark == std::string_view::npos || add_parameters(raw.substr(mark + 1));
}

bool Target::add_segments(std::string_view path) {
    for (;;) {
        std::size_t const slash = path.find('/');
        std::string_view const raw = path.substr(0, slash);
        bool const last = slash == std::string_view::npos;
        if ((raw.empty() && !last) || segment_count_ == max_segments) return false;
        auto const piece = decode(raw, false);
        if (!piece) return false;
        std::string_view const decoded = text(*piece);
        if (decoded == "." || decoded == ".." || decoded.find_first_of("/\\") != std::string_view::npos)
            return false;
        segments_[segment_count_++] = *piece;
        if (last) return true;
        path.remove_prefix(slash + 1);
    }
}

bool Target::add_parameters(std::string_view query) {
    while (!query.empty()) {
        std::size_t const end = query.find('&');
        std::string_view const pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (pair.empty()) continue;
        if (parameters_.size() == max_parameters) return false;
        std::size_t const equals = pair.find('=');
        auto const name = decode(pair.substr(0, equals), true);
        auto const value =
            decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
        if (!name || !value) return false;
        parameters_.emplace_back(*name, *value);
    }
    return true;
}

/// Percent-decodes. In a query `+` is a space, as HTML forms write it.
std::optional<Target::Piece> Target::decode(std::string_view raw, bool in_query) {
    std::size_t const at = decoded_.size();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        char c = raw[i];
        if (c == '%') {
            if (i + 2 >= raw.size()) return std::nullopt;
            int const high = nibble(raw[i + 1]), low = nibble(raw[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && in_query) {
            c = ' ';
        }
        decoded_ += c;
    }
    Piece const piece{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(decoded_.size() - at)};
    if (!clean_text(text(piece))) return std::nullopt;
    return piece;
}

std::string_view Target::path_from(std::size_t segment) const noexcept {
    std::string_view rest(path_);
    for (std::size_t i = 0; i <= segment; ++i) rest.remove_prefix(rest.find('/') + 1);
    return rest;
}

Target::Parameter Target::parameter(std::size_t i) const noexcept {
    return {text(parameters_[i].first), text(parameters_[i].second)};
}

std::optional<std::string_view> Target::query(std::string_view name) const noexcept {
    for (auto const& [key, value] : parameters_)
        if (text(key) == name) return text(value);
    return std::nullopt;
}

}  // namespace sponsio::http

#include "server/api/line_reader.hpp"

namespace sponsio::api {

LineReader::Got LineReader::take(std::size_t end, std::size_t next) {
    line_ = std::string_view(buffer_).substr(at_, end - at_);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    at_ = next;
    bool const too_long = std::exchange(skipping_, false) || line_.size() > longest_;
    return too_long ? Got::too_long : Got::line;
}

/// Keeps the bytes not yet taken; none of a line that is too long already.
void LineReader::append(std::string_view piece) {
    buffer_.erase(0, std::exchange(at_, 0));
    if (buffer_.size() > longest_) {
        skipping_ = true;
        buffer_.clear();
    }
    buffer_.append(piece);
}

http::awaitable<Outcome<void>> LineReader::skip_rest() {
    while (!ended_) {
        auto const piece = co_await body_.next();
        if (!piece) co_return piece.error();
        ended_ = piece->empty();
    }
    buffer_.clear();
    at_ = 0;
    co_return Outcome<void>{};
}

bool LineReader::ready() {
    return ended_ || has_line() || body_.arrived();
}

http::awaitable<Outcome<LineReader::Got>> LineReader::next() {
    for (;;) {
        std::size_t const end = buffer_.find('\n', at_);
        if (end != std::string::npos) co_return take(end, end + 1);
        if (ended_) {
            if (at_ == buffer_.size() && !skipping_) co_return Got::end;
            co_return take(buffer_.size(), buffer_.size());
        }
        auto const piece = co_await body_.next();
        if (!piece) co_return piece.error();
        if (piece->empty())
            ended_ = true;
        else
            append(*piece);
    }
}

}  // namespace sponsio::api

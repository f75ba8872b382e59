#include "server/api/line_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

using namespace sponsio;

constexpr std::size_t longest = 32;

/// Gives the bytes in pieces of that size.
class Pieces final : public http::BodyReader {
  public:
    Pieces(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}

    http::awaitable<Outcome<std::string_view>> next() override {
        std::string_view const given = bytes_.substr(0, piece_);
        bytes_.remove_prefix(given.size());
        co_return given;
    }

    bool arrived() override { return true; }

  private:
    std::string_view bytes_;
    std::size_t piece_;
};

using Line = std::pair<api::LineReader::Got, std::string>;

http::awaitable<void> read_all(api::LineReader& reader, std::vector<Line>& lines) {
    for (;;) {
        auto const got = co_await reader.next();
        if (!got || *got == api::LineReader::Got::end) co_return;
        bool const whole = *got == api::LineReader::Got::line;
        if (whole && reader.line().size() > longest) std::abort();
        lines.emplace_back(*got, whole ? reader.line() : std::string_view{});
    }
}

std::vector<Line> lines_in_pieces(std::string_view bytes, std::size_t piece) {
    Pieces body(bytes, piece);
    api::LineReader reader(body, longest);
    std::vector<Line> lines;
    boost::asio::io_context io(1);
    boost::asio::co_spawn(io, read_all(reader, lines), [](std::exception_ptr thrown) {
        if (thrown) std::abort();
    });
    io.run();
    return lines;
}

}  // namespace

/// However a body arrives, it has the same lines, and none that is too long.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    auto const whole = lines_in_pieces(bytes, std::max<std::size_t>(size, 1));
    for (std::size_t const piece : {std::size_t{1}, std::size_t{5}, longest + 1})
        if (lines_in_pieces(bytes, piece) != whole) std::abort();
    return 0;
}

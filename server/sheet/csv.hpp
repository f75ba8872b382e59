#pragma once

#include "server/base/fault.hpp"
#include "server/sheet/cell.hpp"
#include "server/sheet/charset.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::sheet {

/// Comma-separated text (RFC 4180) while it arrives. Cells may be quoted and then hold line breaks, commas
/// and doubled quotes. UTF-8 with or without a byte order mark, or GB18030: if nobody said which, the first
/// row that is not all ASCII tells. Commas, quotes and line ends are never part of another character in
/// either.
class CsvReader {
  public:
    explicit CsvReader(std::optional<Charset> charset) : charset_(charset) {}

    /// Takes the next bytes, which must not be fed before next() has given all rows of the last ones.
    void feed(std::string_view bytes) { buffer_.erase(0, std::exchange(at_, 0)).append(bytes); }

    /// No more bytes will come.
    void end() { ended_ = true; }

    /// The next whole row; nothing if more bytes are needed, or after the last. Refused if the text is
    /// UTF-16, or a row has no end within `longest_row`, which is what a quote does that is never closed.
    Outcome<std::optional<Row>> next();

    static constexpr std::size_t longest_row = std::size_t{256} << 10;  ///< bytes

  private:
    struct Raw {
        std::string bytes;
        bool quoted = false;
    };

    [[nodiscard]] bool scan();
    bool take(char c, bool last);
    void end_cell();
    Row finish();
    void find_charset();
    Cell decoded(Raw const& raw);

    std::optional<Charset> charset_;
    std::optional<Gb18030> gb_{};
    std::string buffer_;
    std::size_t at_ = 0;
    bool begun_ = false;  ///< the byte order mark was looked for
    bool ended_ = false;
    bool inside_ = false;  ///< of quotes
    bool after_quote_ = false;
    bool after_return_ = false;
    Raw cell_;
    std::vector<Raw> cells_;
    std::size_t row_bytes_ = 0;
    std::uint32_t row_ = 0;
    bool too_long_ = false;
};

}  // namespace sponsio::sheet

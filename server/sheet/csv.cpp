#include "server/sheet/csv.hpp"

#include <algorithm>
#include <utility>

namespace sponsio::sheet {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF", utf16_le = "\xFF\xFE", utf16_be = "\xFE\xFF";

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Fault utf16() {
    return fault(problem::media_type,
                 "This file is UTF-16 (\"Unicode text\"). Save it as \"CSV UTF-8\" and send it again.",
                 "文件为 UTF-16 编码（“Unicode 文本”）。请另存为“CSV UTF-8（逗号分隔）”后重新提交。");
}

Fault endless_row(std::uint32_t row) {
    std::string const number = std::to_string(row), kib = std::to_string(CsvReader::longest_row >> 10);
    return fault(
        problem::too_large,
        "Row " + number + " has more than " + kib +
            " KiB: a quotation mark in it is probably never closed. Close it and send the file again.",
        "第 " + number + " 行超过 " + kib + " KiB，可能有引号未闭合。请补全引号后重新提交。");
}

Fault too_many_rows() {
    std::string const most = std::to_string(most_rows);
    return fault(problem::too_large, "A file may have at most " + most + " rows; split it.",
                 "一个文件最多 " + most + " 行，请拆分。");
}

}  // namespace

void CsvReader::end_cell() {
    after_quote_ = false;
    if (cells_.size() < most_columns) cells_.push_back(std::move(cell_));
    cell_ = {};
}

/// Takes one byte; true if a row ended with it.
bool CsvReader::take(char c, bool last) {
    if (std::exchange(after_return_, false) && c == '\n') return false;
    ++row_bytes_;
    if (inside_) {
        if (c != '"') {
            cell_.bytes += c;
        } else {
            inside_ = false;
            after_quote_ = true;
        }
        return false;
    }
    if (c == '"' && after_quote_) {  // a doubled quote
        cell_.bytes += c;
        inside_ = true;
        after_quote_ = false;
        return false;
    }
    if (c == '"' && cell_.bytes.empty() && !cell_.quoted) {
        inside_ = cell_.quoted = true;
        return false;
    }
    if (c == ',') {
        end_cell();
        return false;
    }
    if (c == '\n' || c == '\r') {
        after_return_ = c == '\r' && !last;
        end_cell();
        return true;
    }
    after_quote_ = false;
    cell_.bytes += c;
    return false;
}

/// Reads on until a row is whole.
bool CsvReader::scan() {
    while (at_ != buffer_.size()) {
        bool const last = at_ + 1 == buffer_.size() && ended_;
        if (take(buffer_[at_++], last)) return true;
        if (row_bytes_ > longest_row) {
            too_long_ = true;
            return false;
        }
    }
    if (!ended_ || (row_bytes_ == 0 && cells_.empty())) return false;
    end_cell();
    return true;
}

void CsvReader::find_charset() {
    if (charset_) return;
    auto const ascii = [](Raw const& cell) { return is_ascii(cell.bytes); };
    if (std::ranges::all_of(cells_, ascii)) return;
    bool const utf8 = std::ranges::all_of(cells_, [](Raw const& cell) { return is_utf8(cell.bytes); });
    charset_ = utf8 ? Charset::utf8 : Charset::gb18030;
}

Cell CsvReader::decoded(Raw const& raw) {
    if (raw.bytes.empty()) return {};
    if (raw.bytes.size() > longest_cell) return {.kind = CellKind::unreadable};
    if (is_ascii(raw.bytes)) return {CellKind::text, raw.bytes};
    if (charset_ == Charset::utf8)
        return is_utf8(raw.bytes) ? Cell{CellKind::text, raw.bytes} : Cell{.kind = CellKind::unreadable};
    if (!gb_) gb_.emplace();
    auto text = gb_->to_utf8(raw.bytes);
    return text ? Cell{CellKind::text, std::move(*text)} : Cell{.kind = CellKind::unreadable};
}

Row CsvReader::finish() {
    find_charset();
    Row row{.number = ++row_};
    row.cells.reserve(cells_.size());
    for (Raw const& raw : cells_) row.cells.push_back(decoded(raw));
    cells_.clear();
    row_bytes_ = 0;
    return row;
}

Outcome<std::optional<Row>> CsvReader::next() {
    if (!begun_) {
        std::string_view const start = buffer_;
        if (start.size() < utf8_mark.size() && !ended_) return std::optional<Row>{};
        if (start.starts_with(utf16_le) || start.starts_with(utf16_be)) return utf16();
        if (start.starts_with(utf8_mark)) {
            at_ = utf8_mark.size();
            charset_ = Charset::utf8;
        }
        begun_ = true;
    }
    if (!scan()) {
        if (too_long_) return endless_row(row_ + 1);
        return std::optional<Row>{};
    }
    if (row_ == most_rows) return too_many_rows();
    return std::optional(finish());
}

}  // namespace sponsio::sheet

#include "server/api/sheet_body.hpp"

#include "text/json.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace sponsio::api {
namespace {

namespace asio = boost::asio;
using http::awaitable;

constexpr std::size_t piece_bytes = std::size_t{64} << 10;
/// The names of the columns stand in one of so many rows; above them people put a title.
constexpr std::uint32_t rows_before_names = 10;

bool is_type(std::string_view given, std::string_view type) {
    std::string_view media = given.substr(0, given.find(';'));
    while (media.ends_with(' ') || media.ends_with('\t')) media.remove_suffix(1);
    return http::equal_ignoring_case(media, type);
}

Fault other_charset() {
    return fault(problem::media_type,
                 "Text of this character set is not taken: send UTF-8 or GB18030 (GBK, GB2312).",
                 "不支持该字符集，请使用 UTF-8 或 GB18030（GBK、GB2312）。");
}

Fault no_names() {
    return fault(
        problem::invalid,
        "None of the first " + std::to_string(rows_before_names) +
            " rows has the names of the columns. Use the template: GET /v1/matters/{matter_code}/sheet.xlsx",
        "前 " + std::to_string(rows_before_names) +
            " 行中没有列名。请使用模板：GET /v1/matters/{matter_code}/sheet.xlsx");
}

Fault workbook_too_large() {
    std::string const mib = std::to_string(sheet::XlsxReader::largest_file >> 20);
    return fault(problem::too_large,
                 "A workbook may have at most " + mib + " MiB; split it or send it as CSV.",
                 "工作簿最大 " + mib + " MiB，请拆分或以 CSV 提交。");
}

}  // namespace

SheetBody::SheetBody(http::BodyReader& body, bool workbook, std::optional<sheet::Charset> charset)
    : body_(body), workbook_(workbook), csv_(charset) {}

Outcome<std::shared_ptr<SheetBody>> SheetBody::of(http::Request const& request) {
    std::string_view const type = request.header("Content-Type").value_or("");
    bool const workbook = is_type(type, xlsx_type);
    if (!workbook && !is_type(type, csv_type)) return std::shared_ptr<SheetBody>{};
    auto const charset = sheet::named_charset(type);
    if (!charset.known) return other_charset();
    return std::shared_ptr<SheetBody>(new SheetBody(*request.body_stream, workbook, charset.charset));
}

bool SheetBody::arrived() {
    return over_ || broken_ || (workbook_ ? xlsx_.has_value() : body_.arrived());
}

SheetNotes SheetBody::take_notes(std::size_t line) {
    auto const found = notes_.extract(line);
    return found ? std::move(found.mapped()) : SheetNotes{};
}

/// Adds the line of a row, and empty ones for the rows before it that gave none.
Outcome<void> SheetBody::take(sheet::Row const& row) {
    if (!header_) {
        auto header = SheetHeader::read(row);
        if (!header) return header.error();
        header_ = std::move(*header);
        if (!header_ && row.number >= rows_before_names) return no_names();
        return {};
    }
    SheetSense sense{.workbook = workbook_, .since_1904 = xlsx_ && xlsx_->since_1904()};
    if (xlsx_)
        sense.merged_into = [this](std::size_t column, std::uint32_t at) {
            return xlsx_->merged_into(column, at);
        };
    auto made = draft_of(row, *header_, sense);
    if (made.draft.empty() || row.number <= lines_) return {};
    text_.append(row.number - lines_ - 1, '\n');
    text_ += json::write(domain::Json(std::move(made.draft)));
    text_ += '\n';
    lines_ = row.number;
    notes_.insert_or_assign(row.number, std::move(made.notes));
    return {};
}

Outcome<std::optional<sheet::Row>> SheetBody::next_row() {
    if (!workbook_) return csv_.next();
    return xlsx_ ? xlsx_->next() : std::optional<sheet::Row>{};
}

awaitable<Outcome<bool>> SheetBody::read_csv() {
    auto const piece = co_await body_.next();
    if (!piece) co_return piece.error();
    if (piece->empty())
        csv_.end();
    else
        csv_.feed(*piece);
    co_return !piece->empty();
}

awaitable<Outcome<bool>> SheetBody::read_workbook() {
    if (!xlsx_) {
        std::string bytes;
        for (;;) {
            auto const piece = co_await body_.next();
            if (!piece) co_return piece.error();
            if (piece->empty()) break;
            if (bytes.size() + piece->size() > sheet::XlsxReader::largest_file)
                co_return workbook_too_large();
            bytes.append(*piece);
        }
        auto opened = sheet::XlsxReader::open(std::move(bytes));
        if (!opened) co_return opened.error();
        xlsx_.emplace(std::move(*opened));
    }
    // Others on this thread are served between two pieces.
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return xlsx_->work();
}

/// Takes in more of the table; false after its end.
awaitable<Outcome<bool>> SheetBody::read_on() {
    if (workbook_) co_return co_await read_workbook();
    co_return co_await read_csv();
}

/// Turns the rows that are at hand into lines.
Outcome<void> SheetBody::take_rows() {
    while (text_.size() < piece_bytes) {
        auto row = next_row();
        if (!row) return row.error();
        if (!*row) return {};
        if (auto taken = take(**row); !taken) return taken;
    }
    return {};
}

awaitable<Outcome<std::string_view>> SheetBody::next() {
    text_.clear();
    while (text_.empty() && !broken_) {
        if (auto taken = take_rows(); !taken) broken_ = taken.error();
        if (!text_.empty() || broken_ || over_) break;
        auto const more = co_await read_on();
        if (!more)
            broken_ = more.error();
        else
            over_ = !*more;
    }
    // The rows before the one that cannot be read come first.
    if (!text_.empty()) co_return std::string_view(text_);
    if (broken_) co_return *broken_;
    if (!header_) co_return no_names();
    co_return std::string_view{};
}

}  // namespace sponsio::api

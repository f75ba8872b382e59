#pragma once

#include "server/api/sheet_row.hpp"
#include "server/http/request.hpp"
#include "server/sheet/csv.hpp"
#include "server/sheet/xlsx.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace sponsio::api {

/// The media types of tables.
inline constexpr std::string_view csv_type = "text/csv";
inline constexpr std::string_view xlsx_type =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table that is still arriving, read as lines of drafts (NDJSON): the line of a row has the row's number.
/// Rows that hold nothing, and those up to the names of the columns, are empty lines. Comma-separated text is
/// read as it comes; a workbook is read whole first, since its list of parts stands at its end.
class SheetBody final : public http::BodyReader {
  public:
    /// Nothing if the request is no table. Refused if it is text in a character set that is not known.
    static Outcome<std::shared_ptr<SheetBody>> of(http::Request const& request);

    http::awaitable<Outcome<std::string_view>> next() override;
    [[nodiscard]] bool arrived() override;

    /// What is to be said about a line, and no more kept.
    SheetNotes take_notes(std::size_t line);

    [[nodiscard]] bool is_workbook() const noexcept { return workbook_; }

  private:
    SheetBody(http::BodyReader& body, bool workbook, std::optional<sheet::Charset> charset);

    http::awaitable<Outcome<bool>> read_on();
    http::awaitable<Outcome<bool>> read_csv();
    http::awaitable<Outcome<bool>> read_workbook();
    Outcome<std::optional<sheet::Row>> next_row();
    Outcome<void> take(sheet::Row const& row);
    Outcome<void> take_rows();

    http::BodyReader& body_;
    bool workbook_;
    sheet::CsvReader csv_;
    std::optional<sheet::XlsxReader> xlsx_{};
    std::optional<SheetHeader> header_{};
    std::map<std::size_t, SheetNotes> notes_{};
    std::string text_;
    std::uint32_t lines_ = 0;  ///< given so far
    bool over_ = false;
    std::optional<Fault> broken_{};  ///< why no more rows can be read
};

}  // namespace sponsio::api

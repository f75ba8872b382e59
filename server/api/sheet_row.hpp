#pragma once

#include "server/api/sheet_columns.hpp"
#include "server/domain/decode.hpp"
#include "server/http/language.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sponsio::api {

/// What was mended in a cell, since it can mean one thing only.
enum class SheetMend : std::uint8_t { blanks, full_width, wrapping, date_form, date_number, number };

constexpr auto words_of(SheetMend) {
    using enum SheetMend;
    return std::to_array<domain::Word<SheetMend>>({{blanks, "blanks"},
                                                   {full_width, "full_width"},
                                                   {wrapping, "wrapping"},
                                                   {date_form, "date_form"},
                                                   {date_number, "date_number"},
                                                   {number, "number"}});
}

/// What a table says of one row: what was mended, and what could not be.
struct SheetNotes {
    struct Mended {
        std::string pointer, cell;
        SheetMend what;
    };

    struct Refused {
        std::string pointer;
        Reason const* why;
        std::string merged_into{};  ///< for a cell that a merged one covers
    };

    std::vector<Mended> mended{};
    std::vector<Refused> refused{};
    std::map<std::string, std::string, std::less<>> cells{};  ///< pointer of a field -> its cell
};

/// A row as the draft of a commitment. A field whose cell cannot be understood has `false` there, which no
/// field may be, so that the row is refused with everything else that is wrong in it.
struct SheetDraft {
    domain::JsonObject draft{};
    SheetNotes notes{};
};

/// How numbers and merged cells of the table are meant.
struct SheetSense {
    bool workbook = false;
    bool since_1904 = false;
    std::function<std::string(std::size_t column, std::uint32_t row)> merged_into{};
};

SheetDraft draft_of(sheet::Row const& row, SheetHeader const& header, SheetSense const& sense);

/// The problem document with the cell beside each field, and with what the table says of a field in place of
/// what its stand-in was refused for.
std::string with_cells(std::string const& problem, SheetNotes const& notes, http::Language language);
/// What was mended, as the answer shows it.
domain::Json mended_view(SheetNotes const& notes, http::Language language);

}  // namespace sponsio::api

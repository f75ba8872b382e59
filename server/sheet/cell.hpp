#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Tables as office programs keep them: comma-separated text and Office Open XML workbooks, read row by row
/// in bounded memory. What a cell means is not known here.
namespace sponsio::sheet {

enum class CellKind : std::uint8_t {
    empty,
    text,
    number,  ///< a workbook's number: `text` has its decimal digits, perhaps with a fraction or an exponent
    failed,  ///< an error of a formula, such as #N/A
    unreadable  ///< bytes that are no text in the character set of the file
};

struct Cell {
    CellKind kind = CellKind::empty;
    std::string text{};  ///< UTF-8
};

struct Row {
    std::uint32_t number = 0;  ///< from 1, as the program shows it that made the table
    std::vector<Cell> cells{};
};

/// The most columns that are looked at; a table has some dozen.
inline constexpr std::size_t most_columns = 256;
/// The most rows of a table.
inline constexpr std::uint32_t most_rows = 200'000;
/// The longest text of a cell, in bytes of UTF-8. Office programs stop at 32,767 characters.
inline constexpr std::size_t longest_cell = 131'072;

/// "C5": the column (from 0) in letters, then the row.
std::string cell_name(std::size_t column, std::uint32_t row);

}  // namespace sponsio::sheet

#pragma once

#include <string>
#include <vector>

namespace sponsio::sheet {

/// How the cells of a column are formatted, so that an office program keeps what is typed.
enum class ColumnFormat : unsigned char { general, text, date };

struct Column {
    std::string name;
    ColumnFormat format = ColumnFormat::general;
};

/// A sheet of text.
struct Page {
    std::string name;
    std::vector<std::vector<std::string>> rows;
};

/// An .xlsx workbook: a sheet to fill in, whose first row has the names of the columns and stays in view, and
/// further sheets to read. The same content gives the same bytes.
std::string workbook_of(std::string const& name, std::vector<Column> const& columns,
                        std::vector<Page> const& pages);

/// The same first row as comma-separated text, UTF-8 with a byte order mark, without which office programs
/// take it for another character set.
std::string csv_of(std::vector<Column> const& columns);

}  // namespace sponsio::sheet

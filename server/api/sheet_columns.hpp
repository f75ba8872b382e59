#pragma once

#include "server/base/fault.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/sheet/cell.hpp"
#include "server/sheet/workbook_writer.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which column of a table is which field of a CommitmentDraft.
namespace sponsio::api {

enum class ColumnKind : std::uint8_t { text, code, date, committer_kind, document_type, identity_check };

struct SheetColumn {
    std::string_view pointer;  ///< of the field in a CommitmentDraft
    std::string_view zh, en;   ///< its names; a template has the Chinese one
    ColumnKind kind;
    bool required;
    std::string_view also;  ///< further names that people use, separated by blanks
    Bilingual about;        ///< what belongs there, for the template
};

/// All columns, in the order of a template.
std::span<SheetColumn const> sheet_columns();

/// The word of an enumeration that people write as `text`: the word itself or one of its names in Chinese.
/// Nothing if it is none of them.
std::optional<std::string> word_for(ColumnKind kind, std::string_view text);

/// The columns of one table, as its first row of names says.
class SheetHeader {
  public:
    /// Nothing if the row does not look like names of columns: fewer than two are known. Refused if one is
    /// not known, one comes twice, or a required one is missing.
    static Outcome<std::optional<SheetHeader>> read(sheet::Row const& row);

    struct Place {
        std::size_t at;  ///< counted from 0
        SheetColumn const* column;
    };

    [[nodiscard]] std::vector<Place> const& columns() const noexcept { return columns_; }

    /// The column of the field at `pointer`; nothing if the table has none.
    [[nodiscard]] std::optional<std::size_t> at(std::string_view pointer) const;

  private:
    std::vector<Place> columns_;
};

}  // namespace sponsio::api

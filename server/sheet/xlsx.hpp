#pragma once

#include "server/base/fault.hpp"
#include "server/sheet/cell.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sponsio::sheet {

/// The first visible sheet of an Office Open XML workbook (ECMA-376), a piece at a time: work() never takes
/// long, so that others on the same thread are served in between. Rows that hold nothing are left out. Cells
/// that a merged one covers are empty and name it. Formulas count by the value that was last computed.
class XlsxReader {
  public:
    /// The largest file, in bytes as it is sent.
    static constexpr std::size_t largest_file = std::size_t{16} << 20;

    /// Refused with problem::malformed or too_large.
    static Outcome<XlsxReader> open(std::string bytes);
    XlsxReader(XlsxReader&&) noexcept;
    XlsxReader& operator=(XlsxReader&&) noexcept;
    ~XlsxReader();

    /// Reads a piece; false when there is nothing more to read.
    Outcome<bool> work();
    /// The next row that was read; nothing before more work() is done.
    std::optional<Row> next();

    /// Whether numbers count days since 1904.
    [[nodiscard]] bool since_1904() const noexcept;
    /// The first cell of the merged one that covers this cell without being it; empty if none does.
    [[nodiscard]] std::string merged_into(std::size_t column, std::uint32_t row) const;

  private:
    struct Parts;
    explicit XlsxReader(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace sponsio::sheet

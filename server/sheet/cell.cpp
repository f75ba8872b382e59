#include "server/sheet/cell.hpp"

namespace sponsio::sheet {

std::string cell_name(std::size_t column, std::uint32_t row) {
    std::string letters;
    for (std::size_t left = column + 1; left != 0; left = (left - 1) / 26)
        letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
    return letters + std::to_string(row);
}

}  // namespace sponsio::sheet

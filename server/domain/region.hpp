#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"
#include "server/domain/living.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Administrative divisions, each with the days on which it existed (GB/T 2260 and the yearly lists of the
/// Ministry of Civil Affairs).
namespace sponsio::domain {

/// The code of the whole country, which is the seat of national bodies and the root of every jurisdiction.
inline constexpr std::string_view national_region = "100000";

enum class RegionLevel { country, province, prefecture, county };

/// The level, by the zeros of the code; nothing unless it is six digits.
std::optional<RegionLevel> region_level(std::string_view code);

/// The codes above, nearest first, ending with the country: 370102 -> 370100, 370000, 100000. Computed from
/// the digits; a code in between need not exist (419001 Jiyuan lies directly under Henan).
std::vector<std::string> region_ancestors(std::string_view code);
/// Whether that region is the place itself or below it.
bool lies_within(std::string_view code, std::string_view place);

struct Region {
    std::string code;
    std::string name;                        ///< zh, without the names above it
    Date valid_from;                         ///< first day; the table's base date where the true day is older
    std::optional<Date> valid_to;            ///< last day
    std::vector<std::string> replaced_by{};  ///< codes of the divisions that took its place
};

/// The table. Copies share their content: a change that one learns, all know.
class Regions {
  public:
    /// Reads the files in the binary (regions/) and lays `more` files of the same form over them in order: a
    /// row with the code and first day of an existing row replaces it, any other is added, so that a few rows
    /// state a year's changes. A fault names the file and the member.
    static Outcome<Regions> from_resources(std::span<Resource const> more = {});
    static Outcome<Regions> from_files(std::span<Resource const> files);

    /// Gives every copy of this table the content of `newer`.
    void become(Regions const& newer);

    [[nodiscard]] bool valid_on(std::string_view code, Date on) const;
    /// The division's own name on that day, "历下区".
    [[nodiscard]] std::optional<std::string_view> name(std::string_view code, Date on) const;
    /// The name with those above it on that day, "山东省济南市历下区", without collective terms ("市辖区").
    [[nodiscard]] std::optional<std::string> full_name(std::string_view code, Date on) const;
    /// Fault: problem::invalid with unknown_region at `pointer` unless the code is valid on that day. The
    /// reason says that it never was, from when it is, or until when it was and which codes replaced it.
    [[nodiscard]] Outcome<void> check(std::string_view code, Date on, std::string pointer) const;
    /// Every period of that code, oldest first; empty if the table does not have it.
    [[nodiscard]] std::span<Region const> history(std::string_view code) const;
    /// The divisions directly below on that day, by code.
    [[nodiscard]] std::vector<Region> children(std::string_view code, Date on) const;

    /// The table's version, for documents that cite it.
    [[nodiscard]] std::string const& version() const noexcept { return table_->now().version; }

    [[nodiscard]] std::size_t size() const noexcept { return table_->now().count; }

  private:
    struct Table {
        std::map<std::string, std::vector<Region>, std::less<>> by_code{};
        std::string version{};
        std::size_t count = 0;

        [[nodiscard]] Region const* find(std::string_view code, Date on) const;
        std::vector<FieldError> lay(std::vector<Region> rows);
        [[nodiscard]] std::vector<FieldError> misplaced() const;
    };

    explicit Regions(Table table) : table_(std::make_shared<Living<Table>>(std::move(table))) {}

    std::shared_ptr<Living<Table>> table_;
};

}  // namespace sponsio::domain

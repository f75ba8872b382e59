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

/// The whole country: where national bodies have their seat in codes, and the root of every jurisdiction.
inline constexpr std::string_view national_region = "100000";

enum class RegionLevel { country, province, prefecture, county };

/// By the zeros of the code; nothing unless it is six digits.
std::optional<RegionLevel> region_level(std::string_view code);

/// The codes above, nearest first, ending with the country: 370102 -> 370100, 370000, 100000. Pure
/// arithmetic; a code in between need not exist (419001 Jiyuan lies directly under Henan).
std::vector<std::string> region_ancestors(std::string_view code);

struct Region {
    std::string code;
    std::string name;                        ///< zh, without the names above it
    Date valid_from;                         ///< first day; the table's base date where the true day is older
    std::optional<Date> valid_to;            ///< last day
    std::vector<std::string> replaced_by{};  ///< codes of the divisions that took its place
};

/// The table. Copies of one know the same, and go on to when one of them learns of a change.
class Regions {
  public:
    /// From the files the binary carries (regions/), and `more` files of the same form laid over them in
    /// their order: a row with the code and the first day of one that is there takes its place, any other is
    /// added. So a few rows say what a year has changed. A fault names file and place.
    static Outcome<Regions> from_resources(std::span<Resource const> more = {});
    static Outcome<Regions> from_files(std::span<Resource const> files);

    /// From now on every copy of this one knows what `newer` knows.
    void become(Regions const& newer);

    [[nodiscard]] bool valid_on(std::string_view code, Date on) const;
    /// The division's own name on that day, "历下区".
    [[nodiscard]] std::optional<std::string_view> name(std::string_view code, Date on) const;
    /// With what it belonged to on that day, "山东省济南市历下区"; gathering terms ("市辖区") are left out.
    [[nodiscard]] std::optional<std::string> full_name(std::string_view code, Date on) const;
    /// Nothing if the code is valid on that day, else what to say of it: that it never was, from when, or
    /// until when and which codes took its place. Fault: problem::invalid with unknown_region at `pointer`.
    [[nodiscard]] Outcome<void> check(std::string_view code, Date on, std::string pointer) const;
    /// Every period of that code, oldest first; empty if it never existed as far as the table knows.
    [[nodiscard]] std::span<Region const> history(std::string_view code) const;
    /// The divisions directly below on that day, by code.
    [[nodiscard]] std::vector<Region> children(std::string_view code, Date on) const;

    /// What the table says of itself, for documents that cite it.
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

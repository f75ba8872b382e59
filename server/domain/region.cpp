#include "server/domain/region.hpp"

#include "server/domain/data_file.hpp"

#include <algorithm>

namespace sponsio::domain {
namespace {

/// Level words of the table that gather divisions without being one: they are no part of a place's name.
constexpr std::string_view gathering_terms[] = {"市辖区", "县", "省直辖县级行政区划",
                                                "自治区直辖县级行政区划"};

struct Table {
    std::string version;
    std::vector<Region> regions;
};

constexpr Reason not_a_region_code{"bad_format", "is not a six-digit region code", "不是六位行政区划代码"};

Region read_region(Fields& fields, Date base_date) {
    Region region;
    region.code = fields.text("code", {.min = 6, .max = 6});
    if (!region.code.empty() && !region_level(region.code)) fields.refuse("code", not_a_region_code);
    region.name = fields.text("name", {.max = 50});
    region.valid_from = fields.optional_date("valid_from").value_or(base_date);
    region.valid_to = fields.optional_date("valid_to");
    if (region.valid_to && *region.valid_to < region.valid_from) fields.refuse("valid_to", reversed_days);
    return region;
}

Table read_table(Fields& fields) {
    Table table;
    table.version = fields.text("version", {.max = 64});
    fields.bilingual("source", {.max = 1000});
    fields.bilingual("coverage", {.max = 2000});
    Date const base_date = fields.date("base_date");
    fields.objects("regions", {.min = 1, .max = 20'000},
                   [&](Fields& row) { table.regions.push_back(read_region(row, base_date)); });
    return table;
}

bool is_gathering(std::string_view name) {
    return std::ranges::find(gathering_terms, name) != std::end(gathering_terms);
}

}  // namespace

std::optional<RegionLevel> region_level(std::string_view code) {
    if (code.size() != 6 || !std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; }) ||
        code[0] == '0')
        return std::nullopt;
    if (code == national_region) return RegionLevel::country;
    if (code.substr(2) == "0000") return RegionLevel::province;
    if (code.substr(4) == "00") return RegionLevel::prefecture;
    return RegionLevel::county;
}

std::vector<std::string> region_ancestors(std::string_view code) {
    std::vector<std::string> above;
    auto const level = region_level(code);
    if (!level || *level == RegionLevel::country) return above;
    if (*level == RegionLevel::county) above.push_back(std::string(code.substr(0, 4)) + "00");
    if (*level != RegionLevel::province) above.push_back(std::string(code.substr(0, 2)) + "0000");
    above.emplace_back(national_region);
    return above;
}

Outcome<Regions> Regions::from_resources() {
    return from_files(resources_in("regions/"));
}

Outcome<Regions> Regions::from_files(std::span<Resource const> files) {
    Regions all;
    for (Resource const& file : files) {
        auto table = read_data_file(file, read_table);
        if (!table) return table.error();
        all.version_ += (all.version_.empty() ? "" : "+") + table->version;
        std::vector<FieldError> errors;
        for (Region& region : table->regions) {
            auto& periods = all.by_code_[region.code];
            Days const days{region.valid_from, region.valid_to};
            for (Region const& other : periods)
                if (days.overlap({other.valid_from, other.valid_to}))
                    errors.push_back({region.code, &overlapping_days});
            periods.push_back(std::move(region));
            ++all.count_;
        }
        if (!errors.empty()) return data_fault(file.name, errors);
    }
    std::vector<FieldError> orphans;
    for (auto& [code, periods] : all.by_code_) {
        std::ranges::sort(periods, {}, &Region::valid_from);
        // Every division lies in a province of the table; the levels in between may be missing.
        auto const above = region_ancestors(code);
        if (above.size() > 1 && !all.by_code_.contains(above[above.size() - 2]))
            orphans.push_back({code, &reason::no_such_thing});
    }
    if (!orphans.empty()) return data_fault("regions/", orphans);
    return all;
}

Region const* Regions::find(std::string_view code, Date on) const {
    for (Region const& region : history(code))
        if (Days{region.valid_from, region.valid_to}.contain(on)) return &region;
    return nullptr;
}

std::span<Region const> Regions::history(std::string_view code) const {
    auto const found = by_code_.find(code);
    if (found == by_code_.end()) return {};
    return found->second;
}

bool Regions::valid_on(std::string_view code, Date on) const {
    return find(code, on) != nullptr;
}

std::optional<std::string_view> Regions::name(std::string_view code, Date on) const {
    Region const* region = find(code, on);
    if (!region) return std::nullopt;
    return region->name;
}

std::optional<std::string> Regions::full_name(std::string_view code, Date on) const {
    Region const* region = find(code, on);
    if (!region) return std::nullopt;
    std::string text = region->name;
    for (std::string const& above : region_ancestors(code)) {
        Region const* higher = above == national_region ? nullptr : find(above, on);
        if (higher && !is_gathering(higher->name)) text = higher->name + text;
    }
    return text;
}

std::vector<Region> Regions::children(std::string_view code, Date on) const {
    std::vector<Region> below;
    auto const level = region_level(code);
    if (!level || *level == RegionLevel::county) return below;
    std::size_t const shared = *level == RegionLevel::country ? 0 : *level == RegionLevel::province ? 2 : 4;
    std::string_view const prefix = code.substr(0, shared);
    for (auto at = by_code_.lower_bound(prefix); at != by_code_.end() && at->first.starts_with(prefix);
         ++at) {
        Region const* region = find(at->first, on);
        if (!region) continue;
        // The nearest ancestor that exists on that day is the parent.
        for (std::string const& above : region_ancestors(at->first)) {
            if (!valid_on(above, on)) continue;
            if (above == code) below.push_back(*region);
            break;
        }
    }
    return below;
}

}  // namespace sponsio::domain

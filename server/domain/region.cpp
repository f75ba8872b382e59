#include "server/domain/region.hpp"

#include "server/base/form.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/data_file.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace sponsio::domain {
namespace {

/// Collective terms of the table that are no division of their own, and no part of a place's name.
constexpr std::string_view gathering_terms[] = {"市辖区", "县", "省直辖县级行政区划",
                                                "自治区直辖县级行政区划"};

struct File {
    std::string version;
    std::vector<Region> regions;
};

constexpr Reason not_a_region_code{"bad_format", "is not a six-digit region code", "不是六位行政区划代码"};
constexpr Reason no_parent{"no_such_thing", "has no division above it on its first day",
                           "设立之日无对应的上级行政区划"};
constexpr Reason no_successor{"no_such_thing",
                              "is replaced by a code that does not exist on the day after it",
                              "接替代码在其撤销次日不存在"};
constexpr Reason goes_on{"not_allowed_here", "is for divisions that have a last day", "仅适用于已撤销的区划"};

Region read_region(Fields& fields, Date base_date) {
    Region region;
    region.code = fields.text("code", {.min = 6, .max = 6});
    if (!region.code.empty() && !region_level(region.code)) fields.refuse("code", not_a_region_code);
    region.name = fields.text("name", {.max = 50});
    region.valid_from = fields.optional_date("valid_from").value_or(base_date);
    region.valid_to = fields.optional_date("valid_to");
    if (region.valid_to && *region.valid_to < region.valid_from) fields.refuse("valid_to", reversed_days);
    region.replaced_by = fields.texts("replaced_by", {.min = 0, .max = 20}, {.min = 6, .max = 6});
    if (!region.replaced_by.empty() && !region.valid_to) fields.refuse("replaced_by", goes_on);
    // The source and the grade of a single change, for readers of the file.
    auto const source = fields.optional_text("source", {.max = 500});
    if (source) refuse_placeholder(fields, "source", *source);
    if (source) fields.choice<Grade>("grade");
    return region;
}

File read_table(Fields& fields) {
    File file;
    file.version = fields.text("version", {.max = 64});
    Bilingual const source = fields.bilingual("source", {.max = 1000});
    refuse_placeholder(fields, "source", source);
    fields.bilingual("coverage", {.max = 2000});
    Date const base_date = fields.date("base_date");
    fields.objects("regions", {.min = 1, .max = 20'000},
                   [&](Fields& row) { file.regions.push_back(read_region(row, base_date)); });
    return file;
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

bool lies_within(std::string_view code, std::string_view place) {
    if (code == place) return true;
    auto const above = region_ancestors(code);
    return std::ranges::find(above, place) != above.end();
}

Outcome<Regions> Regions::from_resources(std::span<Resource const> more) {
    std::vector<Resource> files = resources_in("regions/");
    files.insert(files.end(), more.begin(), more.end());
    return from_files(files);
}

Outcome<Regions> Regions::from_files(std::span<Resource const> files) {
    Table all;
    for (Resource const& file : files) {
        auto read = read_data_file(file, read_table);
        if (!read) return read.error();
        all.version += (all.version.empty() ? "" : "+") + read->version;
        auto errors = all.lay(std::move(read->regions));
        if (errors.empty()) errors = all.misplaced();
        if (!errors.empty()) return data_fault(file.name, errors);
    }
    return Regions(std::move(all));
}

/// Rows of one file may not overlap; a row replaces the row of an earlier file with the same first day.
std::vector<FieldError> Regions::Table::lay(std::vector<Region> rows) {
    std::vector<FieldError> errors;
    std::set<std::pair<std::string, Date>> fresh;
    for (Region& row : rows) {
        auto& periods = by_code[row.code];
        bool const twice = !fresh.emplace(row.code, row.valid_from).second;
        auto const same = std::ranges::find(periods, row.valid_from, &Region::valid_from);
        if (same != periods.end() && !twice) {
            *same = std::move(row);
        } else {
            periods.push_back(std::move(row));
            ++count;
        }
    }
    for (auto& [code, periods] : by_code) {
        std::ranges::sort(periods, {}, &Region::valid_from);
        for (std::size_t i = 1; i < periods.size(); ++i)
            if (Days{periods[i - 1].valid_from, periods[i - 1].valid_to}.contain(periods[i].valid_from))
                errors.push_back({code, &overlapping_days});
    }
    return errors;
}

/// Checks that every division lies in one that exists, and that its successors exist after its last day.
std::vector<FieldError> Regions::Table::misplaced() const {
    std::vector<FieldError> errors;
    for (auto const& [code, periods] : by_code) {
        auto const above = region_ancestors(code);
        for (Region const& region : periods) {
            if (above.size() > 1 && !find(above.front(), region.valid_from))
                errors.push_back({code, &no_parent});
            for (std::string const& successor : region.replaced_by)
                if (!find(successor, Date{std::chrono::sys_days{*region.valid_to} + std::chrono::days{1}}))
                    errors.push_back({code, &no_successor});
        }
    }
    return errors;
}

void Regions::become(Regions const& newer) {
    table_->become(*newer.table_);
}

Region const* Regions::Table::find(std::string_view code, Date on) const {
    auto const found = by_code.find(code);
    if (found == by_code.end()) return nullptr;
    for (Region const& region : found->second)
        if (Days{region.valid_from, region.valid_to}.contain(on)) return &region;
    return nullptr;
}

std::span<Region const> Regions::history(std::string_view code) const {
    auto const& by_code = table_->now().by_code;
    auto const found = by_code.find(code);
    if (found == by_code.end()) return {};
    return found->second;
}

bool Regions::valid_on(std::string_view code, Date on) const {
    return table_->now().find(code, on) != nullptr;
}

Outcome<void> Regions::check(std::string_view code, Date on, std::string pointer) const {
    Table const& table = table_->now();
    if (table.find(code, on)) return {};
    Fault refused = bad_field(std::move(pointer), reason::unknown_region, form::region_code);
    std::string const named(code);
    auto const found = table.by_code.find(code);
    if (found == table.by_code.end()) {
        refused.detail = {"The table of regions (" + table.version + ") has no code " + named + ".",
                          "行政区划表（" + table.version + "）中没有代码 " + named + "。"};
        return refused;
    }
    Region const* last = nullptr;
    for (Region const& period : found->second)
        if (period.valid_to && *period.valid_to < on) last = &period;
    if (!last) {
        std::string const first = to_iso(found->second.front().valid_from);
        refused.detail = {"The code " + named + " exists from " + first + " on.",
                          "代码 " + named + " 自 " + first + " 起启用。"};
        return refused;
    }
    std::string const until = to_iso(*last->valid_to);
    std::string en, zh;
    for (std::string const& successor : last->replaced_by) {
        std::string const name = full_name(successor, on).value_or("");
        en += (en.empty() ? "" : ", ") + successor + (name.empty() ? "" : " (" + name + ")");
        zh += (zh.empty() ? "" : "、") + successor + name;
    }
    refused.detail = {"The code " + named + " (" + last->name + ") ended on " + until + "." +
                          (en.empty() ? "" : " In its place: " + en + "."),
                      "代码 " + named + "（" + last->name + "）已于 " + until + " 终止使用。" +
                          (zh.empty() ? "" : "接替代码：" + zh + "。")};
    return refused;
}

std::optional<std::string_view> Regions::name(std::string_view code, Date on) const {
    Region const* region = table_->now().find(code, on);
    if (!region) return std::nullopt;
    return region->name;
}

std::optional<std::string> Regions::full_name(std::string_view code, Date on) const {
    Table const& table = table_->now();
    Region const* region = table.find(code, on);
    if (!region) return std::nullopt;
    std::string text = region->name;
    for (std::string const& above : region_ancestors(code)) {
        Region const* higher = above == national_region ? nullptr : table.find(above, on);
        if (higher && !is_gathering(higher->name)) text = higher->name + text;
    }
    return text;
}

std::vector<Region> Regions::children(std::string_view code, Date on) const {
    Table const& table = table_->now();
    std::vector<Region> below;
    auto const level = region_level(code);
    if (!level || *level == RegionLevel::county) return below;
    std::size_t const shared = *level == RegionLevel::country ? 0 : *level == RegionLevel::province ? 2 : 4;
    std::string_view const prefix = code.substr(0, shared);
    for (auto at = table.by_code.lower_bound(prefix);
         at != table.by_code.end() && at->first.starts_with(prefix); ++at) {
        Region const* region = table.find(at->first, on);
        if (!region) continue;
        // The nearest ancestor that exists on that day is the parent.
        for (std::string const& above : region_ancestors(at->first)) {
            if (!table.find(above, on)) continue;
            if (above == code) below.push_back(*region);
            break;
        }
    }
    return below;
}

}  // namespace sponsio::domain

#include "server/sheet/xlsx.hpp"

#include "server/sheet/xml.hpp"
#include "server/sheet/zip.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <functional>
#include <vector>

namespace sponsio::sheet {
namespace {

constexpr std::uint64_t largest_list = std::uint64_t{1} << 20;      // bytes of workbook.xml and the like
constexpr std::uint64_t largest_strings = std::uint64_t{64} << 20;  // bytes of XML
constexpr std::uint64_t largest_sheet = std::uint64_t{256} << 20;   // bytes of XML
constexpr std::size_t most_string_bytes = std::size_t{48} << 20;    // kept in memory
/// So many are remembered, since each empty cell is looked for in all of them.
constexpr std::size_t most_merged = 1'000;

Fault too_large(std::string en, std::string zh) {
    return fault(problem::too_large, std::move(en), std::move(zh));
}

/// A cell's place in "C5": column from 0, row from 1.
struct Place {
    std::size_t column = 0;
    std::uint32_t row = 0;
};

std::optional<Place> place_of(std::string_view name) {
    std::size_t column = 0, at = 0;
    for (; at != name.size() && at < 3 && name[at] >= 'A' && name[at] <= 'Z'; ++at)
        column = column * 26 + static_cast<std::size_t>(name[at] - 'A') + 1;
    Place place{column - 1, 0};
    auto const [end, error] = std::from_chars(name.data() + at, name.data() + name.size(), place.row);
    if (at == 0 || error != std::errc{} || end != name.data() + name.size() || place.row == 0)
        return std::nullopt;
    return place;
}

/// Text of a string item: all <t> but those of phonetic hints.
class ItemText {
  public:
    void begin(std::string_view name) {
        if (name == "rPh") hint_ = true;
        if (name == "t" && !hint_) open_ = true;
    }

    void end(std::string_view name) {
        if (name == "rPh") hint_ = false;
        if (name == "t") open_ = false;
    }

    void text(std::string_view piece) {
        if (open_ && text_.size() <= longest_cell) text_.append(piece);
    }

    std::string take() { return std::exchange(text_, {}); }

  private:
    std::string text_;
    bool open_ = false, hint_ = false;
};

/// xl/sharedStrings.xml: the texts that cells name by their number.
class Strings final : public XmlListener {
  public:
    void begin(std::string_view name, XmlAttributes const&) override { item_.begin(name); }

    void end(std::string_view name) override {
        item_.end(name);
        if (name != "si") return;
        all.push_back(item_.take());
        bytes += all.back().size() + sizeof(std::string);
    }

    void text(std::string_view piece) override { item_.text(piece); }

    std::vector<std::string> all;
    std::size_t bytes = 0;

  private:
    ItemText item_;
};

/// The merged cells, which stand behind the rows that they are about.
class Merged final : public XmlListener {
  public:
    struct Area {
        Place first, last;
    };

    void begin(std::string_view name, XmlAttributes const& attributes) override {
        if (name != "mergeCell" || all.size() >= most_merged) return;
        std::string_view const area = attributes.get("ref");
        std::size_t const colon = area.find(':');
        if (colon == std::string_view::npos) return;
        auto const first = place_of(area.substr(0, colon)), last = place_of(area.substr(colon + 1));
        if (first && last) all.push_back({*first, *last});
    }

    void end(std::string_view) override {}

    void text(std::string_view) override {}

    std::vector<Area> all;
};

/// xl/worksheets/sheet1.xml
class Rows final : public XmlListener {
  public:
    explicit Rows(std::vector<std::string> const& strings) : strings_(strings) {}

    void begin(std::string_view name, XmlAttributes const& attributes) override {
        if (name == "row") {
            row_ = {.number = row_.number + 1};
            auto const given = attributes.get("r");
            std::from_chars(given.data(), given.data() + given.size(), row_.number);
        } else if (name == "c") {
            begin_cell(attributes);
        } else if (name == "v") {
            in_value_ = true;
        } else if (in_cell_) {
            item_.begin(name);
        }
    }

    void end(std::string_view name) override {
        item_.end(name);
        if (name == "v") in_value_ = false;
        if (name == "c") end_cell();
        if (name == "row" &&
            std::ranges::any_of(row_.cells, [](Cell const& c) { return c.kind != CellKind::empty; }))
            done.push_back(row_);
    }

    void text(std::string_view piece) override {
        if (in_value_ && value_.size() <= longest_cell) value_.append(piece);
        item_.text(piece);
    }

    std::deque<Row> done;
    bool broken = false;  ///< a cell names a text that is not there

  private:
    void begin_cell(XmlAttributes const& attributes) {
        in_cell_ = true;
        type_ = attributes.get("t");
        value_.clear();
        auto const place = place_of(attributes.get("r"));
        column_ = place ? place->column : row_.cells.size();
    }

    Cell cell() {
        std::string inline_text = item_.take();
        if (type_ == "inlineStr") return {CellKind::text, std::move(inline_text)};
        if (type_ == "e") return {CellKind::failed, value_};
        if (type_ == "b") return {CellKind::text, value_ == "1" ? "TRUE" : "FALSE"};
        if (type_ == "str" || type_ == "d") return {CellKind::text, value_};
        if (type_ != "s") return {CellKind::number, value_};
        std::size_t index = 0;
        auto const [end, error] = std::from_chars(value_.data(), value_.data() + value_.size(), index);
        broken |= error != std::errc{} || index >= strings_.size();
        return broken ? Cell{} : Cell{CellKind::text, strings_[index]};
    }

    void end_cell() {
        in_cell_ = false;
        Cell made = cell();
        if (made.text.empty()) made.kind = CellKind::empty;
        if (column_ >= most_columns || made.kind == CellKind::empty) return;
        if (row_.cells.size() <= column_) row_.cells.resize(column_ + 1);
        row_.cells[column_] = std::move(made);
    }

    std::vector<std::string> const& strings_;
    Row row_;
    ItemText item_;
    std::string type_, value_;
    std::size_t column_ = 0;
    bool in_cell_ = false, in_value_ = false;
};

/// A part that is small: what of it is wanted is called for each element.
class Elements final : public XmlListener {
  public:
    using See = std::function<void(std::string_view, XmlAttributes const&)>;

    explicit Elements(See see) : see_(std::move(see)) {}

    void begin(std::string_view name, XmlAttributes const& attributes) override { see_(name, attributes); }

    void end(std::string_view) override {}

    void text(std::string_view) override {}

  private:
    See see_;
};

Outcome<void> read_list(ZipArchive& archive, std::string const& name, Elements::See see) {
    auto part = archive.part(name);
    if (!part) return part.error();
    Elements elements(std::move(see));
    XmlReader reader(elements);
    for (;;) {
        auto const piece = part->next(largest_list);
        if (!piece) return piece.error();
        if (auto read = reader.feed(*piece, piece->empty()); !read) return read;
        if (piece->empty()) return {};
    }
}

/// The name of a part as a relation of xl/workbook.xml names it.
std::string part_name(std::string_view target, std::string_view folder) {
    if (target.starts_with('/')) return std::string(target.substr(1));
    return std::string(folder) + std::string(target);
}

}  // namespace

struct XlsxReader::Parts {
    explicit Parts(ZipArchive opened) : archive(std::move(opened)) {}

    enum class Step : unsigned char { strings, merged, rows, over };

    Outcome<void> find();
    Outcome<void> begin(Step next);
    Outcome<bool> work();
    Outcome<void> check() const;

    ZipArchive archive;
    bool since_1904 = false;
    std::string strings_part, sheet_part;
    Step step = Step::over;
    Strings strings;
    Merged merged;
    Rows rows{strings.all};
    std::optional<ZipPart> part;
    std::optional<XmlReader> reader;
    std::uint64_t limit = 0;
};

/// Finds the parts that matter, by the relations that name them.
Outcome<void> XlsxReader::Parts::find() {
    std::string workbook = "xl/workbook.xml";
    if (auto read = read_list(archive, "_rels/.rels",
                              [&](std::string_view, XmlAttributes const& is) {
                                  if (is.get("Type").ends_with("/officeDocument"))
                                      workbook = part_name(is.get("Target"), "");
                              });
        !read)
        return read;
    std::string first;
    if (auto read = read_list(archive, workbook,
                              [&](std::string_view name, XmlAttributes const& is) {
                                  if (name == "workbookPr")
                                      since_1904 = is.get("date1904") == "1" || is.get("date1904") == "true";
                                  if (name == "sheet" && first.empty() && !is.get("state").ends_with("idden"))
                                      first = is.get("id");
                              });
        !read)
        return read;
    std::size_t const slash = workbook.rfind('/') + 1;  // 0 if there is none
    std::string const folder = workbook.substr(0, slash);
    if (auto read = read_list(archive, folder + "_rels/" + workbook.substr(slash) + ".rels",
                              [&](std::string_view, XmlAttributes const& is) {
                                  if (is.get("Type").ends_with("/sharedStrings"))
                                      strings_part = part_name(is.get("Target"), folder);
                                  if (!first.empty() && is.get("Id") == first)
                                      sheet_part = part_name(is.get("Target"), folder);
                              });
        !read)
        return read;
    if (sheet_part.empty())
        return fault(problem::malformed, "This workbook has no visible sheet.", "工作簿中没有可见的工作表。");
    return begin(!strings_part.empty() && archive.has(strings_part) ? Step::strings : Step::merged);
}

Outcome<void> XlsxReader::Parts::begin(Step next) {
    step = next;
    reader.reset();
    part.reset();
    if (step == Step::over) return {};
    auto opened = archive.part(step == Step::strings ? strings_part : sheet_part);
    if (!opened) return opened.error();
    part.emplace(std::move(*opened));
    limit = step == Step::strings ? largest_strings : largest_sheet;
    if (step == Step::strings)
        reader.emplace(strings);
    else if (step == Step::merged)
        reader.emplace(merged);
    else
        reader.emplace(rows);
    return {};
}

Outcome<void> XlsxReader::Parts::check() const {
    if (strings.bytes > most_string_bytes)
        return too_large("This workbook holds too much text; split it into several files.",
                         "工作簿文字过多，请拆分为多个文件。");
    if (rows.broken)
        return fault(problem::malformed,
                     "This workbook is broken: open it, save it again as .xlsx, and send that.",
                     "工作簿已损坏。请用表格软件打开后另存为 .xlsx，再重新提交。");
    if (!rows.done.empty() && rows.done.back().number > most_rows)
        return too_large("A sheet may have at most " + std::to_string(most_rows) + " rows; split it.",
                         "一个工作表最多 " + std::to_string(most_rows) + " 行，请拆分。");
    return {};
}

Outcome<bool> XlsxReader::Parts::work() {
    if (step == Step::over) return false;
    auto const piece = part->next(limit);
    if (!piece) return piece.error();
    if (auto read = reader->feed(*piece, piece->empty()); !read) return read.error();
    if (auto fine = check(); !fine) return fine.error();
    if (piece->empty())
        if (auto begun = begin(static_cast<Step>(static_cast<unsigned char>(step) + 1)); !begun)
            return begun.error();
    return true;
}

XlsxReader::XlsxReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

XlsxReader::XlsxReader(XlsxReader&&) noexcept = default;
XlsxReader& XlsxReader::operator=(XlsxReader&&) noexcept = default;
XlsxReader::~XlsxReader() = default;

Outcome<XlsxReader> XlsxReader::open(std::string bytes) {
    auto archive = ZipArchive::open(std::move(bytes));
    if (!archive) return archive.error();
    auto parts = std::make_unique<Parts>(std::move(*archive));
    if (auto found = parts->find(); !found) return found.error();
    return XlsxReader(std::move(parts));
}

Outcome<bool> XlsxReader::work() {
    return parts_->work();
}

std::optional<Row> XlsxReader::next() {
    if (parts_->rows.done.empty()) return std::nullopt;
    Row row = std::move(parts_->rows.done.front());
    parts_->rows.done.pop_front();
    return row;
}

bool XlsxReader::since_1904() const noexcept {
    return parts_->since_1904;
}

std::string XlsxReader::merged_into(std::size_t column, std::uint32_t row) const {
    for (auto const& [first, last] : parts_->merged.all) {
        bool const inside =
            column >= first.column && column <= last.column && row >= first.row && row <= last.row;
        if (inside && (column != first.column || row != first.row)) return cell_name(first.column, first.row);
    }
    return {};
}

}  // namespace sponsio::sheet

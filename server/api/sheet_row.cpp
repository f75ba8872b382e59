#include "server/api/sheet_row.hpp"

#include "server/domain/assent.hpp"
#include "server/sheet/date_forms.hpp"
#include "server/sheet/tidy.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sponsio::api {
namespace {

using domain::Json;
using domain::JsonObject;
using sheet::Cell;
using sheet::CellKind;
using sheet::ReadDate;

constexpr Reason lost_digits{
    "lost_digits",
    "was kept as a number and has lost its last digits; format the column as text and enter the number again "
    "from the paper",
    "被当作数值保存，末尾数字已丢失；请将该列设为文本格式，并按原件重新输入号码"};
constexpr Reason perhaps_lost_digits{
    "lost_digits",
    "ends in 000, as a number does that a spreadsheet cut; compare it with the paper, and send the table as "
    ".xlsx "
    "with this column as text",
    "末三位为 000，疑似被表格软件截断；请与原件核对，并将该列设为文本格式后以 .xlsx 提交"};
constexpr Reason not_a_date{"not_a_date", "is not understood as a date; write it as 2026-11-30",
                            "无法识别为日期；请写成 2026-11-30 的形式"};
constexpr Reason not_a_kind{
    "unknown_value", "is none of 自然人 (natural_person), 法人 (organisation), 个体工商户 (sole_trader)",
    "应为自然人、法人或个体工商户"};
constexpr Reason not_a_document{
    "unknown_value",
    "is no type of document that is known; write 居民身份证 (citizen_id), 护照 (passport), "
    "统一社会信用代码 (uscc) or another of the template",
    "证件类型无法识别；请填写居民身份证、护照、统一社会信用代码等（见模板说明）"};
constexpr Reason not_a_check{"unknown_value",
                             "is no way to check an identity; write 核对证件原件 (document_seen), 读取芯片 "
                             "(chip_read) or another of the "
                             "template",
                             "身份核验方式无法识别；请填写核对证件原件、读取芯片、人脸核验等（见模板说明）"};
constexpr Reason failed_formula{"failed_formula", "holds an error of a formula; enter the value itself",
                                "公式出错；请直接填写内容"};
constexpr Reason unreadable{"unreadable",
                            "holds bytes that are no text; save the file as \"CSV UTF-8\" and send it again",
                            "含有无法识别的字符；请将文件另存为“CSV UTF-8”后重新提交"};
constexpr Reason covered{"merged_cell", "is covered by a merged cell; unmerge it and fill in each row",
                         "属于合并单元格；请取消合并并逐行填写"};

Reason const& not_a(ColumnKind kind) {
    if (kind == ColumnKind::committer_kind) return not_a_kind;
    return kind == ColumnKind::identity_check ? not_a_check : not_a_document;
}

/// Puts a value where the pointer says, making the objects on the way.
void put(JsonObject& object, std::string_view pointer, Json value) {
    pointer.remove_prefix(1);
    std::size_t const slash = pointer.find('/');
    if (slash == std::string_view::npos) {
        object.set(pointer, std::move(value));
        return;
    }
    std::string_view const step = pointer.substr(0, slash);
    if (!object.contains(step)) object.add(std::string(step), JsonObject{});
    put(object.find(step)->as_object(), pointer.substr(slash), std::move(value));
}

/// Reads the cells of one row.
class RowReader {
  public:
    RowReader(sheet::Row const& row, SheetSense const& sense) : row_(row), sense_(sense) {}

    void read(SheetHeader::Place const& place);

    SheetDraft take() && { return std::move(made_); }

  private:
    void mend(SheetMend what) { made_.notes.mended.push_back({std::string(pointer_), cell_, what}); }

    void refuse(Reason const& why, std::string merged = {}) {
        made_.notes.refused.push_back({std::string(pointer_), &why, std::move(merged)});
        put(made_.draft, pointer_, false);
    }

    void give(std::string value) {
        if (!value.empty()) put(made_.draft, pointer_, std::move(value));
    }

    void note(sheet::Tidied const& tidied) {
        if (tidied.blanks && !tidied.text.empty()) mend(SheetMend::blanks);
        if (tidied.full_width) mend(SheetMend::full_width);
        if (tidied.wrapped) mend(SheetMend::wrapping);
    }

    void read_text(Cell const& cell);
    void read_code(Cell const& cell);
    void read_date(Cell const& cell);
    void read_word(Cell const& cell, ColumnKind kind);

    sheet::Row const& row_;
    SheetSense const& sense_;
    SheetDraft made_;
    std::string_view pointer_;
    std::string cell_;
};

std::optional<double> number_of(Cell const& cell) {
    double value = 0;
    char const* const end = cell.text.data() + cell.text.size();
    auto const [stop, error] = std::from_chars(cell.text.data(), end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// The digits of a whole number that a spreadsheet keeps exactly; nothing of any other.
std::optional<std::string> exact_digits(Cell const& cell) {
    constexpr double most = 1e15;
    auto const value = number_of(cell);
    if (!value || *value < 0 || *value >= most || *value != std::floor(*value)) return std::nullopt;
    return std::to_string(static_cast<std::int64_t>(*value));
}

void RowReader::read_text(Cell const& cell) {
    auto tidied = sheet::tidy(cell.text);
    note(tidied);
    if (cell.kind == CellKind::number && sheet::is_scientific(tidied.text)) return refuse(lost_digits);
    give(std::move(tidied.text));
}

void RowReader::read_code(Cell const& cell) {
    if (cell.kind == CellKind::number) {
        auto digits = exact_digits(cell);
        if (!digits) return refuse(lost_digits);
        mend(SheetMend::number);
        return give(std::move(*digits));
    }
    auto tidied = sheet::tidy_code(cell.text);
    note(tidied);
    if (sheet::is_scientific(tidied.text)) return refuse(lost_digits);
    bool const cut = !sense_.workbook && !tidied.wrapped && tidied.text.size() == 18 &&
                     tidied.text.ends_with("000") &&
                     std::ranges::all_of(tidied.text, [](char c) { return c >= '0' && c <= '9'; });
    if (cut) return refuse(perhaps_lost_digits);
    give(std::move(tidied.text));
}

void RowReader::read_date(Cell const& cell) {
    std::string written = cell.text;
    if (cell.kind == CellKind::number) {
        auto const value = number_of(cell);
        if (!value) return refuse(not_a_date);
        bool const eight_digits =
            *value >= 18'000'101 && *value <= 29'991'231 && *value == std::floor(*value);
        if (!eight_digits) {
            auto const day = sheet::day_of_serial(*value, sense_.since_1904);
            if (!day) return refuse(not_a_date);
            mend(SheetMend::date_number);
            return give(to_iso(*day));
        }
        written = std::to_string(static_cast<std::int64_t>(*value));
    }
    // Blanks within separate a date from its time, so only the ends are tidied first.
    auto tidied = sheet::tidy(written);
    auto found = sheet::read_date(tidied.text);
    if (found.how == ReadDate::How::not_understood) {
        tidied = sheet::tidy_code(written);
        found = sheet::read_date(tidied.text);
    }
    if (tidied.text.empty()) return;
    note(tidied);
    if (found.how == ReadDate::How::no_such_day) return refuse(reason::impossible_date);
    if (found.how == ReadDate::How::not_understood) return refuse(not_a_date);
    if (found.how == ReadDate::How::other_form) mend(SheetMend::date_form);
    give(to_iso(*found.day));
}

void RowReader::read_word(Cell const& cell, ColumnKind kind) {
    auto const tidied = sheet::tidy_code(cell.text);
    if (tidied.text.empty()) return;
    note(tidied);
    auto word = word_for(kind, tidied.text);
    if (!word) return refuse(not_a(kind));
    give(std::move(*word));
}

void RowReader::read(SheetHeader::Place const& place) {
    pointer_ = place.column->pointer;
    cell_ = sheet::cell_name(place.at, row_.number);
    made_.notes.cells.emplace(pointer_, cell_);
    static Cell const nothing;
    Cell const& cell = place.at < row_.cells.size() ? row_.cells[place.at] : nothing;
    switch (cell.kind) {
        case CellKind::empty:
            if (std::string merged = sense_.merged_into ? sense_.merged_into(place.at, row_.number) : "";
                !merged.empty())
                refuse(covered, std::move(merged));
            return;
        case CellKind::failed: return refuse(failed_formula);
        case CellKind::unreadable: return refuse(unreadable);
        case CellKind::text:
        case CellKind::number: break;
    }
    switch (place.column->kind) {
        case ColumnKind::text: return read_text(cell);
        case ColumnKind::code: return read_code(cell);
        case ColumnKind::date: return read_date(cell);
        case ColumnKind::committer_kind:
        case ColumnKind::document_type:
        case ColumnKind::identity_check: return read_word(cell, place.column->kind);
    }
}

std::string_view in(http::Language language, std::string_view en, std::string_view zh) {
    return language == http::Language::english ? en : zh;
}

/// The sentence about something mended.
Bilingual about(SheetMend mend) {
    switch (mend) {
        case SheetMend::blanks: return {"Blanks around it were dropped.", "已去除多余空白。"};
        case SheetMend::full_width:
            return {"Full-width characters were taken as half-width.", "全角字符已转为半角。"};
        case SheetMend::wrapping:
            return {"The marks that keep it a text were dropped.", "已去除用于强制文本的标记。"};
        case SheetMend::date_form:
            return {"The date was written as YYYY-MM-DD.", "日期已统一为 YYYY-MM-DD。"};
        case SheetMend::date_number:
            return {"The number was read as the spreadsheet's date.", "已按表格软件的日期序号识别。"};
        case SheetMend::number:
            return {"The number was taken as text; compare leading zeros.",
                    "数值已按文本处理，请留意前导零。"};
    }
    return {};
}

}  // namespace

SheetDraft draft_of(sheet::Row const& row, SheetHeader const& header, SheetSense const& sense) {
    RowReader reader(row, sense);
    for (SheetHeader::Place const& place : header.columns()) reader.read(place);
    SheetDraft made = std::move(reader).take();
    // A table holds no signature, so an assent in it is a signed paper.
    if (Json* const assent = made.draft.find("assent"))
        assent->as_object().set("kind", domain::word(domain::AssentKind::signed_paper));
    return made;
}

std::string with_cells(std::string const& problem, SheetNotes const& notes, http::Language language) {
    auto document = json::parse(problem);
    if (!document) return problem;
    Json* const errors = document->as_object().find("errors");
    if (!errors) return problem;
    for (Json& error : errors->as_array()) {
        JsonObject& one = error.as_object();
        std::string const pointer = one.at("pointer").as_string();
        for (SheetNotes::Refused const& refused : notes.refused) {
            if (refused.pointer != pointer) continue;
            std::string detail(in(language, refused.why->en, refused.why->zh));
            if (!refused.merged_into.empty()) detail += " (" + refused.merged_into + ")";
            one.set("reason", refused.why->word);
            one.set("detail", std::move(detail));
        }
        // Where a whole object is missing, the first cell that would be in it.
        auto const cell = notes.cells.lower_bound(pointer);
        if (cell != notes.cells.end() && (cell->first == pointer || cell->first.starts_with(pointer + "/")))
            one.set("cell", cell->second);
    }
    return json::write(*document);
}

Json mended_view(SheetNotes const& notes, http::Language language) {
    json::Array rows;
    for (SheetNotes::Mended const& mended : notes.mended) {
        Bilingual const said = about(mended.what);
        rows.push_back(JsonObject{{"cell", mended.cell},
                                  {"pointer", mended.pointer},
                                  {"mend", domain::word(mended.what)},
                                  {"detail", in(language, said.en, said.zh)}});
    }
    return rows;
}

}  // namespace sponsio::api

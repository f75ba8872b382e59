#include "server/api/sheet_columns.hpp"

#include "server/domain/commitment.hpp"
#include "server/sheet/tidy.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

using enum ColumnKind;
using sheet::cell_name;

/// A field that is added to CommitmentDraft gets its column by a line here.
SheetColumn const all_columns[] = {
    {"/notice_id",
     "告知书编号",
     "notice_id",
     code,
     true,
     "告知编号",
     {"The notice that the person was given", "向承诺人出具的告知书编号"}},
    {"/client_reference",
     "自有编号",
     "client_reference",
     code,
     false,
     "业务编号 受理编号 流水号",
     {"Your own number of the case, unique in your organisation: a row that has one is known by it",
      "本单位的业务编号，不得重复；填写后以该编号识别此行"}},
    {"/committer/kind",
     "承诺人类别",
     "committer_kind",
     committer_kind,
     true,
     "",
     {"natural_person, organisation or sole_trader", "自然人、法人或个体工商户"}},
    {"/committer/name",
     "承诺人姓名或名称",
     "committer_name",
     text,
     true,
     "承诺人 承诺人姓名 承诺人名称 姓名 名称 name",
     {"As the document has it", "与证件一致"}},
    {"/committer/document/type",
     "证件类型",
     "document_type",
     document_type,
     true,
     "承诺人证件类型",
     {"citizen_id, passport, uscc ...", "居民身份证、护照、统一社会信用代码等"}},
    {"/committer/document/number",
     "证件号码",
     "document_number",
     code,
     true,
     "承诺人证件号码 身份证号 身份证号码 公民身份号码",
     {"As text: a number of 18 digits is cut by a spreadsheet",
      "须为文本格式，否则 18 位号码会丢失末尾数字"}},
    {"/committer/birth_date",
     "出生日期",
     "birth_date",
     date,
     false,
     "承诺人出生日期",
     {"Only where the number does not tell it", "仅在证件号码不含出生日期时填写"}},
    {"/made_on", "承诺日期", "made_on", date, true, "承诺作出日期", {"2026-11-30", "如 2026-11-30"}},
    {"/valid_until", "承诺有效期至", "valid_until", date, false, "有效期至", {"2026-11-30", "如 2026-11-30"}},
    {"/reason", "承诺事由", "reason", text, true, "事由", {"What is applied for", "所办事项"}},
    {"/agent/name",
     "代理人姓名",
     "agent_name",
     text,
     false,
     "代理人",
     {"If there is an agent", "有代理人时填写"}},
    {"/agent/document/type",
     "代理人证件类型",
     "agent_document_type",
     document_type,
     false,
     "",
     {"If there is an agent", "有代理人时填写"}},
    {"/agent/document/number",
     "代理人证件号码",
     "agent_document_number",
     code,
     false,
     "",
     {"If there is an agent; as text", "有代理人时填写，须为文本格式"}},
    {"/agent/authority",
     "代理权限",
     "agent_authority",
     text,
     false,
     "",
     {"If there is an agent", "有代理人时填写"}},
    {"/identity_check",
     "身份核验方式",
     "identity_check",
     identity_check,
     false,
     "核验方式",
     {"document_seen, chip_read, face_check, electronic_sign_in or agent_document_seen",
      "核对证件原件、读取芯片、人脸核验、电子登录或核对代理人证件"}},
    {"/assent/digest_sha256",
     "签署件摘要",
     "signed_paper_sha256",
     code,
     false,
     "承诺书签署件摘要",
     {"SHA-256 of the image of the signed paper; the image itself is added to the commitment afterwards",
      "承诺书签署件影像的 SHA-256；影像文件于受理后上传"}},
    {"/remarks", "备注", "remarks", text, false, "", {"", ""}},
};

struct Label {
    std::string_view word, names;  ///< names are separated by blanks
};

constexpr Label kinds[] = {{"natural_person", "自然人 个人"},
                           {"organisation", "法人 法人或其他组织 法人或非法人组织 单位 企业"},
                           {"sole_trader", "个体工商户 个体户"}};
constexpr Label documents[] = {{"citizen_id", "居民身份证 身份证 公民身份号码"},
                               {"hkmt_residence_permit", "港澳台居民居住证"},
                               {"foreigner_permanent_residence", "外国人永久居留身份证 外国人永久居留证"},
                               {"passport", "护照"},
                               {"hk_macao_travel_permit", "港澳居民来往内地通行证 回乡证"},
                               {"taiwan_travel_permit", "台湾居民来往大陆通行证 台胞证"},
                               {"uscc", "统一社会信用代码 营业执照"}};
constexpr Label checks[] = {{"document_seen", "核对证件原件 窗口核对证件原件"},
                            {"chip_read", "读取芯片 读取身份证芯片"},
                            {"face_check", "人脸核验 身份认证平台人脸核验"},
                            {"electronic_sign_in", "电子登录 身份认证平台账号登录"},
                            {"agent_document_seen", "核对代理人证件 窗口核对代理人证件及授权"}};
static_assert(std::size(checks) == domain::words<domain::IdentityCheck>.size());
static_assert(std::size(kinds) == domain::words<domain::CommitterKind>.size());
static_assert(std::size(documents) == domain::words<domain::DocumentType>.size());

/// Columns that people keep for themselves.
constexpr std::string_view of_no_account = "序号 编号 no no. #";

bool is_among(std::string_view name, std::string_view list) {
    while (!list.empty()) {
        std::size_t const blank = std::min(list.find(' '), list.size());
        if (list.substr(0, blank) == name) return true;
        list.remove_prefix(std::min(blank + 1, list.size()));
    }
    return false;
}

/// A name as people may write it: without blanks, marks of what is required, and in small letters.
std::string plain(std::string_view name) {
    std::string text = sheet::tidy_code(name).text;
    for (std::string_view mark : {"(必填)", "(选填)", "*"})
        if (std::size_t const at = text.find(mark); at != std::string::npos) text.erase(at, mark.size());
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

SheetColumn const* column_named(std::string_view name) {
    for (SheetColumn const& column : all_columns)
        if (name == column.zh || name == column.en || is_among(name, column.also)) return &column;
    return nullptr;
}

bool is_ignored(std::string_view name) {
    return name.starts_with('#') || is_among(name, of_no_account);
}

Fault refused(std::string en, std::string zh) {
    return fault(problem::invalid, std::move(en), std::move(zh));
}

Fault unknown_column(std::size_t at, std::uint32_t row, std::string const& name) {
    std::string const cell = cell_name(at, row);
    return refused(
        "No column is called what cell " + cell + " says (" + name +
            "). Name it as in the template, or put # before its name so that it is left out.",
        "单元格 " + cell + " 的列名“" + name + "”无法识别。请按模板填写列名；不需导入的列请在列名前加 #。");
}

Fault named_twice(std::size_t at, std::uint32_t row, SheetColumn const& column) {
    std::string const cell = cell_name(at, row);
    return refused(
        "Cell " + cell + " names the column " + std::string(column.en) + " a second time; keep one.",
        "单元格 " + cell + " 的列“" + std::string(column.zh) + "”重复，请只保留一列。");
}

Fault columns_missing(std::uint32_t row, std::vector<SheetColumn const*> const& missing) {
    std::string en, zh;
    for (SheetColumn const* column : missing) {
        en += (en.empty() ? "" : ", ") + std::string(column->en);
        zh += (zh.empty() ? "" : "、") + std::string(column->zh);
    }
    std::string const number = std::to_string(row);
    return refused(
        "The names of the columns in row " + number + " lack " + en + ". Add them as in the template.",
        "第 " + number + " 行的列名缺少：" + zh + "。请按模板补充。");
}

}  // namespace

std::span<SheetColumn const> sheet_columns() {
    return all_columns;
}

std::optional<std::string> word_for(ColumnKind kind, std::string_view text) {
    std::span<Label const> labels = documents;
    if (kind == committer_kind) labels = kinds;
    if (kind == identity_check) labels = checks;
    for (Label const& label : labels)
        if (text == label.word || is_among(text, label.names)) return std::string(label.word);
    return std::nullopt;
}

std::optional<std::size_t> SheetHeader::at(std::string_view pointer) const {
    for (Place const& place : columns_)
        if (place.column->pointer == pointer) return place.at;
    return std::nullopt;
}

Outcome<std::optional<SheetHeader>> SheetHeader::read(sheet::Row const& row) {
    SheetHeader header;
    std::optional<Fault> wrong;
    for (std::size_t i = 0; i != row.cells.size(); ++i) {
        std::string const name = plain(row.cells[i].text);
        SheetColumn const* const column = column_named(name);
        if (!column) {
            if (!name.empty() && !is_ignored(name) && !wrong) wrong = unknown_column(i, row.number, name);
        } else if (header.at(column->pointer)) {
            if (!wrong) wrong = named_twice(i, row.number, *column);
        } else {
            header.columns_.push_back({i, column});
        }
    }
    if (header.columns_.size() < 2) return std::optional<SheetHeader>{};
    if (wrong) return *wrong;
    std::vector<SheetColumn const*> missing;
    for (SheetColumn const& column : all_columns)
        if (column.required && !header.at(column.pointer)) missing.push_back(&column);
    if (!missing.empty()) return columns_missing(row.number, missing);
    return std::optional(std::move(header));
}

}  // namespace sponsio::api

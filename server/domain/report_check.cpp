#include "server/domain/commitment.hpp"
#include "server/domain/report.hpp"
#include "server/domain/uscc.hpp"

#include <algorithm>
#include <array>

namespace sponsio::domain {
namespace {

namespace why = report_reason;

/// The rule for one member of a line by itself.
struct FieldRule {
    std::string_view name;
    std::string_view zh;
    std::size_t longest;  ///< code points
    bool required = true;
    enum class Shape { text, date, number } shape = Shape::text;
};

using enum FieldRule::Shape;
constexpr FieldRule rules[] = {
    {"schema_version", "版本", 16},
    {"record_no", "记录编号", 64, true, number},
    {"op", "操作类型", 16},
    {"record_id", "信用记录编号", 64},
    {"commitment_code", "承诺编码", 20},
    {"committer_name", "承诺人名称", 200},
    {"committer_kind", "承诺人类别", 16},
    {"committer_id_type", "承诺人证件类型", 16},
    {"committer_id", "承诺人代码", 18},
    {"commitment_type", "承诺类型", 16},
    {"reason", "承诺事由", 512},
    {"content", "承诺内容", 4000},
    {"breach_liability", "违诺责任", 4000},
    {"commitment_date", "承诺作出日期", 10, true, date},
    {"valid_until", "承诺有效期", 10, false, date},
    {"performance_status", "承诺履行状态", 16},
    {"unperformed_content", "未履行的承诺内容", 4000, false},
    {"breach_action", "违诺责任追究内容", 4000, false},
    {"performance_date", "承诺履行状态认定日期", 10, false, date},
    {"performance_unit", "承诺履行状态认定单位", 200, false},
    {"performance_unit_uscc", "承诺履行状态认定单位代码", 18, false},
    {"accept_unit", "承诺受理单位", 200},
    {"accept_unit_uscc", "承诺受理单位代码", 18},
    {"publication_type", "公开类型", 16},
    {"remarks", "备注", 512, false},
};

bool digits_at(std::string_view text, std::size_t from, std::size_t to) {
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(to),
                       [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether the text is ten characters of the form yyyy-mm-dd, even if there is no such day.
bool looks_like_a_date(std::string_view text) {
    return text.size() == 10 && text[4] == '-' && text[7] == '-' && digits_at(text, 0, 4) &&
           digits_at(text, 5, 7) && digits_at(text, 8, 10);
}

/// Validates one line. Values that pass their own rule are kept for comparison with the others.
class LineCheck {
  public:
    LineCheck(JsonObject const& line, Regions const& regions, Date today)
        : line_(line), regions_(regions), today_(today) {}

    std::vector<ReportError> run() {
        for (std::size_t i = 0; i != std::size(rules); ++i) texts_[i] = checked(rules[i]);
        for (auto const& [name, value] : line_)
            if (std::ranges::find(rules, name, &FieldRule::name) == std::end(rules))
                refuse(name, reason::unknown_field);
        check_head();
        check_committer();
        check_dates();
        check_code();
        check_performance();
        check_unit_code("performance_unit_uscc");
        check_unit_code("accept_unit_uscc");
        choice<ReportedPublication>("publication_type");
        return std::move(errors_);
    }

  private:
    void refuse(std::string_view field, Reason const& reason) {
        errors_.push_back(report_error(field, reason));
    }

    /// The value; null if it is empty or was refused.
    [[nodiscard]] std::string const* text(std::string_view name) const {
        auto const rule = std::ranges::find(rules, name, &FieldRule::name);
        return texts_[static_cast<std::size_t>(rule - rules)];
    }

    std::string const* checked(FieldRule const& rule) {
        Json const* value = line_.find(rule.name);
        if (!value || value->is_null()) {
            if (rule.required) refuse(rule.name, reason::required);
            return nullptr;
        }
        std::string const* given = value->if_string();
        if (Reason const* bad = given ? first_fault(rule, *given) : &reason::wrong_type) {
            refuse(rule.name, *bad);
            return nullptr;
        }
        return given;
    }

    static Reason const* first_fault(FieldRule const& rule, std::string const& given) {
        if (given.find_first_not_of(" \t\r\n") == std::string::npos) return &reason::empty;
        if (code_points(given) > rule.longest) return &reason::too_long;
        if (has_control_characters(given)) return &reason::bad_character;
        if (rule.shape == number && !std::ranges::all_of(given, [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '.' || c == '_' || c == '-';
            }))
            return &reason::bad_character;
        if (rule.shape == date && !parse_iso_date(given))
            return looks_like_a_date(given) ? &reason::impossible_date : &reason::bad_format;
        return nullptr;
    }

    template <class Enum>
    std::optional<Enum> choice(std::string_view name) {
        std::string const* given = text(name);
        if (!given) return std::nullopt;
        auto value = from_word<Enum>(*given);
        if (!value) refuse(name, reason::unknown_value);
        return value;
    }

    [[nodiscard]] std::optional<Date> day(std::string_view name) const {
        std::string const* given = text(name);
        return given ? parse_iso_date(*given) : std::nullopt;
    }

    void check_head() {
        if (auto const* version = text("schema_version"); version && *version != report_schema_version)
            refuse("schema_version", why::unknown_schema);
        choice<ReportOp>("op");
        if (auto const* id = text("record_id"); id && !RecordId::parse(*id))
            refuse("record_id", reason::bad_format);
    }

    void check_committer() {
        auto const kind = choice<ReportedKind>("committer_kind");
        auto const type = choice<ReportedIdType>("committer_id_type");
        bool const person = kind == ReportedKind::natural_person;
        if (kind && type && person == (type == ReportedIdType::uscc))
            refuse("committer_id_type", why::wrong_for_kind);
        if (auto const* id = text("committer_id"); id && type) inquiry_id(*id, *type);
        auto const* name = text("committer_name");
        if (!name || !kind) return;
        auto const parsed = person ? parse_person_name(*name) : parse_organisation_name(*name);
        if (!parsed) refuse("committer_name", *parsed.error());
    }

    void inquiry_id(std::string const& id, ReportedIdType type) {
        static constexpr std::pair<ReportedIdType, DocumentType> kinds[] = {
            {ReportedIdType::uscc, DocumentType::uscc},
            {ReportedIdType::citizen_id, DocumentType::citizen_id},
            {ReportedIdType::hkmt_residence_permit, DocumentType::hkmt_residence_permit},
            {ReportedIdType::hk_macao_travel_permit, DocumentType::hk_macao_travel_permit},
            {ReportedIdType::taiwan_travel_permit, DocumentType::taiwan_travel_permit},
            {ReportedIdType::foreigner_permanent_residence, DocumentType::foreigner_permanent_residence},
            {ReportedIdType::passport, DocumentType::passport}};
        auto const document =
            std::ranges::find(kinds, type, &std::pair<ReportedIdType, DocumentType>::first)->second;
        auto const parsed = IdentityDocument::parse(document, id, today_);
        if (!parsed)
            refuse("committer_id", *parsed.error());
        else if (document == DocumentType::citizen_id && id.size() != 18)
            refuse("committer_id", reason::bad_format);  // the legacy form is told apart at intake, not here
        else if (parsed->number().reveal() != id)
            refuse("committer_id", reason::bad_format);  // a join key has one spelling
    }

    void check_dates() {
        auto const made = day("commitment_date");
        if (made && *made > today_) refuse("commitment_date", why::in_future);
        if (auto const found = day("performance_date")) {
            if (*found > today_)
                refuse("performance_date", why::in_future);
            else if (made && *found < *made)
                refuse("performance_date", why::before_commitment);
        }
        if (auto const until = day("valid_until"); until && made && *until < *made)
            refuse("valid_until", why::before_commitment);
    }

    void check_code() {
        auto const* code = text("commitment_code");
        if (!code) return;
        std::string_view const given = *code;
        if (!is_commitment_code(given) || given.substr(14) == "000000")
            return refuse("commitment_code", reason::bad_format);
        std::string const iso = std::string(given.substr(6, 4)) + "-" + std::string(given.substr(10, 2)) +
                                "-" + std::string(given.substr(12, 2));
        auto const on = parse_iso_date(iso);
        if (!on) return refuse("commitment_code", reason::impossible_date);
        if (!regions_.valid_on(given.substr(0, 6), *on)) refuse("commitment_code", reason::unknown_region);
        if (auto const made = day("commitment_date"); made && *made != *on)
            refuse("commitment_date", why::date_mismatch);
    }

    void check_performance() {
        auto const type = choice<ReportedType>("commitment_type");
        if (type == ReportedType::other && !present("remarks")) refuse("remarks", why::type_needed);
        auto const status = choice<ReportedPerformance>("performance_status");
        if (!status) return;
        for (std::string_view field : {"unperformed_content", "breach_action"}) {
            bool const given = present(field);
            if (status == ReportedPerformance::fully && given) refuse(field, why::empty_if_fulfilled);
            if (status != ReportedPerformance::fully && !given) refuse(field, why::required_unless_fulfilled);
        }
    }

    /// Whether the member has a value, right or wrong.
    [[nodiscard]] bool present(std::string_view field) const {
        Json const* value = line_.find(field);
        return value && !value->is_null();
    }

    void check_unit_code(std::string_view field) {
        auto const* code = text(field);
        if (!code) return;
        // A unit with a wrong check character is one that two people vouched for.
        auto const parsed = Uscc::as_printed(*code);
        if (!parsed)
            refuse(field, *parsed.error());
        else if (parsed->text() != *code)
            refuse(field, reason::bad_format);
    }

    JsonObject const& line_;
    Regions const& regions_;
    Date today_;
    std::array<std::string const*, std::size(rules)> texts_{};
    std::vector<ReportError> errors_;
};

}  // namespace

std::string_view report_field_name(std::string_view field) {
    auto const rule = std::ranges::find(rules, field, &FieldRule::name);
    return rule == std::end(rules) ? std::string_view() : rule->zh;
}

ReportError report_error(std::string_view field, Reason const& reason) {
    std::string const en = field.empty() ? "the line" : std::string(field);
    std::string_view const known = report_field_name(field);
    std::string const zh = field.empty() ? "该行" : std::string(known.empty() ? field : known);
    return {std::string(reason.word),
            std::string(field),
            {en + " " + std::string(reason.en), zh + "：" + std::string(reason.zh)},
            &reason};
}

std::vector<ReportError> check_report_line(Json const& line, Regions const& regions, Date today) {
    JsonObject const* object = line.if_object();
    if (!object) return {report_error("", why::not_json)};
    return LineCheck(*object, regions, today).run();
}

}  // namespace sponsio::domain

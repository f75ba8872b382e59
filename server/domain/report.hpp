#pragma once

#include "server/base/sealed.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/rectification.hpp"
#include "server/domain/region.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The report on a commitment and its performance: the twenty fields of the reporting template (信用承诺 and
/// 履约践诺, docs/law.md B), one canonical JSON object a line.
namespace sponsio::domain {

inline constexpr std::string_view report_schema_version = "1.0";

enum class ReportOp { add, change, withdraw, repair };

/// The template's own words are the values: that is what a platform stores and compares.
enum class ReportedKind { organisation, natural_person, sole_trader };
enum class ReportedIdType {
    uscc,
    citizen_id,
    hkmt_residence_permit,
    hk_macao_travel_permit,
    taiwan_travel_permit,
    foreigner_permanent_residence,
    passport
};
enum class ReportedType {
    replaces_approval,
    tolerates_gaps,
    proof_matter,
    credit_repair,
    self_discipline,
    voluntary,
    other
};
enum class ReportedPerformance { fully, partly, not_at_all };
enum class ReportedPublication { open, limited, not_public };

constexpr auto words_of(ReportOp) {
    using enum ReportOp;
    return std::to_array<Word<ReportOp>>(
        {{add, "add"}, {change, "change"}, {withdraw, "withdraw"}, {repair, "repair"}});
}

constexpr auto words_of(ReportedKind) {
    using enum ReportedKind;
    return std::to_array<Word<ReportedKind>>(
        {{organisation, "法人及非法人组织"}, {natural_person, "自然人"}, {sole_trader, "个体工商户"}});
}

constexpr auto words_of(ReportedIdType) {
    using enum ReportedIdType;
    return std::to_array<Word<ReportedIdType>>({{uscc, "统一社会信用代码"},
                                                {citizen_id, "居民身份证"},
                                                {hkmt_residence_permit, "港澳台居民居住证"},
                                                {hk_macao_travel_permit, "港澳居民来往内地通行证"},
                                                {taiwan_travel_permit, "台湾居民来往大陆通行证"},
                                                {foreigner_permanent_residence, "外国人永久居留身份证"},
                                                {passport, "护照"}});
}

constexpr auto words_of(ReportedType) {
    using enum ReportedType;
    return std::to_array<Word<ReportedType>>({{replaces_approval, "审批替代型"},
                                              {tolerates_gaps, "容缺受理型"},
                                              {proof_matter, "证明事项型"},
                                              {credit_repair, "信用修复型"},
                                              {self_discipline, "行业自律型"},
                                              {voluntary, "主动型"},
                                              {other, "其他"}});
}

constexpr auto words_of(ReportedPerformance) {
    using enum ReportedPerformance;
    return std::to_array<Word<ReportedPerformance>>(
        {{fully, "全部履行"}, {partly, "部分履行"}, {not_at_all, "全部未履行"}});
}

constexpr auto words_of(ReportedPublication) {
    using enum ReportedPublication;
    return std::to_array<Word<ReportedPublication>>(
        {{open, "可向社会公开"}, {limited, "特定范围内公开"}, {not_public, "不可公开"}});
}

ReportedPerformance reported(Performance performance);

ReportedIdType reported_type_of(DocumentType type);

/// One record of a report. Lengths, obligations and enumerations are checked by check_report_line, not here.
struct ReportLine {
    std::string record_no;  ///< of this attempt: no other line ever has it
    ReportOp op = ReportOp::add;
    std::string record_id;  ///< of the credit record: the same in every attempt
    std::string commitment_code;
    Sealed<std::string> committer_name;
    ReportedKind committer_kind;
    ReportedIdType committer_id_type;  ///< not in the template, whose codes are of two kinds only
    Sealed<std::string> committer_id;
    ReportedType commitment_type = ReportedType::proof_matter;
    std::string reason;
    std::string content;
    std::string breach_liability;
    Date commitment_date;
    std::optional<Date> valid_until;
    ReportedPerformance performance_status;
    std::optional<std::string> unperformed_content;
    std::optional<std::string> breach_action;
    std::optional<Date> performance_date;
    std::optional<std::string> performance_unit;
    std::optional<std::string> performance_unit_uscc;
    std::string accept_unit;
    std::string accept_unit_uscc;
    ReportedPublication publication_type;
    std::optional<std::string> remarks;

    /// An object with every field; an empty one is null.
    [[nodiscard]] Json to_json() const;
};

/// RFC 8785, without a line break.
std::string report_line(Json const& line);

/// The reason why a line is refused. `code` is a stable word, `field` a member of it (empty: the whole line).
struct ReportError {
    std::string code;
    std::string field;
    Bilingual message;
    Reason const* reason = nullptr;  ///< where our own check said so
};

ReportError report_error(std::string_view field, Reason const& why);
/// The template's name of a field, such as "承诺受理单位"; empty for any other word.
std::string_view report_field_name(std::string_view field);

/// Reasons that occur for report lines only.
namespace report_reason {
inline constexpr Reason not_json{"not_json", "is not one JSON object", "不是一个 JSON 对象"};
inline constexpr Reason not_canonical{"not_canonical", "is not canonical JSON (RFC 8785)",
                                      "不是规范化 JSON（RFC 8785）"};
inline constexpr Reason unknown_schema{"unknown_schema_version", "is not a version known here",
                                       "不是受支持的版本"};
inline constexpr Reason date_mismatch{"date_mismatch", "is not the date within the commitment code",
                                      "与承诺编码中的日期不一致"};
inline constexpr Reason in_future{"in_future", "lies in the future", "晚于当前日期"};
inline constexpr Reason before_commitment{"before_commitment", "lies before the commitment was made",
                                          "早于承诺作出日期"};
inline constexpr Reason required_unless_fulfilled{
    "required_unless_fulfilled", "is required unless everything was performed", "承诺未全部履行时必填"};
inline constexpr Reason empty_if_fulfilled{
    "empty_if_fulfilled", "must be empty when everything was performed", "承诺全部履行时应为空"};
inline constexpr Reason type_needed{"other_needs_remarks", "must name the type when it is 其他",
                                    "承诺类型为其他时须在备注中写明类型"};
inline constexpr Reason wrong_for_kind{"wrong_for_kind", "does not go with that kind of committer",
                                       "与承诺人类别不符"};
inline constexpr Reason unit_name_mismatch{"unit_name_mismatch",
                                           "is not the name registered for that credit code",
                                           "与统一社会信用代码登记的名称不一致"};
inline constexpr Reason unit_unknown{"unit_unknown", "is not a registered unit", "未登记的单位"};
inline constexpr Reason record_no_reused{"record_no_reused", "was used before for another line",
                                         "已用于其他内容"};
inline constexpr Reason duplicate_record{"duplicate_record", "is held here already; send a change instead",
                                         "该记录已存在，请使用变更操作"};
inline constexpr Reason no_such_record{"no_such_record", "is not held here", "该记录不存在"};
}  // namespace report_reason

/// All errors of a line that need no registry to be found. Sponsio calls it before it sends, a platform when
/// it receives. `today` is the day in China. Empty: no error.
std::vector<ReportError> check_report_line(Json const& line, Regions const& regions, Date today);

/// The fields of a rejected line that a person may change; the signed record's statements about its subject
/// are not among them.
std::span<std::string_view const> correctable_fields();

}  // namespace sponsio::domain

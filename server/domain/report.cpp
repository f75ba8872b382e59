#include "server/domain/report.hpp"

#include "server/domain/commitment.hpp"

#include <array>

namespace sponsio::domain {
namespace {

Json or_null(std::optional<std::string> const& text) {
    return text ? Json(*text) : Json();
}

Json or_null(std::optional<Date> const& day) {
    return day ? Json(to_iso(*day)) : Json();
}

constexpr std::array<std::string_view, 8> correctable{
    "accept_unit", "accept_unit_uscc",    "performance_unit", "performance_unit_uscc",
    "reason",      "unperformed_content", "breach_action",    "remarks"};

}  // namespace

std::span<Word<ReportOp> const> words_of(ReportOp) {
    using E = ReportOp;
    static constexpr Word<E> words[] = {
        {E::add, "add"}, {E::change, "change"}, {E::withdraw, "withdraw"}, {E::repair, "repair"}};
    return words;
}

std::span<Word<ReportedKind> const> words_of(ReportedKind) {
    using E = ReportedKind;
    static constexpr Word<E> words[] = {
        {E::organisation, "法人及非法人组织"}, {E::natural_person, "自然人"}, {E::sole_trader, "个体工商户"}};
    return words;
}

std::span<Word<ReportedIdType> const> words_of(ReportedIdType) {
    using E = ReportedIdType;
    static constexpr Word<E> words[] = {{E::uscc, "统一社会信用代码"},
                                        {E::citizen_id, "居民身份证"},
                                        {E::hkmt_residence_permit, "港澳台居民居住证"},
                                        {E::hk_macao_travel_permit, "港澳居民来往内地通行证"},
                                        {E::taiwan_travel_permit, "台湾居民来往大陆通行证"},
                                        {E::foreigner_permanent_residence, "外国人永久居留身份证"},
                                        {E::passport, "护照"}};
    return words;
}

std::span<Word<ReportedType> const> words_of(ReportedType) {
    using E = ReportedType;
    static constexpr Word<E> words[] = {{E::replaces_approval, "审批替代型"},
                                        {E::tolerates_gaps, "容缺受理型"},
                                        {E::proof_matter, "证明事项型"},
                                        {E::credit_repair, "信用修复型"},
                                        {E::self_discipline, "行业自律型"},
                                        {E::voluntary, "主动型"},
                                        {E::other, "其他"}};
    return words;
}

std::span<Word<ReportedPerformance> const> words_of(ReportedPerformance) {
    using E = ReportedPerformance;
    static constexpr Word<E> words[] = {
        {E::fully, "全部履行"}, {E::partly, "部分履行"}, {E::not_at_all, "全部未履行"}};
    return words;
}

ReportedPerformance reported(Performance performance) {
    switch (performance) {
        case Performance::full: return ReportedPerformance::fully;
        case Performance::partial: return ReportedPerformance::partly;
        case Performance::not_at_all: break;
    }
    return ReportedPerformance::not_at_all;
}

std::span<Word<ReportedPublication> const> words_of(ReportedPublication) {
    using E = ReportedPublication;
    static constexpr Word<E> words[] = {
        {E::open, "可向社会公开"}, {E::limited, "特定范围内公开"}, {E::not_public, "不可公开"}};
    return words;
}

ReportedIdType reported_type_of(DocumentType type) {
    switch (type) {
        case DocumentType::citizen_id: return ReportedIdType::citizen_id;
        case DocumentType::hkmt_residence_permit: return ReportedIdType::hkmt_residence_permit;
        case DocumentType::hk_macao_travel_permit: return ReportedIdType::hk_macao_travel_permit;
        case DocumentType::taiwan_travel_permit: return ReportedIdType::taiwan_travel_permit;
        case DocumentType::foreigner_permanent_residence:
            return ReportedIdType::foreigner_permanent_residence;
        case DocumentType::passport: return ReportedIdType::passport;
        case DocumentType::uscc: break;
    }
    return ReportedIdType::uscc;
}

Json ReportLine::to_json() const {
    return JsonObject{{"schema_version", report_schema_version},
                      {"record_no", record_no},
                      {"op", word(op)},
                      {"record_id", record_id},
                      {"commitment_code", commitment_code},
                      {"committer_name", committer_name.reveal()},
                      {"committer_kind", word(committer_kind)},
                      {"committer_id_type", word(committer_id_type)},
                      {"committer_id", committer_id.reveal()},
                      {"commitment_type", word(commitment_type)},
                      {"reason", reason},
                      {"content", content},
                      {"breach_liability", breach_liability},
                      {"commitment_date", to_iso(commitment_date)},
                      {"valid_until", or_null(valid_until)},
                      {"performance_status", word(performance_status)},
                      {"unperformed_content", or_null(unperformed_content)},
                      {"breach_action", or_null(breach_action)},
                      {"performance_date", or_null(performance_date)},
                      {"performance_unit", or_null(performance_unit)},
                      {"performance_unit_uscc", or_null(performance_unit_uscc)},
                      {"accept_unit", accept_unit},
                      {"accept_unit_uscc", accept_unit_uscc},
                      {"publication_type", word(publication_type)},
                      {"remarks", or_null(remarks)}};
}

std::string report_line(Json const& line) {
    return json::canonical(line);
}

std::span<std::string_view const> correctable_fields() {
    return correctable;
}

}  // namespace sponsio::domain

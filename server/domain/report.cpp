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

ReportedPerformance reported(Performance performance) {
    switch (performance) {
        case Performance::full: return ReportedPerformance::fully;
        case Performance::partial: return ReportedPerformance::partly;
        case Performance::not_at_all: break;
    }
    return ReportedPerformance::not_at_all;
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

#pragma once

#include "server/domain/record.hpp"

namespace sponsio::testing {

/// Facts that pass every lint, the same at every call.
inline domain::RecordFacts record_facts() {
    auto at = [](char const* text) { return parse_rfc3339(text).value(); };
    auto person = [](char const* last) {
        return PersonId::parse("0199e0a0-0000-7000-8000-0000000001" + std::string(last)).value();
    };
    return {.record = RecordId::parse("0199e0a0-0000-7000-8000-000000000001").value(),
            .issuer = "https://sponsio.example",
            .issued_at = at("2026-10-15T16:00:01Z"),
            .status_list = "https://sponsio.example/v1/status-lists/1",
            .status_index = 4711,
            .commitment_code = "11010520260302000001",
            .made_on = parse_iso_date("2026-03-02").value(),
            .matter_code = "GZF-1",
            .matter_name = {.en = "Public rental housing", .zh = "公租房资格确认"},
            .kind = domain::FindingKind::false_statement,
            .severity = domain::Severity::general,
            .legal_basis = {{"优化营商环境条例", "第四十四条"}},
            .decision_number = "示例住保决字〔2026〕1号",
            .decided_at = at("2026-04-14T01:00:00Z"),
            .served_at = at("2026-04-15T01:00:00Z"),
            .effective_at = at("2026-10-15T16:00:00Z"),
            .drafted_by = person("01"),
            .reviewed_by = person("02"),
            .decided_by = person("03"),
            .unit_name = "示例区住房和城乡建设委员会",
            .unit_uscc = "111101050000000191",
            .subject_kind = "natural_person",
            .subject_name = "欧阳示例",
            .subject_document_type = "citizen_id",
            .subject_document_number = "11010519491231002X",
            .subject_birth_date = parse_iso_date("1949-12-31"),
            .full_age = std::chrono::years{18},
            .retention_until = parse_iso_date("2031-10-16").value(),
            .retention_rule = "retention.negative 5 years; cn-national 2026.1",
            .forbidden = {"religion", "genes", "fingerprint", "blood_type", "disease", "medical_history",
                          "income", "deposits", "securities", "insurance", "real_estate", "tax"}};
}

}  // namespace sponsio::testing

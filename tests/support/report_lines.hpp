#pragma once

#include "server/domain/batch.hpp"

#include <string>

namespace sponsio::testing {

inline constexpr std::string_view agency_uscc = "111101050000000191";
inline constexpr std::string_view agency_name = "示例区住房和城乡建设委员会";

/// A line that every platform accepts: a false statement about housing, promised on 2 March 2026.
inline domain::ReportLine report_line_of(
    std::string const& record_id = "0199e0a0-0000-7000-8000-000000000001",
    std::string const& commitment_code = "11010520260302000001") {
    auto const day = [](char const* text) { return parse_iso_date(text).value(); };
    return {.record_no = record_id + "-1",
            .op = domain::ReportOp::add,
            .record_id = record_id,
            .commitment_code = commitment_code,
            .committer_name = Sealed<std::string>("阿卜杜拉·买买提"),
            .committer_kind = domain::ReportedKind::natural_person,
            .committer_id_type = domain::ReportedIdType::citizen_id,
            .committer_id = Sealed<std::string>("11010519491231002X"),
            .commitment_type = domain::ReportedType::proof_matter,
            .reason = "申请公租房资格确认",
            .content = "本人名下无住房。",
            .breach_liability = "撤销资格确认。",
            .commitment_date = day("2026-03-02"),
            .valid_until = day("2027-03-01"),
            .performance_status = domain::ReportedPerformance::not_at_all,
            .unperformed_content = "本人名下无住房。",
            .breach_action = "撤销公租房资格确认",
            .performance_date = day("2026-04-14"),
            .performance_unit = std::string(agency_name),
            .performance_unit_uscc = std::string(agency_uscc),
            .accept_unit = std::string(agency_name),
            .accept_unit_uscc = std::string(agency_uscc),
            .publication_type = domain::ReportedPublication::not_public,
            .remarks = std::nullopt};
}

inline domain::BatchManifest manifest_of(std::string const& records, std::int64_t count,
                                         std::string const& kid = "kid", std::string_view uscc = agency_uscc,
                                         int serial = 1) {
    return {.batch_no = domain::batch_no(uscc, std::chrono::year{2026} / 10 / 16, serial),
            .sender = {std::string(uscc), std::string(agency_name)},
            .receiver = {"", "示例市信用信息共享平台"},
            .resource_code = "credit.commitment.performance",
            .record_count = count,
            .digest_sm3 = crypto::sm3(as_bytes(records)),
            .created_at = parse_rfc3339("2026-10-15T16:00:00Z").value(),
            .kid = kid};
}

}  // namespace sponsio::testing

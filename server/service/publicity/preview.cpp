#include "server/service/publicity/preview.hpp"

#include "server/domain/commitment.hpp"
#include "server/service/unit/clock_text.hpp"

namespace sponsio::service {

using domain::Json;
using domain::JsonObject;

Json publicity_preview(OpenedFinding const& finding, Masking masking, Date counts_from, Instant ends_at) {
    Json const& committer = finding.commitment.at("committer");
    std::string const& kind = committer.at("kind").as_string();
    std::string const& name = committer.at("name").as_string();
    bool const person = kind == domain::word(domain::CommitterKind::natural_person);
    json::Array basis;
    for (domain::LegalBasis const& row : finding.text.legal_basis)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    return JsonObject{
        {"subject_kind", kind},
        {"subject_name", person && masking.deidentify ? domain::masked_name(name) : name},
        {"document_number", domain::masked_number(committer.at("document").at("number").as_string())},
        {"finding_kind", finding.row.kind},
        {"severity", finding.row.severity},
        {"legal_basis", std::move(basis)},
        {"decision_number", finding.row.decision_number.value_or("")},
        {"decided_on", to_iso(counts_from)},
        {"unit_name", finding.row.unit_name},
        {"unit_uscc", finding.row.unit_uscc},
        {"until", to_iso(last_day(ends_at))}};
}

Bilingual publicity_notice(store::PublicityRow const& row, Json const& preview, std::string const& issuer) {
    std::string const number = row.number.value_or("");
    std::string const until = to_iso(last_day(row.ends_at));
    std::string const where = issuer + "/public/v1/publicity";
    std::string const name = preview.at("subject_name").as_string();
    std::string const decision = preview.at("decision_number").as_string();
    std::string const& unit = preview.at("unit_name").as_string();
    return {
        .en =
            "Notice of publication " + number + "\n" + unit + " will publish of the decision " + decision +
            ": the name (" + name + "), the document number (" + preview.at("document_number").as_string() +
            "), the kind and severity of the finding, its legal basis, number and date, and the unit. It is "
            "shown at " +
            where + " until " + until + " (" + row.rule +
            "). Who objects may say so at the unit's counter; a repair may be applied for there, free of "
            "charge, once the shortest period is over.\n",
        .zh = "公示告知书 " + number + "\n" + unit + "拟公示决定书 " + decision + " 的以下内容：名称（" +
              name + "）、证件号码（" + preview.at("document_number").as_string() +
              "）、认定类型及严重程度、依据、文号及日期、认定单位。公示地址：" + where + "，公示至" + until +
              "（" + row.rule +
              "）。对公示内容有异议的，可以向本单位窗口提出；最短公示期满后可以向本单位申请信用修复，"
              "不收取任何费用。\n"};
}

}  // namespace sponsio::service

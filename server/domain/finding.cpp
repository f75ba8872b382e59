#include "server/domain/finding.hpp"

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 8000};
constexpr Length number_text{.max = 128};

void read_basis(Fields& fields, std::vector<LegalBasis>& list) {
    fields.objects("legal_basis", {.min = 1, .max = 20}, [&](Fields& basis) {
        list.push_back({basis.text("law", {.max = 200}), basis.text("article", {.max = 200})});
    });
}

std::string basis_text(std::vector<LegalBasis> const& list, char const* separator) {
    std::string text;
    for (LegalBasis const& row : list) text += (text.empty() ? "" : separator) + row.law + row.article;
    return text;
}

}  // namespace

FindingDraft FindingDraft::read(Fields& fields) {
    FindingDraft draft{.task = fields.id<TaskId>("task_id"),
                       .kind = fields.choice<FindingKind>("kind"),
                       .culpability = fields.choice<Culpability>("fault"),
                       .severity = fields.choice<Severity>("severity"),
                       .facts = fields.text("facts", long_text),
                       .evidence = {},
                       .legal_basis = {},
                       .proposed_action = fields.text("proposed_action", {.max = 4000})};
    std::vector<std::string> const ids = fields.texts("evidence_ids", {.min = 1, .max = 100}, {.max = 64});
    for (std::string const& text : ids) {
        if (auto id = EvidenceId::parse(text))
            draft.evidence.push_back(*id);
        else
            fields.refuse("evidence_ids", reason::bad_format);
    }
    read_basis(fields, draft.legal_basis);
    // A false statement needs intent; without it the commitment is untrue by mistake (docs/law.md D11).
    if (draft.kind == FindingKind::false_statement && draft.culpability == Culpability::none)
        fields.refuse("fault", reason::not_allowed_here);
    return draft;
}

Json FindingDraft::sealed_part() const {
    json::Array basis;
    for (LegalBasis const& row : legal_basis)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    return JsonObject{
        {"facts", facts}, {"legal_basis", std::move(basis)}, {"proposed_action", proposed_action}};
}

FindingText FindingText::from_json(Json const& stored) {
    FindingText text{stored.at("facts").as_string(), {}, stored.at("proposed_action").as_string()};
    for (Json const& row : stored.at("legal_basis").as_array())
        text.legal_basis.push_back({row.at("law").as_string(), row.at("article").as_string()});
    return text;
}

Review Review::read(Fields& fields) {
    return {fields.boolean("confirmed"), fields.text("opinion", {.max = 4000})};
}

Service Service::read(Fields& fields) {
    return {fields.instant("served_at"), fields.choice<ServiceMethod>("method"),
            fields.text("receipt", {.max = 1000})};
}

PriorNotice PriorNotice::read(Fields& fields) {
    return {fields.text("number", number_text), Service::read(fields)};
}

Defence Defence::read(Fields& fields) {
    return {fields.choice<DefenceKind>("kind") == DefenceKind::waiver, fields.text("text", long_text)};
}

Decision Decision::read(Fields& fields) {
    return {fields.choice<DecisionOutcome>("outcome") == DecisionOutcome::breach,
            fields.text("number", number_text), fields.text("reasons", long_text),
            fields.optional_text("defence_answer", long_text).value_or("")};
}

Bilingual compose_prior_notice(CaseText const& about, int defence_days) {
    std::string const days = std::to_string(defence_days);
    Bilingual text;
    text.zh = about.agency + "\n事先告知书 " + about.number + "\n" + about.committer + "：\n你（单位）就“" +
              about.matter + "”作出的承诺（编码 " + about.commitment_code + "），经核查：" +
              about.finding.facts + "\n依据：" + basis_text(about.finding.legal_basis, "；") +
              "\n拟作出的处理：" + about.finding.proposed_action + "\n你（单位）有权在收到本告知书之日起 " +
              days + " 个工作日内陈述、申辩；不因陈述、申辩而加重处理。\n";
    text.en = about.agency + "\nPrior notice " + about.number + "\nTo: " + about.committer +
              "\nYour commitment " + about.commitment_code + " in the matter \"" + about.matter +
              "\" was checked. Facts: " + about.finding.facts +
              "\nBasis: " + basis_text(about.finding.legal_basis, "; ") +
              "\nProposed action: " + about.finding.proposed_action +
              "\nYou may state your case and defend yourself within " + days +
              " working days of receiving this notice; doing so never makes the outcome heavier.\n";
    return text;
}

Bilingual compose_decision(CaseText const& about, Decision const& decision, int reconsideration_days,
                           int litigation_months) {
    std::string const days = std::to_string(reconsideration_days), months = std::to_string(litigation_months);
    Bilingual text;
    text.zh =
        about.agency + "\n决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
        about.commitment_code + "\n事项：" + about.matter + "\n认定事实：" + about.finding.facts +
        "\n理由：" + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "对陈述、申辩的答复：" + decision.defence_answer + "\n") +
        "依据：" + basis_text(about.finding.legal_basis, "；") + "\n处理：" + about.finding.proposed_action +
        "\n如不服本决定，可自收到之日起 " + days + " 日内申请行政复议，或者 " + months +
        " 个月内提起行政诉讼。\n";
    text.en =
        about.agency + "\nDecision " + about.number + "\nTo: " + about.committer +
        "\nCommitment: " + about.commitment_code + "\nMatter: " + about.matter +
        "\nFacts found: " + about.finding.facts + "\nReasons: " + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "Answer to the defence: " + decision.defence_answer + "\n") +
        "Basis: " + basis_text(about.finding.legal_basis, "; ") +
        "\nAction: " + about.finding.proposed_action + "\nYou may apply for reconsideration within " + days +
        " days of receiving this decision, or bring a lawsuit within " + months + " months.\n";
    return text;
}

Bilingual compose_dismissal(CaseText const& about, Decision const& decision) {
    std::string const& answer = decision.defence_answer;
    Bilingual text;
    text.zh = about.agency + "\n不予认定决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
              about.commitment_code + "\n事项：" + about.matter + "\n理由：" + decision.reasons + "\n" +
              (answer.empty() ? "" : "对陈述、申辩的答复：" + answer + "\n") +
              "决定：就事先告知书所列事项，不予认定你（单位）违反承诺，不形成信用记录。\n";
    text.en = about.agency + "\nDecision of non-establishment " + about.number + "\nTo: " + about.committer +
              "\nCommitment: " + about.commitment_code + "\nMatter: " + about.matter +
              "\nReasons: " + decision.reasons + "\n" +
              (answer.empty() ? "" : "Answer to the defence: " + answer + "\n") +
              "Decision: what the prior notice set out is not established as a breach of your commitment; no "
              "credit record follows.\n";
    return text;
}

}  // namespace sponsio::domain

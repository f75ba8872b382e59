#include "server/domain/finding.hpp"

#include "server/base/form.hpp"

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 8000};
constexpr Length number_text{.max = 128};
constexpr Length place_text{.max = 300};

constexpr Reason say_which{
    "say_which",
    "may not be false any more: `outcome` says whether the draft is \"returned\" to be "
    "amended or the finding is \"dismissed\"",
    "不再接受 false：请用 outcome 写明退回修改（returned）或者不予认定（dismissed）"};

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

/// The draft but for its task.
FindingDraft read_draft(Fields& fields, TaskId task) {
    FindingDraft draft{.task = task,
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
            fields.refuse("evidence_ids", reason::bad_format, form::uuid);
    }
    read_basis(fields, draft.legal_basis);
    // A false statement needs intent; without it the commitment is untrue by mistake (docs/law.md D11).
    if (draft.kind == FindingKind::false_statement && draft.culpability == Culpability::none)
        fields.refuse("fault", reason::not_allowed_here);
    return draft;
}

bool is_hex_digest(std::string_view text) {
    constexpr std::size_t digits = 64;
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string zh_day(Date day) {
    return std::to_string(int{day.year()}) + "年" + std::to_string(unsigned{day.month()}) + "月" +
           std::to_string(unsigned{day.day()}) + "日";
}

/// "于 D 或者之前送达的，X；此后送达的，..." of periods that begin together.
std::string last_days_zh(Date serve_by, std::string const& last_days) {
    if (last_days.empty()) return "届满日所在年度的工作日历尚未公布，届满日以公布后的日历计算为准。";
    return "于 " + to_iso(serve_by) + " 或者之前送达的，" + last_days +
           "；此后送达的，自送达之日的次日起计算。";
}

std::string last_days_en(Date serve_by, std::string const& last_days) {
    if (last_days.empty())
        return "The official calendar of the year in which the period ends is not published yet; the last "
               "day "
               "follows from it.";
    return "If served on " + to_iso(serve_by) + " or before, " + last_days +
           "; if served later, counted from the day after service.";
}

/// In English, and in Chinese where the matter has no English name.
std::string const& english(Bilingual const& name) {
    return name.en.empty() ? name.zh : name.en;
}

}  // namespace

FindingDraft FindingDraft::read(Fields& fields) {
    auto const task = fields.id<TaskId>("task_id");
    return read_draft(fields, task);
}

FindingAmendment FindingAmendment::read(Fields& fields) {
    return {read_draft(fields, TaskId{Uuid{}})};
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
    Review review{.outcome = ReviewOutcome::confirmed, .opinion = fields.text("opinion", {.max = 4000})};
    // Integrators of before say `confirmed`. Its "yes" has one meaning; its "no" acquitted, which few meant.
    auto const before = fields.optional_boolean("confirmed");
    auto const outcome = fields.optional_text("outcome", {.max = 64});
    auto const known = outcome ? from_word<ReviewOutcome>(*outcome) : std::nullopt;
    if (before && outcome) fields.refuse("confirmed", reason::not_allowed_here);
    if (before && !*before) fields.refuse("confirmed", say_which);
    if (outcome && !known)
        fields.refuse("outcome", reason::unknown_value, {.words = allowed_words<ReviewOutcome>()});
    if (!before && !outcome)
        fields.refuse("outcome", reason::required, {.words = allowed_words<ReviewOutcome>()});
    review.outcome = known.value_or(ReviewOutcome::confirmed);
    auto const number = fields.optional_text("number", number_text);
    bool const has_paper = review.outcome == ReviewOutcome::dismissed;
    if (has_paper != number.has_value())
        fields.refuse("number", has_paper ? reason::required : reason::not_allowed_here);
    review.number = number.value_or("");
    return review;
}

Service Service::read(Fields& fields) {
    Service service{fields.instant("served_at"),
                    fields.choice<ServiceMethod>("method"),
                    fields.text("receipt", {.max = 1000}),
                    fields.optional_text("digest_sha256", {.max = 64}),
                    fields.id<EvidenceId>("receipt_evidence_id"),
                    fields.optional_text("late_reason", {.max = 1000})};
    if (service.digest && !is_hex_digest(*service.digest))
        fields.refuse("digest_sha256", reason::bad_format, form::hex);
    return service;
}

PriorNotice PriorNotice::read(Fields& fields) {
    return {fields.text("number", number_text), fields.text("place", place_text),
            fields.text("contact", place_text), fields.optional_date("serve_by")};
}

Defence Defence::read(Fields& fields) {
    Defence defence{fields.choice<DefenceKind>("kind") == DefenceKind::waiver,
                    fields.text("text", long_text)};
    if (auto const text = fields.optional_text("evidence_id", {.max = 64})) {
        defence.evidence = EvidenceId::parse(*text);
        if (!defence.evidence) fields.refuse("evidence_id", reason::bad_format, form::uuid);
        if (!defence.waived) fields.refuse("evidence_id", reason::not_allowed_here);
    } else if (defence.waived) {
        // A right is given up explicitly (Administrative Penalty Law art. 44-45, 62), and that is shown.
        fields.refuse("evidence_id", reason::required, form::uuid);
    }
    return defence;
}

Decision Decision::read(Fields& fields) {
    return {fields.choice<DecisionOutcome>("outcome") == DecisionOutcome::breach,
            fields.text("number", number_text),
            fields.text("reasons", long_text),
            fields.optional_text("defence_answer", long_text).value_or(""),
            fields.optional_date("serve_by"),
            fields.optional_text("reconsideration_body", place_text),
            fields.optional_text("court", place_text)};
}

Bilingual compose_prior_notice(CaseText const& about, PriorNotice const& notice,
                               StatedPeriod const& defence) {
    std::string const days = std::to_string(defence.length);
    std::string const last_day = defence.last_day ? to_iso(*defence.last_day) : "";
    Bilingual text;
    text.zh =
        about.agency + "\n事先告知书 " + about.number + "\n" + about.committer + "：\n你（单位）就“" +
        about.matter.zh + "”作出的承诺（编码 " + about.commitment_code + "），经核查：" +
        about.finding.facts + "\n依据：" + basis_text(about.finding.legal_basis, "；") + "\n拟作出的处理：" +
        about.finding.proposed_action + "\n你（单位）有权自收到本告知书之日起 " + days +
        " 个工作日内陈述、申辩。本告知书" +
        last_days_zh(defence.serve_by, last_day.empty() ? "" : "期限至 " + last_day + " 届满") +
        "公告送达的，公告期满之日为送达之日。\n方式：可以书面提交或者邮寄，也可以到场口头陈述，由本机关记录。"
        "\n地点：" +
        notice.place + "\n联系：" + notice.contact +
        "\n逾期未陈述、申辩的，视为放弃；不因陈述、申辩而加重处理。\n" + zh_day(about.made_on) + "\n";
    text.en =
        about.agency + "\nPrior notice " + about.number + "\nTo: " + about.committer + "\nYour commitment " +
        about.commitment_code + " in the matter \"" + english(about.matter) +
        "\" was checked. Facts: " + about.finding.facts +
        "\nBasis: " + basis_text(about.finding.legal_basis, "; ") +
        "\nProposed action: " + about.finding.proposed_action +
        "\nYou may state your case and defend yourself within " + days +
        " working days of receiving this notice. " +
        last_days_en(defence.serve_by, last_day.empty() ? "" : "until " + last_day) +
        " A service by public notice is complete on the day on which the public notice ends.\nHow: in "
        "writing, handed in or by mail, or orally at the place below, where it is taken down.\nWhere: " +
        notice.place + "\nContact: " + notice.contact +
        "\nWho says nothing in that time waives this right; stating a case never makes the outcome "
        "heavier.\n" +
        to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_decision(CaseText const& about, Decision const& decision,
                           StatedPeriod const& reconsideration, StatedPeriod const& litigation) {
    std::string const days = std::to_string(reconsideration.length);
    std::string const months = std::to_string(litigation.length);
    std::string last_days_in_zh, last_days_in_en;
    if (reconsideration.last_day) {
        last_days_in_zh = "申请行政复议的期限至 " + to_iso(*reconsideration.last_day) + " 届满";
        last_days_in_en = "reconsideration until " + to_iso(*reconsideration.last_day);
    }
    if (litigation.last_day) {
        last_days_in_zh += (last_days_in_zh.empty() ? "" : "，") + std::string("提起行政诉讼的期限至 ") +
                           to_iso(*litigation.last_day) + " 届满";
        last_days_in_en += (last_days_in_en.empty() ? "" : ", ") + std::string("a lawsuit until ") +
                           to_iso(*litigation.last_day);
    }
    Bilingual text;
    text.zh =
        about.agency + "\n决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
        about.commitment_code + "\n事项：" + about.matter.zh + "\n认定事实：" + about.finding.facts +
        "\n理由：" + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "对陈述、申辩的答复：" + decision.defence_answer + "\n") +
        "依据：" + basis_text(about.finding.legal_basis, "；") + "\n处理：" + about.finding.proposed_action +
        "\n如不服本决定，可自收到之日起 " + days + " 日内向" +
        decision.reconsideration_body.value_or("本级人民政府或者法律规定的行政复议机关") +
        "申请行政复议，或者 " + months + " 个月内向" + decision.court.value_or("有管辖权的人民法院") +
        "提起行政诉讼。本决定书" + last_days_zh(reconsideration.serve_by, last_days_in_zh) + "\n" +
        zh_day(about.made_on) + "\n";
    text.en =
        about.agency + "\nDecision " + about.number + "\nTo: " + about.committer +
        "\nCommitment: " + about.commitment_code + "\nMatter: " + english(about.matter) +
        "\nFacts found: " + about.finding.facts + "\nReasons: " + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "Answer to the defence: " + decision.defence_answer + "\n") +
        "Basis: " + basis_text(about.finding.legal_basis, "; ") +
        "\nAction: " + about.finding.proposed_action + "\nYou may apply for reconsideration within " + days +
        " days of receiving this decision, to " +
        decision.reconsideration_body.value_or(
            "the people's government of this level or the body named by law") +
        ", or bring a lawsuit within " + months + " months, in " +
        decision.court.value_or("the people's court that has jurisdiction") + ". " +
        last_days_en(reconsideration.serve_by, last_days_in_en) + "\n" + to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_dismissal(CaseText const& about, Decision const& decision, bool notified) {
    std::string const& answer = decision.defence_answer;
    Bilingual text;
    text.zh = about.agency + "\n不予认定决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
              about.commitment_code + "\n事项：" + about.matter.zh + "\n理由：" + decision.reasons + "\n" +
              (answer.empty() ? "" : "对陈述、申辩的答复：" + answer + "\n") + "决定：就" +
              (notified ? "事先告知书所列事项" : "对该承诺的核查中存疑的事项") +
              "，不予认定你（单位）违反承诺，不形成信用记录。\n" + zh_day(about.made_on) + "\n";
    text.en = about.agency + "\nDecision of non-establishment " + about.number + "\nTo: " + about.committer +
              "\nCommitment: " + about.commitment_code + "\nMatter: " + english(about.matter) +
              "\nReasons: " + decision.reasons + "\n" +
              (answer.empty() ? "" : "Answer to the defence: " + answer + "\n") + "Decision: what " +
              (notified ? "the prior notice set out" : "the check of it called in question") +
              " is not established as a breach of your commitment; no credit record follows.\n" +
              to_iso(about.made_on) + "\n";
    return text;
}

}  // namespace sponsio::domain

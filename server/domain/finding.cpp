#include "server/domain/finding.hpp"

#include "server/base/form.hpp"
#include "server/domain/paper_words.hpp"

#include <algorithm>

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

template <class Enum>
std::optional<Enum> optional_choice(Fields& fields, std::string_view name) {
    auto const given = fields.optional_text(name, {.max = 64});
    if (!given) return std::nullopt;
    auto const known = from_word<Enum>(*given);
    if (!known) fields.refuse(name, reason::unknown_value, {.words = allowed_words<Enum>()});
    return known;
}

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
                       .proposed_action = fields.text("proposed_action", {.max = 4000}),
                       .circumstances = Circumstances::read(fields)};
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
    JsonObject sealed{
        {"facts", facts},     {"legal_basis", std::move(basis)}, {"proposed_action", proposed_action},
        {"kind", word(kind)}, {"fault", word(culpability)},      {"severity", word(severity)}};
    circumstances.add_to(sealed);
    return sealed;
}

Circumstances Circumstances::read(Fields& fields) {
    Circumstances said{.harm = optional_choice<Harm>(fields, "harm"),
                       .first_time = fields.optional_boolean("first_time"),
                       .corrected = fields.optional_boolean("corrected"),
                       .measures = {}};
    auto const words =
        fields.texts("measures", {.min = 0, .max = std::size(domain::words<Measure>)}, {.max = 64});
    for (std::size_t i = 0; i != words.size(); ++i) {
        auto const known = from_word<Measure>(words[i]);
        if (!known)
            fields.refuse_element("measures", i, reason::unknown_value, {.words = allowed_words<Measure>()});
        else if (said.proposes(*known))
            fields.refuse_element("measures", i, reason::listed_twice);
        else
            said.measures.push_back(*known);
    }
    return said;
}

Circumstances Circumstances::from_json(Json const& sealed_part) {
    Circumstances said;
    if (Json const* harm = sealed_part.find("harm")) said.harm = from_word<Harm>(harm->as_string());
    if (Json const* first = sealed_part.find("first_time")) said.first_time = first->as_bool();
    if (Json const* corrected = sealed_part.find("corrected")) said.corrected = corrected->as_bool();
    if (Json const* list = sealed_part.find("measures"))
        for (Json const& one : list->as_array())
            if (auto const known = from_word<Measure>(one.as_string())) said.measures.push_back(*known);
    return said;
}

void Circumstances::add_to(JsonObject& sealed_part) const {
    if (harm) sealed_part.add("harm", word(*harm));
    if (first_time) sealed_part.add("first_time", *first_time);
    if (corrected) sealed_part.add("corrected", *corrected);
    if (measures.empty()) return;
    json::Array list;
    for (Measure const one : measures) list.push_back(word(one));
    sealed_part.add("measures", std::move(list));
}

bool Circumstances::proposes(Measure measure) const {
    return std::ranges::find(measures, measure) != measures.end();
}

bool Gravity::heavier_than(Gravity const& other) const {
    return kind > other.kind || culpability > other.culpability || severity > other.severity;
}

FindingText FindingText::from_json(Json const& stored) {
    FindingText text{stored.at("facts").as_string(),
                     {},
                     stored.at("proposed_action").as_string(),
                     Circumstances::from_json(stored)};
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
                    fields.optional_text("late_reason", {.max = 1000}),
                    optional_choice<LeftProof>(fields, "left_proof"),
                    std::nullopt};
    bool const left = service.method == ServiceMethod::left;
    if (left && !service.left_proof)
        fields.refuse("left_proof", reason::required, {.words = allowed_words<LeftProof>()});
    if (!left && service.left_proof) fields.refuse("left_proof", reason::not_allowed_here);
    bool const electronic = service.method == ServiceMethod::electronic_with_consent;
    auto const consent = fields.optional_text("consent_evidence_id", {.max = 64});
    if (consent) service.consent = EvidenceId::parse(*consent);
    if (consent && !service.consent) fields.refuse("consent_evidence_id", reason::bad_format, form::uuid);
    if (electronic && !consent) fields.refuse("consent_evidence_id", reason::required, form::uuid);
    if (!electronic && consent) fields.refuse("consent_evidence_id", reason::not_allowed_here);
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
    defence.new_facts = fields.optional_text("new_facts", long_text);
    if (defence.waived && defence.new_facts) fields.refuse("new_facts", reason::not_allowed_here);
    return defence;
}

Decision Decision::read(Fields& fields) {
    Decision decision{fields.choice<DecisionOutcome>("outcome") == DecisionOutcome::breach,
                      fields.text("number", number_text),
                      fields.text("reasons", long_text),
                      fields.optional_text("defence_answer", long_text).value_or(""),
                      fields.optional_date("serve_by"),
                      fields.optional_text("reconsideration_body", place_text),
                      fields.optional_text("court", place_text),
                      fields.optional_text("hearing_answer", long_text).value_or(""),
                      optional_choice<FindingKind>(fields, "kind"),
                      optional_choice<Culpability>(fields, "fault"),
                      optional_choice<Severity>(fields, "severity"),
                      fields.optional_text("action", {.max = 4000})};
    if (decision.breach) return decision;
    // A dismissal finds nothing, so it says of nothing how grave it is.
    if (decision.kind) fields.refuse("kind", reason::not_allowed_here);
    if (decision.culpability) fields.refuse("fault", reason::not_allowed_here);
    if (decision.severity) fields.refuse("severity", reason::not_allowed_here);
    if (decision.action) fields.refuse("action", reason::not_allowed_here);
    return decision;
}

Bilingual compose_prior_notice(CaseText const& about, PriorNotice const& notice, StatedPeriod const& defence,
                               CaseDoor const& door, std::optional<StatedPeriod> const& hearing) {
    std::string hearing_zh, hearing_en;
    if (hearing) {
        std::string const length = std::to_string(hearing->length);
        hearing_zh = "\n你（单位）有权自收到本告知书之日起 " + length +
                     " 个工作日内要求听证；本机关组织听证，不收取费用。";
        hearing_en = "\nYou may ask for a hearing within " + length +
                     " working days of receiving this notice; it costs nothing.";
    }
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
        notice.place + "\n联系：" + notice.contact + hearing_zh + "\n网上办理：凭案件查询码 " + door.code +
        " 和本人姓名（名称）、证件号码，可以" + (door.address.empty() ? "" : "在 " + door.address + " ") +
        "查看本案文书、期限和查询记录，提交陈述、申辩" + (hearing ? "和听证申请" : "") +
        "。查询码仅印于本告知书，请妥善保管。"
        "\n逾期未陈述、申辩的，视为放弃；不因陈述、申辩而加重处理。\n" +
        zh_day(about.made_on) + "\n";
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
        notice.place + "\nContact: " + notice.contact + hearing_en + "\nOn line: with the case code " +
        door.code +
        ", your name and your document number you can read the papers, "
        "the periods and who looked, and hand in your statement" +
        (hearing ? " or ask for the hearing" : "") + (door.address.empty() ? "" : ", at " + door.address) +
        ". The code is printed here only; keep it to yourself."
        "\nWho says nothing in that time waives this right; stating a case never makes the outcome "
        "heavier.\n" +
        to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_decision(CaseText const& about, Decision const& decision,
                           StatedPeriod const& reconsideration, StatedPeriod const& litigation) {
    std::string const action = decision.action.value_or(about.finding.proposed_action);
    Bilingual const remedies =
        remedies_told({reconsideration, litigation, decision.reconsideration_body, decision.court},
                      {"this decision", "本决定"}, "本决定书");
    Bilingual text;
    text.zh =
        about.agency + "\n决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
        about.commitment_code + "\n事项：" + about.matter.zh + "\n认定事实：" + about.finding.facts +
        "\n理由：" + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "对陈述、申辩的答复：" + decision.defence_answer + "\n") +
        (decision.hearing_answer.empty() ? "" : "对听证意见的答复：" + decision.hearing_answer + "\n") +
        "依据：" + basis_text(about.finding.legal_basis, "；") + "\n处理：" + action + "\n" + remedies.zh +
        "\n" + zh_day(about.made_on) + "\n";
    text.en =
        about.agency + "\nDecision " + about.number + "\nTo: " + about.committer +
        "\nCommitment: " + about.commitment_code + "\nMatter: " + english(about.matter) +
        "\nFacts found: " + about.finding.facts + "\nReasons: " + decision.reasons + "\n" +
        (decision.defence_answer.empty() ? "" : "Answer to the defence: " + decision.defence_answer + "\n") +
        (decision.hearing_answer.empty() ? "" : "Answer to the hearing: " + decision.hearing_answer + "\n") +
        "Basis: " + basis_text(about.finding.legal_basis, "; ") + "\nAction: " + action + "\n" + remedies.en +
        "\n" + to_iso(about.made_on) + "\n";
    return text;
}

Bilingual compose_dismissal(CaseText const& about, Decision const& decision, bool notified) {
    std::string const& answer = decision.defence_answer;
    std::string const& to_hearing = decision.hearing_answer;
    Bilingual text;
    text.zh = about.agency + "\n不予认定决定书 " + about.number + "\n" + about.committer + "：\n承诺编码：" +
              about.commitment_code + "\n事项：" + about.matter.zh + "\n理由：" + decision.reasons + "\n" +
              (answer.empty() ? "" : "对陈述、申辩的答复：" + answer + "\n") +
              (to_hearing.empty() ? "" : "对听证意见的答复：" + to_hearing + "\n") + "决定：就" +
              (notified ? "事先告知书所列事项" : "对该承诺的核查中存疑的事项") +
              "，不予认定你（单位）违反承诺，不形成信用记录。\n" + zh_day(about.made_on) + "\n";
    text.en = about.agency + "\nDecision of non-establishment " + about.number + "\nTo: " + about.committer +
              "\nCommitment: " + about.commitment_code + "\nMatter: " + english(about.matter) +
              "\nReasons: " + decision.reasons + "\n" +
              (answer.empty() ? "" : "Answer to the defence: " + answer + "\n") +
              (to_hearing.empty() ? "" : "Answer to the hearing: " + to_hearing + "\n") + "Decision: what " +
              (notified ? "the prior notice set out" : "the check of it called in question") +
              " is not established as a breach of your commitment; no credit record follows.\n" +
              to_iso(about.made_on) + "\n";
    return text;
}

}  // namespace sponsio::domain

#include "server/domain/matter.hpp"

#include "server/base/form.hpp"
#include "server/domain/inquiry_message.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/domain/uscc.hpp"

namespace sponsio::domain {
namespace {

constexpr Reason vague{"vague_wording", "is vague or catch-all; conditions must be measurable",
                       "表述含糊或为兜底条款；条件应当可量化"};
constexpr Reason missing_point{"missing_point", "is a statutory point of the notice and has no text",
                               "为告知书法定内容，尚未填写"};

constexpr Reason only_online{"not_allowed_here", "goes with mode online only", "仅适用于网络核查方式"};

constexpr int most_lots = 16;
constexpr Length short_text{.max = 200};
constexpr Length long_text{.max = 4000};

/// Endings that leave the condition open (A8 forbids them).
bool is_vague(Bilingual const& text) {
    constexpr std::string_view open_ended[] = {"其他条件",  "其他材料",         "等其他",
                                               "其他情形",  "other conditions", "other materials",
                                               "any other", "and so on"};
    for (std::string_view phrase : open_ended)
        if (text.zh.find(phrase) != std::string::npos || text.en.find(phrase) != std::string::npos)
            return true;
    return false;
}

std::optional<Bilingual>& at(std::array<std::optional<Bilingual>, 8>& points, NoticePoint point) {
    return points[static_cast<std::size_t>(point)];
}

Bilingual basis_text(std::vector<LegalBasis> const& list) {
    Bilingual text;
    for (LegalBasis const& basis : list) {
        text.zh += (text.zh.empty() ? "" : "；") + basis.law + basis.article;
        text.en += (text.en.empty() ? "" : "; ") + basis.law + " " + basis.article;
    }
    return text;
}

struct PointTitle {
    NoticePoint point;
    std::string_view zh, en;
};

constexpr PointTitle titles[] = {
    {NoticePoint::matter_name, "证明事项名称", "Matter"},
    {NoticePoint::legal_basis, "设定依据", "Legal basis"},
    {NoticePoint::proof_content, "证明内容", "What would have to be proven"},
    {NoticePoint::commitment_method, "承诺方式", "How to commit"},
    {NoticePoint::liability, "不实承诺的法律责任", "Liability for an untrue commitment"},
    {NoticePoint::verification_power, "行政机关核查权力", "The authority's power to verify"},
    {NoticePoint::publicity_scope, "承诺书是否公开及公开范围",
     "Whether and to whom the commitment is made public"},
    {NoticePoint::publicity_period, "公开时限", "For how long it is public"},
};

Json or_null(std::optional<Bilingual> const& text) {
    return text ? to_json(*text) : Json();
}

template <class Enum>
Enum optional_choice(Fields& fields, std::string_view name, Enum absent) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return absent;
    if (auto value = from_word<Enum>(*text)) return *value;
    fields.refuse(name, reason::unknown_value, {.words = allowed_words<Enum>()});
    return absent;
}

/// Members older than coverage are required; versions stored before it lack the others.
void read_coverage(Fields& fields, VerificationPlan& plan) {
    plan.coverage = optional_choice(fields, "coverage", Coverage::full);
    plan.matter_class = optional_choice(fields, "matter_class", MatterClass::ordinary);
    if (plan.mode == VerifyMode::exempt && plan.coverage != Coverage::full)
        fields.refuse("coverage", reason::not_allowed_here);

    bool const has_ratio = fields.optional_object("ratio", [&](Fields& ratio) {
        plan.ratio.emplace();
        plan.ratio->denominator = ratio.integer("denominator", 1, 1'000'000);
        plan.ratio->numerator = ratio.integer("numerator", 1, plan.ratio->denominator);
    });
    if (has_ratio && !is_drawn(plan.coverage)) fields.refuse("ratio", reason::not_allowed_here);
    if (!has_ratio && is_drawn(plan.coverage)) fields.refuse("ratio", reason::required, form::object);

    bool const has_weights = fields.optional_object("weights", [&](Fields& weights) {
        plan.weights.earlier_breach = static_cast<int>(weights.integer("earlier_breach", 1, most_lots));
        plan.weights.first_time = static_cast<int>(weights.integer("first_time", 1, most_lots));
    });
    if (has_weights && plan.coverage != Coverage::risk_weighted)
        fields.refuse("weights", reason::not_allowed_here);
}

void read_department(Fields& fields, VerificationPlan& plan) {
    if (auto department = fields.optional_text("department", {.max = 40})) {
        if (!is_department_word(*department))
            fields.refuse("department", reason::bad_format, form::code_word);
        plan.department = *department;
    }
    if (auto query = fields.optional_text("query", {.max = 40})) {
        if (!is_department_word(*query)) fields.refuse("query", reason::bad_format, form::code_word);
        if (plan.department.empty()) fields.refuse("query", reason::not_allowed_here);
        plan.query = *query;
    }
    plan.auto_close = fields.optional_boolean("auto_close").value_or(false);
    if (!plan.auto_close) return;
    if (plan.mode != VerifyMode::online) fields.refuse("auto_close", only_online);
    if (plan.department.empty()) fields.refuse("department", reason::required, form::code_word);
}

VerificationPlan read_plan(Fields& fields) {
    VerificationPlan plan{};
    plan.mode = fields.choice<VerifyMode>("mode");
    plan.within_days = static_cast<int>(fields.integer("within_days", 1, 366));
    plan.day_kind = fields.choice<DayKind>("day_kind");
    plan.inspectors = static_cast<int>(fields.integer("inspectors", 1, 5));
    if (auto unit = fields.optional_text("unit_uscc", {.max = 18})) {
        if (auto checked = Uscc::as_printed(*unit))
            plan.unit_uscc = checked->text();
        else
            fields.refuse("unit_uscc", *checked.error(), form::uscc);
    }
    read_coverage(fields, plan);
    read_department(fields, plan);
    return plan;
}

Json plan_to_json(VerificationPlan const& plan) {
    return JsonObject{
        {"mode", word(plan.mode)},
        {"within_days", plan.within_days},
        {"day_kind", word(plan.day_kind)},
        {"inspectors", plan.inspectors},
        {"unit_uscc", plan.unit_uscc.empty() ? Json() : Json(plan.unit_uscc)},
        {"coverage", word(plan.coverage)},
        {"matter_class", word(plan.matter_class)},
        {"ratio", plan.ratio ? Json(JsonObject{{"numerator", plan.ratio->numerator},
                                               {"denominator", plan.ratio->denominator}})
                             : Json()},
        {"weights", plan.coverage == Coverage::risk_weighted
                        ? Json(JsonObject{{"earlier_breach", plan.weights.earlier_breach},
                                          {"first_time", plan.weights.first_time}})
                        : Json()},
        {"department", plan.department.empty() ? Json() : Json(plan.department)},
        {"query", plan.query.empty() ? Json() : Json(plan.query)},
        {"auto_close", plan.auto_close},
    };
}

/// Fractions of at most a million each: the products fit.
bool less(Ratio const& a, Ratio const& b) {
    return a.numerator * b.denominator < b.numerator * a.denominator;
}

std::string text_of(Ratio const& ratio) {
    return std::to_string(ratio.numerator) + "/" + std::to_string(ratio.denominator);
}

Fault out_of_bounds(char const* en, char const* zh, Rules::Found const& bound) {
    std::string const named = text_of(bound.rule->ratio) + " (" + bound.rule->id + "; " +
                              bound.pack->pack_id + " " + bound.pack->version + ")";
    Fault refused = fault(problem::ratio_out_of_bounds, en + named + ".", zh + named + "。");
    refused.fields.push_back({"/verification/ratio", &reason::out_of_range});
    refused.explanation = explanation_link(bound);
    return refused;
}

}  // namespace

bool is_drawn(Coverage coverage) {
    return coverage == Coverage::sampled || coverage == Coverage::risk_weighted;
}

Outcome<int> least_officers(VerificationPlan const& plan, Rules const& rules, std::string_view region,
                            Date on) {
    if (plan.mode != VerifyMode::on_site) return 1;
    auto const officers = rules.number(rule::officers, region, on);
    if (!officers) return officers.error();
    return static_cast<int>(*officers);
}

Outcome<void> check_officers(VerificationPlan const& plan, Rules const& rules, std::string_view region,
                             Date on) {
    auto const least = least_officers(plan, rules, region, on);
    if (!least) return least.error();
    if (plan.inspectors >= *least) return {};
    std::string const number = std::to_string(*least);
    Fault refused = fault(problem::invalid, "On site no fewer than " + number + " inspectors check.",
                          "现场核查的核查人员不得少于 " + number + " 人。");
    refused.fields.push_back({"/verification/inspectors", &reason::out_of_range, {.min = *least}});
    if (auto const found = rules.find(rule::officers, region, on))
        refused.explanation = explanation_link(*found);
    return refused;
}

Outcome<void> check_ratio(VerificationPlan const& plan, Rules const& rules, std::string_view region,
                          Date on) {
    if (!plan.ratio) return {};
    bool const key = plan.matter_class == MatterClass::key;
    auto const least = rules.find(key ? rule::key_ratio_min : rule::ordinary_ratio_min, region, on);
    if (!least) return least.error();
    auto const most = rules.find(key ? rule::key_ratio_max : rule::ordinary_ratio_max, region, on);
    if (!most) return most.error();
    if (less(*plan.ratio, least->rule->ratio))
        return out_of_bounds("The least ratio here is ", "抽查比例不得低于 ", *least);
    if (less(most->rule->ratio, *plan.ratio))
        return out_of_bounds("The highest ratio here is ", "抽查比例不得高于 ", *most);
    return {};
}

Outcome<void> check_refusal(MatterVersion const& version, Rules const& rules, std::string_view region,
                            Date on) {
    if (!version.refuses_dishonest) return {};
    auto const found = rules.find(rule::may_refuse_dishonest, region, on, version.action_kind);
    if (!found) return found.error();
    if (found->rule->value) return {};
    Fault refused = fault(problem::invalid,
                          "No rule of this place lets an agency refuse every dishonest subject; leave "
                          "refuses_dishonest out.",
                          "本地没有允许对所有失信主体不适用告知承诺的规定，请不要填写 refuses_dishonest。");
    refused.fields.push_back({"/refuses_dishonest", &reason::not_allowed_here});
    refused.explanation = explanation_link(*found);
    return refused;
}

MatterVersion MatterVersion::read(Fields& fields) {
    MatterVersion v{};
    v.name = fields.bilingual("name", short_text);
    v.replaces_item = fields.optional_text("replaces_item", {.max = 32});
    fields.objects("legal_basis", {.min = 1, .max = 20}, [&](Fields& basis) {
        v.legal_basis.push_back({basis.text("law", short_text), basis.text("article", short_text)});
    });
    v.demanding_unit = fields.text("demanding_unit", short_text);
    v.issuing_unit = fields.text("issuing_unit", short_text);
    v.action_kind = fields.choice<ActionKind>("action_kind");
    v.level = fields.choice<Level>("level");
    fields.object("notice", [&](Fields& notice) {
        for (std::size_t i = 2; i != v.points.size(); ++i) {
            std::string_view const point = word(static_cast<NoticePoint>(i));
            v.points[i] = notice.optional_bilingual(point, long_text);
            if (v.points[i] && is_vague(*v.points[i])) notice.refuse(point, vague);
        }
    });
    fields.object("commitment", [&](Fields& commitment) {
        v.content = commitment.bilingual("content", long_text);
        v.breach_liability = commitment.bilingual("breach_liability", long_text);
        v.type = commitment.choice<CommitmentType>("type");
    });
    fields.object("verification", [&](Fields& plan) { v.verification = read_plan(plan); });
    v.publication_type = fields.choice<PublicationType>("publication_type");
    v.valid_from = fields.date("valid_from");
    v.refuses_dishonest = fields.optional_boolean("refuses_dishonest").value_or(false);
    return v;
}

Json MatterVersion::to_json() const {
    json::Array basis;
    for (LegalBasis const& row : legal_basis)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    JsonObject notice;
    for (std::size_t i = 2; i != points.size(); ++i)
        notice.add(std::string(word(static_cast<NoticePoint>(i))), or_null(points[i]));
    JsonObject json{
        {"name", domain::to_json(name)},
        {"replaces_item", replaces_item ? Json(*replaces_item) : Json()},
        {"legal_basis", std::move(basis)},
        {"demanding_unit", demanding_unit},
        {"issuing_unit", issuing_unit},
        {"action_kind", word(action_kind)},
        {"level", word(level)},
        {"notice", std::move(notice)},
        {"commitment", JsonObject{{"content", domain::to_json(content)},
                                  {"breach_liability", domain::to_json(breach_liability)},
                                  {"type", word(type)}}},
        {"verification", plan_to_json(verification)},
        {"publication_type", word(publication_type)},
        {"valid_from", to_iso(valid_from)},
    };
    // Said only where it is so: what was stored before the member was known keeps its digest.
    if (refuses_dishonest) json.add("refuses_dishonest", true);
    return Json(std::move(json));
}

Json NoticeContent::to_json() const {
    json::Array list;
    for (Point const& point : points)
        list.push_back(
            JsonObject{{"point", word(point.point)}, {"zh", point.text.zh}, {"en", point.text.en}});
    return JsonObject{{"points", std::move(list)}, {"text", domain::to_json(text)}};
}

Outcome<NoticeContent> compose_notice(MatterVersion const& version, std::string const& agency) {
    auto points = version.points;
    at(points, NoticePoint::matter_name) = version.name;
    at(points, NoticePoint::legal_basis) = basis_text(version.legal_basis);

    NoticeContent notice;
    notice.text = {"Notice under the notification-and-commitment system\nFrom: " + agency + "\n",
                   "证明事项告知承诺制告知书\n告知机关：" + agency + "\n"};
    Fault incomplete =
        fault(problem::notice_incomplete,
              "The matter version does not spell out every statutory point; enter them in a new version.",
              "该事项版本未写明全部法定告知内容，请在新版本中补充。");
    int number = 0;
    for (PointTitle const& title : titles) {
        auto const& text = at(points, title.point);
        if (!text || text->zh.empty() || text->en.empty()) {
            incomplete.fields.push_back({"/notice/" + std::string(word(title.point)), &missing_point});
            continue;
        }
        ++number;
        notice.text.zh += std::to_string(number) + ". " + std::string(title.zh) + "：" + text->zh + "\n";
        notice.text.en += std::to_string(number) + ". " + std::string(title.en) + ": " + text->en + "\n";
        notice.points.push_back({title.point, *text});
    }
    if (!incomplete.fields.empty()) return incomplete;
    return notice;
}

}  // namespace sponsio::domain

#include "server/domain/matter.hpp"

#include "server/domain/uscc.hpp"

namespace sponsio::domain {
namespace {

template <class Enum, std::size_t N>
using Words = std::array<Word<Enum>, N>;

constexpr Reason vague{"vague_wording", "is vague or catch-all; conditions must be measurable",
                       "表述含糊或为兜底条款；条件应当可量化"};
constexpr Reason missing_point{"missing_point", "is a statutory point of the notice and has no text",
                               "为告知书法定内容，尚未填写"};

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

}  // namespace

std::span<Word<ActionKind> const> words_of(ActionKind) {
    using E = ActionKind;
    static constexpr Words<E, 5> words{{{E::licence, "licence"},
                                        {E::confirmation, "confirmation"},
                                        {E::benefit, "benefit"},
                                        {E::other_application, "other_application"},
                                        {E::public_service, "public_service"}}};
    return words;
}

std::span<Word<Level> const> words_of(Level) {
    using E = Level;
    static constexpr Words<E, 4> words{
        {{E::province, "province"}, {E::city, "city"}, {E::county, "county"}, {E::township, "township"}}};
    return words;
}

std::span<Word<VerifyMode> const> words_of(VerifyMode) {
    using E = VerifyMode;
    static constexpr Words<E, 5> words{{{E::online, "online"},
                                        {E::written, "written"},
                                        {E::on_site, "on_site"},
                                        {E::public_notice, "public_notice"},
                                        {E::exempt, "exempt"}}};
    return words;
}

std::span<Word<DayKind> const> words_of(DayKind) {
    using E = DayKind;
    static constexpr Words<E, 2> words{{{E::working, "working"}, {E::calendar, "calendar"}}};
    return words;
}

std::span<Word<PublicationType> const> words_of(PublicationType) {
    using E = PublicationType;
    static constexpr Words<E, 3> words{
        {{E::open, "public"}, {E::limited, "limited"}, {E::not_public, "not_public"}}};
    return words;
}

std::span<Word<CommitmentType> const> words_of(CommitmentType) {
    static constexpr Words<CommitmentType, 1> words{{{CommitmentType::proof_matter, "proof_matter"}}};
    return words;
}

std::span<Word<NoticePoint> const> words_of(NoticePoint) {
    using E = NoticePoint;
    static constexpr Words<E, 8> words{{{E::matter_name, "matter_name"},
                                        {E::legal_basis, "legal_basis"},
                                        {E::proof_content, "proof_content"},
                                        {E::commitment_method, "commitment_method"},
                                        {E::liability, "liability"},
                                        {E::verification_power, "verification_power"},
                                        {E::publicity_scope, "publicity_scope"},
                                        {E::publicity_period, "publicity_period"}}};
    return words;
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
    fields.object("verification", [&](Fields& plan) {
        v.verification.mode = plan.choice<VerifyMode>("mode");
        v.verification.within_days = static_cast<int>(plan.integer("within_days", 1, 366));
        v.verification.day_kind = plan.choice<DayKind>("day_kind");
        v.verification.inspectors = static_cast<int>(plan.integer("inspectors", 1, 5));
        // Administrative Penalty Law art. 42: no fewer than two officers where one goes and looks.
        if (v.verification.mode == VerifyMode::on_site && v.verification.inspectors < 2)
            plan.refuse("inspectors", reason::out_of_range);
        if (auto unit = plan.optional_text("unit_uscc", {.max = 18})) {
            if (auto checked = Uscc::parse(*unit))
                v.verification.unit_uscc = checked->text();
            else
                plan.refuse("unit_uscc", *checked.error());
        }
    });
    v.publication_type = fields.choice<PublicationType>("publication_type");
    v.valid_from = fields.date("valid_from");
    return v;
}

Json MatterVersion::to_json() const {
    crypto::Array basis;
    for (LegalBasis const& row : legal_basis)
        basis.push_back(JsonObject{{"law", row.law}, {"article", row.article}});
    JsonObject notice;
    for (std::size_t i = 2; i != points.size(); ++i)
        notice.add(std::string(word(static_cast<NoticePoint>(i))), or_null(points[i]));
    return JsonObject{
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
        {"verification",
         JsonObject{{"mode", word(verification.mode)},
                    {"within_days", verification.within_days},
                    {"day_kind", word(verification.day_kind)},
                    {"inspectors", verification.inspectors},
                    {"unit_uscc", verification.unit_uscc.empty() ? Json() : Json(verification.unit_uscc)}}},
        {"publication_type", word(publication_type)},
        {"valid_from", to_iso(valid_from)},
    };
}

std::string rule_of(VerificationPlan const& plan) {
    return "verify.matter " + std::to_string(plan.within_days) + " " + std::string(word(plan.day_kind)) +
           "_days";
}

Json NoticeContent::to_json() const {
    crypto::Array list;
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

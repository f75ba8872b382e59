#include "server/api/assessments.hpp"

#include "server/api/assessment_chart.hpp"
#include "server/api/common.hpp"
#include "server/api/markup.hpp"
#include "server/sheet/csv.hpp"

#include <charconv>
#include <map>

namespace sponsio::api {
namespace {

using domain::FigureLevel;
using domain::Indicator;
using domain::Quarter;
using service::AssessmentService;

constexpr http::Literal json_type = "application/json";
constexpr http::Literal csv_type = "text/csv; charset=utf-8; header=present";
constexpr http::Literal svg_type = "image/svg+xml";
/// What is frozen never changes.
constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
constexpr std::string_view cache_of_list = "no-cache";
/// Every case of the quarter is looked at.
constexpr std::chrono::minutes longest_count{2};
/// More bars than this are no picture.
constexpr std::size_t most_bars = 60;

using Named = std::map<std::string, std::string, std::less<>>;

/// The rows of a data set, each by the names of its columns.
std::vector<Named> rows_of(std::string const& csv) {
    sheet::CsvReader reader(sheet::Charset::utf8);
    reader.feed(csv);
    reader.end();
    std::vector<Named> rows;
    auto const& columns = domain::figure_columns();
    reader.next().value();  // the names
    while (auto row = reader.next().value()) {
        Named& named = rows.emplace_back();
        for (std::size_t i = 0; i != columns.size(); ++i)
            named.emplace(columns[i].name, i < row->cells.size() ? row->cells[i].text : "");
    }
    return rows;
}

Json whole_number(std::string const& digits) {
    std::int64_t value = 0;
    if (digits.empty()) return {};
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

double fraction(std::string const& digits) {
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Json or_nothing(std::string const& text) {
    return text.empty() ? Json() : Json(text);
}

Json document_of(AssessmentService::Frozen const& frozen) {
    JsonObject document = frozen.statement.as_object();
    json::Array columns;
    for (domain::FigureColumn const& column : domain::figure_columns())
        columns.emplace_back(
            JsonObject{{"name", column.name}, {"meaning", JsonObject{{"zh", column.zh}, {"en", column.en}}}});
    json::Array figures;
    for (Named const& row : rows_of(frozen.csv))
        figures.emplace_back(JsonObject{{"indicator", row.at("indicator")},
                                        {"level", row.at("level")},
                                        {"region", row.at("region")},
                                        {"unit", or_nothing(row.at("unit"))},
                                        {"unit_name", or_nothing(row.at("unit_name"))},
                                        {"matter", or_nothing(row.at("matter"))},
                                        {"numerator", whole_number(row.at("numerator"))},
                                        {"denominator", whole_number(row.at("denominator"))},
                                        {"share", or_nothing(row.at("share"))},
                                        {"low", or_nothing(row.at("low"))},
                                        {"high", or_nothing(row.at("high"))}});
    document.add("columns", std::move(columns));
    document.add("figures", std::move(figures));
    return document;
}

Bilingual title_of(Quarter const& quarter, Indicator indicator) {
    static constexpr std::pair<Indicator, std::pair<std::string_view, std::string_view>> names[] = {
        {Indicator::verified, {"Promises whose check is closed", "已完成核查的承诺"}},
        {Indicator::checked_in_time, {"Checks closed within their period", "期限内完成的核查"}},
        {Indicator::inconsistent, {"Checks that speak against the promise", "核查与承诺不一致"}},
        {Indicator::objection_upheld, {"Objections that changed the record", "异议后更正的信用记录"}},
        {Indicator::demand_corrected, {"Demands of prohibited proofs corrected", "已整改的违规索要证明"}}};
    auto const& name =
        std::ranges::find(names, indicator,
                          &std::pair<Indicator, std::pair<std::string_view, std::string_view>>::first)
            ->second;
    return {std::string(name.first) + ", " + quarter.text(),
            std::string(name.second) + "（" + quarter.text() + "）"};
}

std::string label_of(Named const& row, http::Language language) {
    for (std::string_view const column : {"matter", "unit_name", "region"})
        if (auto const& text = row.find(column)->second; !text.empty()) return text;
    return std::string(in(language, "all", "全部"));
}

std::string chart_of(AssessmentService::Frozen const& frozen, Quarter const& quarter, Indicator indicator,
                     FigureLevel level, http::Language language) {
    std::vector<ChartBar> bars;
    for (Named const& row : rows_of(frozen.csv))
        if (row.at("indicator") == domain::word(indicator) && row.at("level") == domain::word(level) &&
            !row.at("share").empty() && bars.size() != most_bars)
            bars.push_back({.label = label_of(row, language),
                            .cases = row.at("numerator") + " / " + row.at("denominator"),
                            .share = fraction(row.at("share")),
                            .low = fraction(row.at("low")),
                            .high = fraction(row.at("high"))});
    return chart_of(title_of(quarter, indicator), bars, language);
}

/// The quarter in the path; what is none is not there.
Outcome<Quarter> quarter_of(Request const& request) {
    if (auto const quarter = Quarter::parse(request.capture("quarter"))) return *quarter;
    return fault(problem::not_found);
}

awaitable<Response> list(AssessmentService& assessments, Request& request) {
    auto paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    if (!paging->after.empty() && !Quarter::parse(paging->after))
        co_return http::problem_response(bad_field("query:cursor", reason::bad_format, form::cursor),
                                         request);
    auto page = co_await assessments.list(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    co_return cached(request, json_type, json::write(page_view(std::move(*page), paging->limit)),
                     cache_of_list);
}

/// One quarter, in the form that `show(Frozen, Quarter)` gives it.
template <class Show>
awaitable<Response> one(AssessmentService& assessments, Request& request, http::Literal type, Show show) {
    auto const quarter = quarter_of(request);
    if (!quarter) co_return http::problem_response(quarter.error(), request);
    auto const frozen = co_await assessments.one(*quarter, request.deadline);
    if (!frozen) co_return http::problem_response(frozen.error(), request);
    co_return cached(request, type, show(*frozen, *quarter), for_ever);
}

awaitable<Response> chart(AssessmentService& assessments, Request& request) {
    auto const indicator = choice_in_query<Indicator>(request, "indicator");
    auto const level = choice_in_query<FigureLevel>(request, "level");
    if (!indicator) co_return http::problem_response(indicator.error(), request);
    if (!level) co_return http::problem_response(level.error(), request);
    co_return co_await one(assessments, request, svg_type, [&](auto const& frozen, Quarter const& quarter) {
        return chart_of(frozen, quarter, indicator->value_or(Indicator::verified),
                        level->value_or(FigureLevel::province), request.language);
    });
}

}  // namespace

std::vector<Route> assessment_routes(AssessmentService& assessments) {
    std::vector<Route> routes;
    auto counting = allow(Policy::one_of({Role::assessor}));
    counting.budget = longest_count;
    routes.push_back({Method::post, "/v1/assessments",
                      [&assessments](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, service::AssessmentDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await assessments.freeze(caller_of(request), body->once, body->value),
                              request);
                      },
                      counting});
    std::string const of_quarter = "/public/v1/assessments/{quarter}";
    routes.push_back({Method::get, "/public/v1/assessments",
                      [&assessments](Request& request) { return list(assessments, request); },
                      allow_list(Policy::everyone())});
    routes.push_back({Method::get, of_quarter,
                      [&assessments](Request& request) {
                          return one(assessments, request, json_type, [](auto const& frozen, Quarter const&) {
                              return json::write(document_of(frozen));
                          });
                      },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, of_quarter + "/figures",
                      [&assessments](Request& request) {
                          return one(assessments, request, csv_type,
                                     [](auto const& frozen, Quarter const&) { return frozen.csv; });
                      },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, of_quarter + "/chart",
                      [&assessments](Request& request) { return chart(assessments, request); },
                      allow_query(Policy::everyone(), {word_parameter<Indicator>("indicator"),
                                                       word_parameter<FigureLevel>("level")})});
    return routes;
}

}  // namespace sponsio::api

#include "server/api/sheet_template.hpp"

#include "server/api/common.hpp"
#include "server/api/sheet_body.hpp"
#include "server/sheet/workbook_writer.hpp"

namespace sponsio::api {
namespace {

sheet::ColumnFormat format_of(ColumnKind kind) {
    return kind == ColumnKind::date ? sheet::ColumnFormat::date : sheet::ColumnFormat::text;
}

std::vector<sheet::Column> columns() {
    std::vector<sheet::Column> made;
    for (SheetColumn const& column : sheet_columns())
        made.push_back({std::string(column.zh) + (column.required ? "*" : ""), format_of(column.kind)});
    return made;
}

/// What belongs into each column, in both languages.
sheet::Page explanation(Json const& matter) {
    Json const& name = matter.at("name");
    sheet::Page page{
        "说明 Help",
        {{"列名", "Column", "必填 Required", "填写说明", "What belongs there"},
         {"事项", "Matter", "", matter.at("matter_code").as_string() + " " + name.at("zh").as_string(),
          name.at("en").is_string() ? name.at("en").as_string() : ""}}};
    for (SheetColumn const& column : sheet_columns())
        page.rows.push_back({std::string(column.zh), std::string(column.en),
                             column.required ? "是 yes" : "否 no", column.about.zh, column.about.en});
    return page;
}

/// The file under a name that tells the matter.
Response file(std::string_view type, std::string body, std::string_view code, std::string_view extension) {
    Response response{.body = std::move(body)};
    response.set("Content-Type", std::string(type));
    response.set("Content-Disposition",
                 attachment(std::string(code) + "-承诺导入模板." + std::string(extension)));
    return response;
}

}  // namespace

std::vector<Route> sheet_template_routes(service::MatterService& matters) {
    auto const route = [&matters](std::string const& extension, std::string type) -> Route {
        return {Method::get, "/v1/matters/{matter_code}/sheet." + extension,
                [&matters, extension, type](Request& request) -> awaitable<Response> {
                    std::string const code(request.capture("matter_code"));
                    auto const matter = co_await matters.in_force(caller_of(request), code);
                    if (!matter) co_return http::problem_response(matter.error(), request);
                    co_return file(type,
                                   extension == "csv"
                                       ? sheet::csv_of(columns())
                                       : sheet::workbook_of("承诺", columns(), {explanation(*matter)}),
                                   code, extension);
                },
                allow(Policy::any_account())};
    };
    std::vector<Route> routes;
    routes.push_back(route("csv", std::string(csv_type) + "; charset=utf-8"));
    routes.push_back(route("xlsx", std::string(xlsx_type)));
    return routes;
}

}  // namespace sponsio::api

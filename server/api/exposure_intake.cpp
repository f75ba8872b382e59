#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/evidence.hpp"
#include "server/api/exposures.hpp"
#include "server/api/papers.hpp"
#include "server/http/rate.hpp"

#include <boost/asio/ip/address.hpp>

namespace sponsio::api {
namespace {

using service::ExposureIntake;

/// A report with three files of half a megabyte in base64.
constexpr std::size_t largest_report = std::size_t{5} << 19;

/// Whom the sender counts as; all whose address cannot be read count as one.
http::Network network_of(Request const& request) {
    boost::system::error_code bad;
    auto const address = boost::asio::ip::make_address(request.peer, bad);
    return bad ? http::Network{} : http::network_of(address);
}

Route public_report_route(ExposureIntake& intake) {
    return {Method::post, "/public/v1/exposures",
            [&intake](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::ExposureReportDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await intake.report(std::move(body->once), std::move(body->value),
                                                        network_of(request), request.deadline),
                                 request);
            },
            allow(Policy::everyone(), largest_report)};
}

Route report_route(ExposureIntake& intake) {
    return {Method::post, "/v1/exposures",
            [&intake](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::ExposureReportDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(
                    co_await intake.report(caller_of(request), std::move(body->once), std::move(body->value)),
                    request);
            },
            allow(Policy::one_of({Role::clerk, Role::verifier, Role::supervisor, Role::integrator}),
                  largest_report)};
}

Route progress_route(ExposureIntake& intake) {
    auto asking = allow(Policy::everyone());
    asking.asks = true;
    return {Method::post, "/public/v1/exposures/progress",
            [&intake](Request& request) -> awaitable<Response> {
                auto body = read_body(request, domain::CaseCodeQuestion::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await intake.progress(std::move(*body), request.deadline), request);
            },
            std::move(asking)};
}

/// The slip in one language, as it is handed over.
paper::Paper paper_of_slip(Json const& slip, Request const& request) {
    bool const english = request.language == http::Language::english;
    auto made = paper::paper_of(slip.at("text").at(english ? "en" : "zh").as_string(), english);
    if (!made) throw Failure("a slip that is no paper");
    made->digest = slip.at("digest_sha256").as_string();
    made->made_at = slip.at("made_at").as_string();
    return std::move(*made);
}

Route slip_route(ExposureIntake& intake, paper::Printer& printer, Policy readers) {
    return {Method::get, "/v1/refusal-slips/{slip_id}",
            [&intake, &printer](Request& request) -> awaitable<Response> {
                auto const id = id_in_path<RefusalSlipId>(request, "slip_id");
                if (!id) co_return http::problem_response(id.error(), request);
                constexpr std::string_view offered[] = {"application/json", "application/pdf"};
                auto const chosen = preferred(request.header("Accept").value_or(""), offered);
                if (!chosen) co_return http::problem_response(fault(problem::not_acceptable), request);
                auto const slip = co_await intake.slip(caller_of(request), *id);
                if (!slip) co_return http::problem_response(slip.error(), request);
                Response response;
                if (*chosen == "application/pdf") {
                    auto pdf = co_await printer.print(paper_of_slip(*slip, request));
                    if (!pdf) co_return http::problem_response(pdf.error(), request);
                    response = drawn(std::move(*pdf), slip->at("slip_id").as_string(), request);
                } else {
                    response = answer(*slip, request);
                }
                response.set("Vary", "Accept, Accept-Language");
                co_return response;
            },
            allow(readers)};
}

/// A route that makes something by `act`.
template <class Body>
Route making(ExposureIntake& intake, std::string path, Policy who,
             service::Async<service::Created> (ExposureIntake::*act)(service::Caller<domain::Official> const&,
                                                                     service::RequestOnce, Body)) {
    return {Method::post, std::move(path),
            [&intake, act](Request& request) -> awaitable<Response> {
                auto body = read_once(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(
                    co_await (intake.*act)(caller_of(request), std::move(body->once), std::move(body->value)),
                    request);
            },
            allow(who)};
}

}  // namespace

std::vector<Route> exposure_intake_routes(ExposureIntake& intake, paper::Printer& printer) {
    Policy const committee = Policy::one_of({Role::clerk});
    std::vector<Route> routes;
    routes.push_back(public_report_route(intake));
    routes.push_back(report_route(intake));
    routes.push_back(progress_route(intake));
    routes.push_back(making(intake, "/v1/refusal-slips", committee, &ExposureIntake::refuse));
    routes.push_back(slip_route(intake, printer, committee));
    for (Route& route : case_file_routes(intake.files(), "/v1/exposure-reports/{report_id}", "report_id"))
        routes.push_back(std::move(route));
    return routes;
}

}  // namespace sponsio::api

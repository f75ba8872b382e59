#include "server/api/window.hpp"

#include "server/api/authorise.hpp"
#include "server/api/evidence.hpp"
#include "server/api/papers.hpp"
#include "server/api/visitor.hpp"

#include <boost/asio/ip/address.hpp>

namespace sponsio::api {
namespace {

using service::CaseVisitor;
using service::CaseWindow;

/// Whom the peer is counted as (http::network_of).
std::string network_of(Request const& request) {
    boost::system::error_code bad;
    auto const address = boost::asio::ip::make_address(std::string(request.peer), bad);
    return bad ? std::string(request.peer) : std::to_string(http::network_of(address));
}

/// Personal data, which no cache between here and the reader keeps.
Response for_nobody_to_keep(Response response) {
    response.set("Cache-Control", "no-store");
    return response;
}

Route sign_in_route(CaseWindow& window) {
    http::RouteOptions options = allow(Policy::everyone());
    options.everybody = false;
    options.asks = true;
    options.cost = http::Cost::open;
    return {Method::post, "/public/v1/my-case/sessions",
            [&window](Request& request) -> awaitable<Response> {
                auto const who = read_body(request, [&window](Fields& fields) {
                    return domain::CaseSignIn::read(fields, window.today());
                });
                if (!who) co_return http::problem_response(who.error(), request);
                auto opened = co_await window.sign_in(*who, network_of(request), request.deadline);
                co_return for_nobody_to_keep(answer(opened, request, 201));
            },
            std::move(options)};
}

/// What a visitor files: `act` of the window, once a key.
template <class Body>
Route filing_route(CaseWindow& window, char const* kind,
                   service::Async<service::Created> (CaseWindow::*act)(service::Caller<CaseVisitor> const&,
                                                                       service::RequestOnce, Body)) {
    return {
        Method::post, std::string("/public/v1/my-case/") + kind,
        [&window, act](Request& request) -> awaitable<Response> {
            auto body = read_once(request, Body::read);
            if (!body) co_return http::problem_response(body.error(), request);
            co_return for_nobody_to_keep(answer(
                co_await (window.*act)(visitor_of(request), std::move(body->once), std::move(body->value)),
                request));
        },
        for_visitor(window, allow(Policy::everyone()))};
}

awaitable<Response> paper(CaseWindow& window, paper::Printer& printer, Request& request) {
    auto const id = id_in_path<DocumentId>(request, "document_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto const document = co_await window.paper(visitor_of(request), *id);
    if (!document) co_return http::problem_response(document.error(), request);
    auto pdf = co_await printer.print(paper_of_document(*document, request));
    if (!pdf) co_return http::problem_response(pdf.error(), request);
    co_return for_nobody_to_keep(drawn(std::move(*pdf), document->at("number").as_string(), request));
}

awaitable<Response> queries(CaseWindow& window, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = position_of(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    auto page = co_await window.queries(visitor_of(request), *after, paging->limit);
    if (!page) co_return http::problem_response(page.error(), request);
    co_return for_nobody_to_keep(answer(feed_page(std::move(*page)), request));
}

}  // namespace

http::RouteOptions for_visitor(CaseWindow& window, http::RouteOptions options) {
    options.everybody = false;
    options.cost = http::Cost::open;
    options.admit = [&window,
                     before = std::move(options.admit)](Request& request) -> awaitable<Outcome<void>> {
        auto const token = bearer_of(request);
        if (!token) co_return token.error();
        auto who =
            co_await window.visitor(*token, std::chrono::steady_clock::now() + std::chrono::seconds(5));
        if (!who) co_return who.error();
        request.attach<CaseVisitor>(*who);
        if (before) co_return co_await before(request);
        co_return Outcome<void>{};
    };
    return options;
}

service::Caller<CaseVisitor> visitor_of(Request const& request) {
    return {request.share_attached<CaseVisitor>(), request.deadline};
}

std::vector<Route> window_routes(CaseWindow& window, paper::Printer& printer) {
    std::string const root = "/public/v1/my-case";
    auto const mine = [&window](http::RouteOptions options) {
        return for_visitor(window, std::move(options));
    };
    std::vector<Route> routes;
    routes.push_back(sign_in_route(window));
    http::RouteOptions leaving = mine(allow(Policy::everyone()));
    leaving.asks = true;
    routes.push_back({Method::post, root + "/sessions/end",
                      [&window](Request& request) -> awaitable<Response> {
                          co_return answer(co_await window.sign_out(visitor_of(request)), request);
                      },
                      std::move(leaving)});
    routes.push_back({Method::get, root,
                      [&window](Request& request) -> awaitable<Response> {
                          co_return for_nobody_to_keep(
                              answer(co_await window.overview(visitor_of(request)), request));
                      },
                      mine(allow(Policy::everyone()))});
    routes.push_back({Method::get, root + "/papers/{document_id}",
                      [&window, &printer](Request& request) { return paper(window, printer, request); },
                      mine(allow(Policy::everyone()))});
    routes.push_back({Method::get, root + "/queries",
                      [&window](Request& request) { return queries(window, request); },
                      mine(allow_list(Policy::everyone()))});
    routes.push_back(filing_route(window, "statements", &CaseWindow::state));
    routes.push_back(filing_route(window, "hearings", &CaseWindow::ask_hearing));
    routes.push_back(filing_route(window, "objections", &CaseWindow::object));
    routes.push_back(filing_route(window, "repairs", &CaseWindow::apply));
    routes.push_back(own_file_route(window));
    return routes;
}

}  // namespace sponsio::api

#include "server/api/console.hpp"

#include "server/api/common.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

constexpr std::string_view page_name = "index.html";

ConsoleFile const* find(std::string_view name) {
    auto const all = console_files();
    auto const found = std::ranges::find(all, name, &ConsoleFile::name);
    return found == all.end() ? nullptr : &*found;
}

Fault built_without() {
    return fault(
        problem::not_found,
        "This program was built without the console. scripts/run and scripts/package build it with it; by "
        "hand: npm --prefix console ci && npm --prefix console run build, then build the program again.",
        "本程序编译时未包含办公界面。scripts/run 与 scripts/package 会一并构建；手工构建请先执行 npm "
        "--prefix "
        "console ci && npm --prefix console run build，再重新编译。");
}

Response script_or_style(ConsoleFile const& file, Request const& request) {
    // A name is never given to other bytes, so what a browser has it need never ask for again.
    constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
    std::string bytes(file.bytes);
    return file.name.ends_with(".js")
               ? cached(request, "text/javascript; charset=utf-8", std::move(bytes), for_ever)
               : cached(request, "text/css; charset=utf-8", std::move(bytes), for_ever);
}

}  // namespace

std::string console_path(std::string_view begins, std::string_view ends) {
    for (ConsoleFile const& file : console_files())
        if (file.name.starts_with(begins) && file.name.ends_with(ends))
            return "/console/" + std::string(file.name);
    return {};
}

std::vector<Route> console_routes() {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/console",
                      [](Request& request) -> awaitable<Response> {
                          ConsoleFile const* page = find(page_name);
                          if (!page) co_return http::problem_response(built_without(), request);
                          Response response = cached(request, "text/html; charset=utf-8",
                                                     std::string(page->bytes), "no-cache");
                          response.set("Content-Security-Policy", std::string(page_policy));
                          co_return response;
                      },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, "/console/{file}",
                      [](Request& request) -> awaitable<Response> {
                          ConsoleFile const* file = find(request.capture("file"));
                          if (!file || file->name == page_name)
                              co_return http::problem_response(fault(problem::not_found), request);
                          co_return script_or_style(*file, request);
                      },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api

#pragma once

#include "server/http/router.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The front end as it was built from console/ (docs/console.md): one page for the desks, and what it and the
/// public window load.
namespace sponsio::api {

/// A file of the built front end.
struct ConsoleFile {
    std::string_view name;  ///< such as "desk-3f2a9c1b.js": all but the page are named by what they contain
    std::string_view bytes;
};

/// All of them; none where the program was built without the front end.
std::span<ConsoleFile const> console_files();

/// Where the file whose name begins and ends so is served; empty if there is none.
std::string console_path(std::string_view begins, std::string_view ends);

/// What a page of this server may load and do: nothing but what this server itself serves, and nothing that
/// stands in the page. No `unsafe-*`.
inline constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: "
    "blob:; "
    "frame-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::vector<http::Route> console_routes();

}  // namespace sponsio::api

#pragma once

#include "server/base/fault.hpp"
#include "server/http/language.hpp"

#include <span>
#include <string>
#include <string_view>

/// The few pages that the server writes for people.
namespace sponsio::api {

/// A way on from the first page.
struct FrontLink {
    std::string_view name;  ///< the member in JSON
    std::string_view path;
    std::string_view en, zh;
};

std::span<FrontLink const> front_links();
/// One sentence about the whole server.
Bilingual what_this_is();

std::string front_page(std::string_view version, http::Language language);
/// Every kind of refusal.
std::string problems_page(http::Language language);
std::string problem_page(Problem const& problem, http::Language language);

/// What stands between <style> and </style>; for the page's Content-Security-Policy.
std::string style_of(std::string_view page);

}  // namespace sponsio::api

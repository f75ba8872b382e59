#pragma once

#include "server/http/language.hpp"
#include "server/http/request.hpp"

#include <string>
#include <string_view>

/// What the pages of the public window have around them.
namespace sponsio::api {

/// A page: its path below /window/ and its title.
struct PublicPage {
    std::string_view path;
    std::string_view en, zh;
};

/// In the order of the navigation.
inline constexpr PublicPage page_question{"", "May they ask me for this?", "这份证明该不该要"},
    page_verify{"verify", "Check a receipt or a record", "核验回执与记录"},
    page_publicity{"publicity", "Published records", "失信信息公示"},
    page_draws{"draws", "Draws", "抽查抽取"},
    page_inspections{"inspections", "Was this inspection approved?", "这次检查批准了吗"},
    page_log{"log", "The log", "存证日志"};

/// The language of the query parameter `lang`, else that of the request.
http::Language language_of(http::Request const& request);

/// Its word in the query parameter `lang`.
std::string_view word_of(http::Language language);

/// `query` begins with '&' or is empty.
std::string window_link(PublicPage const& page, http::Language language, std::string_view query = {});

/// A whole HTML document. `main` is markup; `script` is the path of a script, or empty. `query`: of this
/// page, for the link to it in the other language.
std::string framed_page(PublicPage const& page, http::Language language, std::string_view main,
                        std::string_view script = {}, std::string_view query = {});

}  // namespace sponsio::api

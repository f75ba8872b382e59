#include "server/db/connection.hpp"

#include "text/percent.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace sponsio::db {
namespace {

std::string uri_of(std::map<std::string, std::string> const& values, bool with_password) {
    std::string uri = "postgresql://";
    char separator = '?';
    for (auto const& [keyword, value] : values) {
        if (keyword == "password" && !with_password) continue;
        uri += separator;
        uri += keyword;
        uri += '=';
        append_percent_encoded(uri, value);
        separator = '&';
    }
    return uri;
}

}  // namespace

Outcome<ConnectionString> ConnectionString::parse(std::string_view text) {
    struct Free {
        void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
    };

    char* raw_message = nullptr;
    std::unique_ptr<PQconninfoOption, Free> const options(
        PQconninfoParse(std::string(text).c_str(), &raw_message));
    std::unique_ptr<char, void (*)(void*)> const message(raw_message, PQfreemem);
    // libpq's message quotes the text, which may hold a password.
    if (!options)
        return fault(problem::internal,
                     "The database address is neither a postgresql:// URI nor keyword=value pairs.",
                     "数据库地址既不是 postgresql:// URI，也不是 keyword=value 形式。");
    ConnectionString string;
    for (PQconninfoOption const* option = options.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) string.set(option->keyword, option->val);
    return string;
}

std::string ConnectionString::get(std::string const& keyword) const {
    auto const found = values_.find(keyword);
    return found == values_.end() ? std::string() : found->second;
}

std::string ConnectionString::uri() const {
    return uri_of(values_, true);
}

std::string ConnectionString::uri_without_password() const {
    return uri_of(values_, false);
}

std::string ConnectionString::described() const {
    std::string text = get("user");
    if (!text.empty()) text += '@';
    text += get("host");
    if (std::string const port = get("port"); !port.empty()) text.append(":").append(port);
    return text.append("/").append(get("dbname"));
}

void read_from_environment(Environment what) {
    static constexpr std::array<std::string_view, 6> credentials{"PGPASS", "PGSSL",         "PGGSS",
                                                                 "PGKRB",  "PGSERVICEFILE", "PGSYSCONFDIR"};
    std::vector<std::string> unwanted;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        std::string_view const text(*variable);
        std::string_view const name = text.substr(0, text.find('='));
        bool const wanted = what == Environment::credentials &&
                            std::ranges::any_of(credentials, [name](std::string_view kind) {
                                return name.starts_with(kind);
                            });
        if (name.starts_with("PG") && !wanted) unwanted.emplace_back(name);
    }
    for (std::string const& name : unwanted) unsetenv(name.c_str());
}

ConnectionOptions with_before_commit(ConnectionOptions options, std::function<void(PgSession&)> last) {
    options.before_commit = std::move(last);
    return options;
}

Outcome<ConnectionString> connection_string(ConnectionOptions const& options) {
    auto parsed = ConnectionString::parse(options.uri);
    if (!parsed) return parsed;
    ConnectionString& string = *parsed;
    string.set_default("application_name", options.application);
    string.set_default("connect_timeout", std::to_string(options.connect_timeout.count()));
    string.set_default("tcp_user_timeout", std::to_string(options.tcp_user_timeout.count()));
    string.set_default("keepalives_idle", std::to_string(options.keepalives_idle.count()));
    string.set_default("keepalives_interval", "2");
    string.set_default("keepalives_count", "3");
    string.set_default("target_session_attrs", options.writable ? "read-write" : "any");
    string.set("client_encoding", "UTF8");
    return parsed;
}

}  // namespace sponsio::db

#include "server/app/identity.hpp"

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/service/unit/row_proofs.hpp"
#include "server/store/fixed_names.hpp"

#include <algorithm>
#include <arpa/inet.h>

namespace sponsio::app {
namespace {

constexpr std::string_view scheme = "https://";

bool is_lower_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// Letters, digits, dashes and dots between which there is something; or an address.
bool is_host(std::string const& host) {
    if (is_address(host)) return true;
    bool const plain = std::ranges::all_of(host, is_lower_host_character);
    return plain && !host.empty() && host.front() != '.' && host.back() != '.' && host.front() != '-' &&
           host.back() != '-' && host.find("..") == std::string::npos;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) && text != "443";
}

Fault changed(std::string_view option, std::string const& kept, std::string const& given) {
    Fault refused =
        fault(problem::conflict,
              std::string(option) + " " + given + " is not what this store was begun with: " + kept +
                  ". It stands in everything that was signed and can never change; give that one, or none.",
              std::string(option) + " " + given + " 与该数据库最初使用的 " + kept +
                  " 不一致。该名称已写入签名内容，不得更改；请使用原名称或不指定。");
    refused.cause = std::string(other_names);
    return refused;
}

/// The name that is kept; kept now if it is given for the first time. Empty: none is given nor kept.
Outcome<std::string> settle(db::PgSession& db, std::string_view what, std::string_view option,
                            std::string const& given, Instant now) {
    auto kept = store::fixed_name(db, what);
    if (!kept && !given.empty()) kept = store::fix_name(db, what, given, now);
    if (kept && !given.empty() && *kept != given) return changed(option, *kept, given);
    return kept.value_or("");
}

}  // namespace

std::string host_of_issuer(std::string const& issuer) {
    std::string rest = issuer.substr(std::min(scheme.size(), issuer.size()));
    if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
    return rest.substr(0, rest.find_first_of(":/"));
}

bool is_address(std::string const& host) {
    in6_addr ignored{};
    if (host.starts_with('[') && host.ends_with(']'))
        return ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ignored) == 1;
    return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

Bilingual issuer_refusal(std::string const& issuer) {
    std::string const host = host_of_issuer(issuer);
    std::string const rest = issuer.starts_with(scheme) ? issuer.substr(scheme.size() + host.size()) : "";
    bool const good = issuer.starts_with(scheme) && is_host(host) &&
                      (rest.empty() || (rest.front() == ':' && is_port(std::string_view(rest).substr(1))));
    if (good) return {};
    return {"--issuer " + issuer +
                " is not of the form https://host or https://host:port: lower case, no path, no slash at its "
                "end, "
                "no port 443.",
            "--issuer " + issuer +
                " 须为 https://主机 或 https://主机:端口：小写，无路径，末尾无斜杠，不写 443 端口。"};
}

Bilingual log_name_refusal(std::string const& name) {
    bool const plain =
        std::ranges::all_of(name, [](char c) { return is_lower_host_character(c) || c == '/' || c == '_'; });
    if (plain && !name.empty() && name.size() <= 150 && name.front() != '/' && name.back() != '/' &&
        name.find("//") == std::string::npos)
        return {};
    return {
        "--log-name " + name +
            " is not a name such as log.example.org/sponsio: lower-case letters, digits, and . - _ / inside.",
        "--log-name " + name + " 须形如 log.example.org/sponsio：小写字母、数字，及中间的 . - _ /。"};
}

Outcome<void> settle_names(Database const& database, service::KeyService const& keys, ServeOptions& options,
                           std::string const& address, Instant now) try {
    service::Vault const vault = keys.vault();
    db::PgSession session(db::with_before_commit(database.connection(), service::row_prover(vault)));
    db::Tx tx(session);
    auto const issuer = settle(session, store::fixed::issuer, "--issuer", options.issuer, now);
    if (!issuer) return issuer.error();
    options.issuer = issuer->empty() ? "https://" + address : *issuer;
    auto log_name = settle(session, store::fixed::log_name, "--log-name", options.log_name, now);
    if (!log_name) return log_name.error();
    // The log's name must outlive ports: by default the host alone.
    options.log_name = log_name->empty() ? store::fix_name(session, store::fixed::log_name,
                                                           host_of_issuer(options.issuer), now)
                                         : *log_name;
    tx.commit();
    return {};
} catch (db::DbError const& error) {
    return db::fault_of(error);
}

}  // namespace sponsio::app

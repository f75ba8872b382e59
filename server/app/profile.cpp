#include "server/app/profile.hpp"

#include "server/app/endpoint.hpp"
#include "server/app/identity.hpp"
#include "server/db/connection.hpp"
#include "server/service/keys/service.hpp"

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <unistd.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

/// Whoever has a copy of the key files can try as often as they like.
constexpr std::uintmax_t shortest_passphrase = 20;  // characters, with the line's end

bool is_loopback(std::string const& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// Whether anybody but the owner and its group may read the file, or the group may write it.
bool is_open_to_others(fs::path const& file) {
    struct stat state {};

    return ::stat(file.c_str(), &state) == 0 && (state.st_mode & (S_IRWXO | S_IWGRP)) != 0;
}

bool lies_below(fs::path const& file, fs::path const& directory) {
    std::error_code ignored;
    fs::path const inner = fs::weakly_canonical(file, ignored);
    fs::path const outer = fs::weakly_canonical(directory, ignored);
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

class Refusals {
  public:
    void add(bool wrong, std::string en, std::string zh) {
        if (wrong) all_.push_back({std::move(en), std::move(zh)});
    }

    std::vector<Bilingual> take() { return std::move(all_); }

  private:
    std::vector<Bilingual> all_;
};

void check_names(ServeOptions const& o, Refusals& refusals) {
    refusals.add(o.issuer.empty(),
                 "There is no --issuer: give the URL under which others reach this server, such as "
                 "https://sponsio.example.org; it is signed into records and never changes.",
                 "未指定 --issuer：请给出他人访问本服务的网址，如 "
                 "https://sponsio.example.org；该值写入记录，不得更改。");
    refusals.add(!o.issuer.empty() && is_address(host_of_issuer(o.issuer)),
                 "--issuer " + o.issuer + " is an address: give a host name of yours, which can move.",
                 "--issuer " + o.issuer + " 为 IP 地址：请使用可迁移的域名。");
    refusals.add(
        o.log_name.empty(),
        "There is no --log-name: give the log a name such as sponsio.example.org; it is signed into every "
        "receipt and never changes.",
        "未指定 --log-name：请为日志命名，如 sponsio.example.org；该值写入每份回执，不得更改。");
}

void check_passphrase(ServeOptions const& o, Refusals& refusals) {
    auto place = service::KeyPlace::below(o.state);
    if (!o.passphrase_file.empty()) place.passphrase_file = o.passphrase_file;
    refusals.add(!place.passphrase_file && !place.passphrase,
                 "The passphrase would lie beside the keys that it opens: put it elsewhere and give "
                 "--passphrase-file FILE.",
                 "口令将与其所开启的密钥放在一起：请置于他处并以 --passphrase-file FILE 指定。");
    if (!place.passphrase_file) return;
    std::string const file = place.passphrase_file->string();
    refusals.add(lies_below(file, o.state),
                 "The passphrase file " + file +
                     " lies in the same directory as the keys that it opens: put it "
                     "elsewhere.",
                 "口令文件 " + file + " 与其所开启的密钥位于同一目录：请置于他处。");
    refusals.add(is_open_to_others(file), "Others can read the passphrase file: chmod 600 " + file,
                 "他人可读取口令文件：chmod 600 " + file);
    std::error_code unreadable;
    auto const size = fs::file_size(file, unreadable);
    refusals.add(!unreadable && size < shortest_passphrase,
                 "The passphrase in " + file + " can be guessed: openssl rand -base64 32 makes a good one.",
                 "口令文件 " + file + " 中的口令过短：请用 openssl rand -base64 32 生成。");
}

void check_openness(ServeOptions const& o, Refusals& refusals) {
    refusals.add(
        o.certificate.empty(),
        "The certificate would be a self-made one: give --certificate FILE and --certificate-key FILE.",
        "证书将为自签：请给出 --certificate FILE 和 --certificate-key FILE。");
    refusals.add(!o.certificate_key.empty() && is_open_to_others(o.certificate_key),
                 "Others can read the certificate's key: chmod 640 " + o.certificate_key.string(),
                 "他人可读取证书私钥：chmod 640 " + o.certificate_key.string());
    refusals.add(!o.platform_token_file.empty() && is_open_to_others(o.platform_token_file),
                 "Others can read the platform's token: chmod 640 " + o.platform_token_file.string(),
                 "他人可读取平台令牌：chmod 640 " + o.platform_token_file.string());
    auto const ops = Endpoint::parse(o.ops);
    refusals.add(ops && !is_loopback(ops->host),
                 "--ops " + o.ops +
                     " is plain HTTP and reachable from outside: use 127.0.0.1, and a proxy with TLS "
                     "before it for others.",
                 "--ops " + o.ops + " 为明文 HTTP 且可从外部访问：请使用 127.0.0.1，外部访问须经 TLS 代理。");
    std::vector<std::string> outbound = o.witnesses;
    outbound.push_back(o.platform);
    for (std::string const& url : outbound)
        refusals.add(url.starts_with("http://"), url + " is plain HTTP: give its https address.",
                     url + " 为明文 HTTP：请给出 https 地址。");
}

/// TLS that proves which server it is (PostgreSQL 15 §34.19.1); a socket or the loopback needs none.
void check_database(ServeOptions const& o, Refusals& refusals) {
    if (o.database.uri.empty()) return;
    auto const where = db::connection_string({.uri = o.database.uri});
    if (!where) return;  // said by option_refusals
    std::string hosts = where->get("host") + "," + where->get("hostaddr");
    bool remote = false;
    for (std::size_t begin = 0; begin < hosts.size();) {
        std::size_t const end = std::min(hosts.find(',', begin), hosts.size());
        std::string const host = hosts.substr(begin, end - begin);
        remote =
            remote || (!host.empty() && host.front() != '/' && host.front() != '@' && !is_loopback(host));
        begin = end + 1;
    }
    refusals.add(
        remote && where->get("sslmode") != "verify-full",
        "The database is on another host and TLS does not prove which: put sslmode=verify-full (and "
        "sslrootcert=FILE) into its URI.",
        "数据库位于其他主机而未以 TLS 验证：请在 URI 中加入 sslmode=verify-full（及 sslrootcert=FILE）。");
    refusals.add(
        o.database.uri_file.empty() && !where->get("password").empty(),
        "A password stands in --database, where everybody on this machine can read it: put the URI into a "
        "file and give --database-file FILE.",
        "--database 中含有口令，本机所有用户可见：请将 URI 写入文件并以 --database-file FILE 指定。");
    refusals.add(!o.database.uri_file.empty() && is_open_to_others(o.database.uri_file),
                 "Others can read the database's URI: chmod 640 " + o.database.uri_file.string(),
                 "他人可读取数据库 URI：chmod 640 " + o.database.uri_file.string());
}

void check_readable(fs::path const& file, std::string_view option, Refusals& refusals) {
    refusals.add(!file.empty() && ::access(file.c_str(), R_OK) != 0,
                 std::string(option) + " " + file.string() + " cannot be read by this user.",
                 std::string(option) + " " + file.string() + " 无法由当前用户读取。");
}

/// It is made at the start and at every SIGHUP; its directory is not.
void check_log_file(fs::path const& file, Refusals& refusals) {
    if (file.empty()) return;
    std::error_code none;
    fs::path const place = fs::absolute(file, none).parent_path();
    bool const there = fs::is_directory(place, none);
    refusals.add(!there,
                 "There is no directory " + place.string() + " to write --log " + file.string() + " in.",
                 "目录 " + place.string() + " 不存在，无法写入 --log " + file.string() + "。");
    bool const writable = fs::exists(file, none)
                              ? !fs::is_directory(file, none) && ::access(file.c_str(), W_OK) == 0
                              : ::access(place.c_str(), W_OK) == 0;
    refusals.add(there && !writable, "--log " + file.string() + " cannot be written by this user.",
                 "--log " + file.string() + " 无法由当前用户写入。");
}

void check_endpoint(std::string const& text, std::string_view option, Refusals& refusals) {
    auto const at = Endpoint::parse(text);
    if (!at)
        refusals.add(true, std::string(option) + ": " + at.error().detail.en,
                     std::string(option) + "：" + at.error().detail.zh);
}

}  // namespace

Profile profile_of(ServeOptions const& options) {
    if (options.profile) return *options.profile;
    auto const at = Endpoint::parse(options.listen);
    return at && is_loopback(at->host) ? Profile::training : Profile::production;
}

std::vector<Bilingual> production_refusals(ServeOptions const& options) {
    Refusals refusals;
    check_names(options, refusals);
    check_openness(options, refusals);
    check_passphrase(options, refusals);
    check_database(options, refusals);
    refusals.add(!options.training_clock.empty(),
                 "--training-clock would date what is signed by a file: leave it out.",
                 "--training-clock 会使签名日期取自文件：请去掉该选项。");
    refusals.add(::geteuid() == 0,
                 "The server would run as root: run it as a user of its own, such as sponsio.",
                 "服务将以 root 运行：请使用专用用户，如 sponsio。");
    return refusals.take();
}

std::vector<Bilingual> option_refusals(ServeOptions const& o) {
    Refusals refusals;
    check_endpoint(o.listen, "--listen", refusals);
    check_endpoint(o.ops, "--ops", refusals);
    refusals.add(o.listen == o.ops && !o.listen.ends_with(":0"), "--listen and --ops are the same address.",
                 "--listen 与 --ops 地址相同。");
    if (!o.issuer.empty())
        if (Bilingual wrong = issuer_refusal(o.issuer); !wrong.en.empty())
            refusals.add(true, std::move(wrong.en), std::move(wrong.zh));
    if (!o.log_name.empty())
        if (Bilingual wrong = log_name_refusal(o.log_name); !wrong.en.empty())
            refusals.add(true, std::move(wrong.en), std::move(wrong.zh));
    if (!o.database.uri.empty())
        if (auto const where = db::connection_string({.uri = o.database.uri}); !where)
            refusals.add(true, where.error().detail.en, where.error().detail.zh);
    check_readable(o.certificate, "--certificate", refusals);
    check_readable(o.certificate_key, "--certificate-key", refusals);
    check_readable(o.passphrase_file, "--passphrase-file", refusals);
    check_log_file(o.log_file, refusals);
    return refusals.take();
}

}  // namespace sponsio::app

#include "crypto/verify/input.hpp"

#include "crypto/log/tile.hpp"
#include "crypto/verify/words.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace sponsio::verify {
namespace {

bool is_file(std::string const& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

[[noreturn]] void refuse_key(std::string const& key_or_file) {
    throw NotChecked{"bad_verifier_key",
                     {"'" + key_or_file +
                          "' is neither a verifier key (name+hash+key) nor a file with one on each "
                          "line; the log publishes its keys as `vkey` and `vkeys` beside its checkpoint.",
                      "“" + key_or_file +
                          "”既不是验证公钥（名称+哈希+公钥），也不是每行一个公钥的文件；"
                          "日志在检查点旁以 vkey 和 vkeys 发布其公钥。"}};
}

/// Appends the key, or the keys of the file.
void add_keys(std::vector<crypto::NoteVerifier>& keys, std::string const& key_or_file) {
    if (auto key = crypto::NoteVerifier::from_vkey(key_or_file)) {
        keys.push_back(std::move(key).value());
        return;
    }
    if (!is_file(key_or_file)) refuse_key(key_or_file);
    std::istringstream lines(read_file(key_or_file));
    std::size_t const before = keys.size();
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        auto key = crypto::NoteVerifier::from_vkey(line);
        if (!key) refuse_key(key_or_file);
        keys.push_back(std::move(key).value());
    }
    if (keys.size() == before) refuse_key(key_or_file);
}

[[noreturn]] void not_the_file(std::string const& path, std::string code, Sentence const& what) {
    throw NotChecked{std::move(code),
                     {"The file '" + path + "' " + what.en + ". " + fetch_anew().en,
                      "文件“" + path + "”" + what.zh + "。" + fetch_anew().zh}};
}

/// Status and title of a problem document (RFC 9457); nothing for any other text.
std::optional<std::string> refusal_in(std::string_view text) {
    constexpr std::size_t largest_problem = 16'384;
    if (text.size() > largest_problem) return std::nullopt;
    auto const json = json::parse(text);
    if (!json || !json->is_object()) return std::nullopt;
    json::Value const* const status = json->find("status");
    json::Value const* const title = json->find("title");
    if (!status || !status->is_int() || !title || !title->is_string()) return std::nullopt;
    return std::to_string(status->as_int()) + ", " + title->as_string();
}

}  // namespace

void read_pieces(std::string const& path, std::function<void(std::string_view)> const& take) {
    std::ifstream file(path, std::ios::binary);
    if (!is_file(path) || !file)
        throw NotChecked{"no_file",
                         {"There is no file '" + path + "' that can be read; check its name and permissions.",
                          "没有可读的文件“" + path + "”；请检查文件名和权限。"}};
    std::array<char, 1 << 16> part;
    while (file.read(part.data(), part.size()) || file.gcount() > 0)
        take({part.data(), static_cast<std::size_t>(file.gcount())});
    if (file.bad())
        throw NotChecked{"read_failed",
                         {"Reading '" + path + "' failed; the medium may be damaged.",
                          "读取“" + path + "”失败；存储介质可能已损坏。"}};
}

std::string read_file(std::string const& path, std::size_t max_bytes) {
    std::string text;
    read_pieces(path, [&](std::string_view piece) {
        text += piece;
        if (text.size() > max_bytes)
            throw NotChecked{
                "file_too_large",
                {"The file '" + path + "' is larger than " + std::to_string(max_bytes) +
                     " bytes; "
                     "it cannot be what was asked for.",
                 "文件“" + path + "”大于 " + std::to_string(max_bytes) + " 字节，不会是所要的文件。"}};
    });
    return text;
}

std::string read_published(std::string const& path, std::size_t max_bytes) {
    std::string text = read_file(path, max_bytes);
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) not_the_file(path, "empty_file", {"is empty", "是空的"});
    if (text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        not_the_file(path, "re_encoded",
                     {"was re-encoded on the way: it begins with a byte order mark",
                      "在传递途中被重新编码：以字节顺序标记开头"});
    if (text[first] == '<')
        not_the_file(path, "not_the_file", {"is a page of HTML or XML", "是 HTML 或 XML 页面"});
    if (auto const refusal = refusal_in(text))
        not_the_file(path, "not_the_file",
                     {"is a server's refusal (" + *refusal + "), not what was asked for",
                      "是服务器的拒绝答复（" + *refusal + "），而不是所要的内容"});
    return text;
}

std::string read_text(std::string const& path) {
    std::string text = read_published(path);
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

Trust trust_in(TrustOptions const& options) {
    Trust trust;
    for (std::string const& key : options.vkeys) add_keys(trust.log_keys, key);
    if (trust.log_keys.empty()) refuse_key("");
    for (std::string const& witness : options.witnesses) add_keys(trust.witnesses.witnesses, witness);
    std::size_t const witnesses = trust.witnesses.witnesses.size();
    trust.witnesses.quorum = options.quorum.value_or(witnesses);
    if (trust.witnesses.quorum > witnesses)
        throw NotChecked{"bad_quorum",
                         {"The quorum is larger than the number of witnesses; name more with --witness.",
                          "法定数大于见证人个数；请用 --witness 给出更多见证人。"}};
    return trust;
}

crypto::Jwks read_jwks(std::string const& path) {
    auto keys = crypto::Jwks::parse(read_published(path));
    if (keys) return std::move(keys).value();
    throw NotChecked{"bad_key_set",
                     because({"The key set '" + path + "' cannot be used; fetch /.well-known/jwks.json anew",
                              "公钥集“" + path + "”不能使用，请重新获取 /.well-known/jwks.json"},
                             keys.error())};
}

void require_in_use(crypto::Jwks const& keys, std::string_view kid,
                    std::optional<std::chrono::sys_seconds> at, Sentence const& whose) {
    crypto::PublishedKey const* const key = keys.find(kid);
    if (key && (key->not_before || key->retired_at) && (!at || !key->signed_at(*at)))
        throw Refuted{"key_not_in_use",
                      {whose.en + " is dated outside the time in which its key signed.",
                       whose.zh + "的日期不在其密钥的使用期内。"}};
}

crypto::Checkpoint open_head(std::string_view signed_note, Trust const& trust, std::string const& where) {
    auto head =
        or_judge(trust.under_any_key([&](crypto::NoteVerifier const& key) {
            return crypto::open_checkpoint(signed_note, key, trust.witnesses);
        }),
                 {{"The checkpoint of '" + where + "'", "“" + where + "”的检查点"},
                  {"The checkpoint of '" + where + "' does not hold", "“" + where + "”的检查点不成立"}});
    if (head.size > crypto::max_log_size)
        throw Refuted{"log_too_large",
                      {"The checkpoint of '" + where + "' names more entries than a log can have.",
                       "“" + where + "”的检查点所载条目数超过日志的上限。"}};
    return head;
}

void tell_witnesses(Findings& findings, Trust const& trust) {
    std::string const wanted = std::to_string(trust.witnesses.quorum);
    findings.details.add("witnesses_required", trust.witnesses.quorum);
    if (trust.witnesses.quorum == 0)
        findings.not_proven.push_back(
            {"whether the log shows others the same tree (no witness was asked for)",
             "日志向他人展示的是否同一棵树（未要求见证人）"});
    else
        findings.proven.push_back({"at least " + wanted + " of the named witnesses saw the same tree",
                                   "所列见证人中至少 " + wanted + " 个看到同一棵树"});
}

std::chrono::sys_seconds parse_time(std::string const& text) {
    static constexpr std::string_view form = "0000-00-00T00:00:00Z";
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    bool good = text.size() == form.size();
    for (std::size_t i = 0; good && i != form.size(); ++i)
        good = is_digit(form[i]) ? is_digit(text[i]) : text[i] == form[i];
    if (good) {
        auto const number = [&text](std::size_t at) { return 10 * (text[at] - '0') + (text[at + 1] - '0'); };
        std::chrono::year_month_day const date{std::chrono::year{100 * number(0) + number(2)},
                                               std::chrono::month{static_cast<unsigned>(number(5))},
                                               std::chrono::day{static_cast<unsigned>(number(8))}};
        if (date.ok() && number(11) < 24 && number(14) < 60 && number(17) < 60)
            return std::chrono::sys_days(date) + std::chrono::hours(number(11)) +
                   std::chrono::minutes(number(14)) + std::chrono::seconds(number(17));
    }
    throw NotChecked{"bad_time",
                     {"'" + text + "' is not a time like 2026-03-02T01:00:06Z.",
                      "“" + text + "”不是形如 2026-03-02T01:00:06Z 的时间。"}};
}

std::string time_text(std::chrono::sys_seconds time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(time - day);
    char out[64];
    int const n =
        std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", int{date.year()},
                      unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return {out, static_cast<std::size_t>(n)};
}

}  // namespace sponsio::verify

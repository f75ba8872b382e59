#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/status_list.hpp"
#include "crypto/verify/checks.hpp"
#include "crypto/verify/logged_entry.hpp"
#include "crypto/verify/words.hpp"

#include <algorithm>
#include <array>

namespace sponsio::verify {
namespace {

using json::Value;
using std::chrono::sys_seconds;

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

/// A claim that must be a text; "" where it is absent and may be.
std::string text_claim(json::Object const& payload, std::string_view name) {
    json::Value const* const claim = payload.find(name);
    return claim && claim->is_string() ? claim->as_string() : std::string();
}

struct Status {
    std::uint8_t value;
    std::string_view word;  ///< for programs
    std::string_view en;
    std::string_view zh;
};

/// The meaning of the numbers on Sponsio's status lists (docs/records.md); the first three are registered.
constexpr auto statuses = std::to_array<Status>({
    {crypto::status_value::valid, "valid", "valid", "有效"},
    {crypto::status_value::invalid, "invalid", "taken back", "已撤回"},
    {crypto::status_value::suspended, "suspended", "suspended", "暂停使用"},
    {crypto::status_value::application_specific_03, "repaired", "repaired", "已修复"},
    {crypto::status_value::application_specific_0c, "objected", "objected to", "异议处理中"},
    {crypto::status_value::application_specific_0d, "remedy_pending", "under reconsideration or in court",
     "复议或诉讼中"},
});

Status status_of(std::uint8_t value) {
    auto const known = std::ranges::find(statuses, value, &Status::value);
    return known == statuses.end()
               ? Status{value, "unknown", "one this program does not know", "本程序不认识的状态"}
               : *known;
}

class RecordCheck {
  public:
    explicit RecordCheck(RecordOptions const& options)
        : options_(options),
          keys_(read_jwks(options.jwks)),
          now_(options.at.value_or(
              std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))),
          token_(read_text(options.record)) {}

    Findings run() {
        signature();
        status();
        log();
        if (options_.issuer.empty())
            findings_.not_proven.push_back(
                {"that the key set is the issuer's (name the issuer you expect with --issuer, and fetch its "
                 "keys "
                 "from itself)",
                 "公钥集确属签发者（请用 --issuer 写明应有的签发者，并从签发者处获取其公钥集）"});
        findings_.not_proven.push_back({"what was left undisclosed", "未披露的内容"});
        return std::move(findings_);
    }

  private:
    /// A token that ends in the middle of a disclosure would pass for one with a key binding.
    void require_whole() const {
        auto const parsed = crypto::sd_jwt_parse(token_);
        if (parsed && parsed->key_binding)
            or_unreadable(crypto::jws_parse(*parsed->key_binding), {"The end of the record", "记录的结尾"});
    }

    void signature() {
        require_whole();
        auto const result = crypto::sd_jwt_verify(token_, keys_.resolver(), {.now = now_});
        bool const expired = !result && result.error().code == crypto::sd_error::expired;
        auto const verified = or_judge(
            result,
            {{"The record", "记录"},
             expired ? Sentence{"The record is genuine, but must not be used", "记录是真的，但不得使用"}
                     : Sentence{"The record is not genuine, or was changed", "记录不是真的，或者已被更改"}});
        payload_ = verified.payload;
        std::string const issuer = text_claim(payload_, "iss");
        if (!options_.issuer.empty() && issuer != options_.issuer)
            refute("wrong_issuer",
                   "The record was issued by '" + issuer + "', not by '" + options_.issuer + "'.",
                   "记录由“" + issuer + "”签发，而不是“" + options_.issuer + "”。");
        json::Value const* const iat = payload_.find("iat");
        std::optional<sys_seconds> issued;
        if (iat && iat->is_int()) issued = sys_seconds(std::chrono::seconds(iat->as_int()));
        std::string const kid = text_claim(verified.header, "kid");
        require_in_use(keys_, kid, issued, {"The record", "记录"});

        std::string const when = issued ? " on " + time_text(*issued) : std::string();
        std::string const when_zh = issued ? "于 " + time_text(*issued) + " " : std::string();
        std::string const disclosed = std::to_string(verified.disclosed.size());
        findings_.proven.push_back({"the record was signed by " + issuer + when + " with the key " + kid +
                                        ", and each of its " + disclosed + " disclosures belongs to it",
                                    "记录由 " + issuer + " " + when_zh + "以密钥 " + kid + " 签名，所附 " +
                                        disclosed + " 个披露项均属于它"});
        findings_.details.add("issuer", issuer);
        findings_.details.add("kid", kid);
        findings_.details.add("claims", payload_);
        json::Array pointers;
        for (std::string const& pointer : verified.disclosed) pointers.emplace_back(pointer);
        findings_.details.add("disclosed", std::move(pointers));
    }

    void status() {
        json::Value const* const claim = payload_.find("status");
        if (!claim) {
            if (!options_.status_list.empty())
                throw NotChecked{"no_status_claim",
                                 {"The record names no status list; leave --status-list out.",
                                  "该记录没有指明状态列表；请去掉 --status-list。"}};
            findings_.not_proven.push_back({"its present status (the record names no status list)",
                                            "当前状态（该记录没有指明状态列表）"});
            return;
        }
        auto const at = or_refute(crypto::StatusReference::parse(*claim),
                                  {"The record's status claim cannot be read", "记录的 status 声明无法读取"});
        if (options_.status_list.empty()) {
            findings_.not_proven.push_back(
                {"its status (fetch " + at.uri + " and name it with --status-list)",
                 "其状态（请获取 " + at.uri + " 并用 --status-list 给出）"});
            return;
        }
        listed(at);
    }

    void listed(crypto::StatusReference const& at) {
        std::string const token = read_text(options_.status_list);
        auto const list = crypto::verify_status_list(token, keys_.resolver(), {.uri = at.uri, .now = now_});
        if (!list) refuse_list(at, list.error());
        auto const header = crypto::jws_parse(token).value().header;
        std::string const made = time_text(list->claims.issued);
        require_in_use(keys_, text_claim(header, "kid"), list->claims.issued,
                       {"The status list", "状态列表"});
        auto const status = list->list.find(at.index);
        if (!status)
            refute("not_in_status_list", "The status list is too short to have the record's status.",
                   "状态列表过短，不含该记录的状态。");
        Status const found = status_of(*status);
        std::string const en(found.en);
        std::string const zh(found.zh);
        if (found.value == crypto::status_value::invalid || found.value == crypto::status_value::suspended)
            refute("record_" + std::string(found.word),
                   "The record is genuine, but must not be used: by the status list of " + made + " it is " +
                       en + ".",
                   "记录是真的，但不得使用：按 " + made + " 的状态列表，它" + zh + "。");
        findings_.proven.push_back({"its status was \"" + en + "\" when the list was signed at " + made,
                                    "状态列表于 " + made + " 签名时其状态为“" + zh + "”"});
        findings_.not_proven.push_back({"a change of its status after " + made, made + " 之后的状态变化"});
        findings_.details.add("status",
                              json::Object{{"value", *status}, {"word", found.word}, {"listed_at", made}});
    }

    [[noreturn]] static void refuse_list(crypto::StatusReference const& at, Error const& error) {
        Sentence const untrue{"The status list cannot be relied on", "状态列表不可信"};
        bool const another = error.code == crypto::status_error::wrong_list ||
                             error.code == crypto::status_error::expired ||
                             error.code == crypto::status_error::not_yet_valid;
        if (!another) judge({{"The status list", "状态列表"}, untrue}, error);
        Sentence const why = because(untrue, error);
        throw NotChecked{std::string(error.code),
                         {why.en + " Fetch " + at.uri + " anew, or name another time with --at.",
                          why.zh + "请重新获取 " + at.uri + "，或用 --at 指定另一时间。"}};
    }

    void log() {
        bool const all = !options_.proof.empty() && !options_.entry.empty() && !options_.trust.vkeys.empty();
        if (!all) {
            if (!options_.proof.empty() || !options_.entry.empty() || !options_.trust.vkeys.empty())
                throw NotChecked{
                    "incomplete",
                    {"--proof, --entry and --vkey are needed together to look for the record in the log.",
                     "在日志中核对记录须同时给出 --proof、--entry 和 --vkey。"}};
            findings_.not_proven.push_back({"that it is in the log (give --proof, --entry and --vkey)",
                                            "它在日志中（请给出 --proof、--entry 和 --vkey）"});
            return;
        }
        Trust const trust = trust_in(options_.trust);
        std::string const proof = read_published(options_.proof);
        LoggedEntry const logged = logged_entry(proof, read_entry(options_.entry), trust);
        // The issuer-signed part, which does not depend on the claims disclosed.
        std::string const jwt = crypto::sd_jwt_parse(token_).value().jwt;
        if (logged.entry.kind != crypto::log_kind::record ||
            logged.entry.digest != crypto::sha256(as_bytes(jwt)))
            refute("another_entry", "The log entry is not of this record.", "该日志条目不是这份记录的。");
        Sentence const place = logged.place();
        findings_.proven.push_back({"it is " + place.en + ", whose key signed the tree",
                                    "它是" + place.zh + "，整棵树由该日志的密钥签名"});
        tell_open_ends(findings_, trust, proof);
        logged.tell(findings_.details);
    }

    RecordOptions const& options_;
    crypto::Jwks keys_;
    sys_seconds now_;
    std::string token_;
    json::Object payload_;
    Findings findings_;
};

}  // namespace

Findings check_record(RecordOptions const& options) {
    return RecordCheck(options).run();
}

}  // namespace sponsio::verify

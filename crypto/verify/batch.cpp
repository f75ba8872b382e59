#include "crypto/digest.hpp"
#include "crypto/keys/public_key.hpp"
#include "crypto/verify/checks.hpp"
#include "crypto/verify/words.hpp"

#include <filesystem>
#include <unordered_set>

namespace sponsio::verify {
namespace {

using json::Object;
using json::Value;
namespace fs = std::filesystem;

/// What a batch may hold (docs/submission.md): the lines, and the body that carries them as one JSON string.
constexpr std::size_t max_records_bytes = std::size_t{16} << 20;
constexpr json::Limits body_limits{.max_bytes = 2 * max_records_bytes, .max_values = 100};

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

struct BatchFiles {
    std::string manifest;
    std::string records;
    std::string signature;  ///< DER
    std::string key;        ///< PEM that came along; may be empty
};

/// NotChecked for a file that is no batch, or not a whole one: nothing vouches for it yet.
[[noreturn]] void unjudged(std::string code, Sentence const& why) {
    throw NotChecked{std::move(code),
                     {"The batch cannot be judged: " + why.en + ". " + fetch_anew().en,
                      "批次无法判断真伪：" + why.zh + "。" + fetch_anew().zh}};
}

std::string text_in(json::Value const& object, std::string_view name) {
    json::Value const* const member = object.find(name);
    if (!member || !member->is_string())
        refute("malformed_batch", "The batch has no text '" + std::string(name) + "'.",
               "批次缺少文本成员“" + std::string(name) + "”。");
    return member->as_string();
}

BatchFiles read_body(std::string const& path) {
    json::Value const body =
        or_unreadable(json::parse(read_published(path), body_limits), {"The batch", "批次"});
    auto const part = [&](std::string_view name) {
        json::Value const* const member = body.find(name);
        if (!member || !member->is_string())
            unjudged("malformed_batch", {"it has no text '" + std::string(name) + "'",
                                         "缺少文本成员“" + std::string(name) + "”"});
        return member->as_string();
    };
    auto const signature = from_base64(part("signature"));
    if (!signature) unjudged("malformed_batch", {"the signature is not base64", "签名不是 base64"});
    return {part("manifest"), part("records"), to_string(*signature), {}};
}

BatchFiles read_three(fs::path const& manifest, fs::path const& records, fs::path const& signature) {
    return {read_published(manifest.string()),
            read_published(records.string()),
            read_file(signature.string()),
            {}};
}

BatchFiles read_directory(fs::path const& folder) {
    BatchFiles files =
        read_three(folder / "manifest.json", folder / "records.jsonl", folder / "manifest.sm2");
    std::error_code ignored;
    if (fs::exists(folder / "sm2-public.pem", ignored))
        files.key = read_published((folder / "sm2-public.pem").string());
    return files;
}

BatchFiles read_batch(std::vector<std::string> const& paths) {
    std::error_code ignored;
    if (paths.size() == 3) return read_three(paths[0], paths[1], paths[2]);
    if (paths.size() == 1)
        return fs::is_directory(paths[0], ignored) ? read_directory(paths[0]) : read_body(paths[0]);
    throw NotChecked{
        "wrong_files",
        {"Name the batch's directory, its one file, or manifest, records and signature in this order.",
         "请给出批次目录、单个批次文件，或依次给出清单、记录和签名三个文件。"}};
}

crypto::PublicKey read_key(BatchOptions const& options, BatchFiles const& files) {
    std::string const pem = options.key.empty() ? files.key : read_published(options.key);
    if (pem.empty())
        throw NotChecked{"no_key",
                         {"Name the sender's SM2 public key (PEM) with --key.",
                          "请用 --key 给出发送方的 SM2 公钥（PEM）。"}};
    auto const key = crypto::PublicKey::from_pem(pem);
    if (!key)
        throw NotChecked{"bad_key",
                         because({"The sender's key cannot be used", "发送方公钥不能使用"}, key.error())};
    if (key->algorithm() != crypto::Algorithm::sm2)
        throw NotChecked{"bad_key", {"The sender's key is not an SM2 key.", "发送方公钥不是 SM2 公钥。"}};
    return *key;
}

/// One canonical JSON object, or a refutation.
json::Object canonical_object(std::string_view text, Sentence const& what) {
    json::Value value = or_refute(json::parse(text), what);
    if (!value.is_object() || json::canonical(value) != text)
        refute("not_canonical", what.en + ": it is not a canonical JSON object (RFC 8785).",
               what.zh + "：不是规范化的 JSON 对象（RFC 8785）。");
    return std::move(value.as_object());
}

/// Checks that every line is canonical and of this batch, and numbers are unique. Returns their count.
std::int64_t check_lines(std::string_view records, std::string const& version) {
    std::unordered_set<std::string> numbers;
    std::int64_t count = 0;
    while (!records.empty()) {
        std::string const line_no = std::to_string(++count);
        std::size_t const end = records.find('\n');
        if (end == std::string_view::npos)
            refute("bad_lines", "Line " + line_no + " has no line feed.",
                   "第 " + line_no + " 行没有换行符。");
        Sentence const what{"Line " + line_no + " is wrong", "第 " + line_no + " 行有误"};
        json::Value const line = canonical_object(records.substr(0, end), what);
        if (text_in(line, "schema_version") != version)
            refute("bad_lines", what.en + ": it is of another schema version.", what.zh + "：格式版本不符。");
        if (!numbers.insert(text_in(line, "record_no")).second)
            refute("bad_lines", what.en + ": its record number stands twice.", what.zh + "：记录编号重复。");
        records.remove_prefix(end + 1);
    }
    return count;
}

/// Checks that the manifest is about this signature and these lines.
std::int64_t check_manifest(json::Value const& manifest, std::string_view records) {
    if (text_in(manifest, "signature_algorithm") != "SM2-with-SM3" ||
        text_in(manifest, "distinguishing_id") != crypto::sm2_distinguishing_id)
        refute("malformed_batch", "The manifest names another signature algorithm or distinguishing id.",
               "清单写明的签名算法或可辨别标识不符。");
    if (text_in(manifest, "digest_sm3") != to_hex(crypto::sm3(as_bytes(records))))
        refute("digest_mismatch", "The records are not those of the manifest: their SM3 digest differs.",
               "记录与清单不符：SM3 摘要不同。");
    std::int64_t const lines = check_lines(records, text_in(manifest, "schema_version"));
    json::Value const* const count = manifest.find("record_count");
    if (!count || *count != json::Value(lines))
        refute("count_mismatch", "The manifest counts other than " + std::to_string(lines) + " records.",
               "清单所载记录数不是 " + std::to_string(lines) + "。");
    return lines;
}

std::string sender_of(json::Value const& manifest) {
    json::Value const* const sender = manifest.find("sender");
    return sender ? text_in(*sender, "name") + " (" + text_in(*sender, "uscc") + ")"
                  : text_in(manifest, "sender");
}

/// Whether the bytes are as long as the DER of two integers says that it is.
bool is_whole_signature(std::string_view der) {
    return der.size() > 2 && der[0] == 0x30 && static_cast<std::uint8_t>(der[1]) == der.size() - 2;
}

/// Checks for truncation and re-encoding before anything is held against the signature: half a download, or a
/// file that a mail program changed, is nobody's forgery.
void require_whole(BatchFiles const& files) {
    if (!files.manifest.ends_with('}'))
        unjudged("malformed_batch", {"the manifest does not end as it was sent, with a brace and no line end",
                                     "清单的结尾不是所发的样子（以右花括号结尾，没有换行符）"});
    if (!files.records.ends_with('\n') || files.records.find('\r') != std::string::npos)
        unjudged("malformed_batch",
                 {"its records do not end each in a line feed alone", "各条记录不是仅以换行符结尾"});
    if (!is_whole_signature(files.signature))
        unjudged("malformed_batch", {"the signature is not the whole DER of one", "签名不是完整的 DER 签名"});
}

/// Nothing vouches for the manifest yet; its key id only tells another key from a wrong signature.
void refuse_signature(BatchFiles const& files, crypto::PublicKey const& key) {
    auto const manifest = json::parse(files.manifest);
    json::Value const* const kid = manifest ? manifest->find("kid") : nullptr;
    std::string const given = key.thumbprint();
    if (kid && kid->is_string() && kid->as_string() != given)
        throw NotChecked{
            "unknown_key",
            {"The batch cannot be judged: its manifest names the key " + kid->as_string() +
                 ", and the one given is " + given +
                 ". Name the sender's key of that time with --key; the sender publishes the present one as "
                 "/.well-known/sm2-public.pem.",
             "批次无法判断真伪：清单写明的公钥为 " + kid->as_string() + "，所给公钥为 " + given +
                 "。请用 --key 给出发送方当时的公钥；现用公钥由发送方以 /.well-known/sm2-public.pem 发布。"}};
    refute("bad_signature",
           "The SM2 signature of the manifest is wrong: the manifest or the signature was changed.",
           "清单的 SM2 签名错误：清单或签名被更改。");
}

}  // namespace

Findings check_batch(BatchOptions const& options) {
    BatchFiles const files = read_batch(options.paths);
    crypto::PublicKey const key = read_key(options, files);
    require_whole(files);
    // The signature comes first: without it nothing in the manifest means anything.
    if (!key.verify(as_bytes(files.manifest), as_bytes(files.signature))) refuse_signature(files, key);
    json::Value const manifest = canonical_object(files.manifest, {"The manifest is wrong", "清单有误"});
    std::int64_t const lines = check_manifest(manifest, files.records);
    std::string const number = text_in(manifest, "batch_no");
    std::string const sender = sender_of(manifest);

    Findings findings;
    findings.proven.push_back({"batch " + number + " of " + sender + " is whole: its records (" +
                                   std::to_string(lines) +
                                   ") have the SM3 digest of the manifest, which the SM2 key signed",
                               sender + " 的批次 " + number + " 完整：" + std::to_string(lines) +
                                   " 条记录的 SM3 摘要与清单一致，清单由该 SM2 密钥签名"});
    if (options.key.empty())
        findings.not_proven.push_back(
            {"that the key is the sender's (it came with the batch; name it with --key)",
             "该密钥属于发送方（它随批次附带；请用 --key 另行给出）"});
    findings.not_proven.push_back({"that what the records say is true", "各条记录所述属实"});
    findings.not_proven.push_back({"that a platform accepted them", "平台已接收这些记录"});
    findings.details.add("batch_no", number);
    findings.details.add("record_count", lines);
    findings.details.add("digest_sm3", text_in(manifest, "digest_sm3"));
    findings.details.add("kid", text_in(manifest, "kid"));
    return findings;
}

}  // namespace sponsio::verify

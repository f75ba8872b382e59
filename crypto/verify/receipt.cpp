#include "crypto/verify/checks.hpp"
#include "crypto/verify/logged_entry.hpp"
#include "crypto/verify/words.hpp"

namespace sponsio::verify {
namespace {

using json::Object;
using json::Value;

/// NotChecked for a file that is no receipt: a wrong file, or one that a program changed.
[[noreturn]] void no_receipt(std::string const& en, std::string const& zh) {
    throw NotChecked{"malformed_receipt",
                     {"The receipt cannot be judged: " + en + ". " + fetch_anew().en,
                      "回执无法判断真伪：" + zh + "。" + fetch_anew().zh}};
}

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

std::string const& text_of(json::Object const& receipt, std::string_view name) {
    json::Value const* const member = receipt.find(name);
    std::string const* const text = member ? member->if_string() : nullptr;
    if (!text)
        no_receipt("it has no text '" + std::string(name) + "'", "缺少文本成员“" + std::string(name) + "”");
    return *text;
}

/// A commitment older than the log gets its entry later; until then the answer has null in its place.
void require_logged(json::Object const& receipt) {
    json::Value const* const proof = receipt.find("proof");
    if (proof && proof->is_null())
        throw NotChecked{
            "not_logged_yet",
            {"The commitment was not in the log yet when this was answered; fetch it anew from "
             "/v1/commitments/{commitment_code} and check that.",
             "作出该答复时承诺尚未写入日志；请从 /v1/commitments/{commitment_code} 重新获取后再核验。"}};
}

/// Refutes the answer if a member beside the logged content differs from it.
void require_same(json::Value const* told, json::Value const& logged, std::string const& name) {
    if (told && *told != logged)
        refute("differs_from_log", "The answer says something else of '" + name + "' than what was logged.",
               "答复中的“" + name + "”与写入日志的内容不一致。");
}

void compare_receipt(json::Object const& receipt, LoggedEntry const& logged) {
    require_same(receipt.find("accepted_at"), logged.entry.time, "accepted_at");
    require_same(receipt.find("digest_sha256"), to_hex(logged.entry.digest), "digest_sha256");
    require_same(receipt.find("leaf_index"), logged.index, "leaf_index");
}

/// Compares the members that the answer repeats from the logged content for its reader.
void compare_answer(json::Object const& answer, json::Object const& content) {
    for (json::Member const& logged : content)
        require_same(answer.find(logged.key), logged.value, logged.key);
}

json::Object content_object(std::string const& text) {
    auto content = or_refute(json::parse(text), {"The content cannot be read", "承诺内容无法读取"});
    if (!content.is_object()) refute("malformed_receipt", "The content is no object.", "承诺内容不是对象。");
    return std::move(content.as_object());
}

}  // namespace

Findings check_receipt(ReceiptOptions const& options) {
    Trust const trust = trust_in(options.trust);
    json::Value const file =
        or_unreadable(json::parse(read_published(options.receipt)), {"The receipt", "回执"});
    json::Value const* const inner = file.find("receipt");
    json::Object const* const receipt = inner ? inner->if_object() : file.if_object();
    if (!receipt)
        no_receipt("it is neither the answer to a filed commitment nor its receipt",
                   "既不是提交承诺的答复，也不是其中的回执");
    require_logged(*receipt);

    std::string const& proof = text_of(*receipt, "proof");
    std::string const& content = text_of(*receipt, "content");
    LoggedEntry const logged = logged_entry(proof, text_of(*receipt, "entry"), trust);
    if (logged.entry.kind != crypto::log_kind::commitment)
        refute("wrong_kind", "The log entry is not of a commitment.", "该日志条目不是承诺。");
    if (crypto::sha256(as_bytes(content)) != logged.entry.digest)
        refute("content_differs",
               "The content of the receipt is not what was logged: it was changed afterwards.",
               "回执中的内容与写入日志的内容不符：事后被更改。");
    compare_receipt(*receipt, logged);
    json::Object const said = content_object(content);
    if (inner) compare_answer(file.as_object(), said);

    Sentence const place = logged.place();
    Findings findings;
    findings.proven.push_back({"the commitment was accepted at " + logged.entry.time +
                                   " in exactly the words of the receipt's content, and is " + place.en +
                                   ", whose key signed the tree",
                               "该承诺于 " + logged.entry.time + " 按回执内容原文受理，是" + place.zh +
                                   "，整棵树由该日志的密钥签名"});
    findings.not_proven.push_back({"that the commitment is true or was verified", "承诺属实或已经核查"});
    tell_open_ends(findings, trust, proof);
    logged.tell(findings.details);
    if (json::Value const* const code = said.find("commitment_code"))
        findings.details.add("commitment_code", *code);
    return findings;
}

}  // namespace sponsio::verify

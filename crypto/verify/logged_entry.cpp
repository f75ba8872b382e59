#include "crypto/verify/logged_entry.hpp"

#include "crypto/log/tlog_proof.hpp"
#include "crypto/verify/words.hpp"

namespace sponsio::verify {
namespace {

Subject const the_proof{{"The proof", "证明"}, {"The proof does not hold", "证明不成立"}};

}  // namespace

Sentence LoggedEntry::place() const {
    std::string const number = std::to_string(index);
    std::string const size = std::to_string(checkpoint.size);
    return {"entry " + number + " of the " + size + " in the log " + checkpoint.origin,
            "日志 " + checkpoint.origin + " 中 " + size + " 个条目的第 " + number + " 号（从 0 起）"};
}

void LoggedEntry::tell(json::Object& details) const {
    details.add("origin", checkpoint.origin);
    details.add("size", checkpoint.size);
    details.add("root", to_base64(checkpoint.root));
    details.add("leaf_index", index);
    details.add("entry",
                json::Object{{"kind", entry.kind}, {"time", entry.time}, {"digest", to_hex(entry.digest)}});
}

std::string read_entry(std::string const& path) {
    std::string entry = read_published(path);
    if (entry.ends_with('}')) return entry;
    throw NotChecked{
        "malformed_log_entry",
        {"The entry in '" + path +
             "' cannot be judged: it does not end as an entry does, which has no line end. " +
             fetch_anew().en,
         "“" + path + "”中的条目无法判断真伪：结尾不是条目的结尾（条目没有换行符）。" + fetch_anew().zh}};
}

LoggedEntry logged_entry(std::string_view proof_text, std::string_view entry, Trust const& trust) {
    auto const proof = or_judge(crypto::TlogProof::parse(proof_text), the_proof);
    ByteView const leaf = as_bytes(entry);
    auto checkpoint = or_judge(trust.under_any_key([&](crypto::NoteVerifier const& key) {
        return crypto::verify_tlog_proof(proof, leaf, key, trust.witnesses);
    }),
                               the_proof);
    return {std::move(checkpoint), proof.index,
            or_refute(crypto::LogEntry::parse(leaf), {"The entry cannot be read", "条目无法读取"})};
}

void tell_open_ends(Findings& findings, Trust const& trust, std::string_view proof) {
    findings.not_proven.push_back(
        {"that the log still has it today (compare the proof's checkpoint with the newest by `checkpoint`)",
         "日志今天仍有该条目（请用 checkpoint 命令比较证明中的检查点与最新检查点）"});
    if (proof.find("\nextra ") < proof.find("\n\n"))
        findings.not_proven.push_back(
            {"what the proof calls `extra`, which nobody signed", "证明中 extra 的内容，它未经任何人签名"});
    tell_witnesses(findings, trust);
}

}  // namespace sponsio::verify

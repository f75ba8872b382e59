#include "crypto/verify/logged_entry.hpp"

#include "crypto/tlog_proof.hpp"
#include "crypto/verify/words.hpp"

namespace sponsio::verify {
namespace {

Sentence const proof_words{"The proof does not hold", "证明不成立"};

}  // namespace

Sentence LoggedEntry::place() const {
    std::string const number = std::to_string(index);
    std::string const size = std::to_string(checkpoint.size);
    return {"entry " + number + " of the " + size + " in the log " + checkpoint.origin,
            "日志 " + checkpoint.origin + " 中 " + size + " 个条目的第 " + number + " 号（从 0 起）"};
}

void LoggedEntry::tell(crypto::Object& details) const {
    details.add("origin", checkpoint.origin);
    details.add("size", checkpoint.size);
    details.add("root", crypto::to_base64(checkpoint.root));
    details.add("leaf_index", index);
    details.add(
        "entry",
        crypto::Object{{"kind", entry.kind}, {"time", entry.time}, {"digest", crypto::to_hex(entry.digest)}});
}

LoggedEntry logged_entry(std::string_view proof_text, std::string_view entry, Trust const& trust) {
    auto const proof = or_refute(crypto::TlogProof::parse(proof_text), proof_words);
    crypto::ByteView const leaf = crypto::as_bytes(entry);
    auto checkpoint = or_refute(trust.under_any_key([&](crypto::NoteVerifier const& key) {
        return crypto::verify_tlog_proof(proof, leaf, key, trust.witnesses);
    }),
                                proof_words);
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

#include "crypto/verify/checks.hpp"
#include "crypto/verify/logged_entry.hpp"

namespace sponsio::verify {

Findings check_proof(ProofOptions const& options) {
    Trust const trust = trust_in(options.trust);
    std::string const proof = read_published(options.proof);
    LoggedEntry const logged = logged_entry(proof, read_entry(options.entry), trust);
    Sentence const place = logged.place();
    Findings findings;
    findings.proven.push_back({"these bytes are " + place.en + ", whose key signed the tree",
                               "这些字节是" + place.zh + "，整棵树由该日志的密钥签名"});
    findings.not_proven.push_back({"what the digest in the entry stands for", "条目中的摘要代表什么内容"});
    tell_open_ends(findings, trust, proof);
    logged.tell(findings.details);
    return findings;
}

}  // namespace sponsio::verify

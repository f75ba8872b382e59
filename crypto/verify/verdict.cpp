#include "crypto/verify/verdict.hpp"

#include <ostream>

namespace sponsio::verify {
namespace {

constexpr std::string_view word_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::proven: return "proven";
        case Verdict::refuted: return "refuted";
        case Verdict::not_checked: break;
    }
    return "not_checked";
}

json::Array list(std::vector<Sentence> const& clauses, Language language) {
    json::Array out;
    for (Sentence const& clause : clauses) out.emplace_back(clause.in(language));
    return out;
}

/// Replaces control characters: a name from an artefact must not move the cursor over a verdict.
std::string printable(std::string text) {
    for (std::size_t i = 0; i != text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        auto const next = static_cast<unsigned char>(i + 1 != text.size() ? text[i + 1] : '\0');
        if (c < 0x20 || c == 0x7F) text[i] = '?';
        // U+0080 to U+009F, in UTF-8.
        if (c == 0xC2 && next >= 0x80 && next < 0xA0) text[i] = text[i + 1] = '?';
    }
    return text;
}

void print(std::ostream& out, Sentence const& label, std::vector<Sentence> const& clauses,
           Language language) {
    if (clauses.empty()) return;
    static Sentence const between{"; ", "；"};
    static Sentence const end{".", "。"};
    std::string_view before = label.in(language);
    for (Sentence const& clause : clauses) {
        out << before << printable(clause.in(language));
        before = between.in(language);
    }
    out << end.in(language) << "\n";
}

json::Object head(std::string_view command, Verdict verdict) {
    return {{"command", command}, {"ok", verdict == Verdict::proven}, {"verdict", word_of(verdict)}};
}

}  // namespace

Verdict Teller::proven(std::string_view command, Findings const& findings) const {
    if (json_) {
        json::Object answer = head(command, Verdict::proven);
        answer.add("proven", list(findings.proven, language_));
        answer.add("not_proven", list(findings.not_proven, language_));
        for (json::Member const& detail : findings.details) answer.add(detail.key, detail.value);
        out_ << json::write(std::move(answer)) << "\n";
    } else {
        print(out_, {"Proven: ", "已证明："}, findings.proven, language_);
        print(out_, {"Not proven: ", "未证明："}, findings.not_proven, language_);
    }
    return Verdict::proven;
}

Verdict Teller::refuted(std::string_view command, Refuted const& refuted) const {
    return failed(command, Verdict::refuted, {"Refuted: ", "不成立："}, refuted.code, refuted.why);
}

Verdict Teller::not_checked(std::string_view command, NotChecked const& why) const {
    return failed(command, Verdict::not_checked, {"Could not be checked: ", "无法核验："}, why.code, why.why);
}

Verdict Teller::failed(std::string_view command, Verdict verdict, Sentence const& label,
                       std::string_view code, Sentence const& why) const {
    if (json_) {
        json::Object answer = head(command, verdict);
        answer.add("code", code);
        answer.add("error", why.in(language_));
        out_ << json::write(std::move(answer)) << "\n";
    } else {
        err_ << label.in(language_) << printable(why.in(language_)) << "\n";
    }
    return verdict;
}

}  // namespace sponsio::verify

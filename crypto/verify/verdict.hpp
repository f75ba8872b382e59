#pragma once

#include "text/json.hpp"

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

/// The verdict of a check and its printing, for `sponsio-verify`, the offline verifier. It depends on crypto,
/// and on no private key, server or database.
namespace sponsio::verify {

enum class Language : std::uint8_t { english, chinese };

/// One sentence in both languages.
struct Sentence {
    std::string en;
    std::string zh;

    [[nodiscard]] std::string const& in(Language language) const noexcept {
        return language == Language::english ? en : zh;
    }
};

/// Thrown by a check when the artefact is not what it claims to be. Exit code 1.
struct Refuted {
    std::string code;  ///< a stable word for programs, lower case with underscores
    Sentence why;
};

/// Thrown by a check that cannot be carried out for want of a file, a key or the network. Exit code 2.
struct NotChecked {
    std::string code;
    Sentence why;
};

/// The findings of a check that refuted nothing. The clauses have neither capital nor full stop; each list is
/// joined to one sentence.
struct Findings {
    std::vector<Sentence> proven;
    std::vector<Sentence> not_proven;
    json::Object details;  ///< for programs
};

enum class Verdict : std::uint8_t { proven = 0, refuted = 1, not_checked = 2 };  ///< the exit codes

/// Prints verdicts. For programs it writes one JSON object to `out`: {"command","ok","verdict"} and, where
/// proven, {"proven","not_proven"} with the details, else {"code","error"}. For people it writes sentences:
/// what is proven and what is not to `out`, the reason of a failure to `err`.
class Teller {
  public:
    Teller(std::ostream& out, std::ostream& err, Language language, bool json)
        : out_(out), err_(err), language_(language), json_(json) {}

    [[nodiscard]] Verdict proven(std::string_view command, Findings const& findings) const;
    [[nodiscard]] Verdict refuted(std::string_view command, Refuted const& refuted) const;
    [[nodiscard]] Verdict not_checked(std::string_view command, NotChecked const& why) const;

  private:
    [[nodiscard]] Verdict failed(std::string_view command, Verdict verdict, Sentence const& label,
                                 std::string_view code, Sentence const& why) const;

    std::ostream& out_;
    std::ostream& err_;
    Language language_;
    bool json_;
};

}  // namespace sponsio::verify

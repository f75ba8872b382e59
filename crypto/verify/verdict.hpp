#pragma once

#include "text/json.hpp"

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

/// What checking comes to, and how it is told: `sponsio-verify`, the offline verifier. Knows the room crypto
/// and no private key, no server and no database.
namespace sponsio::verify {

enum class Language : std::uint8_t { english, chinese };

/// The same words in both languages.
struct Sentence {
    std::string en;
    std::string zh;

    [[nodiscard]] std::string const& in(Language language) const noexcept {
        return language == Language::english ? en : zh;
    }
};

/// Thrown by a check: the thing that was examined is not what it claims to be. Exit code 1.
struct Refuted {
    std::string code;  ///< a stable word for programs, lower case with underscores
    Sentence why;
};

/// Thrown by a check: nothing can be said, for want of a file, a key or the network. Exit code 2.
struct NotChecked {
    std::string code;
    Sentence why;
};

/// What a check that was not refuted has shown. The clauses have neither capital nor full stop; they are
/// joined to one sentence each.
struct Findings {
    std::vector<Sentence> proven;
    std::vector<Sentence> not_proven;
    json::Object details;  ///< for programs
};

enum class Verdict : std::uint8_t { proven = 0, refuted = 1, not_checked = 2 };  ///< the exit codes

/// Prints verdicts. For programs one JSON object to `out`: {"command","ok","verdict"} and, where proven,
/// {"proven","not_proven"} with the details, else {"code","error"}. For people sentences: to `out` what is
/// proven and what is not, to `err` why it is not.
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

#pragma once

#include "server/domain/lifecycle.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Finding a thing by what people call it: names and aliases in Chinese and English, compared by the pieces
/// they have in common.
namespace sponsio::domain {

enum class Language { zh, en };

constexpr auto words_of(Language) {
    using enum Language;
    return std::to_array<Word<Language>>({{zh, "zh"}, {en, "en"}});
}

/// A term to compare: Latin letters in lower case without accents, full-width ASCII as ASCII, the commonest
/// traditional characters as simplified ones, no blanks, no punctuation. No NFKC: that would change
/// characters beyond these. Empty if the text is not UTF-8.
std::string normalize_term(std::string_view text);

/// Terms of many things. A term's pieces are its ideographs and pairs of them, and of each Latin word the
/// word, its trigrams and its letters in order. A piece that many things have says little ("证明", "proof")
/// and weighs little.
class TermIndex {
  public:
    struct Match {
        std::size_t thing;
        int score;
    };

    static constexpr int least_score = 35;  ///< what is under it is no match

    void add(std::size_t thing, Language language, std::string_view term);
    /// After the last add(): weighs the pieces by how many of the things have them.
    void weigh(std::size_t things);

    /// Each thing that matches, once, by score and then by number. 100: the question is the very term.
    /// Nothing matches a question without letters, digits or ideographs.
    [[nodiscard]] std::vector<Match> find(std::string_view question, std::optional<Language> language) const;

  private:
    using Piece = std::uint32_t;        ///< position in weights_
    using Pieces = std::vector<Piece>;  ///< sorted, each once

    struct Term {
        std::size_t thing;
        Language language;
        std::string normal;
        Pieces pieces;
        double weight;  ///< of all pieces; set by weigh()
    };

    struct Question {
        std::string normal;
        Pieces pieces;  ///< those that some term has
        double weight;  ///< of all, also those no term has
    };

    [[nodiscard]] double weight(Pieces const& pieces) const;
    [[nodiscard]] Question understood(std::string_view question) const;
    [[nodiscard]] int score(Term const& term, Question const& question) const;

    std::vector<Term> terms_;
    std::map<std::u32string, Piece> known_;
    std::vector<double> weights_;
};

}  // namespace sponsio::domain

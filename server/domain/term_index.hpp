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

/// Fuzzy search by name: names and aliases in Chinese and English, compared by the pieces that they share.
namespace sponsio::domain {

enum class Language { zh, en };

constexpr auto words_of(Language) {
    using enum Language;
    return std::to_array<Word<Language>>({{zh, "zh"}, {en, "en"}});
}

/// The normal form of a term: Latin letters in lower case without accents, full-width ASCII as ASCII, the
/// commonest traditional characters as simplified ones, no blanks, no punctuation. No NFKC: that would change
/// characters beyond these. Empty if the text is not UTF-8.
std::string normalize_term(std::string_view text);

/// Terms of many things. The pieces of a term are its ideographs and pairs of them, and of each Latin word
/// the word, its trigrams and its letters in order. A piece that many things share
/// ("证明", "proof") weighs little.
class TermIndex {
  public:
    struct Match {
        std::size_t thing;
        int score;
    };

    static constexpr int least_score = 35;  ///< a lower score is no match

    void add(std::size_t thing, Language language, std::string_view term);
    /// To be called after the last add(): weighs the pieces by the number of things that have them.
    void weigh(std::size_t things);

    /// Each matching thing once, by score and then by number. 100: the question equals a term. Nothing
    /// matches a question without letters, digits or ideographs.
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

#include "server/domain/term_index.hpp"

#include "server/domain/fold.hpp"
#include "text/code_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <set>

namespace sponsio::domain {
namespace {

/// Words of questions that name nothing.
constexpr std::u32string_view idle_words[] = {
    U"a",   U"an",   U"am",  U"and", U"are", U"be",   U"can",  U"do", U"for", U"from",
    U"get", U"have", U"how", U"i",   U"in",  U"is",   U"it",   U"me", U"my",  U"need",
    U"of",  U"on",   U"or",  U"the", U"to",  U"that", U"they", U"we", U"with"};

bool is_idle(std::u32string_view word) {
    return std::ranges::find(idle_words, word) != std::end(idle_words);
}

void add_word(std::u32string const& word, std::set<std::u32string>& pieces) {
    pieces.insert(word + U"=");
    std::u32string letters = word;  // in any order: "icnome" for "income" shares few trigrams
    std::ranges::sort(letters);
    if (letters.size() > 3) pieces.insert(letters + U"~");
    std::u32string const framed = U"^" + word + U"$";
    for (std::size_t i = 0; i + 3 <= framed.size(); ++i) pieces.insert(framed.substr(i, 3));
}

/// Every script but Latin is compared by character, like Chinese.
void add_characters(std::u32string_view run, std::set<std::u32string>& pieces) {
    for (std::size_t i = 0; i != run.size(); ++i) {
        pieces.insert(std::u32string(run.substr(i, 1)));
        if (i + 1 != run.size()) pieces.insert(std::u32string(run.substr(i, 2)));
    }
}

/// The runs of Latin letters and digits, and the runs of other characters, in order.
std::vector<std::u32string> runs_of(std::u32string_view text) {
    std::vector<std::u32string> runs;
    char32_t before = U' ';
    for (char32_t raw : text) {
        char32_t const c = folded(raw);
        if (c != U' ') {
            bool const same_run = before != U' ' && (before < 0x80) == (c < 0x80);
            if (!same_run) runs.emplace_back();
            runs.back().push_back(c);
        }
        before = c;
    }
    return runs;
}

std::vector<std::u32string> pieces_of(std::string_view text) {
    auto const decoded = from_utf8(text);
    if (!decoded) return {};
    auto const runs = runs_of(*decoded);
    std::set<std::u32string> pieces;
    // Idle words count only in a question of nothing else: "that I am me".
    for (bool const idle_too : {false, true}) {
        for (std::u32string const& run : runs) {
            if (run.front() >= 0x80)
                add_characters(run, pieces);
            else if (idle_too || !is_idle(run))
                add_word(run, pieces);
        }
        if (!pieces.empty()) break;
    }
    return {pieces.begin(), pieces.end()};
}

constexpr double unknown_weight =
    1;  ///< of a piece no term has: it can't help, but should not drown the rest

}  // namespace

std::string normalize_term(std::string_view text) {
    auto const decoded = from_utf8(text);
    if (!decoded) return {};
    std::u32string normal;
    for (std::u32string const& run : runs_of(*decoded)) normal += run;
    return to_utf8(normal);
}

void TermIndex::add(std::size_t thing, Language language, std::string_view term) {
    Pieces pieces;
    for (std::u32string const& piece : pieces_of(term))
        pieces.push_back(known_.try_emplace(piece, static_cast<Piece>(known_.size())).first->second);
    std::ranges::sort(pieces);
    terms_.push_back({thing, language, normalize_term(term), std::move(pieces), 0});
}

void TermIndex::weigh(std::size_t things) {
    std::vector<std::set<std::size_t>> owners(known_.size());
    for (Term const& term : terms_)
        for (Piece piece : term.pieces) owners[piece].insert(term.thing);
    weights_.clear();
    for (auto const& having : owners)
        weights_.push_back(std::log((static_cast<double>(things) + 1) / static_cast<double>(having.size())));
    for (Term& term : terms_) term.weight = weight(term.pieces);
}

double TermIndex::weight(Pieces const& pieces) const {
    double sum = 0;
    for (Piece piece : pieces) sum += weights_[piece];
    return sum;
}

TermIndex::Question TermIndex::understood(std::string_view question) const {
    Question result{.normal = normalize_term(question), .pieces = {}, .weight = 0};
    for (std::u32string const& piece : pieces_of(question)) {
        if (auto const found = known_.find(piece); found != known_.end())
            result.pieces.push_back(found->second);
        else
            result.weight += unknown_weight;
    }
    std::ranges::sort(result.pieces);
    result.weight += weight(result.pieces);
    return result;
}

int TermIndex::score(Term const& term, Question const& question) const {
    if (term.normal == question.normal) return 100;
    Pieces common;
    std::ranges::set_intersection(question.pieces, term.pieces, std::back_inserter(common));
    if (common.empty()) return 0;
    double const shared = weight(common);
    double const answered = shared / question.weight;                   // how much of the question is met
    double const alike = 2 * shared / (question.weight + term.weight);  // and how little is beside it
    return std::min(99, static_cast<int>(std::lround(50 * (answered + alike))));
}

std::vector<TermIndex::Match> TermIndex::find(std::string_view question,
                                              std::optional<Language> language) const {
    Question const asked = understood(question);
    std::map<std::size_t, int> best;
    for (Term const& term : terms_) {
        if (language && term.language != *language) continue;
        int const points = asked.normal.empty() ? 0 : score(term, asked);
        if (points >= least_score) best[term.thing] = std::max(best[term.thing], points);
    }
    std::vector<Match> matches;
    for (auto const& [thing, points] : best) matches.push_back({thing, points});
    std::ranges::stable_sort(matches, std::greater{}, &Match::score);
    return matches;
}

}  // namespace sponsio::domain

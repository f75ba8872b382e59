#pragma once

#include "server/domain/lifecycle.hpp"

#include <array>
#include <string>

/// Whether somebody may promise at all, asked before anything is signed.
namespace sponsio::domain {

/// What stands in the way of a promise.
enum class Obstacle {
    false_promise,
    unfulfilled_promise,  ///< where the pack of the place bars for it
    bad_record,           ///< a serious one, or any where the matter refuses the dishonest
    not_in_force,
    unconfirmed_code
};

constexpr auto words_of(Obstacle) {
    using enum Obstacle;
    return std::to_array<Word<Obstacle>>({{false_promise, "false_promise"},
                                          {unfulfilled_promise, "unfulfilled_promise"},
                                          {bad_record, "bad_record"},
                                          {not_in_force, "not_in_force"},
                                          {unconfirmed_code, "unconfirmed_code"}});
}

/// What a committer's breaches bar from, by the pack of the place, the kind of the matter and the day.
struct Bar {
    Obstacle obstacle;
    std::string explanation;  ///< where the rule is explained
};

/// How somebody asks about a person without filing: by the question itself, or by having a filing checked
/// only.
enum class QuestionKind { question, validation };

constexpr auto words_of(QuestionKind) {
    using enum QuestionKind;
    return std::to_array<Word<QuestionKind>>({{question, "question"}, {validation, "validation"}});
}

}  // namespace sponsio::domain

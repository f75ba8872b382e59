#pragma once

#include "server/domain/lifecycle.hpp"

#include <array>

/// Whether somebody may promise at all, asked before anything is signed.
namespace sponsio::domain {

/// What stands in the way of a promise.
enum class Obstacle { false_promise, not_in_force, unconfirmed_code, calendar_unknown };

constexpr auto words_of(Obstacle) {
    using enum Obstacle;
    return std::to_array<Word<Obstacle>>({{false_promise, "false_promise"},
                                          {not_in_force, "not_in_force"},
                                          {unconfirmed_code, "unconfirmed_code"},
                                          {calendar_unknown, "calendar_unknown"}});
}

/// How somebody asks about a person without filing: by the question itself, or by having a filing checked
/// only.
enum class QuestionKind { question, validation };

constexpr auto words_of(QuestionKind) {
    using enum QuestionKind;
    return std::to_array<Word<QuestionKind>>({{question, "question"}, {validation, "validation"}});
}

}  // namespace sponsio::domain

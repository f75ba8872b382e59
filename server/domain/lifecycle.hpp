#pragma once

#include "server/base/fault.hpp"
#include "server/domain/words.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

/// The one mechanism behind every state machine of the product: a table of rows, walked by one function. A
/// guard is a named predicate over the lifecycle's Facts; it returns the refusal for the caller.
namespace sponsio::domain {

/// Of a lifecycle without guards.
struct NoFacts {};

template <class Facts>
struct Guard {
    std::string_view name;  ///< as it stands in the diagrams
    Outcome<void> (*check)(Facts const&) = nullptr;
};

template <class State, class Event, class Facts>
struct Transition {
    State from;
    Event event;
    State to;
    Guard<Facts> guard{};
};

/// The refusal when no row fits: it names the present state and the possible events.
Fault wrong_step(std::string_view lifecycle, std::string_view from, std::string_view event,
                 std::string const& possible);

template <class S, class E, class F>
struct Lifecycle {
    using State = S;
    using Event = E;
    using Facts = F;
    using Row = Transition<S, E, F>;

    std::string_view name;
    S initial;
    std::span<Row const> rows;

    /// The state that `event` leads to, or the refusal. Changes nothing.
    [[nodiscard]] Outcome<S> next(S from, E event, F const& facts) const {
        for (Row const& row : rows) {
            if (row.from != from || row.event != event) continue;
            if (row.guard.check) {
                if (auto allowed = row.guard.check(facts); !allowed) return allowed.error();
            }
            return row.to;
        }
        return wrong_step(name, word(from), word(event), possible_from(from));
    }

    [[nodiscard]] std::string possible_from(S from) const {
        std::string list;
        for (Row const& row : rows)
            if (row.from == from) list += (list.empty() ? "" : ", ") + std::string(word(row.event));
        return list;
    }
};

/// A Mermaid state diagram of the table, and the table itself, for docs/lifecycles.md.
template <class L>
std::string diagram(L const& lifecycle) {
    std::string text =
        "```mermaid\nstateDiagram-v2\n    [*] --> " + std::string(word(lifecycle.initial)) + "\n";
    for (auto const& row : lifecycle.rows) {
        text += "    " + std::string(word(row.from)) + " --> " + std::string(word(row.to)) + ": " +
                std::string(word(row.event));
        if (!row.guard.name.empty()) text += " [" + std::string(row.guard.name) + "]";
        text += "\n";
    }
    for (auto const& state : words<typename L::State>) {
        bool const reached =
            state.value == lifecycle.initial ||
            std::ranges::any_of(lifecycle.rows, [&](auto const& row) { return row.to == state.value; });
        bool const left = std::ranges::any_of(lifecycle.rows, [&](auto const& row) {
            return row.from == state.value && row.to != state.value;
        });
        if (reached && !left) text += "    " + std::string(state.text) + " --> [*]\n";
    }
    return text + "```\n";
}

}  // namespace sponsio::domain

#pragma once

#include "server/domain/lifecycles.hpp"

/// The way of a record from its draft to the signature (design: nothing is signed that was not first stored).
namespace sponsio::domain {

enum class DraftState { drafted, signing, issued, refused, superseded };
enum class DraftEvent { begin_signing, issue, refuse, supersede };
std::span<Word<DraftState> const> words_of(DraftState);
std::span<Word<DraftEvent> const> words_of(DraftEvent);

using DraftLifecycle = Lifecycle<DraftState, DraftEvent, NoFacts>;
extern DraftLifecycle const draft_lifecycle;

}  // namespace sponsio::domain

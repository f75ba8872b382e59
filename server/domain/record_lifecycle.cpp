#include "server/domain/record_lifecycle.hpp"

namespace sponsio::domain {
namespace {

using S = DraftState;
using E = DraftEvent;

constexpr DraftLifecycle::Row rows[] = {
    // The announcement: once, and again after a crash between it and the record.
    {S::drafted, E::begin_signing, S::drafted},
    {S::drafted, E::issue, S::issued},
    {S::drafted, E::refuse, S::refused},
    {S::drafted, E::supersede, S::superseded},
};

}  // namespace

DraftLifecycle const draft_lifecycle{"record draft", DraftState::drafted, rows};

std::span<Word<DraftState> const> words_of(DraftState) {
    static constexpr Word<S> words[] = {{S::drafted, "drafted"},
                                        {S::issued, "issued"},
                                        {S::refused, "refused"},
                                        {S::superseded, "superseded"}};
    return words;
}

std::span<Word<DraftEvent> const> words_of(DraftEvent) {
    static constexpr Word<E> words[] = {{E::begin_signing, "begin_signing"},
                                        {E::issue, "issue"},
                                        {E::refuse, "refuse"},
                                        {E::supersede, "supersede"}};
    return words;
}

std::span<Word<RecordStatus> const> words_of(RecordStatus) {
    using enum RecordStatus;
    static constexpr Word<RecordStatus> words[] = {
        {valid, "valid"},       {invalid, "invalid"},   {suspended, "suspended"},
        {repaired, "repaired"}, {objected, "objected"}, {remedy_pending, "remedy_pending"}};
    return words;
}

}  // namespace sponsio::domain

#include "server/domain/record_lifecycle.hpp"

namespace sponsio::domain {
namespace {

using S = DraftState;
using E = DraftEvent;

constexpr DraftLifecycle::Row rows[] = {
    {S::drafted, E::begin_signing, S::signing},
    {S::signing, E::begin_signing, S::signing},  // after a crash between the announcement and the record
    {S::signing, E::issue, S::issued},
    {S::drafted, E::refuse, S::refused},
    {S::signing, E::refuse, S::refused},
    {S::drafted, E::supersede, S::superseded},
    {S::signing, E::supersede, S::superseded},
};

}  // namespace

DraftLifecycle const draft_lifecycle{"record draft", DraftState::drafted, rows};

std::span<Word<DraftState> const> words_of(DraftState) {
    static constexpr Word<S> words[] = {{S::drafted, "drafted"},
                                        {S::signing, "signing"},
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

#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace sponsio {

using RemovalId = Id<struct RemovalTag>;

}  // namespace sponsio

/// The removal of a record from every place that got it (撤除): ordered by what happens to the record,
/// finished when each of those places has confirmed it (docs/life-of-a-record.md, Removal).
namespace sponsio::domain {

class Fields;

/// What a receiver is asked to do, from the weakest on: who does a later one has done those before it.
enum class RemovalMeasure {
    end_publicity,  ///< show it to the public no more; it may be kept and shared
    stop_sharing,   ///< hand it to nobody and use it no more
    erase           ///< destroy every copy
};

constexpr auto words_of(RemovalMeasure) {
    using enum RemovalMeasure;
    return std::to_array<Word<RemovalMeasure>>(
        {{end_publicity, "end_publicity"}, {stop_sharing, "stop_sharing"}, {erase, "delete"}});
}

enum class RemovalState {
    ordered,
    overdue,    ///< its time ran out, and somebody has not confirmed
    finished,   ///< everybody has confirmed
    called_off  ///< the record stands again
};
enum class RemovalEvent { confirm, run_out, finish, call_off };

constexpr auto words_of(RemovalState) {
    using enum RemovalState;
    return std::to_array<Word<RemovalState>>(
        {{ordered, "ordered"}, {overdue, "overdue"}, {finished, "finished"}, {called_off, "called_off"}});
}

constexpr auto words_of(RemovalEvent) {
    using enum RemovalEvent;
    return std::to_array<Word<RemovalEvent>>(
        {{confirm, "confirm"}, {run_out, "run_out"}, {finish, "finish"}, {call_off, "call_off"}});
}

/// Who got the record.
enum class ReceiverKind {
    platform,
    publicity_site,  ///< our own public pages
    integrator       ///< an organisation that pulled it or was sent it
};

constexpr auto words_of(ReceiverKind) {
    using enum ReceiverKind;
    return std::to_array<Word<ReceiverKind>>(
        {{platform, "platform"}, {publicity_site, "publicity_site"}, {integrator, "integrator"}});
}

/// What a receipt rests on.
enum class ReceiptBasis {
    statement,        ///< the receiver says so
    acknowledgement,  ///< the platform accepted the report that takes it back
    look,             ///< the pages were looked at, and it is not there
    never_taken       ///< the platform took no report of it
};

constexpr auto words_of(ReceiptBasis) {
    using enum ReceiptBasis;
    return std::to_array<Word<ReceiptBasis>>({{statement, "statement"},
                                              {acknowledgement, "acknowledgement"},
                                              {look, "look"},
                                              {never_taken, "never_taken"}});
}

struct RemovalFacts {
    std::int64_t waiting = 0;  ///< receivers that have not confirmed
    std::optional<Instant> due{};
    Instant now;
};

using RemovalLifecycle = Lifecycle<RemovalState, RemovalEvent, RemovalFacts>;
extern RemovalLifecycle const removal_lifecycle;

/// A receiver's statement that it has removed the record.
struct RemovalReceipt {
    RemovalMeasure measure;  ///< what was done
    Instant removed_at;      ///< by its own clock
    std::optional<std::string> reference;

    static RemovalReceipt read(Fields& fields);
};

}  // namespace sponsio::domain

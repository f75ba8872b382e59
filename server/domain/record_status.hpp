#pragma once

#include "server/domain/record_lifecycle.hpp"

#include <array>
#include <optional>
#include <span>

/// The life of an issued record, and what the status list says of it: computed from the causes that are open.
namespace sponsio::domain {

/// Withdrawn is final: who has the record must not use it, and nothing brings it back.
enum class RecordState { active, withdrawn };

constexpr auto words_of(RecordState) {
    using enum RecordState;
    return std::to_array<Word<RecordState>>({{active, "active"}, {withdrawn, "withdrawn"}});
}

/// Each cause but the withdrawal is opened by one event and ended by another.
enum class RecordEvent {
    object,
    end_objection,
    seek_remedy,
    end_remedy,
    repair,
    revoke_repair,
    suspend,
    resume,
    withdraw
};

constexpr auto words_of(RecordEvent) {
    using enum RecordEvent;
    return std::to_array<Word<RecordEvent>>({{object, "object"},
                                             {end_objection, "end_objection"},
                                             {seek_remedy, "seek_remedy"},
                                             {end_remedy, "end_remedy"},
                                             {repair, "repair"},
                                             {revoke_repair, "revoke_repair"},
                                             {suspend, "suspend"},
                                             {resume, "resume"},
                                             {withdraw, "withdraw"}});
}

/// Why a record has another status than `valid`.
enum class RecordCause {
    objection,   ///< somebody objects to it, and the objection is being looked at
    remedy,      ///< a reconsideration or a court is looking at the finding
    repair,      ///< the credit repair was granted
    suspension,  ///< it is not to be used for the time being
    withdrawal   ///< it was withdrawn or annulled
};

constexpr auto words_of(RecordCause) {
    using enum RecordCause;
    return std::to_array<Word<RecordCause>>({{objection, "objection"},
                                             {remedy, "remedy"},
                                             {repair, "repair"},
                                             {suspension, "suspension"},
                                             {withdrawal, "withdrawal"}});
}

/// The causes of one record that are open at the same time, each of them once.
class OpenCauses {
  public:
    [[nodiscard]] bool has(RecordCause cause) const { return (bits_ & bit(cause)) != 0; }

    [[nodiscard]] OpenCauses with(RecordCause cause) const { return OpenCauses{bits_ | bit(cause)}; }

    [[nodiscard]] OpenCauses without(RecordCause cause) const { return OpenCauses{bits_ & ~bit(cause)}; }

    bool operator==(OpenCauses const&) const = default;

    OpenCauses() = default;

  private:
    explicit OpenCauses(unsigned bits) : bits_(bits) {}

    static unsigned bit(RecordCause cause) { return 1u << static_cast<unsigned>(cause); }

    unsigned bits_ = 0;
};

/// What a cause is to the record: the status that it gives, the event that opens it and the one that ends it.
struct CauseRule {
    RecordCause cause;
    RecordStatus status;
    RecordEvent opened_by;
    std::optional<RecordEvent> ended_by;  ///< nothing: it never ends
};

/// One row for each cause, the strongest first: of the open causes the first gives the status.
std::span<CauseRule const> cause_rules();
CauseRule const& rule_of(RecordCause cause);

/// The status of a record with these open causes.
RecordStatus status_of(OpenCauses causes);
RecordState state_of(OpenCauses causes);
/// A record with this status is in force, with a mark or without: it may be shown, and shared.
bool is_shared(RecordStatus status);
/// Whoever got a record with these causes is to remove it.
bool is_removed(OpenCauses causes);

using RecordLifecycle = Lifecycle<RecordState, RecordEvent, OpenCauses>;
extern RecordLifecycle const record_lifecycle;

/// The record's steps as the world sees them, from one status to another: record_lifecycle says whether a
/// step may be taken, and the causes that are open after it say where it leads. `from` must be the status
/// that the causes give; anything else is an internal fault.
struct StatusSteps {
    using State = RecordStatus;
    using Event = RecordEvent;
    using Facts = OpenCauses;

    std::string_view name = "record status";

    [[nodiscard]] Outcome<RecordStatus> next(RecordStatus from, RecordEvent event,
                                             OpenCauses const& open) const;
};

inline constexpr StatusSteps status_steps{};

/// The causes that are open after the event, which may happen.
OpenCauses after(OpenCauses open, RecordEvent event);

}  // namespace sponsio::domain

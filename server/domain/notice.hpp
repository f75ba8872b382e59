#pragma once

#include "server/domain/clock_rule.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/rules.hpp"

#include <optional>
#include <span>
#include <string>

/// To whom a notice is given, and how long it stays good.
namespace sponsio::domain {

/// Openly, to whoever promises under it, or to one person, who alone may.
enum class NoticeRecipient { open, person };

constexpr auto words_of(NoticeRecipient) {
    using enum NoticeRecipient;
    return std::to_array<Word<NoticeRecipient>>({{open, "open"}, {person, "person"}});
}

/// The recipient as the clerk names them. A person is known by the document where there is one, else by the
/// name; a group is for people to read.
struct GivenTo {
    NoticeRecipient kind = NoticeRecipient::open;
    std::optional<std::string> group;
    std::optional<std::string> name;
    std::optional<IdentityDocument> document;

    static GivenTo read(Fields& fields, Date today);
    /// Without `kind` and without what is not given; null if there is nothing else.
    [[nodiscard]] Json to_json() const;
};

/// A version of a matter on its way into force: from `first_day` on it applies in place of all lower ones. A
/// version that was entered after its own first day applies from the day of its entry: nobody can have known
/// it before.
struct VersionStart {
    int version;
    Date first_day;
};

/// The first day in China of a version that says `valid_from` and was entered at `created_at`.
Date first_day_of(Date valid_from, Instant created_at);

/// The first day on which another version stands in the place of `version`; nothing while none is known.
std::optional<VersionStart> successor_of(int version, std::span<VersionStart const> versions);

/// The last day of a promise under a notice whose version another one replaced on that day
/// (`notice.superseded`).
Outcome<DueDate> good_until(Rules const& rules, WorkingCalendar const& calendar, std::string_view region,
                            Date superseded);

/// The first day whose promises are still entered without a reason for the delay (`filing.entry`).
Outcome<Date> entered_in_time_from(Rules const& rules, std::string_view region, Date today);

}  // namespace sponsio::domain

#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/domain/eligibility.hpp"

#include <string>

/// Why a commitment is not taken.
namespace sponsio::service {

struct StaleNotice {
    int of_notice;    ///< the version of the notice
    int in_force;     ///< the version in force on the day of the promise
    Date since;       ///< its first day
    Date good_until;  ///< the last day of a promise under the notice
};

Fault stale_notice(StaleNotice const& notice);
/// The matter is announced, and none of its versions is in force yet.
Fault not_yet_in_force(Date valid_from);
/// Nobody can promise under a notice before it was given.
Fault before_notice(Date given);
/// The promise was made long ago, and the draft does not say why it comes only now.
Fault late_entry();
/// The notice was given to one person; the committer, at `pointer`, is another.
Fault other_recipient(std::string pointer);
/// A notice that was given to one person was answered already.
Fault answered_notice();
/// The committer is not of age and has no agent.
Fault minor_without_agent(std::int64_t full_age);
/// The signature does not fit the key and what the draft says.
Fault bad_signature();
/// The signature is for another notice than the draft names.
Fault other_notice();
/// Matters are versioned; a key that came back with another body is somebody's mistake.
Fault reused_key();
/// The reference belongs to another commitment of the organisation.
Fault reference_taken(std::string const& commitment_code);
Fault barred(domain::Bar const& bar);
Bilingual bar_sentence(domain::Obstacle obstacle);
/// The code of a commitment begins with its agency's region.
Fault elsewhere(Fault refused);

}  // namespace sponsio::service

#pragma once

#include "server/base/fault.hpp"
#include "server/db/tx.hpp"
#include "server/domain/actor.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Refusals that must be recorded: attempts that the rules forbid.
namespace sponsio::service {

/// Writes the event `refused` of `subject`, which stays in `state`, in a transaction of its own: call it
/// after the refused one was rolled back. `lifecycle` is the name of a domain::Lifecycle. `why` is stored in
/// clear: a word, or refusal_text(); never personal text.
void record_refusal(db::PgSession& db, std::string_view lifecycle, std::string const& subject,
                    std::string_view state, domain::Actor const& actor, std::string const& why, Instant now);

/// "<slug>: <detail>", or with the pointers of the bad fields.
std::string refusal_text(Fault const& fault);

}  // namespace sponsio::service

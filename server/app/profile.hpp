#pragma once

#include "server/app/serve_options.hpp"
#include "server/base/fault.hpp"

#include <vector>

/// What a server that others rely on must not be started with.
namespace sponsio::app {

/// production unless it listens on the loopback only, where nobody else can be misled.
Profile profile_of(ServeOptions const& options);

/// Everything that stands against a production start, each with what to do. Empty:
/// nothing does. Touches nothing.
std::vector<Bilingual> production_refusals(ServeOptions const& options);

/// What is wrong with the options themselves, in any profile: forms of names and
/// addresses, files that cannot be read.
std::vector<Bilingual> option_refusals(ServeOptions const& options);

}  // namespace sponsio::app

#pragma once

#include "server/base/id.hpp"

namespace sponsio {

/// A human being, however many accounts they have. An account whose person is not known stands for itself.
using PersonId = Id<struct PersonTag>;

}  // namespace sponsio

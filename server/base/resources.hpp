#pragma once

#include <span>
#include <string_view>
#include <vector>

/// The files under schema/ that the binary carries: migrations, catalogue, rule packs, calendar, regions.
namespace sponsio {

struct Resource {
    std::string_view name;  ///< path below schema/, for instance "calendar/cn-2025.json"
    std::string_view bytes;
};

/// All of them, sorted by name.
std::span<Resource const> embedded_resources();

/// Those whose name starts with `folder` (for instance "migrations/"), sorted by name.
std::vector<Resource> resources_in(std::string_view folder);

}  // namespace sponsio

#include "server/base/resources.hpp"

namespace sponsio {

std::vector<Resource> resources_in(std::string_view folder) {
    std::vector<Resource> found;
    for (Resource const& resource : embedded_resources())
        if (resource.name.starts_with(folder)) found.push_back(resource);
    return found;
}

}  // namespace sponsio

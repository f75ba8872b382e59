#include "server/db/params.hpp"

#include <limits>
#include <stdexcept>

namespace sponsio::db {

Params::Arguments Params::arguments() const {
    Arguments out;
    out.types.reserve(slots_.size());
    out.values.reserve(slots_.size());
    out.lengths.reserve(slots_.size());
    for (Slot const& slot : slots_) {
        if (slot.length > std::numeric_limits<int>::max()) throw std::length_error("a parameter above 2 GiB");
        out.types.push_back(slot.type);
        out.values.push_back(slot.length < 0 ? nullptr : bytes_.data() + slot.at);
        out.lengths.push_back(slot.length < 0 ? 0 : static_cast<int>(slot.length));
    }
    out.formats.assign(slots_.size(), 1);
    return out;
}

}  // namespace sponsio::db

#pragma once

#include "server/db/session.hpp"

#include <string_view>
#include <vector>

/// The tables of things that have a lifecycle, and the statements that hold their rows against the history
/// (living_rows.hpp).
namespace sponsio::store {

using EventNames = std::vector<std::string_view>;

/// A step that writes who took it, and when, into columns of the row.
struct MarkedStep {
    std::string_view columns;
    EventNames set_by;    ///< those that write them
    EventNames unset_by;  ///< those that clear them
    db::BinaryQuery query;
};

struct LivingTable {
    std::string_view lifecycle;
    std::string_view name;
    bool key_is_uuid;
    db::BinaryQuery query;
    std::vector<MarkedStep> steps{};
    bool requests = false;  ///< about the subjects of the events, each of which may have had several
};

std::vector<LivingTable> const& living_tables();

}  // namespace sponsio::store

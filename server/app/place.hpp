#pragma once

#include "server/base/fault.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

/// Where things are on this machine's disks, and what an operator may have meant who mistyped it.
namespace sponsio::app {

/// What a refusal says besides in `cause` when there is no store where a command looks for one.
inline constexpr std::string_view no_store = "no_store";

/// And when it was not said where that is.
inline constexpr std::string_view no_place = "no_place";

/// Whether a private PostgreSQL of `sponsio serve --data` lies there.
bool is_store(std::filesystem::path const& data);

/// Refuses with the cause `no_store` if none is there, and names the one that was
/// probably meant. Makes nothing.
Outcome<void> require_store(std::filesystem::path const& data);

/// Refuses if `directory` could only be made together with the one above it: that is a slip of the hand more
/// often than a wish.
Outcome<void> require_parent(std::filesystem::path const& directory, std::string_view option);

/// The word that is nearest to what was typed, if one is near enough to have been meant; else empty.
std::string nearest(std::string_view typed, std::span<std::string const> words);

}  // namespace sponsio::app

#pragma once

#include <atomic>

/// Functions of the system that libcurl calls in this program are ours: names that no resolver knows, and a
/// count of the trusted directories.
namespace sponsio::client::test {

/// "two.test" has the addresses 127.0.0.9 and 127.0.0.1, in this order. "silent.test" has none for as long as
/// this holds, five seconds at most.
inline std::atomic<bool> resolver_is_silent{false};
inline std::atomic<int> silent_lookups{0};       ///< begun
inline std::atomic<int> silent_lookups_done{0};  ///< ended

inline std::atomic<int> trusted_directories{0};  ///< how often a TLS context was told to trust one

}  // namespace sponsio::client::test

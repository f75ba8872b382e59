#include "server/app/open_files.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace sponsio::app {
namespace {

/// For the log, sessions, key files, outbound connections, and connections that are only told to come again.
constexpr rlim_t other_files = 256;

}  // namespace

std::size_t connections_that_fit(std::size_t wanted) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
    rlim_t const needed = wanted + other_files;
    if (files.rlim_cur < needed) {
        files.rlim_cur = std::min<rlim_t>(files.rlim_max, needed);
        if (::setrlimit(RLIMIT_NOFILE, &files) != 0 && ::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
    }
    if (files.rlim_cur >= needed) return wanted;
    return std::min<std::size_t>(
        wanted, files.rlim_cur > 2 * other_files ? files.rlim_cur - other_files : files.rlim_cur / 2);
}

}  // namespace sponsio::app

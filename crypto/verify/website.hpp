#pragma once

#include "crypto/verify/log_source.hpp"

namespace sponsio::verify {

/// A log over HTTPS, several files at a time. Follows no redirects. A temporary failure (no connection, 429,
/// 5xx) is retried up to three times, and not before the Retry-After of the answer.
std::unique_ptr<LogSource> open_website(std::string base, std::string const& ca);

}  // namespace sponsio::verify

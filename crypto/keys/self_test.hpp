#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Known-answer tests: whether the cryptographic library of this machine computes the published examples of
/// the standards. A library that does not (an old patch level, a policy in its configuration, a broken build)
/// is found at the start and not by the first receipt.
namespace sponsio::crypto {

/// One algorithm and a published example of it.
struct KnownAnswer {
    std::string_view algorithm;  ///< with its standard: "SM2 with SM3 (GB/T 32918.5-2017 A.2)"
    bool (*holds)();  ///< false: another answer than the published one; throws Failure: none at all
};

struct SelfTested {
    std::string_view algorithm;  ///< as in KnownAnswer
    bool ok = false;
    /// One sentence that names the algorithm, the library and its version and, of a failure, what to do.
    std::string en;
    std::string zh;
};

/// The name and version of the library loaded now, such as "OpenSSL 3.0.20 7 Apr 2026", which may differ from
/// the one built against.
std::string_view crypto_library();

/// Every algorithm that signs, digests, seals or wraps anything here.
std::span<KnownAnswer const> known_answers();

/// Runs the tests in order and returns one result for each. Takes some milliseconds; may be called
/// repeatedly, from any thread.
std::vector<SelfTested> self_test(std::span<KnownAnswer const> answers = known_answers());

}  // namespace sponsio::crypto

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Known answers: whether the cryptographic library of this machine computes what the standards print. A
/// library that cannot (an old patch level, a policy in its configuration, a broken build) is found here, at
/// the start, and not by the first receipt.
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

/// The library and its version as it is loaded now, "OpenSSL 3.0.20 7 Apr 2026"; not the one it was built
/// with.
std::string_view crypto_library();

/// Every algorithm that anything here is signed, digested, sealed or wrapped with.
std::span<KnownAnswer const> known_answers();

/// In their order, a line for each. Takes some milliseconds; may be called from any thread, and again.
std::vector<SelfTested> self_test(std::span<KnownAnswer const> answers = known_answers());

}  // namespace sponsio::crypto

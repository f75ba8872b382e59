#pragma once

#include "crypto/result.hpp"
#include "crypto/verify/verdict.hpp"

namespace sponsio::verify {

/// "<what>: <why>.", the reason and its place out of the error.
Sentence because(Sentence const& what, crypto::Error const& error);

/// The value, or a refutation with the error's code.
template <class T>
T or_refute(crypto::Result<T> result, Sentence const& what) {
    if (!result) throw Refuted{std::string(result.error().code), because(what, result.error())};
    return std::move(result).value();
}

}  // namespace sponsio::verify

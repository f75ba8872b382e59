#pragma once

#include "crypto/verify/verdict.hpp"
#include "text/result.hpp"

namespace sponsio::verify {

/// "<what>: <why>.", the reason and its place out of the error.
Sentence because(Sentence const& what, Error const& error);

/// How a thing is spoken of when it does not stand.
struct Subject {
    Sentence name;     ///< "The record": "<name> cannot be judged: ..."
    Sentence refuted;  ///< "The record is not genuine, or was changed": "<refuted>: ..."
};

/// Ends a check. The code of the error decides: that a signature is wrong refutes; that the thing is signed
/// by a key that nobody named, or is not (or not wholly) of its form, says nothing of it either way.
[[noreturn]] void judge(Subject const& what, Error const& error);

/// The value, or what `judge` makes of the error.
template <class T>
T or_judge(Result<T> result, Subject const& what) {
    if (!result) judge(what, result.error());
    return std::move(result).value();
}

/// What came in the place of a thing cannot be judged, whatever is wrong with its form. Of a thing whose
/// bytes nothing vouches for yet.
[[noreturn]] void unreadable(Sentence const& name, Error const& error);

/// The value of what nothing vouches for yet.
template <class T>
T or_unreadable(Result<T> result, Sentence const& name) {
    if (!result) unreadable(name, result.error());
    return std::move(result).value();
}

/// The value, or a refutation with the error's code: of what a signature or a digest vouches for.
template <class T>
T or_refute(Result<T> result, Sentence const& what) {
    if (!result) throw Refuted{std::string(result.error().code), because(what, result.error())};
    return std::move(result).value();
}

/// What to do about a file that is not whole, or not what was asked for.
Sentence const& fetch_anew();

}  // namespace sponsio::verify

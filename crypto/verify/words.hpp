#pragma once

#include "crypto/verify/verdict.hpp"
#include "text/result.hpp"

namespace sponsio::verify {

/// "<what>: <why>.", with reason and place from the error.
Sentence because(Sentence const& what, Error const& error);

/// An artefact as the sentences of a verdict name it.
struct Subject {
    Sentence name;     ///< "The record": "<name> cannot be judged: ..."
    Sentence refuted;  ///< "The record is not genuine, or was changed": "<refuted>: ..."
};

/// Ends a check according to the error's code: a wrong signature refutes; a signature by an unknown key, or a
/// malformed or incomplete file, leaves the artefact unchecked.
[[noreturn]] void judge(Subject const& what, Error const& error);

/// The value, or the exception that `judge` throws for the error.
template <class T>
T or_judge(Result<T> result, Subject const& what) {
    if (!result) judge(what, result.error());
    return std::move(result).value();
}

/// Throws NotChecked for an artefact of a wrong form that no signature or digest vouches for yet.
[[noreturn]] void unreadable(Sentence const& name, Error const& error);

/// The value, or NotChecked if an artefact that nothing vouches for yet is malformed.
template <class T>
T or_unreadable(Result<T> result, Sentence const& name) {
    if (!result) unreadable(name, result.error());
    return std::move(result).value();
}

/// The value, or Refuted with the error's code: for artefacts that a signature or digest vouches for.
template <class T>
T or_refute(Result<T> result, Sentence const& what) {
    if (!result) throw Refuted{std::string(result.error().code), because(what, result.error())};
    return std::move(result).value();
}

/// Advice for a file that is incomplete or the wrong one.
Sentence const& fetch_anew();

}  // namespace sponsio::verify

#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <optional>
#include <string>

/// How papers state the periods that their service starts.
namespace sponsio::domain {

/// A period as a paper states it: counted from the service, which nobody knows when the paper is made, and
/// with the last day that holds if the paper is served on `serve_by` or before.
struct StatedPeriod {
    int length;
    Date serve_by;
    std::optional<Date> last_day;  ///< nothing while no calendar covers it
};

/// "于 D 或者之前送达的，X；此后送达的，..." of periods that begin together; `last_days` is empty while no
/// calendar covers them.
std::string last_days_zh(Date serve_by, std::string const& last_days);
std::string last_days_en(Date serve_by, std::string const& last_days);

/// The remedies against an act: by what body, within which periods, until when.
struct RemediesText {
    StatedPeriod reconsideration;                       ///< in days
    StatedPeriod litigation;                            ///< in months
    std::optional<std::string> reconsideration_body{};  ///< nothing: by law
    std::optional<std::string> court{};                 ///< nothing: by law
};

/// One paragraph, without the end of its line. `act` and `paper` name what is contested and what was served:
/// "本决定" and "本决定书", in English both "this decision".
Bilingual remedies_told(RemediesText const& remedies, Bilingual const& act, std::string const& paper_zh);

}  // namespace sponsio::domain

#pragma once

#include "server/domain/words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sponsio::domain {

/// The version of the words that a kind of paper is composed of, kept with each paper, so that whoever looks
/// at one later knows from which words it came.
struct PaperTemplate {
    std::string_view kind;
    int version;
};

/// Whoever changes what a compose_* function writes raises the version here;
/// tests/unit/domain/papers_test.cpp holds the bytes of each to its version.
inline constexpr auto paper_templates = std::to_array<PaperTemplate>({{"prior_notice", 1},
                                                                      {"decision", 1},
                                                                      {"dismissal", 1},
                                                                      {"order", 1},
                                                                      {"hearing_notice", 1},
                                                                      {"hearing_record", 1},
                                                                      {"objection_answer", 1},
                                                                      {"repair_intake", 1},
                                                                      {"repair_answer", 1},
                                                                      {"repair_revocation", 1},
                                                                      {"listing_notice", 1},
                                                                      {"listing_hearing_notice", 1},
                                                                      {"listing_hearing_record", 1},
                                                                      {"listing_decision", 1},
                                                                      {"listing_dismissal", 1},
                                                                      {"listing_removal", 1}});

/// "prior_notice 2". The kind must be in the list.
inline std::string template_name(std::string_view kind) {
    auto const found = std::ranges::find(paper_templates, kind, &PaperTemplate::kind);
    return std::string(kind) + " " + std::to_string(found->version);
}

}  // namespace sponsio::domain

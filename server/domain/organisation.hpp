#pragma once

#include "server/domain/words.hpp"

/// Who takes part: agencies, what carries out tasks for them, and platforms.
namespace sponsio::domain {

enum class OrganisationKind {
    government,
    public_enterprise,
    public_institution,
    service_body,
    grassroots,
    platform  ///< whose integrators see the submissions of everybody
};

constexpr auto words_of(OrganisationKind) {
    using enum OrganisationKind;
    return std::to_array<Word<OrganisationKind>>({{government, "government"},
                                                  {public_enterprise, "public_enterprise"},
                                                  {public_institution, "public_institution"},
                                                  {service_body, "service_body"},
                                                  {grassroots, "grassroots"},
                                                  {platform, "platform"}});
}

}  // namespace sponsio::domain

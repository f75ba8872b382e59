#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Access rights. An account acts for one organisation, with one or more of the charter's roles; what reaches
/// beyond its organisation and those below it, it has by a grant.
namespace sponsio {

using GrantId = Id<struct GrantTag>;

}  // namespace sponsio

namespace sponsio::domain {

enum class Role {
    clerk,
    verifier,
    reviewer,
    decider,
    supervisor,
    integrator,
    assessor,
    auditor,
    administrator
};

constexpr auto words_of(Role) {
    using enum Role;
    return std::to_array<Word<Role>>({{clerk, "clerk"},
                                      {verifier, "verifier"},
                                      {reviewer, "reviewer"},
                                      {decider, "decider"},
                                      {supervisor, "supervisor"},
                                      {integrator, "integrator"},
                                      {assessor, "assessor"},
                                      {auditor, "auditor"},
                                      {administrator, "administrator"}});
}

class Roles {
  public:
    Roles() = default;

    constexpr Roles(std::initializer_list<Role> roles) {
        for (Role role : roles) add(role);
    }

    constexpr void add(Role role) { bits_ |= 1u << static_cast<unsigned>(role); }

    [[nodiscard]] constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role)) & 1u; }

    [[nodiscard]] constexpr bool any_of(Roles other) const { return (bits_ & other.bits_) != 0; }

    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

    static constexpr Roles from_bits(std::uint32_t bits) {
        Roles roles;
        roles.bits_ = bits;
        return roles;
    }

    bool operator==(Roles const&) const = default;

  private:
    std::uint32_t bits_ = 0;
};

/// What somebody looks at personal data or other organisations' work for.
enum class Purpose { case_handling, eligibility, sharing, audit };

constexpr auto words_of(Purpose) {
    using enum Purpose;
    return std::to_array<Word<Purpose>>({{case_handling, "case_handling"},
                                         {eligibility, "eligibility"},
                                         {sharing, "sharing"},
                                         {audit, "audit"}});
}

/// The organisations that a right reaches: one and all below it, or everybody, of a region or of all.
struct Scope {
    std::optional<OrganisationId> top{};  ///< nothing: all organisations
    std::string region{};                 ///< the first two, four or all digits of their code; empty: any

    /// All organisations, whoever they are.
    [[nodiscard]] bool everything() const { return !top && region.empty(); }
};

/// A right beyond the own organisation and those below it, in force.
struct Granted {
    GrantId id;
    Role role;
    Purpose purpose;
    Scope scope;
};

/// Somebody who works here: the account behind a request, as its token names it.
struct Official {
    TokenId token;
    AccountId account;
    OrganisationId organisation;
    std::string organisation_uscc;
    std::string organisation_name;
    std::string region_code;  ///< of the organisation (GB/T 2260)
    Roles roles;              ///< with those of the grants
    Instant expires_at;
    std::vector<Granted> grants{};
    /// The public key (JWK) that the person registered: then they sign what decides about somebody.
    std::optional<std::string> signing_key{};
};

/// What organisations have that is shown to, or changed by, whom it reaches.
enum class Holding {
    cases,          ///< matters, notices, commitments, checks, findings, papers
    records,        ///< issued records
    reports,        ///< what was reported to the platform, line by line
    report_counts,  ///< the batches of it, without what they say
    registry,       ///< organisations, accounts, tokens, grants: to change them
    registry_seen,  ///< the same, to look at them
    trails,         ///< events, and queries of personal data
    draws,
    figures  ///< counts by which units are judged, small ones too
};

/// What a right reaches before any grant: the own organisation, or those below it too.
enum class Extent { unit, tree };

/// How far an account's own roles reach.
Extent extent_of(Holding what);
/// Whether the grant is for this.
bool widens(Granted const& grant, Holding what);
/// The grants that are for this, in one answer with extent_of() what service::Reach is made of.
std::vector<Scope> granted_scopes(Official const& who, Holding what);
/// The purpose for which somebody looks at this in that organisation: of the grant that reaches beyond the
/// own one, else the handling of cases.
Purpose purpose_of(Official const& who, Holding what, OrganisationId organisation);

/// Roles that nobody has but by a grant.
inline constexpr Roles only_granted{Role::integrator};
/// Roles that a grant may give.
inline constexpr Roles grantable{Role::integrator, Role::assessor, Role::auditor};

/// The demand of a route: none, any account, or any one of these roles.
struct Policy {
    bool open = false;  ///< no token needed
    Roles any_of{};     ///< empty and not open: any account

    static constexpr Policy everyone() { return {.open = true}; }

    static constexpr Policy any_account() { return {}; }

    static constexpr Policy one_of(std::initializer_list<Role> roles) { return {.any_of = Roles(roles)}; }

    /// The policy as the number that a route carries through the room http, which knows no roles.
    [[nodiscard]] constexpr std::uint32_t bits() const { return any_of.bits() | (open ? open_bit : 0u); }

    static constexpr Policy from_bits(std::uint32_t bits) {
        return {.open = (bits & open_bit) != 0, .any_of = Roles::from_bits(bits & ~open_bit)};
    }

    static constexpr std::uint32_t open_bit = 1u << 31;
};

/// Whether the official may use a route with that policy; `open` policies never get here.
Outcome<void> permit(Policy const& policy, Official const& who);

}  // namespace sponsio::domain

#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"

#include <initializer_list>
#include <span>
#include <string>

/// Access rights. An account acts for one organisation, with one or more of the charter's roles.
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

/// Somebody who works here: the account behind a request, as its token names it.
struct Official {
    TokenId token;
    AccountId account;
    OrganisationId organisation;
    std::string organisation_uscc;
    std::string organisation_name;
    std::string region_code;  ///< of the organisation (GB/T 2260)
    Roles roles;
    Instant expires_at;
};

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

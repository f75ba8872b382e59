#pragma once

#include "server/db/session.hpp"
#include "server/domain/access.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio::store {

/// Somebody of an organisation, as others of it may name them.
struct Colleague {
    AccountId id;
    std::string login;
    std::string name;
    std::vector<std::string> roles;
};

struct ColleagueQuestion {
    OrganisationId organisation;
    std::optional<domain::Role> role;
    std::optional<std::string> text;  ///< that the name or the login contains, in small or capital letters
    std::string after;                ///< login of the last one seen; empty: from the start
    int limit;
};

/// Those whose account is open, by login.
std::vector<Colleague> colleagues(db::PgSession& db, ColleagueQuestion const& question);

}  // namespace sponsio::store

#pragma once

#include "server/base/fault.hpp"

#include <optional>
#include <string>

namespace sponsio::db {

/// Facts about a database server and a login, for `sponsio doctor`. Nothing is changed there.
struct ServerReport {
    std::string version;  ///< of the server, as "15.8"
    int version_num = 0;
    std::string client_version;  ///< of libpq, as it is loaded now
    bool standby = false;
    bool tls = false;
    std::string synchronous_standbys;  ///< the setting; empty: none is waited for
    int standbys_in_step = 0;          ///< of those that are waited for, how many are there
    bool archives_wal = false;
    std::string unsafe;         ///< a setting that may lose what was acknowledged, "fsync = off"; empty: none
    int roles = 0;              ///< of the three of schema/roles.sql
    bool may_serve = false;     ///< the login is, or may become, sponsio_app
    bool may_too_much = false;  ///< a superuser, or a member of sponsio_owner
    std::optional<bool>
        grants_right{};   ///< sponsio_app adds commitments and cannot delete any; nothing: no table yet
    bool pooled = false;  ///< the backend is not the one that was connected to: something stands in between
};

/// Fault: `unavailable` if the server cannot be reached, with libpq's message (never a password).
Outcome<ServerReport> report_on_server(std::string const& uri);

}  // namespace sponsio::db

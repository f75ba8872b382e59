#pragma once

#include "server/base/fault.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sponsio::db {

class PgSession;

/// A parsed libpq connection string. Accepts both forms of PostgreSQL 15 §34.1.1 (URI, also with several
/// hosts, and keyword=value). May hold a password: print `described()`, never `uri()`.
class ConnectionString {
  public:
    static Outcome<ConnectionString> parse(std::string_view text);

    void set(std::string const& keyword, std::string value) { values_[keyword] = std::move(value); }

    void set_default(std::string const& keyword, std::string const& value) {
        values_.try_emplace(keyword, value);
    }

    /// Empty when not given.
    [[nodiscard]] std::string get(std::string const& keyword) const;
    /// A URI with everything percent-encoded: SOCI splits connection strings at blanks.
    [[nodiscard]] std::string uri() const;
    /// The URI without its password, for a command line that others can read.
    [[nodiscard]] std::string uri_without_password() const;
    /// "user@host:port/database".
    [[nodiscard]] std::string described() const;

  private:
    std::map<std::string, std::string> values_;
};

/// The way to the database.
struct ConnectionOptions {
    std::string uri;  ///< either form of connection string
    std::string application = "sponsio";
    /// The role whose rights the session has. If the login is another role, the session does SET ROLE and
    /// takes over that role's settings. Empty: the login's role.
    std::string role{};
    std::chrono::seconds connect_timeout{3};
    std::chrono::milliseconds tcp_user_timeout{5000};  ///< how long sent bytes may stay unacknowledged
    std::chrono::seconds keepalives_idle{5};           ///< then every 2 s; given up after three in vain
    bool writable = true;                              ///< of several hosts take the primary
    /// The longest wait for an answer, since a network that drops packets gives no error. Zero: no limit, for
    /// statements whose duration nobody can tell.
    std::chrono::milliseconds patience{30000};
    /// Settings of the session; they override those of its role.
    std::map<std::string, std::string> settings{};
    /// Called in each transaction that may write, before its COMMIT (Tx::commit); what it throws ends that.
    std::function<void(PgSession&)> before_commit{};
};

/// Removes PG* variables that libpq would read (PostgreSQL 15 §34.15) from the environment of this process
/// and its children. Call it before other threads read the environment.
enum class Environment {
    nothing,      ///< for a private cluster: its address says everything
    credentials,  ///< for an address that was given: passwords, certificates, Kerberos and where services are
                  ///< defined
};
void read_from_environment(Environment what);

/// The same options with that before_commit.
ConnectionOptions with_before_commit(ConnectionOptions options, std::function<void(PgSession&)> last);

/// The parsed string, with the options applied where it does not set them itself.
Outcome<ConnectionString> connection_string(ConnectionOptions const& options);

}  // namespace sponsio::db

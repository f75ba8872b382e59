#pragma once

#include "server/base/time.hpp"
#include "server/db/connection.hpp"
#include "server/db/error.hpp"
#include "server/db/params.hpp"
#include "server/db/rows.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct pg_conn;

namespace soci {
class session;
}

namespace sponsio::db {

/// A statement with `$1` parameters, whose values travel in binary form. Make it a constant; statements are
/// cached by its address.
struct BinaryQuery {
    std::string_view name;
    std::string_view text;
};

/// One connection with its prepared statements. Belongs to one thread at a time.
/// Every refusal is thrown as DbError.
class PgSession {
  public:
    /// Connects. Throws DbError of kind connection, whose text names the host and never the password.
    explicit PgSession(ConnectionOptions options);
    ~PgSession();
    PgSession(PgSession const&) = delete;
    PgSession& operator=(PgSession const&) = delete;

    /// One round trip; prepared on first use.
    Rows exec(BinaryQuery const& query, Params const& params = {});
    Rows exec(BinaryQuery const&&, Params const& = {}) = delete;  // its address would be left in the cache

    /// Runs a fixed text without parameters: BEGIN, SET, CREATE. Results are in text form: read only the tag.
    Rows command(std::string_view sql);

    /// False if the last error, or data on an idle socket, says that the connection is over. Costs one poll.
    [[nodiscard]] bool usable();
    /// Rolls back an open transaction. False if that is not possible; then usable() is false as well.
    bool tidy() noexcept;

    /// Sets the moment at which waiting for an answer ends, besides ConnectionOptions::patience: the
    /// connection is then given up, as if it had broken. Deadline::max(): patience alone.
    void answer_by(Deadline moment) noexcept { answer_by_ = moment; }

    /// The libpq connection, for calls that this class does not offer.
    [[nodiscard]] pg_conn* native() const noexcept;

    [[nodiscard]] ConnectionOptions const& options() const noexcept { return options_; }

  private:
    friend class Pipeline;

    struct Prepared {
        std::string name;
        std::vector<TypeId> types;
    };

    void take_role();
    void apply_settings();
    void settle();
    [[nodiscard]] Deadline limit() const;
    bool wait(short events, Deadline until);
    bool flush();
    pg_result* next_result();
    Rows finish(bool sent, std::string_view query);
    void give_up() noexcept;
    bool roll_back() noexcept;
    std::string const& prepared(BinaryQuery const& query, Params::Arguments const& arguments);
    Rows checked(pg_result* result, std::string_view query);
    [[noreturn]] void raise(pg_result const* result, std::string_view query);

    ConnectionOptions options_;
    std::unique_ptr<soci::session> sql_;
    std::unordered_map<BinaryQuery const*, Prepared> prepared_;
    /// Statements sent ahead by a Pipeline and not yet answered; null stands for a Sync.
    std::vector<BinaryQuery const*> under_way_;
    Deadline answer_by_ = Deadline::max();
    bool broken_ = false;
};

}  // namespace sponsio::db

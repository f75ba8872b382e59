#pragma once

#include "server/db/bind.hpp"
#include "server/db/connection.hpp"
#include "server/db/error.hpp"
#include "server/db/params.hpp"
#include "server/db/rows.hpp"

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

struct pg_conn;

namespace sponsio::db {

/// A statement with `:name` parameters, run through SOCI. No comment, E'' string, dollar quote or array slice
/// inside the text: SOCI's scanner misreads them. Make it a constant; statements are cached by its address.
struct Query {
    std::string_view name;  ///< for logs and metrics
    std::string_view text;
};

/// A statement with `$1` parameters, run through libpq with values in binary form: for whole batches and for
/// the few statements whose speed counts.
struct BinaryQuery {
    std::string_view name;
    std::string_view text;
};

namespace detail {

/// SOCI hands text over as a C string: what follows a NUL would be cut off without a word.
void refuse_nul(std::string_view text);

template <class Exchange>
void inspect(Exchange const&) {}

template <class Indicator>
void inspect(soci::details::use_container<std::string, Indicator> const& used) {
    refuse_nul(used.t);
}

template <class Indicator>
void inspect(soci::details::use_container<std::string const, Indicator> const& used) {
    refuse_nul(used.t);
}

template <class Indicator>
void inspect(soci::details::use_container<std::optional<std::string>, Indicator> const& used) {
    if (used.t) refuse_nul(*used.t);
}

template <class Indicator>
void inspect(soci::details::use_container<std::optional<std::string> const, Indicator> const& used) {
    if (used.t) refuse_nul(*used.t);
}

}  // namespace detail

/// One connection with its prepared statements. Belongs to one thread at a time.
/// Every refusal is thrown as DbError.
class PgSession {
  public:
    /// Connects; DbError of kind connection if that fails (its text names the host, never the password).
    explicit PgSession(ConnectionOptions options);
    ~PgSession();
    PgSession(PgSession const&) = delete;
    PgSession& operator=(PgSession const&) = delete;

    /// True if a row came back; `into` targets keep their old value when none did. Of several rows only the
    /// first is taken. Bind named variables: `soci::use(id, "id")`, `soci::into(count)`.
    template <class... Exchange>
    bool run(Query const& query, Exchange&&... exchange) {
        (detail::inspect(exchange), ...);
        return guarded(query, [&](soci::statement& st) {
            (st.exchange(std::forward<Exchange>(exchange)), ...);
            st.define_and_bind();
            return st.execute(true);
        });
    }

    /// Calls on_row() after each row was put into the `into` targets; returns how many there were.
    template <class OnRow, class... Exchange>
    std::size_t each(Query const& query, OnRow&& on_row, Exchange&&... exchange) {
        (detail::inspect(exchange), ...);
        std::size_t count = 0;
        guarded(query, [&](soci::statement& st) {
            (st.exchange(std::forward<Exchange>(exchange)), ...);
            st.define_and_bind();
            for (bool row = st.execute(true); row; row = st.fetch()) {
                ++count;
                on_row();
            }
            return true;
        });
        return count;
    }

    template <class... Exchange>
    bool run(Query const&&, Exchange&&...) = delete;  // a temporary would leave its address in the cache

    /// Rows that the last run() or each() inserted, updated or deleted.
    [[nodiscard]] long long affected_rows() const noexcept { return affected_; }

    /// One round trip; prepared on first use.
    Rows exec(BinaryQuery const& query, Params const& params = {});
    Rows exec(BinaryQuery const&&, Params const& = {}) = delete;

    /// The same for results too large for memory: rows arrive one by one. Returns how many there were.
    std::size_t stream(BinaryQuery const& query, Params const& params,
                       std::function<void(Rows::Row)> const& on_row);

    /// A fixed text without parameters: BEGIN, SET, CREATE. What it returns is in text form: read only the
    /// tag.
    Rows command(std::string_view sql);

    /// COPY ... FROM STDIN in text form: `next_row` appends the cells of one row and returns false at the
    /// end. Returns the rows stored. (Text with tabs, newlines, backslashes is escaped.)
    using Cells = std::vector<std::optional<std::string>>;
    std::int64_t copy_in(std::string_view copy_text, std::function<bool(Cells&)> const& next_row);

    /// Prepare without running, to find out whether a statement fits the schema.
    void prepare(Query const& query);
    void prepare(BinaryQuery const& query);

    /// Cheap (one poll): false if the last error, or news on an idle socket, says the connection is over.
    [[nodiscard]] bool usable();
    /// Forget all prepared statements, then connect again. Throws like the constructor.
    void reconnect();
    /// Roll back what a job left open. False if that is not possible; then usable() is false as well.
    bool tidy() noexcept;

    /// For what libpq alone offers. Null after a failed reconnect().
    [[nodiscard]] pg_conn* native() const noexcept;

    [[nodiscard]] ConnectionOptions const& options() const noexcept { return options_; }

  private:
    friend class Pipeline;
    struct Cached;
    struct Entry;

    template <class Body>
    bool guarded(Query const& query, Body body) {
        Entry entry(*this, query);
        try {
            bool const row = body(entry.statement());
            affected_ = entry.statement().get_affected_rows();
            return row;
        } catch (soci::soci_error const& error) {
            raise(error, entry.statement(), query);
        }
    }

    /// A cached statement in use; unbinds it at the end, also when the work threw.
    struct Entry {
        Entry(PgSession& db, Query const& query);
        ~Entry();
        Entry(Entry const&) = delete;
        Entry& operator=(Entry const&) = delete;
        [[nodiscard]] soci::statement& statement() const;
        Cached& cached;
    };

    struct Prepared {
        std::string name;
        std::vector<TypeId> types;
    };

    void connect();
    void take_role();
    bool roll_back() noexcept;
    std::string const& prepared(BinaryQuery const& query, Params::Arguments const& arguments);
    Rows checked(pg_result* result, std::string_view query);
    [[noreturn]] void raise(soci::soci_error const& error, soci::statement& st, Query const& query);
    [[noreturn]] void raise(pg_result const* result, std::string_view query);

    ConnectionOptions options_;
    std::unique_ptr<soci::session> sql_;
    // After sql_, so that it goes first: a soci::statement that outlives its backend is a use after free.
    std::unordered_map<Query const*, std::unique_ptr<Cached>> cache_;
    std::unordered_map<BinaryQuery const*, Prepared> binary_;
    long long affected_ = 0;
    bool broken_ = false;
};

}  // namespace sponsio::db

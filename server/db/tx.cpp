#include "server/db/tx.hpp"

#include <libpq-fe.h>

#include <random>
#include <thread>

namespace sponsio::db {
namespace {

constexpr BinaryQuery begins[3][2] = {
    {{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"},
     {"begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"}},
    {{"begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"},
     {"begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}},
    {{"begin", "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"},
     {"begin", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"}},
};
constexpr BinaryQuery commits{"commit", "COMMIT"};

/// PostgreSQL answers COMMIT of a failed transaction with success and the tag ROLLBACK.
void require_commit_tag(std::string_view tag) {
    if (tag != "COMMIT") throw DbError(ErrorKind::aborted, "25P02", "", "commit");
}

}  // namespace

Tx::Tx(PgSession& db, TxOptions options)
    : db_(db),
      begin_(&begins[static_cast<std::size_t>(options.isolation)][options.read_only ? 1 : 0]),
      read_only_(options.read_only) {
    if (!options.begin_with_first_pipeline) begin();
}

Tx::~Tx() {
    if (open_) db_.tidy();
}

void Tx::begin() {
    db_.command(begin_->text);
    open_ = true;
}

std::vector<Rows> Tx::run(Pipeline const& statements, std::function<void()> const& meanwhile) {
    Pipeline::Step const first{begin_, {}};
    auto steps = statements.steps();
    // The transaction is open even if a statement fails, since BEGIN came before it.
    bool const began_here = !std::exchange(open_, true);
    if (began_here) steps.insert(steps.begin(), &first);
    auto rows = Pipeline::send(db_, steps, meanwhile);
    if (began_here) rows.erase(rows.begin());
    return rows;
}

void Tx::commit() {
    if (!open_ || PQtransactionStatus(db_.native()) != PQTRANS_INTRANS)
        throw DbError(ErrorKind::aborted, "25P02", "", "commit");
    if (auto const& last = db_.options().before_commit; last && !read_only_) last(db_);
    try {
        require_commit_tag(db_.command(commits.text).tag());
    } catch (DbError const& error) {
        if (error.kind() == ErrorKind::connection)
            throw DbError(ErrorKind::unknown_outcome, error.sqlstate(), "", "commit");
        throw;
    }
    open_ = false;
}

std::vector<Rows> Tx::commit_with(Pipeline const& statements) {
    Pipeline::Step const first{begin_, {}}, last{&commits, {}};
    auto steps = statements.steps();
    bool const began_here = !std::exchange(open_, true);
    if (began_here) steps.insert(steps.begin(), &first);
    steps.push_back(&last);
    try {
        auto rows = Pipeline::send(db_, steps);
        require_commit_tag(rows.back().tag());
        open_ = false;
        rows.pop_back();
        if (began_here) rows.erase(rows.begin());
        return rows;
    } catch (DbError const& error) {
        // COMMIT was already on its way: it may have been carried out before the connection broke.
        if (error.kind() == ErrorKind::connection)
            throw DbError(ErrorKind::unknown_outcome, error.sqlstate(), "", "commit");
        throw;
    }
}

namespace detail {

void pause_before_retry(int attempt, RetryOptions const& options) {
    try {
        throw;
    } catch (DbError const& error) {
        if (error.kind() != ErrorKind::serialization || attempt >= options.attempts) throw;
    }
    thread_local std::minstd_rand random(std::random_device{}());
    auto const longest = std::chrono::microseconds(options.first_pause) * (1 << std::min(attempt - 1, 10));
    std::uniform_int_distribution<std::int64_t> pick(longest.count() / 2, longest.count());
    std::this_thread::sleep_for(std::chrono::microseconds(pick(random)));
}

}  // namespace detail

}  // namespace sponsio::db

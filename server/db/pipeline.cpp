#include "server/db/pipeline.hpp"

#include <libpq-fe.h>

#include <optional>
#include <poll.h>
#include <utility>

namespace sponsio::db {
namespace {

/// Sends everything, taking in what arrives meanwhile.
bool flush(pg_conn* connection) {
    for (;;) {
        int const left = PQflush(connection);
        if (left <= 0) return left == 0;
        pollfd socket{PQsocket(connection), POLLIN | POLLOUT, 0};
        poll(&socket, 1, -1);
        if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(connection) != 1) return false;
    }
}

}  // namespace

Pipeline& Pipeline::add(BinaryQuery const& query, Params params) {
    steps_.push_back({&query, std::move(params)});
    return *this;
}

Pipeline::Steps Pipeline::steps() const {
    Steps all;
    for (Step const& step : steps_) all.push_back(&step);
    return all;
}

std::vector<Rows> Pipeline::run(PgSession& db) const {
    return send(db, steps());
}

void Pipeline::send_ahead(PgSession& db) const {
    put(db, steps());
    flush_ahead(db);
}

/// What the socket does not take now goes with the rest.
void Pipeline::flush_ahead(PgSession& db) {
    if (PQflush(db.native()) < 0) db.raise(nullptr, db.under_way_.back()->name);
}

std::vector<Rows> Pipeline::send(PgSession& db, Steps const& steps, std::function<void()> const& meanwhile) {
    if (steps.empty()) return {};
    put(db, steps);
    if (meanwhile) {
        flush_ahead(db);
        meanwhile();
    }
    std::vector<Rows> answers = finish(db);
    answers.erase(answers.begin(), answers.end() - static_cast<std::ptrdiff_t>(steps.size()));
    return answers;
}

/// Hands the statements to libpq behind those that are under way.
void Pipeline::put(PgSession& db, Steps const& steps) {
    std::vector<Params::Arguments> arguments;
    std::vector<std::string const*> names;
    for (Step const* step : steps) {
        arguments.push_back(step->params.arguments());
        names.push_back(&db.prepared(*step->query, arguments.back()));
    }
    pg_conn* const connection = db.native();
    if (db.under_way_.empty()) {
        // Non-blocking: a blocking send and a server that waits to be read would wait for each other
        // (PostgreSQL 15 §34.5.1).
        PQsetnonblocking(connection, 1);
        PQenterPipelineMode(connection);
    }
    for (std::size_t i = 0; i != steps.size(); ++i) {
        BinaryQuery const* const query = steps[i]->query;
        db.under_way_.push_back(query);
        if (PQsendQueryPrepared(connection, names[i]->c_str(), static_cast<int>(arguments[i].values.size()),
                                arguments[i].values.data(), arguments[i].lengths.data(),
                                arguments[i].formats.data(), 1) != 1)
            db.raise(nullptr, query->name);
    }
}

/// Reads the answers to all that is under way, to the end even after a failure, so that the connection is
/// free; then throws the first failure.
std::vector<Rows> Pipeline::finish(PgSession& db) {
    pg_conn* const connection = db.native();
    auto const under_way = std::exchange(db.under_way_, {});
    if (PQpipelineSync(connection) != 1 || !flush(connection)) db.raise(nullptr, under_way.front()->name);
    std::vector<Rows> answers;
    std::optional<Rows> failed;
    std::string_view failed_name;
    for (BinaryQuery const* query : under_way) {
        Rows rows(PQgetResult(connection));
        if (rows.native() != nullptr) PQclear(PQgetResult(connection));  // the NULL that ends each statement
        auto const status = PQresultStatus(rows.native());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            answers.push_back(std::move(rows));
        } else if (!failed) {
            failed.emplace(std::move(rows));
            failed_name = query->name;
        }
    }
    PQclear(PQgetResult(connection));  // PGRES_PIPELINE_SYNC
    PQexitPipelineMode(connection);    // refused while results are unread; tidy() then says so
    PQsetnonblocking(connection, 0);
    if (failed) db.raise(failed->native(), failed_name);
    return answers;
}

}  // namespace sponsio::db

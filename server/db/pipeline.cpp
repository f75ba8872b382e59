#include "server/db/pipeline.hpp"

#include <libpq-fe.h>

#include <optional>
#include <utility>

namespace sponsio::db {

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
    sync_ahead(db);
}

/// Sends with a Sync, so that the server ends the transaction in time if this machine falls silent. Bytes
/// that the socket does not take now are sent with the next ones.
void Pipeline::sync_ahead(PgSession& db) {
    std::string_view const last = db.under_way_.back()->name;
    if (PQpipelineSync(db.native()) != 1) db.raise(nullptr, last);
    db.under_way_.push_back(nullptr);
}

std::vector<Rows> Pipeline::send(PgSession& db, Steps const& steps, std::function<void()> const& meanwhile) {
    if (steps.empty()) return {};
    put(db, steps);
    if (meanwhile) {
        sync_ahead(db);
        meanwhile();
    }
    std::vector<Rows> answers = finish(db);
    answers.erase(answers.begin(), answers.end() - static_cast<std::ptrdiff_t>(steps.size()));
    return answers;
}

/// Hands the statements to libpq after those already sent.
void Pipeline::put(PgSession& db, Steps const& steps) {
    std::vector<Params::Arguments> arguments;
    std::vector<std::string const*> names;
    for (Step const* step : steps) {
        arguments.push_back(step->params.arguments());
        names.push_back(&db.prepared(*step->query, arguments.back()));
    }
    pg_conn* const connection = db.native();
    if (db.under_way_.empty()) PQenterPipelineMode(connection);
    for (std::size_t i = 0; i != steps.size(); ++i) {
        BinaryQuery const* const query = steps[i]->query;
        db.under_way_.push_back(query);
        if (PQsendQueryPrepared(connection, names[i]->c_str(), static_cast<int>(arguments[i].values.size()),
                                arguments[i].values.data(), arguments[i].lengths.data(),
                                arguments[i].formats.data(), 1) != 1)
            db.raise(nullptr, query->name);
    }
}

/// Reads all answers, even after a failure, so that the connection is free; then throws the first failure.
std::vector<Rows> Pipeline::finish(PgSession& db) {
    pg_conn* const connection = db.native();
    auto under_way = std::exchange(db.under_way_, {});
    std::string_view const first_name = under_way.front()->name;
    if (under_way.back() != nullptr) {
        if (PQpipelineSync(connection) != 1) db.raise(nullptr, first_name);
        under_way.push_back(nullptr);
    }
    if (!db.flush()) db.raise(nullptr, first_name);
    std::vector<Rows> answers;
    std::optional<Rows> failed;
    std::string_view failed_name = first_name;
    for (BinaryQuery const* query : under_way) {
        Rows rows(db.next_result());
        if (query == nullptr) continue;                           // PGRES_PIPELINE_SYNC
        if (rows.native() != nullptr) PQclear(db.next_result());  // the NULL that ends each statement
        auto const status = PQresultStatus(rows.native());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            answers.push_back(std::move(rows));
        } else if (!failed) {
            failed.emplace(std::move(rows));
            failed_name = query->name;
        }
    }
    PQexitPipelineMode(connection);  // refused while results are unread; tidy() then says so
    if (failed) db.raise(failed->native(), failed_name);
    return answers;
}

}  // namespace sponsio::db

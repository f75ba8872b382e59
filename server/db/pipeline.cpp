#include "server/db/pipeline.hpp"

#include <libpq-fe.h>

#include <poll.h>

namespace sponsio::db {
namespace {

/// Pipeline mode with non-blocking sends: a blocking one and a server that waits to be read would wait for
/// each other (PostgreSQL 15 §34.5.1).
class Mode {
  public:
    explicit Mode(pg_conn* connection) : connection_(connection) {
        PQsetnonblocking(connection_, 1);
        PQenterPipelineMode(connection_);
    }

    ~Mode() {
        PQexitPipelineMode(connection_);  // refused while results are unread; tidy() then says so
        PQsetnonblocking(connection_, 0);
    }

    Mode(Mode const&) = delete;
    Mode& operator=(Mode const&) = delete;

  private:
    pg_conn* connection_;
};

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

std::vector<Rows> Pipeline::send(PgSession& db, Steps const& steps) {
    std::vector<Rows> answers;
    if (steps.empty()) return answers;
    std::vector<Params::Arguments> arguments;
    std::vector<std::string const*> names;
    for (Step const* step : steps) {
        arguments.push_back(step->params.arguments());
        names.push_back(&db.prepared(*step->query, arguments.back()));
    }
    pg_conn* const connection = db.native();
    Mode const mode(connection);
    bool sent = true;
    for (std::size_t i = 0; sent && i != steps.size(); ++i)
        sent = PQsendQueryPrepared(connection, names[i]->c_str(),
                                   static_cast<int>(arguments[i].values.size()), arguments[i].values.data(),
                                   arguments[i].lengths.data(), arguments[i].formats.data(), 1) == 1;
    if (!sent || PQpipelineSync(connection) != 1 || !flush(connection))
        db.raise(nullptr, steps[0]->query->name);
    collect(db, steps, answers);
    return answers;
}

/// Reads to the end even after a failure, so that the connection is free; then throws the first failure.
void Pipeline::collect(PgSession& db, Steps const& steps, std::vector<Rows>& answers) {
    std::optional<Rows> failed;
    std::string_view failed_name;
    for (Step const* step : steps) {
        Rows rows(PQgetResult(db.native()));
        if (rows.native() != nullptr) PQclear(PQgetResult(db.native()));  // the NULL that ends each statement
        auto const status = PQresultStatus(rows.native());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            answers.push_back(std::move(rows));
        } else if (!failed) {
            failed.emplace(std::move(rows));
            failed_name = step->query->name;
        }
    }
    PQclear(PQgetResult(db.native()));  // PGRES_PIPELINE_SYNC
    if (failed) db.raise(failed->native(), failed_name);
}

}  // namespace sponsio::db

#include "server/db/session.hpp"

#include <libpq-fe.h>

/// The two ways of moving many rows: COPY in, and reading one row at a time.
namespace sponsio::db {
namespace {

constexpr std::size_t flush_at = 64 * 1024;

void append_cell(std::string& line, std::optional<std::string> const& cell) {
    if (!cell) {
        line += "\\N";
        return;
    }
    detail::refuse_nul(*cell);
    for (char c : *cell) {
        switch (c) {
            case '\\': line += "\\\\"; break;
            case '\t': line += "\\t"; break;
            case '\n': line += "\\n"; break;
            case '\r': line += "\\r"; break;
            default: line += c;
        }
    }
}

void append_row(std::string& out, PgSession::Cells const& cells) {
    bool first = true;
    for (auto const& cell : cells) {
        if (!std::exchange(first, false)) out += '\t';
        append_cell(out, cell);
    }
    out += '\n';
}

bool send(pg_conn* connection, std::string& buffer) {
    bool const sent = PQputCopyData(connection, buffer.data(), static_cast<int>(buffer.size())) == 1;
    buffer.clear();
    return sent;
}

/// Reads up to the end of the command, so that the connection is free again. The first result is returned.
pg_result* drain(pg_conn* connection) {
    pg_result* const first = PQgetResult(connection);
    while (pg_result* const more = PQgetResult(connection)) PQclear(more);
    return first;
}

/// Feeds all rows. False: the connection does not take them any more.
bool feed(pg_conn* connection, std::function<bool(PgSession::Cells&)> const& next_row) {
    std::string buffer;
    PgSession::Cells cells;
    while (next_row(cells)) {
        append_row(buffer, cells);
        cells.clear();
        if (buffer.size() >= flush_at && !send(connection, buffer)) return false;
    }
    return send(connection, buffer);
}

}  // namespace

std::int64_t PgSession::copy_in(std::string_view copy_text, std::function<bool(Cells&)> const& next_row) {
    Rows const start(PQexec(native(), std::string(copy_text).c_str()));
    if (PQresultStatus(start.native()) != PGRES_COPY_IN) raise(start.native(), "COPY");
    try {
        if (feed(native(), next_row)) PQputCopyEnd(native(), nullptr);
    } catch (...) {
        PQputCopyEnd(native(), "the rows ended with an exception");
        PQclear(drain(native()));
        throw;
    }
    return checked(drain(native()), "COPY").affected();
}

std::size_t PgSession::stream(BinaryQuery const& query, Params const& params,
                              std::function<void(Rows::Row)> const& on_row) {
    auto const arguments = params.arguments();
    std::string const& name = prepared(query, arguments);
    if (PQsendQueryPrepared(native(), name.c_str(), static_cast<int>(params.size()), arguments.values.data(),
                            arguments.lengths.data(), arguments.formats.data(), 1) != 1 ||
        PQsetSingleRowMode(native()) != 1)
        raise(nullptr, query.name);
    std::size_t count = 0;
    try {
        while (pg_result* const result = PQgetResult(native())) {
            Rows const rows = checked(result, query.name);
            for (Rows::Row const row : rows) {
                ++count;
                on_row(row);
            }
        }
    } catch (...) {
        struct Free {
            void operator()(PGcancel* cancel) const noexcept { PQfreeCancel(cancel); }
        };

        char ignored[256];
        std::unique_ptr<PGcancel, Free> const cancel(PQgetCancel(native()));
        if (cancel) PQcancel(cancel.get(), ignored, sizeof ignored);
        PQclear(drain(native()));
        throw;
    }
    return count;
}

}  // namespace sponsio::db

#include "server/store/cosignatures.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::Array;
using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert{
    "cosignatures.insert",
    "insert into log_cosignature (shard, witness, size, line, cosigned_at, created_at) "
    "values ($1, $2, $3, $4, $5, $6) on conflict do nothing"};
constexpr BinaryQuery select_last{"cosignatures.last",
                                  "select max(size) from log_cosignature where shard = $1 and witness = $2"};
// Enough rows to find a recent size that several witnesses cosigned, however long one was away.
constexpr BinaryQuery select_most{
    "cosignatures.most",
    "select size from (select size from log_cosignature where shard = $1 and size > $2 and "
    "witness = any($3) order by size desc limit 1000) as late "
    "group by size order by count(*) desc, size desc limit 1"};
constexpr BinaryQuery select_largest{
    "cosignatures.largest",
    "select size from log_cosignature where shard = $1 and witness = any($2) "
    "group by size having count(*) >= $3 order by size desc limit 1"};
constexpr BinaryQuery select_lines{
    "cosignatures.lines",
    "select line from log_cosignature where shard = $1 and size = $2 and witness = any($3) order by witness"};

std::optional<std::uint64_t> size_in(db::Rows const& rows) {
    if (rows.empty() || rows[0].is_null(0)) return std::nullopt;
    return static_cast<std::uint64_t>(rows[0].get<std::int64_t>(0));
}

std::int64_t to_column(std::uint64_t size) {
    return static_cast<std::int64_t>(size);
}

}  // namespace

void insert_cosignature(db::PgSession& db, Cosignature const& cosignature, Instant now) {
    db.exec(insert, Params(cosignature.shard, cosignature.witness, to_column(cosignature.size),
                           cosignature.line, cosignature.cosigned_at, now));
}

std::uint64_t last_cosigned(db::PgSession& db, std::int16_t shard, std::string const& witness) {
    return size_in(db.exec(select_last, Params(shard, witness))).value_or(0);
}

std::optional<std::uint64_t> most_cosigned(db::PgSession& db, std::int16_t shard, std::uint64_t after,
                                           std::vector<std::string> const& witnesses) {
    return size_in(db.exec(select_most, Params().add(shard).add(to_column(after)).add(array_of(witnesses))));
}

std::optional<std::uint64_t> largest_cosigned(db::PgSession& db, std::int16_t shard,
                                              std::vector<std::string> const& witnesses, std::size_t quorum) {
    return size_in(
        db.exec(select_largest, Params().add(shard).add(array_of(witnesses)).add(to_column(quorum))));
}

std::vector<std::string> cosignatures_of(db::PgSession& db, std::int16_t shard, std::uint64_t size,
                                         std::vector<std::string> const& witnesses) {
    return column_of<std::string>(
        db.exec(select_lines, Params().add(shard).add(to_column(size)).add(array_of(witnesses))));
}

}  // namespace sponsio::store

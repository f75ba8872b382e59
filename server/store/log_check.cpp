#include "server/store/log_check.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery select_commitments{
    "log_check.commitments",
    "select code, shard, accepted_at, sealed, wrapped_key, master_key_id, content_digest, leaf_index "
    "from commitment where (code, shard) > ($1, $2) order by code, shard limit $3"};

}  // namespace

std::vector<LoggedCommitment> commitments_behind(db::PgSession& db, std::string const& code,
                                                 std::int16_t shard, int limit) {
    std::vector<LoggedCommitment> found;
    for (auto const& row : db.exec(select_commitments, Params(code, shard, std::int32_t{limit}))) {
        LoggedCommitment one{.code = row.get<std::string>(0),
                             .shard = row.get<std::int16_t>(1),
                             .accepted_at = row.get<Instant>(2),
                             .sealed = sealed_at(row, 3),
                             .content_digest = row.get<Digest>(6),
                             .leaf_index = std::nullopt};
        if (!row.is_null(7)) one.leaf_index = static_cast<std::uint64_t>(row.get<std::int64_t>(7));
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace sponsio::store
